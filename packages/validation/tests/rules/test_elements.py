"""Ids, attachments, narratives, codings, references, identifiers, canonical URLs, strings."""

import pytest

from samspil_validation import Settings
from samspil_validation.findings import CODE_NOT_REQUIRED, MISSING
from samspil_validation.place import below, root
from samspil_validation.rules import (
    attachments,
    canonicals,
    codings,
    identifiers,
    ids,
    narrative_languages,
    narratives,
    publication,
    references,
    strings,
    vital_signs,
)


def test_ids_are_unique_inside_a_resource(check):
    patient = {
        "resourceType": "Patient",
        "id": "a",
        "text": {"id": "a"},
        "active": True,
        "_active": {"id": "b"},
        "name": [{"id": "b"}, {"id": "c"}],
        "contained": [{"resourceType": "Patient", "id": "x", "name": [{"id": "b"}]}],
    }
    assert check(ids.rule, patient) == [("560", "Patient.name[0]")]


def test_the_two_views_of_a_structure_share_their_ids(check):
    view = {"element": [{"id": "Patient"}]}
    structure = {"resourceType": "StructureDefinition", "snapshot": view, "differential": view}
    assert check(ids.rule, structure) == []
    twice = {"element": [{"id": "Patient"}, {"id": "Patient"}]}
    assert check(ids.rule, {**structure, "snapshot": twice}) == [("560", "StructureDefinition.snapshot.element[1]")]


def test_contained_resources_have_ids_of_their_own(check):
    contained = [{"resourceType": "Patient", "id": "a"}, {"resourceType": "List", "id": "a"}, {"resourceType": "List"}]
    assert check(ids.rule, {"resourceType": "Patient", "contained": contained}) == [
        ("562", "Patient.contained[1]"),
        ("561", "Patient.contained[2]"),
    ]


def test_the_id_of_a_resource_has_no_extensions(check):
    assert check(ids.rule, {"resourceType": "Patient", "_id": {"extension": [{"url": "urn:x"}]}}) == [
        ("563", "Patient.id")
    ]


@pytest.mark.parametrize(
    ("attachment", "wrong"),
    [
        ({"data": "YWJj", "size": 3}, False),
        ({"data": "YWJj", "size": "3"}, False),
        ({"data": "YWJj", "size": 4}, True),
        ({"data": "YWJj"}, False),
        ({"size": 4, "url": "urn:x"}, False),
        ({"data": "!", "size": 4}, False),
        ({"data": "YWJj", "size": "x"}, False),
    ],
)
def test_the_size_of_an_attachment_is_that_of_its_data(check, attachment, wrong):
    assert check(attachments.rule, attachment) == ([("570", "Element")] if wrong else [])


@pytest.mark.parametrize(
    ("attachment", "wrong"),
    [
        ({"data": "YWJj", "hash": "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="}, False),
        ({"data": "YWJj", "hash": "a9993e364706816aba3e25717850c26c9cd0d89d"}, True),
        ({"hash": "x"}, False),
        ({"data": "", "hash": "x"}, False),
    ],
)
def test_the_hash_of_an_attachment_is_that_of_its_data(check, attachment, wrong):
    assert check(attachments.rule, attachment) == ([("571", "Element")] if wrong else [])


def div(content):
    return {"div": f'<div xmlns="http://www.w3.org/1999/xhtml">{content}</div>'}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<p>fine</p>", None),
        ('<a href="http://example.org/x">x</a>', None),
        ('<table border="1" data-x="y"><tr><td colspan="2">x</td></tr></table>', None),
        ("x<script>y</script>", "588"),
        ('<p onclick="x()">y</p>', "588"),
        ('x<form xmlns="urn:other"/>', "588"),
        (" <br/> ", "589"),
        ("", "589"),
        ('<a href="page.html">x</a>', None),
        ('<a name="here"/><a href="#here">x</a>', None),
        ('<img src="http://example.org/x.png" alt="x"/>', None),
        ('<p id="here">x</p><a href="#here">x</a>', None),
        ('<a href="#there">x</a>', "581"),
        ('<a href="urn:uuid:1">x</a>', "582"),
        ('<a href="JavaScript:alert(1)">x</a>', "582"),
        ('<a href="http://example.org/{x}">x</a>', "583"),
        ('<img src="data:image/png;base64,AA|A=" alt="x"/>', None),
        ("<p>a<p>b</p></p>", "580"),
        ("<p><b>a</b></p><p>&#160;&amp;</p>", None),
        ("<p><b>a</b></p><p>&nbsp;</p>", "587"),
        ("<p>not closed", "587"),
    ],
)
def test_links_and_paragraphs_of_narratives(check, content, code):
    patient = {"resourceType": "Patient"}
    found = check(narratives.rule, div(content), resource=patient)
    assert found == ([] if code is None else [(code, "Element.div")])


def test_a_narrative_that_declares_a_document_type_is_refused(check):
    narrative = {"div": '<!DOCTYPE div [<!ENTITY a "b">]><div xmlns="http://www.w3.org/1999/xhtml">&a;</div>'}
    assert check(narratives.rule, narrative) == [("587", "Element.div")]
    assert check(narratives.rule, {"div": "<div>x</div>"}) == [("588", "Element.div")]
    assert check(narratives.rule, {"div": 7}) == check(narratives.rule, {}) == []


def test_a_link_may_lead_to_an_element_or_a_contained_resource_or_through_a_document(check):
    narrative = div('<a href="#a">x</a><a href="#b">x</a>')
    patient = {"resourceType": "Patient", "name": [{"id": "a"}], "contained": [{"resourceType": "List", "id": "b"}]}
    assert check(narratives.rule, narrative, resource=patient) == []
    other = {"resource": {"resourceType": "List", "text": div('<p id="a"/><p id="b"/>')}}
    bundle = {"resourceType": "Bundle", "type": "document", "entry": [other]}
    assert check(narratives.rule, narrative, resource={"resourceType": "List"}, holders=((bundle, None),)) == []
    message = {**bundle, "type": "message"}
    found = check(narratives.rule, narrative, resource={"resourceType": "List"}, holders=((message, None),))
    assert found == [("581", "Element.div")] * 2


@pytest.mark.parametrize(
    ("control", "content", "language", "code"),
    [
        ("_yes", "x", "en", "584"),
        ("_yes", '<div lang="de">x</div>', "en", None),
        ("_no", '<div lang="de">x</div>', "en", "585"),
        ("_no", "x", "en", None),
        ("_resource", '<div xml:lang="de" lang="de">x</div>', "en", "586"),
        ("_resource", '<div lang="en">x</div>', "en", None),
        ("fr", '<div lang="en">x</div>', "en", "586"),
    ],
)
def test_a_profile_may_ask_for_sections_by_language(check, control, content, language, code):
    extension = {"url": "http://hl7.org/fhir/StructureDefinition/narrative-language-control", "valueCode": control}
    element = {"path": "Patient.text", "extension": [extension]}
    profile = {
        "resourceType": "StructureDefinition",
        "url": "urn:p",
        "type": "Patient",
        "snapshot": {"element": [element]},
    }
    patient = {"resourceType": "Patient", "language": language, "meta": {"profile": ["urn:p"]}, "text": div(content)}
    assert check(narrative_languages.rule, patient, profile) == ([(code, "Patient.text")] if code else [])


SYSTEM = {
    "resourceType": "CodeSystem",
    "url": "urn:cs",
    "content": "complete",
    "concept": [{"code": "a", "display": "The  A", "designation": [{"value": "Das A"}]}],
}


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        ({"system": "urn:cs", "code": "a", "display": "the a"}, []),
        ({"system": "urn:cs", "code": "a", "display": "Das A"}, []),
        ({"system": "urn:cs", "code": "a", "display": "Something"}, [("591", "Element.display")]),
        ({"system": "urn:cs", "code": "b"}, [("590", "Element.code")]),
        ({"system": "urn:vs", "code": "b"}, [("593", "Element.system")]),
        ({"system": "urn:more", "code": "b"}, [("594", "Element.system")]),
        ({"system": "urn:unknown", "code": "b"}, []),
        ({"code": "b"}, []),
        ({"system": "urn:cs"}, []),
    ],
)
def test_a_coding_against_its_code_system(check, coding, expected):
    value_set = {"resourceType": "ValueSet", "url": "urn:vs"}
    supplement = {"resourceType": "CodeSystem", "url": "urn:more", "content": "supplement", "supplements": "urn:cs"}
    assert check(codings.rule, coding, SYSTEM, value_set, supplement) == expected


@pytest.mark.parametrize(
    ("code", "expected"), [("NNDNK", []), ("NNXYZ", [("590", "Element.code")]), ("NNdnk", [("590", "Element.code")])]
)
def test_identifier_types_of_countries_are_codes_by_their_pattern(check, code, expected):
    types = {**SYSTEM, "url": "http://terminology.hl7.org/CodeSystem/v2-0203"}
    countries = {**SYSTEM, "url": "urn:iso:std:iso:3166", "concept": [{"code": "DNK"}]}
    assert check(codings.rule, {"system": types["url"], "code": code}, types, countries) == expected


def test_displays_may_be_of_a_supplement_and_may_be_warnings(check):
    coding = {"system": "urn:cs", "code": "a", "display": "Et A"}
    designation = {"code": "a", "designation": [{"language": "da", "value": "Et A"}]}
    supplement = {"resourceType": "CodeSystem", "url": "urn:da", "content": "supplement", "concept": [designation]}
    assert check(codings.rule, coding, SYSTEM, supplement) == []
    assert check(codings.rule, coding, SYSTEM, settings=Settings(displays="warning")) == [("592", "Element.display")]


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("Patient/1", None),
        ("Patient/1/_history/2", None),
        ("#a", None),
        ("urn:uuid:1", None),
        ("http://example.org/anything", None),
        ("Patient?identifier=a|b", "675"),
        ("urn:uuid:1 2", "674"),
        ("#a b", "674"),
        ("Patient 1", "674"),
        ("Patient?identifier=1&?==", "601"),
        ("Unicorn?a=b", "601"),
        ("Unicorn/1", "600"),
        ("something", "600"),
    ],
)
def test_how_a_reference_is_written(check, reference, code):
    assert check(references.rule, {"reference": reference}) == ([(code, "Element")] if code else [])


@pytest.mark.parametrize(
    ("reference", "kind", "code"),
    [
        ("Patient?identifier=a|b", "transaction", None),
        ("Patient?identifier=1&what=", "transaction", None),
        ("Patient?identifier=1", "batch", "675"),
        ("Patient?identifier=1", "collection", "675"),
        ("something", "collection", "674"),
        ("Unicorn/1", "collection", "600"),
    ],
)
def test_how_a_reference_is_written_in_a_bundle(check, reference, kind, code):
    holders = (({"resourceType": "Bundle", "type": kind}, root("Bundle")),)
    found = check(references.rule, {"reference": reference}, holders=holders)
    assert found == ([(code, "Element")] if code else [])


@pytest.mark.parametrize(
    ("reference", "said", "wrong"),
    [
        ("Patient/1", "Patient", False),
        ("Patient/1", "http://hl7.org/fhir/StructureDefinition/Patient", False),
        ("Patient/1", "Group", True),
        ("http://example.org/fhir/Patient/1/_history/2", "Group", True),
        ("http://example.org/anything", "Group", False),
        ("Patient/1", "http://example.org/LogicalModel", False),
    ],
)
def test_a_reference_leads_to_the_type_that_it_says(check, reference, said, wrong):
    found = check(references.rule, {"reference": reference, "type": said})
    assert found == ([("407", "Element")] if wrong else [])


@pytest.mark.parametrize(("system", "wrong"), [("abc", True), ("urn:oid:1.2", False), ("http://a", False)])
def test_the_system_of_an_identifier_is_absolute(check, system, wrong):
    found = check(identifiers.rule, {"system": system, "value": "1"})
    assert found == ([("676", "Element")] if wrong else [])


def test_an_identifier_that_is_a_uri_is_a_whole_one(check):
    system = "urn:ietf:rfc:3986"
    assert check(identifiers.rule, {"system": system, "value": "urn:oid:1.2"}) == []
    assert check(identifiers.rule, {"system": system, "value": "1.2"}) == [("602", "Element")]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/x", None),
        ("x", "603"),
        ("urn:uuid:6a2ee390-978e-42c6-8f88-c17dff3bd8a3", None),
        ("urn:uuid:6A2EE390-978e-42c6-8f88-c17dff3bd8a3", "604"),
        ("urn:uuid:6a2ee390", "604"),
    ],
)
def test_the_canonical_url_of_a_resource(check, url, code):
    found = check(canonicals.rule, {"resourceType": "ValueSet", "url": url})
    assert found == ([(code, "ValueSet.url")] if code else [])


def test_markup_in_strings_is_looked_for_on_demand(check):
    patient = {
        "resourceType": "Patient",
        "name": [{"text": "x <b>y</b>"}],
        "text": {"div": "<div>x</div>"},
        "id": "a < b",
    }
    assert [strings.asked_for(each) for each in (Settings(), Settings(security=True))] == [False, True]
    assert check(strings.rule, patient) == [("606", "Patient.name[0].text")]


def test_hl7_names_the_committee_when_it_publishes(check):
    resource = {"resourceType": "ValueSet", "url": "http://hl7.org/fhir/ValueSet/x"}
    assert [publication.asked_for(each) for each in (Settings(), Settings(publication=True))] == [False, True]
    assert check(publication.rule, resource) == [("607", "ValueSet")]
    committee = {"url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-wg", "valueCode": "fhir"}
    assert check(publication.rule, {**resource, "extension": [committee]}, settings=Settings(publication=True)) == []


def test_a_vital_sign_meets_its_profile_named_or_not(check):
    asked = []
    top = root("Observation")
    units = {"value_set": "http://hl7.org/fhir/ValueSet/ucum-vitals-common|4.0.1"}

    def against(_resource, profile, _place):
        asked.append(profile)
        return [
            (MISSING, top, profile, {"element": "effective", "minimum": 1, "count": 0}),
            (CODE_NOT_REQUIRED, below(top, "component", 0, "value"), profile, units),
            (CODE_NOT_REQUIRED, below(top, "value"), profile, units),
        ]

    temperature = {
        "resourceType": "Observation",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
    }
    found = check(vital_signs.rule, temperature, against=against)
    assert found == [("110", "Observation"), ("210", "Observation.value")]
    url = "http://hl7.org/fhir/StructureDefinition/bodytemp"
    assert asked == [url]
    assert check(vital_signs.rule, {**temperature, "meta": {"profile": [url]}}, against=against) == []
    other = {**temperature, "code": {"coding": [{"system": "http://loinc.org", "code": "1-1"}]}}
    assert check(vital_signs.rule, other, against=against) == []
