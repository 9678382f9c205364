r"""Escape sequences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_hl7v2.escapes import clean, unescape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f\P\g", "a|b^c&d~e\\f#g"),
        (r"one\.br\two", "one\ntwo"),
        (r"a\.sp\b\.sp2\c", "a\nb\n\nc"),
        (r"a\.sk3\b", "a   b"),
        (r"\.in+4\a\.ti-2\b\.fi\c\.nf\d", "abcd"),
        (r"\H\bold\N\ normal", "bold normal"),
        (r"\X48656C6C6F\\X0D0A\!", "Hello\r\n!"),
        (r"\XF8\re", "øre"),
        (r"\C2842\x\M92CA8A\y", "xy"),
        (r"\M2442\;3ED\C2842\ ok", "山田 ok"),
        ("\\C2D44\\\\XBE\\\\C2D41\\\\XBE\\", "ž¾"),
        (r"\X4\ \XZZ\ \Zlocal\ \q\ \\", r"\X4\ \XZZ\ \Zlocal\ \q\ \\"),
        (r"\E\R\ ", r"\R\ "),
        ("open \\", "open \\"),
        ("no escapes", "no escapes"),
    ],
)
def test_each_kind(text: str, expected: str) -> None:
    """Every kind of escape sequence is decoded, and what is none stays as it stands."""
    assert unescape(text) == expected


def test_hexadecimal_is_read_in_the_messages_codec() -> None:
    r"""The bytes of \X..\ are text in the character set of the message."""
    assert unescape(r"\XC3A6\ ", "utf-8") == "æ "


def test_control_characters_become_replacement_characters() -> None:
    """What a FHIR string may not hold is replaced, not passed on."""
    assert clean("a\x00b\x1fc\td") == "a\ufffdb\ufffdc\td"


@given(st.text(alphabet=st.sampled_from("\\FSTREXHNZC.br0A9 æ\r"), max_size=60))
def test_never_fatal(text: str) -> None:
    """Any text with backslashes in it is decoded without an error."""
    assert isinstance(unescape(text), str)


@given(st.text(max_size=40))
def test_text_that_was_escaped_comes_back(text: str) -> None:
    """Escaping the delimiters of a text and decoding it again gives the text."""
    escaped = "".join(
        {"\\": r"\E\ "[:3], "|": r"\F\ "[:3], "^": r"\S\ "[:3], "&": r"\T\ "[:3], "~": r"\R\ "[:3]}.get(c, c)
        for c in text
    )
    assert unescape(escaped) == (clean(text) if "\\" in escaped else text)
