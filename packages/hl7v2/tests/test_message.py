"""Messages as the engine sees them."""

import pytest

from samspil_hl7v2.message import Message, parse
from samspil_hl7v2.positions import part

MSH = b"MSH|^~\\&|LAB|HOSP|||20240131||ADT^A08|1|P|2.5"


def parsed(data: bytes | str) -> Message:
    message = parse(data)
    assert isinstance(message, Message)
    return message


def codes(message: Message) -> list[str]:
    return [issue.code for issue in message.issues]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"], ids=["cr", "lf", "crlf"])
def test_line_ends(end: bytes) -> None:
    """Carriage return, line feed and both end a segment alike."""
    message = parsed(end.join((MSH, b"PID|1||42", b"PV1|1|I")) + end)
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "PV1"]
    assert message.segments[1].fields[3] == "42"


def test_framing_is_tolerated() -> None:
    """MLLP framing around a message is no part of it."""
    message = parsed(b"\x0b" + MSH + b"\rPID|1\x1c\r")
    assert message.segments[1].raw == ["PID", "1"]
    assert not message.issues


def test_msh_fields_are_numbered_as_in_the_standard() -> None:
    """MSH-1 is the field separator, MSH-2 the encoding characters, MSH-3 the sending application."""
    msh = parsed(MSH).segments[0]
    assert msh.fields[1:4] == ["|", "^~\\&", "LAB"]
    assert [(leaf.field, leaf.component) for leaf in msh.leaves()][:3] == [(1, 1), (2, 1), (3, 1)]


def test_own_separators_become_the_usual_ones() -> None:
    """A message with separators of its own reads like one with the usual ones, whose characters are plain text in it."""
    message = parsed("MSH#$*?!#LAB\rPID#1##42$$$A!B*43#x|y^z&~")
    pid = message.segments[1]
    assert pid.fields[3] == "42^^^A&B~43"
    assert pid.fields[4] == "x\\F\\y\\S\\z\\T\\\\R\\"
    assert message.segments[0].fields[2] == "$*?!"


def test_short_encoding_characters_are_reported() -> None:
    """Where MSH-2 is cut, the usual characters stand for the rest, and a finding says so."""
    message = parsed("MSH|^~|LAB\rPID|1||a&b")
    assert codes(message) == ["SAM-HL7-103"]
    assert message.segments[1].fields[3] == "a&b"


def test_double_encoding_characters_are_reported() -> None:
    """A character with two purposes serves the first."""
    message = parsed("MSH|^^\\&|LAB\rPID|1||a^b")
    assert "SAM-HL7-104" in codes(message)
    assert part(message.segments[1].fields[3], 2, 1, context()) == "b"


def test_a_line_without_segment_name_continues_the_field_before() -> None:
    """Text broken over lines stays in its field, with the line break."""
    message = parsed(MSH + b"\rOBX|1|TX|||first\nsecond line\nthird|F\rPID|1")
    obx = message.segments[1]
    assert obx.fields[5] == "first\nsecond line\nthird"
    assert obx.fields[6] == "F"
    assert codes(message) == ["SAM-HL7-106", "SAM-HL7-106"]


def test_lower_case_segment_names_are_read_and_reported() -> None:
    """A segment in small letters counts, with a finding."""
    message = parsed(MSH + b"\rpid|1||42")
    assert message.segments[1].name == "PID"
    assert codes(message) == ["SAM-HL7-107"]


def test_junk_before_msh_is_reported() -> None:
    """What stands before MSH is not read, and a finding says how much there was."""
    message = parsed(b"junk here\r" + MSH)
    assert codes(message) == ["SAM-HL7-105"]
    assert dict(message.issues[0].detail) == {"count": "9"}


def test_explicit_nulls_and_blanks_read_as_empty_and_stay_in_the_raw_view() -> None:
    """An explicit null is populated for the account, and empty for the rows."""
    pid = parsed(MSH + b'\rPID|1||42^""^ ^A  |""').segments[1]
    assert pid.fields[3] == "42^^^A"
    assert pid.fields[4] == ""
    assert [leaf.text for leaf in pid.leaves()] == ["1", "42", '""', " ", "A  ", '""']


def test_positions_in_words() -> None:
    """A position names segment occurrence, repetition, component and sub-component where there is more than one."""
    message = parsed(MSH + b"\rOBX|1\rOBX|2||a^b&c~d")
    obx = message.segments[2]
    assert [obx.position(leaf) for leaf in obx.leaves()] == [
        "OBX[2]-1",
        "OBX[2]-3.1",
        "OBX[2]-3.2.1",
        "OBX[2]-3.2.2",
        "OBX[2]-3[2]",
    ]


@pytest.mark.parametrize("data", [b"", b"MSH", b"PID|1", b"\x00\xff\xfe", b"MSHA|"], ids=repr)
def test_no_msh(data: bytes) -> None:
    """Where no MSH can be read there is a finding and no message."""
    issue = parse(data)
    assert not isinstance(issue, Message)
    assert issue.code == "SAM-HL7-101"


def context():
    from samspil_hl7v2.context import Context

    return Context(codec="utf-8", zone=None, offset="", now=None, coding_systems={})
