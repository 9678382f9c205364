"""What a message may repeat as often as its sender likes takes no more time for each the more there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_hl7v2 import convert, load_mapping, report
from samspil_hl7v2.context import Made
from samspil_hl7v2.joining import SHORT, Lists
from samspil_hl7v2.mapping import library
from samspil_hl7v2.mapping.paths import Step
from samspil_hl7v2.message import Segment
from samspil_hl7v2.references import _refer

HEAD = "MSH|^~\\&|ADT|NORD|||20240202||ADT^A08|1|P|2.5\r"
MANY = 500


class Text(str):
    """A text that counts how often it is compared and split."""

    __slots__ = ()
    compared = 0
    split_up = 0

    def __eq__(self, other):
        Text.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__

    def split(self, *arguments, **named):
        Text.split_up += 1
        return [Text(part) for part in str.split(self, *arguments, **named)]


json = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "reference"]), inner),
    max_leaves=4,
)


@given(st.lists(json, min_size=SHORT - 5, max_size=SHORT + 40), st.data())
def test_a_value_is_found_in_a_long_list_where_it_is_found_in_a_short_one(values, data) -> None:
    lists, held = Lists(), []
    for value in values:
        assert lists.place(held, value) == (held.index(value) if value in held else -1)
        if data.draw(st.booleans()):
            held.append(value)


def test_a_value_is_not_compared_with_each_that_stands_before_it() -> None:
    lists, held = Lists(), []
    Text.compared = 0
    for number in range(MANY):
        value = Text(number)
        assert lists.place(held, value) < 0
        held.append(value)
    assert Text.compared < MANY * SHORT


def test_a_field_is_split_once_for_the_positions_of_a_repetition() -> None:
    segment = Segment("PID", ["PID", Text("~".join(["^".join("ab&c")] * 3) + "^x" * MANY)], 1, 1)
    leaves = list(segment.leaves())
    Text.split_up = 0
    places = [segment.position(leaf) for leaf in leaves]
    assert places[:2] == ["PID-1.1", "PID-1.2"]
    assert places[-1] == f"PID-1[3].{MANY + 4}"
    assert Text.split_up < 10


def test_a_reference_is_not_compared_with_each_that_stands_before_it() -> None:
    class Values(list):
        def __contains__(self, value):
            raise AssertionError

    owner, referred = Made("DiagnosticReport", {"result": Values([{"reference": "#3"}])}), {}
    for number in (1, 2, 3, 2, 1, 4):
        _refer(owner, (Step("result"),), Made("Observation", {}, number=number), referred)
    assert [each["reference"] for each in owner.body["result"]] == ["#3", "#1", "#2", "#4"]


def test_of_many_repetitions_each_that_says_something_of_its_own_becomes_one_identifier() -> None:
    many = [f"{number}^^^NORD" for number in range(SHORT * 3)]
    result = convert(HEAD + "PID|||" + "~".join([*many, *many[::-1]]) + "\r")
    (patient,) = [
        entry["resource"] for entry in result.bundle["entry"] if entry["resource"]["resourceType"] == "Patient"
    ]
    assert [each["value"] for each in patient["identifier"]] == [str(number) for number in range(SHORT * 3)]
    assert result.report.populated == result.report.mapped + result.report.reported


@pytest.mark.parametrize("field", [4095, 4096, 4099, 8195])
def test_a_field_beyond_what_rows_can_address_is_reported_and_taken_for_no_other(field: int) -> None:
    """PV1-3 of the next segment is mapped; PID-4099 has no row."""
    message = HEAD + "PID|||1" + "|" * (field - 3) + "a^b\rPV1|1|I|Ward\r"
    for result in (convert(message), convert(message), convert(message)):
        assert [each.position for each in result.report.unmapped if each.position.startswith("PID")] == [
            f"PID-{field}.1",
            f"PID-{field}.2",
        ]
        assert result.report.populated == result.report.mapped + len(result.report.unmapped)


def test_segments_that_never_come_twice_do_not_fill_the_memory(monkeypatch):
    """Reasons are remembered by place; a feed of ever new segments makes them forgotten, and the same again."""
    monkeypatch.setattr(report, "KEPT", 20)
    monkeypatch.setattr(library, "MOST_REASONS", 20)
    mapping = load_mapping()
    program = mapping.program("ADT_A08", "ADT", traced=False)
    segments = [f"{first}{second}Q|1|2^3" for first in "ZYXW" for second in "ABCDEFGHIJKL"]
    conversion = convert((HEAD + "\r".join(segments)).encode(), mapping=mapping)
    told = [each for each in conversion.report.unmapped if each.reason == "unknown-segment"]
    assert len(told) == 3 * len(segments)
    assert 0 < len(program.simple) <= 20
    assert 0 < len(program.library.compiled.reasons) <= 20
