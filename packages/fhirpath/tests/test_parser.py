"""What is FHIRPath and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_fhirpath import FhirPathError, compile_expression
from samspil_fhirpath.parser import parse
from samspil_fhirpath.syntax import Chain, Path, TypeTest

WRONG = {
    "": (1, 1),
    "1 +": (1, 4),
    "(1": (1, 3),
    "'abc": (1, 1),
    "a b": (1, 3),
    "name..given": (1, 6),
    "name.(x)": (1, 6),
    "a\n.\n  1": (3, 3),
    "2 /* no end": (1, 3),
    "@T10:00Z": (1, 8),
    "@2020-13-01": (1, 1),
    "@20": (1, 1),
    "$that": (1, 1),
    "'\\q'": (1, 1),
    "and": (1, 1),
    'name = "double"': (1, 8),
    "a ? b": (1, 3),
    "foo()": (1, 1),
    "name.where()": (1, 6),
    "'a'.substring(1, 2, 3)": (1, 5),
    "ofType(Nothing)": (1, 8),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_not_fhirpath_is_told_with_its_place(text: str) -> None:
    with pytest.raises(FhirPathError) as found:
        compile_expression(text, strict=True)
    assert (found.value.line, found.value.column) == WRONG[text]
    assert found.value.issue.fix


def test_precedence() -> None:
    tree = parse("a or b and c = d | e + f * g")
    assert isinstance(tree, Chain)
    assert tree.operators[0][0] == "or"
    assert isinstance(parse("-a.b"), tuple)
    assert isinstance(parse("a.b is C"), TypeTest)
    assert isinstance(parse("text.div.htmlChecks()"), Path)


@pytest.mark.parametrize(
    "text", ["(" * 5000 + "1" + ")" * 5000, "-" * 5000 + "1", "not(" * 5000, "a[" * 5000, "iif(1," * 3000]
)
def test_deep_nesting_is_an_error_and_no_crash(text: str) -> None:
    with pytest.raises(FhirPathError) as found:
        compile_expression(text)
    assert found.value.issue.code in {"SAM-FP-101", "SAM-FP-103"}


@pytest.mark.parametrize("text", ["1" + " + 1" * 3000, "true" + " and true" * 3000, "id" + ".value" * 3000])
def test_long_chains_are_no_nesting(text: str) -> None:
    assert len(compile_expression(text, context="Patient")({"resourceType": "Patient", "id": "x"})) == 1


def test_a_published_invariant_may_have_double_quotes() -> None:
    """Without `strict`, a text in double quotes is a string, as in eld-11 of R5."""
    assert compile_expression("\"a\" = 'a'")({}) == [True]


def place_of(text: str) -> tuple[int, int] | None:
    """Where a text is no FHIRPath, or None."""
    try:
        compile_expression(text)
    except FhirPathError as error:
        return error.line, error.column
    return None


@given(st.text(alphabet="ab.()[]{}'`@%$ 1:T-+*/|&<>=!~,\\\n", max_size=40))
def test_any_text_compiles_or_is_an_error_with_a_place(text: str) -> None:
    assert place_of(text) is None or place_of(text) >= (1, 1)


@given(st.text(max_size=30))
def test_a_string_literal_means_itself(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    assert compile_expression(f"'{escaped}'")({}) == [text]
