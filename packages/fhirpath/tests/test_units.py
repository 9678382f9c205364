"""Units: exact, and told when the table of UCUM is not there."""

import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_fhirpath import FhirPathError, compile_expression, units

pytest.importorskip("ucumvert", reason="the extra ucum is not installed")


@pytest.mark.parametrize(
    ("code", "factor", "dimensions"),
    [
        ("kg", Fraction(1000), (("g", 1),)),
        ("[lb_av]", Fraction("453.59237"), (("g", 1),)),
        ("10*3/uL", Fraction(10**12), (("m", -3),)),
        ("mm[Hg]", Fraction(133322), (("g", 1), ("m", -1), ("s", -2))),
        ("/min", Fraction(1, 60), (("s", -1),)),
        ("{score}", Fraction(1), ()),
        ("mg{total}", Fraction(1, 1000), (("g", 1),)),
        ("m2/(kg.d)", Fraction(1, 86_400_000), (("g", -1), ("m", 2), ("s", -1))),
        ("[iU]", Fraction(1), (("[iU]", 1),)),
        ("%", Fraction(1, 100), ()),
    ],
)
def test_a_unit_is_exact(code: str, factor: Fraction, dimensions: tuple[tuple[str, int], ...]) -> None:
    found = units.unit(code)
    assert found is not None
    assert (found.factor, found.dimensions) == (factor, dimensions)


@pytest.mark.parametrize("code", ["foo", "kg kg", "m" * 300, "((((", "[pH]", "http://x|y", "m999"])
def test_what_is_no_unit_to_reckon_with(code: str) -> None:
    assert units.unit(code) is None


def test_without_the_library_equal_units_still_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ucumvert", None)
    for cached in (units.unit, units._parser):
        cached.cache_clear()
    assert compile_expression("2 'mg' > 1 'mg'")({}) == [True]
    with pytest.raises(FhirPathError, match=r"samspil-fhirpath\[ucum\]") as found:
        compile_expression("2 'mg' > 1 'g'")({})
    assert found.value.issue.code == "SAM-FP-302"
    units._parser.cache_clear()


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=3))
def test_there_and_back(value: object) -> None:
    """A mass in kilograms equals itself in grams, to the last digit."""
    assert compile_expression(f"({value} 'kg').toQuantity('g') = {value} 'kg'".replace("(-", "-("))({}) == [True]
