"""htmlChecks()."""

import pytest

from samspil_fhirpath.xhtml import has_content, is_allowed

DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


@pytest.mark.parametrize(
    "inside",
    [
        "text",
        "<p>a&nbsp;b</p>",
        '<a href="x">y</a>',
        '<img src="a.png" alt="a"/>',
        "<table><tr><td colspan='2'>1</td></tr></table>",
        "<!-- c -->x",
    ],
)
def test_allowed(inside: str) -> None:
    assert is_allowed(DIV.format(inside))
    assert has_content(DIV.format(inside))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "<div>no namespace</div>",
        DIV.format("<script>1</script>"),
        DIV.format('<p onclick="x">y</p>'),
        DIV.format('<a href="javascript:x">y</a>'),
        DIV.format("<p>"),
        DIV.format("<input/>"),
        '<!DOCTYPE div [<!ENTITY a "b">]>' + DIV.format("&a;"),
        DIV.format("&unknown;"),
        DIV.format("<b>" * 5000 + "</b>" * 5000),
        '<p xmlns="http://www.w3.org/1999/xhtml">x</p>',
    ],
)
def test_not_allowed(text: str) -> None:
    assert not is_allowed(text)


@pytest.mark.parametrize("inside", ["", "  ", "<p> </p>", "<br/>"])
def test_no_content(inside: str) -> None:
    assert is_allowed(DIV.format(inside))
    assert not has_content(DIV.format(inside))
