"""The condition language of the tables."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_hl7v2.mapping.conditions import (
    Both,
    ConditionError,
    Either,
    Measure,
    Not,
    OneOf,
    Rule,
    Valued,
    parse_condition,
)
from samspil_hl7v2.mapping.refs import Ref, parse_ref

A, B, C = Ref("PV1", (2,)), Ref("PV1", (3, 1)), Ref("MSH", (22,))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("PV1-2", Valued(A)),
        ("PV1.2", Valued(A)),
        ("not PV1-2", Not(Valued(A))),
        ('PV1-2 = "P"', OneOf(A, ("P",))),
        ('PV1-2="P"', OneOf(A, ("P",))),
        ('PV1-2 != "P"', Not(OneOf(A, ("P",)))),
        ('PV1-3.1 in ("a", "b,c)")', OneOf(B, ("a", "b,c)"))),
        ('PV1-3.1 not in ("a")', Not(OneOf(B, ("a",)))),
        ("count(PV1-2) > 1", Measure("count", A, ">", 1)),
        ("length(PV1-2) = 8", Measure("length", A, "==", 8)),
        ("@first", Rule("first", ())),
        ("@us-ssn(PV1-2, PV1-3.1)", Rule("us-ssn", (A, B))),
        ("PV1-2 or PV1-3.1 and MSH-22", Either((Valued(A), Both((Valued(B), Valued(C)))))),
        ("(PV1-2 or PV1-3.1) and MSH-22", Both((Either((Valued(A), Valued(B))), Valued(C)))),
        ("not (PV1-2 and not MSH-22)", Not(Both((Valued(A), Not(Valued(C)))))),
    ],
)
def test_each_form(text: str, tree: object) -> None:
    """Every form of the language has its tree; `and` binds closer than `or`."""
    assert parse_condition(text) == tree


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected"),
        ("PV1-2 and", "expected"),
        ("(PV1-2", ") expected"),
        ("PV1-2)", "not expected"),
        ("PV1-2 PV1-3", "not expected"),
        ("PV1-2 = P", "double quotes"),
        ('PV1-2 in "P"', "expected"),
        ('PV1-2 in ("P"', "expected"),
        ('PV1-2 not "P"', "in expected"),
        ("count(PV1-2)", "expected"),
        ('count(PV1-2) in ("1")', "comparison"),
        ("pv1-2", "no position"),
        ("PATIENT", "no position"),
        ("PV1-2 & PV1-3", "character 6"),
        ('PV1-2 = "P', "character 8"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, says: str) -> None:
    """A wrong condition names the place or what was expected."""
    with pytest.raises(ConditionError, match=says.replace("(", r"\(").replace(")", r"\)")):
        parse_condition(text)


@given(st.text(alphabet=st.sampled_from('PV1-2 ()="<>!,@andornotincountlength.'), max_size=40))
def test_any_text_is_a_condition_or_an_error(text: str) -> None:
    """No text breaks the parser in another way than its own error."""
    with suppress(ConditionError):
        parse_condition(text)


@pytest.mark.parametrize("text", ["PID-", "PID-5.", "P-5", "PIDX-5", "pid-5", "PID-5-1", "PID-5.1.2.3", "", " PID-5"])
def test_what_is_no_position(text: str) -> None:
    """A position has a name of two or three capitals and up to three numbers."""
    assert parse_ref(text) is None


def test_a_position_is_written_as_it_was_read() -> None:
    """The text of a position names segment, field and component."""
    assert str(parse_ref("PID-3.4.2")) == "PID-3.4.2"
