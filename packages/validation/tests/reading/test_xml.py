"""XML texts."""

from decimal import Decimal

import pytest

HEAD = '<Patient xmlns="http://hl7.org/fhir">'


def codes(document):
    return [issue.code for issue in document.outcome]


def found(document):
    return [(issue.code, issue.where) for issue in document.outcome]


def test_a_resource_becomes_what_json_has(reader):
    document = reader.read(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- hello -->' + HEAD + '<id value="p"/>'
        '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b> &amp; c<br/></div></text>'
        '<contained><Patient><id value="q"/></Patient></contained>'
        '<extension url="urn:x"><valueQuantity><value value="1.50"/></valueQuantity></extension>'
        '<active value="true"/>'
        '<name id="n"><family value="F"/></name>'
        '<name><given value="A"/><given><extension url="urn:y"><valueString value="z"/></extension></given>'
        '<part><family value="G"/></part></name>'
        '<birthDate id="b" value="1970"/><multipleBirthInteger value="2"/></Patient>'
    )
    assert codes(document) == ["SAM-VAL-827"]  # a BackboneElement of these small types has no id
    assert document.resource == {
        "resourceType": "Patient",
        "id": "p",
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b> &amp; c<br/></div>',
        },
        "contained": [{"resourceType": "Patient", "id": "q"}],
        "extension": [{"url": "urn:x", "valueQuantity": {"value": Decimal("1.50")}}],
        "active": True,
        "name": [
            {"family": "F"},
            {
                "given": ["A", None],
                "_given": [None, {"extension": [{"url": "urn:y", "valueString": "z"}]}],
                "part": [{"family": "G"}],
            },
        ],
        "birthDate": "1970",
        "_birthDate": {"id": "b"},
        "multipleBirthInteger": 2,
    }
    assert str(document.resource["extension"][0]["valueQuantity"]["value"]) == "1.50"


@pytest.mark.parametrize(
    ("body", "code", "where"),
    [
        ('<birthDate value="1970"/><active value="true"/>', "SAM-VAL-830", "Patient.active"),
        (
            '<name><given value="a"/><family value="b"/><given value="c"/></name>',
            "SAM-VAL-830",
            "Patient.name[0].family",
        ),
        ('<colour value="red"/>', "SAM-VAL-826", "Patient"),
        ('<active value="true" flag="x"/>', "SAM-VAL-827", "Patient.active"),
        ("<active/>", "SAM-VAL-828", "Patient.active"),
        ('<active id="x"/>', "SAM-VAL-828", "Patient.active"),
        ('<active value="true"/><active value="false"/>', "SAM-VAL-829", "Patient"),
        ("hello", "SAM-VAL-831", "Patient"),
        ('<active xmlns="urn:other" value="true"/>', "SAM-VAL-823", "Patient.active"),
        ("<text><div>x</div></text>", "SAM-VAL-823", "Patient.text.div"),
        ("<contained/>", "SAM-VAL-825", "Patient.contained[0]"),
        ("<contained><Patient/><Patient/></contained>", "SAM-VAL-825", "Patient.contained[0]"),
        ("<contained><Unicorn/></contained>", "SAM-VAL-824", "Patient.contained[0]"),
    ],
)
def test_what_the_definitions_do_not_have_is_a_finding_at_its_place(reader, body, code, where):
    document = reader.read(f"{HEAD}{body}</Patient>")
    assert (code, where) in found(document)
    assert document.resource is not None


def test_of_an_element_that_may_not_repeat_the_first_one_stays(reader):
    assert reader.read(f'{HEAD}<active value="true"/><active value="false"/></Patient>').resource["active"] is True


@pytest.mark.parametrize("literal", ["TRUE", "1", "yes", ""])
def test_a_literal_of_another_type_stays_text(reader, literal):
    assert reader.read(f'{HEAD}<active value="{literal}"/></Patient>').resource["active"] == literal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<Unicorn xmlns='http://hl7.org/fhir'/>", "SAM-VAL-824"),
        ("<Quantity xmlns='http://hl7.org/fhir'/>", "SAM-VAL-824"),
        ("<Patient/>", "SAM-VAL-823"),
        ("<Patient xmlns='http://hl7.org/fhir'>", "SAM-VAL-820"),
        ("<Patient xmlns='http://hl7.org/fhir'><id value='&unknown;'/></Patient>", "SAM-VAL-820"),
        ("<", "SAM-VAL-820"),
        (HEAD + "<name>" * 300, "SAM-VAL-805"),
    ],
)
def test_what_is_no_resource_in_xml_says_so(reader, text, code):
    document = reader.read(text)
    assert document.resource is None
    assert codes(document)[-1] == code


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><Patient xmlns="http://hl7.org/fhir"><id value="&i;"/></Patient>'
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        '<!DOCTYPE x SYSTEM "http://localhost/x.dtd"><Patient xmlns="http://hl7.org/fhir"/>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Patient xmlns="http://hl7.org/fhir"/>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><Patient xmlns="http://hl7.org/fhir"/>',
    ],
)
def test_a_document_type_is_refused_with_all_it_brings(reader, text):
    document = reader.read(text)
    assert document.resource is None
    assert codes(document) == ["SAM-VAL-821"]


def test_a_narrative_behind_a_prefix_gets_its_namespace(reader):
    document = reader.read(
        '<f:Patient xmlns:f="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml">'
        '<f:text><h:div><h:p title="a>b">x</h:p></h:div></f:text></f:Patient>'
    )
    assert document.resource["text"]["div"] == ('<div xmlns="http://www.w3.org/1999/xhtml"><p title="a>b">x</p></div>')
    assert document.outcome.ok


def test_other_encodings_are_read_with_a_warning(reader):
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + HEAD + '<name><family value="Søby"/></name></Patient>'
    document = reader.read(text.encode("iso-8859-1"))
    assert document.resource["name"][0]["family"] == "Søby"
    assert codes(document) == ["SAM-VAL-804"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_two_bytes_a_sign_are_read_with_or_without_a_mark(reader, codec):
    text = '<?xml version="1.0" encoding="UTF-16"?>' + HEAD + '<name><family value="Søby"/></name></Patient>'
    document = reader.read(text.encode(codec))
    assert document.resource["name"][0]["family"] == "Søby"
    assert codes(document) == ["SAM-VAL-804"]


def test_control_characters_of_xml_1_1_become_spaces_with_a_warning(reader):
    text = f'<?xml version="1.1"?>{HEAD}<name><family value="a&#x1D;b"/></name></Patient>'
    document = reader.read(text)
    assert document.resource["name"][0]["family"] == "a b"
    assert codes(document) == ["SAM-VAL-833"]


def test_each_place_has_its_line_and_column(reader):
    document = reader.read(
        f'<?xml version="1.0"?>\n\n{HEAD}\n <name>\n  <given value="a"/>\n  <given value="b"/>\n </name>\n'
        ' <multipleBirthInteger value="2"/>\n</Patient>'
    )
    assert document.line("Patient") == (3, 1)
    assert document.line("Patient.name[0].given[1]") == (6, 3)
    assert document.line("Patient.multipleBirth") == (8, 2)
