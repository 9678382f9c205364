"""Messages out of streams."""

import io
from pathlib import Path

import pytest

from samspil_hl7v2 import reader
from samspil_hl7v2.message import Message, parse
from samspil_hl7v2.reader import RawMessage, read_files, read_stream

ONE = b"MSH|^~\\&|A|B|||2024||ADT^A08|1|P|2.5\rPID|1||42\r"
TWO = b"MSH|^~\\&|A|B|||2024||ADT^A08|2|P|2.5\rPID|1||\xc3\x86r\xc3\xb8\r"
FHS, BHS, BTS, FTS = b"FHS|^~\\&|A\r", b"BHS|^~\\&|A\r", b"BTS|2\r", b"FTS|1\r"
INPUTS = {
    "one": ONE,
    "two": ONE + TWO,
    "lf": (ONE + TWO).replace(b"\r", b"\n"),
    "crlf": (ONE + TWO).replace(b"\r", b"\r\n"),
    "mllp": b"\x0b" + ONE + b"\x1c\r\x0b" + TWO + b"\x1c\r",
    "batch": FHS + BHS + ONE + TWO + BTS + FTS,
    "batches": FHS + BHS + ONE + BTS + BHS + TWO + BTS + FTS,
    "junk": b"junk\r\n" + ONE + b"\x00\x00" + TWO,
    "indented": b"  " + ONE + b" \t" + TWO,
    "bom": b"\xef\xbb\xbf" + ONE + TWO,
    "utf-16": (ONE + TWO).decode().encode("utf-16"),
    "utf-16-le": b"\xff\xfe" + (ONE + TWO).decode().encode("utf-16-le"),
    "utf-16-be": b"\xfe\xff" + (ONE + TWO).decode().encode("utf-16-be"),
    "utf-16 unmarked": (ONE + TWO).decode().encode("utf-16-le"),
    "utf-32": (ONE + TWO).decode().encode("utf-32"),
    "msh inside": ONE.replace(b"42", b"MSH|") + TWO,
    "nothing": b"",
    "only junk": b"no message at all",
    "blank": b"\r\n \r\n",
}


def read(data: bytes) -> list[RawMessage]:
    return list(read_stream(io.BytesIO(data), "test"))


def control_ids(data: bytes) -> list[str]:
    """MSH-10 of the messages that a stream holds."""
    parsed = [parse(raw.data) for raw in read(data)]
    return [each.segments[0].fields[10] for each in parsed if isinstance(each, Message)]


@pytest.mark.parametrize("name", [name for name in INPUTS if name not in {"one", "nothing", "only junk", "blank"}])
def test_two_messages_are_found(name: str) -> None:
    """Whatever line ends, framing, envelope, mark or encoding: two messages are two, and their text is whole."""
    assert control_ids(INPUTS[name]) == ["1", "2"]
    last = parse(read(INPUTS[name])[1].data)
    assert isinstance(last, Message)
    assert last.segments[1].fields[3] == "Ærø"


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("size", [1, 7, 16, 17])
def test_chunks_do_not_matter(name: str, size: int, monkeypatch) -> None:
    """The same messages come out wherever the chunks of a stream begin and end; the first one holds its mark or `MSH`."""
    whole = read(INPUTS[name])
    monkeypatch.setattr(reader, "CHUNK", max(size, 8) if name.startswith("utf") else size)
    assert read(INPUTS[name]) == whole


def test_numbers_and_source() -> None:
    """Messages are counted from 0 in their source."""
    assert [(raw.source, raw.number) for raw in read(INPUTS["batch"])] == [("test", 0), ("test", 1)]


def test_the_envelope_is_named_and_no_part_of_the_message() -> None:
    """FHS, BHS, BTS and FTS are taken off the message they stand beside, which says so."""
    first, second = read(INPUTS["batch"])
    assert first == RawMessage(ONE, "test", 0, ("FHS", "BHS"))
    assert second == RawMessage(TWO, "test", 1, ("BTS", "FTS"))


@pytest.mark.parametrize("name", ["nothing", "only junk", "blank"])
def test_a_stream_without_message_is_one(name: str) -> None:
    """A stream without any MSH gives one message, so that the report has a line for it."""
    (raw,) = read(INPUTS[name])
    assert raw.number == 0
    assert not isinstance(parse(raw.data), Message)


def test_files_and_folders(tmp_path) -> None:
    """A folder gives its messages in the order of their names, hidden files and other files left out."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "b.hl7").write_bytes(TWO)
    (tmp_path / "inner" / "a.txt").write_bytes(ONE)
    (tmp_path / ".hidden.hl7").write_bytes(ONE)
    (tmp_path / "notes.md").write_bytes(b"# MSH is the head\n")
    (tmp_path / "empty.hl7").touch()
    found = [raw for raw in read_files([tmp_path]) if isinstance(raw, RawMessage)]
    assert [Path(raw.source).name for raw in found] == ["b.hl7", "empty.hl7", "a.txt"]
    assert [raw.number for raw in found] == [0, 0, 0]


def test_a_file_is_read_whatever_its_name(tmp_path) -> None:
    """A file that is named is read, though a folder would leave it out."""
    file = tmp_path / "notes.md"
    file.write_bytes(b"no message")
    assert [raw for raw in read_files([file]) if isinstance(raw, RawMessage)] == [
        RawMessage(b"no message", str(file), 0)
    ]


def test_what_cannot_be_read_comes_as_error(tmp_path) -> None:
    """A file that is not there is an error among the messages, and the next one is read."""
    file = tmp_path / "a.hl7"
    file.write_bytes(ONE)
    error, raw = read_files([tmp_path / "absent.hl7", file])
    assert isinstance(error, OSError)
    assert isinstance(raw, RawMessage)
