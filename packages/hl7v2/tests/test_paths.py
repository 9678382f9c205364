"""Target paths of the tables."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_hl7v2.mapping.paths import PathError, Step, parse_path
from samspil_hl7v2.mapping.reading import parse_references

URL = "http://example.org/x.y"


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("birthDate", (Step("birthDate"),)),
        ("name.family", (Step("name"), Step("family"))),
        ("identifier[2].value", (Step("identifier", "2"), Step("value"))),
        ("component[1*].valueString", (Step("component", "1", "*"), Step("valueString"))),
        ("contact[1!].name", (Step("contact", "1", "!"), Step("name"))),
        ("contact[*]", (Step("contact", "1", "*"),)),
        (f"extension({URL}).valueString", (Step("extension", url=URL), Step("valueString"))),
        ("assigner(Organization).name", (Step("assigner", made="Organization"), Step("name"))),
        ("performer[2](Practitioner)", (Step("performer", "2", made="Practitioner"),)),
        ("[2].given", (Step("", "2"), Step("given"))),
        ("$this", ()),
        ("$value", ()),
        (f"$this.extension({URL}).valueCode", (Step("$this"), Step("extension", url=URL), Step("valueCode"))),
    ],
)
def test_each_form(text: str, steps: tuple[Step, ...]) -> None:
    """Names, labels, spreading marks, resources behind references and extensions are steps."""
    assert parse_path(text) == steps


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("name.", "ends with a dot"),
        ("name..family", "element name"),
        (".name", "element name"),
        ("name family", "dot is expected at character 5"),
        ("name[1", "label"),
        ("name.[2]", "element name"),
        ("assigner(", "parentheses"),
        ("assigner()", "parentheses"),
        ("extension.valueString", "needs its URL"),
        ("modifierExtension[2]", "needs its URL"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, says: str) -> None:
    """A wrong path names the place or what is missing."""
    with pytest.raises(PathError, match=says):
        parse_path(text)


@given(st.text(alphabet=st.sampled_from("na.[]()12*!$thisextension:/ "), max_size=30))
def test_any_text_is_a_path_or_an_error(text: str) -> None:
    """No text breaks the parser in another way than its own error."""
    with suppress(PathError):
        parse_path(text)


def test_references() -> None:
    """A statement says which element of which resource refers to which."""
    first, second = parse_references("subject -> Patient; DiagnosticReport.result <- this;")
    assert (first.owner, first.path[0].name, first.target) == ("this", "subject", "Patient")
    assert (second.owner, second.path[0].name, second.target) == ("DiagnosticReport", "result", "this")


@pytest.mark.parametrize("text", ["subject Patient", "DiagnosticReport.result <- Patient", "-> Patient"])
def test_wrong_references(text: str) -> None:
    """A statement without arrow, path or `this` is an error."""
    with pytest.raises(PathError):
        list(parse_references(text))
