"""Character sets."""

import pytest

from samspil_hl7v2.charset import codec_of, decode
from samspil_hl7v2.message import Message, parse

TEXT = "Ærø Ågård Søren ñ"


def message(charset: str, encoding: str) -> bytes:
    return f"MSH|^~\\&|A|B|||2024||ADT^A08|1|P|2.5||||||{charset}\rPID|1||||{TEXT}".encode(encoding)


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("8859/1", "latin-1"),
        ("8859/15", "iso8859-15"),
        ("UNICODE UTF-8", "utf-8"),
        ("UTF-8", "utf-8"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("8859/1~UNICODE UTF-8", "latin-1"),
    ],
)
def test_declared(charset: str, encoding: str) -> None:
    """The character set that MSH-18 names is used, in its standard and its common spellings."""
    parsed = parse(message(charset, encoding))
    assert isinstance(parsed, Message)
    assert parsed.segments[1].fields[5] == TEXT
    assert not parsed.issues


def test_undeclared_utf_8() -> None:
    """Bytes that are UTF-8 are read as such without a declaration."""
    assert decode(TEXT.encode()).text == TEXT


def test_undeclared_latin_1_is_reported() -> None:
    """Undeclared bytes that are not UTF-8 are read as ISO 8859-1, with a warning."""
    decoded = decode(TEXT.encode("latin-1"))
    assert decoded.text == TEXT
    assert [issue.code for issue in decoded.issues] == ["SAM-HL7-113"]


def test_the_sites_default_goes_before_guessing() -> None:
    """A default given by the site is used where the message declares nothing."""
    decoded = decode("€uro".encode("iso8859-15"), default="8859/15")
    assert decoded.text == "€uro"
    assert not decoded.issues


def test_a_contradicted_declaration_is_reported() -> None:
    """Bytes that cannot be what MSH-18 says are read by the next rule, with a warning."""
    decoded = decode(TEXT.encode("latin-1"), "UNICODE UTF-8")
    assert decoded.text == TEXT
    assert [issue.code for issue in decoded.issues] == ["SAM-HL7-112", "SAM-HL7-113"]


def test_utf_8_declared_as_latin_1_is_reported() -> None:
    """Bytes that are UTF-8 though MSH-18 says 8859/1 are read as declared, with a warning."""
    decoded = decode(TEXT.encode(), "8859/1")
    assert decoded.codec == "latin-1"
    assert [issue.code for issue in decoded.issues] == ["SAM-HL7-112"]


def test_windows_1252_under_the_name_of_latin_1() -> None:
    """Bytes 80 to 9F are no characters of ISO 8859-1: the sender means Windows-1252."""
    assert decode("“€”".encode("cp1252"), "8859/1").text == "“€”"


def test_byte_order_mark() -> None:
    """A byte order mark goes before MSH-18."""
    assert decode(b"\xef\xbb\xbf" + TEXT.encode(), "8859/1").text == TEXT


def test_an_unknown_name_is_reported() -> None:
    """A character set nobody knows is reported, and the next rule tried."""
    assert codec_of("EBCDIC") is None
    assert [issue.code for issue in decode(TEXT.encode(), "EBCDIC").issues] == ["SAM-HL7-111"]
