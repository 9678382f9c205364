"""Whatever the bytes, reading gives a document and never raises."""

from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_core import dumps

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)
pieces = st.sampled_from(
    [
        '<Patient xmlns="http://hl7.org/fhir">',
        "</Patient>",
        "<name>",
        "</name>",
        '<given value="a"/>',
        '<active value="x" value="y"/>',
        "<text><div xmlns='http://www.w3.org/1999/xhtml'>",
        "</div></text>",
        "<contained>",
        "</contained>",
        "<Patient>",
        "&amp;",
        "&#0;",
        "&x;",
        "<!DOCTYPE x>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?pi ?>",
        "text",
        "\x00",
        "{",
        '"resourceType": "Patient"',
        "}",
        "[",
        "]",
        ",",
        ":",
        '"a"',
        "1.",
        "\\",
        '"',
    ]
)


def holds(document):
    assert document.resource is None or isinstance(document.resource, dict)
    assert document.resource is not None or not document.outcome.ok
    for issue in document.outcome:
        assert issue.text
        document.line(issue.where)


@given(st.binary(max_size=200))
def test_bytes(reader, data):
    holds(reader.read(data))


@given(st.lists(pieces, max_size=25))
@settings(max_examples=300)
def test_pieces_of_xml_and_json(reader, parts):
    holds(reader.read("".join(parts)))
    holds(reader.read("<" + "".join(parts)))


@given(st.dictionaries(st.text(max_size=6), json_values, max_size=5))
def test_a_json_object_is_read_as_it_is(reader, value):
    text = dumps(value)
    document = reader.read(text)
    if "fhir_comments" not in text.decode():
        assert document.resource == value
    holds(document)


@given(st.dictionaries(st.text(max_size=6), json_values, max_size=5), st.integers(0, 400), st.binary(max_size=3))
def test_a_json_object_with_a_fault(reader, value, at, noise):
    text = dumps(value)
    holds(reader.read(text[:at] + noise + text[at:]))
