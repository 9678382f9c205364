"""The quick reading of a narrative says what the close one says, or leaves it to that one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_validation.rules.xhtml_page import read_page
from samspil_validation.rules.xhtml_quick import read_quickly

TOP = '<div xmlns="http://www.w3.org/1999/xhtml">'
PIECES = [
    *(
        "<p>",
        "</p>",
        "<p/>",
        "<p >",
        "<b>",
        "</b>",
        "<td>",
        "</td>",
        "<div>",
        "</div>",
        "<ul>",
        "</ul>",
        "<br/>",
        "<br />",
    ),
    *('<a href="#x">', '<a href="#x" href="#y">', "<a name='n'>", "</a>", '<span id="i" title="a>b">', "</span>"),
    *(
        '<img src="#p"/>',
        '<p xml:lang="da">',
        '<p xmlns="urn:x">',
        '<x:p xmlns:x="http://www.w3.org/1999/xhtml">',
        "</x:p>",
    ),
    *(
        "<script>",
        "</script>",
        '<b onclick="x()">',
        "<!-- c -->",
        "<![CDATA[<p>]]>",
        "<?pi?>",
        "<!DOCTYPE div>",
        "<P>",
        "</P>",
    ),
    *(
        "words",
        " ",
        "\n",
        "&nbsp;",
        "&#160;",
        "&amp;",
        "&",
        "<",
        ">",
        '<p title="\t">',
        "\x01",
        "é",
        '<a href="a&amp;b">',
    ),
]


def same(div):
    found, page = read_quickly(div), read_page(div)
    if found is None:
        return
    assert page is not None
    assert (found.names, found.links) == (page.names, set(page.links))
    assert not page.refused
    assert not page.blocks
    assert page.has_content


@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.sampled_from([TOP, TOP[:-1] + ' lang="da">', "<div>", ""]),
)
def test_both_readings_say_the_same(inner, top):
    div = f"{top}{inner}</div>"
    same(div)


@given(
    st.recursive(
        st.sampled_from(["words", " ", "<br/>", '<a href="#x">y</a>']),
        lambda inner: st.builds(
            lambda name, parts: f"<{name}>{''.join(parts)}</{name}>",
            st.sampled_from(["p", "b", "div", "td", "script"]),
            st.lists(inner, max_size=4),
        ),
    )
)
def test_both_readings_say_the_same_of_well_formed_pages(inner):
    div = f"{TOP}{inner}</div>"
    same(div)


@pytest.mark.parametrize(
    "inner", ["<p>words</p>", '<table class="x"><tr><td>1</td></tr></table>', '<a href="#x">y</a>']
)
def test_the_usual_narrative_is_read_quickly(inner):
    assert read_quickly(f"{TOP}{inner}</div>") is not None


@pytest.mark.parametrize(
    "inner", ["", "<p> </p>", "<p><div>x</div></p>", "<script>x</script>", "<p>x", '<p onclick="x">y</p>']
)
def test_whatever_may_be_wrong_is_read_closely(inner):
    assert read_quickly(f"{TOP}{inner}</div>") is None
