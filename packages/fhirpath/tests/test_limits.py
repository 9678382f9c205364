"""Expressions of strangers: whatever they ask for, the answer or the refusal comes in seconds, and in little memory."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_fhirpath import Environment, FhirPathError, compile_expression, environment
from samspil_fhirpath.equality import equal, key
from samspil_fhirpath.temporal import Temporal, read

TEN = "(1|2|3|4|5|6|7|8|9|10)"
HUNDRED = f"{TEN}.select($this * 10).select({TEN})"
NAMES: dict[str, Any] = {"resourceType": "Patient", "name": [{"given": [str(n) for n in range(2000)]}]}
DOUBLING = "'a'" + "".join(
    f".defineVariable('v{at}', %v{at - 1}.combine(%v{at - 1}))" if at else ".defineVariable('v0', 1)"
    for at in range(40)
)

TOO_MUCH: dict[str, Any] = {
    f"{HUNDRED}.aggregate($total & $total, 'aaaa').length()": {},
    f"{HUNDRED}.aggregate($total + $total, 'aaaa').length()": {},
    f"{HUNDRED}.aggregate($total.combine($total), 1).count()": {},
    f"'x'{''.join([f'.select({HUNDRED})'] * 12)}.count()": {},
    f"{DOUBLING}.select(%v39).count()": {},
    f"'{'a' * 2000}'.replace('a', '{'b' * 2000}').replace('b', '{'c' * 2000}').length()": {},
    f"'{'a' * 2000}'.replace('', '{'b' * 100_000}').length()": {},
    f"'{'a' * 2000}'.replaceMatches('a', '{'b' * 100_000}').length()": {},
    f"'{'a' * 5000}'.toChars().join('{'b' * 100_000}').length()": {},
    "'abcdefgh'" + ".encode('hex')" * 40 + ".length()": {},
    "descendants().select(%resource.descendants().select(%resource.descendants())).count()": NAMES,
    "descendants().select(%resource.descendants().select(%resource.descendants().where(false))).count()": NAMES,
    "descendants().all(%resource.descendants().all(%resource.descendants().all(true)))": NAMES,
    "name.given.where($this in %resource.name.given.select($this & 'x').select($this & 'y')).count()": NAMES,
    "(1).repeat($this + 1).count()": {},
    "(1 'mg').repeat($this + 1 'mg').count()": {},
    "(1).repeatAll($this.combine($this))": {},
    "('a').repeat($this & 'a').count()": {},
}


@pytest.mark.parametrize("expression", TOO_MUCH)
def test_what_would_take_too_long_or_fill_the_memory_is_refused(
    expression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tenth of the usual measure, for the sake of slow machines: each asks for far more than the whole."""
    monkeypatch.setattr(environment, "WORK", environment.WORK // 10)
    with pytest.raises(FhirPathError) as caught:
        compile_expression(expression)(TOO_MUCH[expression])
    assert caught.value.issue.code == "SAM-FP-103"


def test_equivalent_collections_in_opposite_order_are_refused_when_they_are_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(environment, "WORK", environment.WORK // 10)
    run = compile_expression("a ~ %back", constants=["back"])
    few, many = ([{"x": str(n)} for n in range(size)] for size in (100, 5000))
    assert run({"a": few}, environment=Environment(constants={"back": few[::-1]})) == [True]
    with pytest.raises(FhirPathError, match="too many steps"):
        run({"a": many}, environment=Environment(constants={"back": many[::-1]}))


def test_references_in_a_large_bundle_are_resolved() -> None:
    """Twenty thousand, of each form, in seconds."""
    entries = [
        {"fullUrl": f"http://x/Patient/{n}", "resource": {"resourceType": "Patient", "id": str(n), "link": n}}
        for n in range(20_000)
    ]
    asked = [{"reference": f"{start}Patient/{n}"} for n in range(10_000) for start in ("", "http://x/")]
    bundle = {
        "resourceType": "Bundle",
        "entry": [*entries, {"fullUrl": "urn:asked", "resource": {"resourceType": "Observation", "hasMember": asked}}],
    }
    assert compile_expression("entry.last().resource.hasMember.resolve().id.distinct().count()")(bundle) == [10_000]


def test_entries_and_contained_resources_of_a_bundle_are_told_apart() -> None:
    bundle = {
        "resourceType": "Bundle",
        "contained": [{"resourceType": "Organization", "id": "1"}],
        "entry": [{"resource": {"resourceType": "Patient", "id": "1"}}],
    }
    run = compile_expression("('#1' | 'Patient/1' | '#2' | 'Patient/2').resolve().id.count()")
    assert run(bundle) == [2]


def test_many_dates_are_told_apart() -> None:
    """Fifty thousand, each another, in seconds."""
    dates = [f"{1000 + n // 28}-01-{1 + n % 28:02}" for n in range(50_000)]
    assert compile_expression("a.select($this.toDate()).distinct().count()")({"a": dates + dates}) == [50_000]


_TEXTS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["2020-01-01", "2020-01-02", "2019-12-31", "0001-01-01", "9999-12-31"]),
    st.sampled_from(["T00", "T23", "T12:30", "T00:00:00", "T23:59:59.0", "T23:59:59.00", "T23:59:60"]),
    st.sampled_from(["", "Z", "+00:00", "-01:00", "+05:30", "+14:00"]),
)
_MOMENTS = st.one_of(
    _TEXTS.map(lambda text: read("DateTime", text)),
    st.sampled_from(["2020", "2020-01", "2020-01-01"]).map(lambda text: read("Date", text)),
    st.sampled_from(["2020", "2020-01", "2020-01-01"]).map(lambda text: read("DateTime", text)),
    st.sampled_from(["12", "12:00", "12:00:00", "12:00:00.0"]).map(lambda text: read("Time", text)),
).filter(lambda read_: read_ is not None)


@given(_MOMENTS, _MOMENTS)
def test_the_key_of_a_moment_is_that_of_those_equal_to_it(one: Temporal, two: Temporal) -> None:
    assert (key(one) == key(two)) is (equal(one, two) is True)


@pytest.mark.parametrize("exponent", ["1e999999999", "-1e999999999", "1e-999999999", "9e1000000"])
@pytest.mark.parametrize(
    "expression",
    [
        "a.toString().length()",
        "a + 1 | a * a | a / 3 | a div 3 | a mod 3",
        "a.toInteger() | a.toLong() | a.truncate() | a.round(2) | a.abs() | a.sqrt() | a.ln()",
        "a.lowBoundary() | a.highBoundary()",
        "a.precision()",
        "a > 1 or a = 1 or a ~ 1",
        "a.toQuantity() = 1 'mg' or a.toQuantity() > 1",
        "(a | 1).distinct().count()",
        "a & 'x'",
    ],
)
def test_enormous_numbers_give_an_answer_or_a_refusal(expression: str, exponent: str) -> None:
    try:
        compile_expression(expression)({"a": Decimal(exponent)})
    except FhirPathError as error:
        assert error.issue.code in {"SAM-FP-103", "SAM-FP-301"}  # noqa: PT017  an answer is as good
