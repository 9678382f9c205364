"""Bundles: full URLs, documents, messages, search results."""

import pytest

from samspil_validation.rules.bundles import documents, entries, searches

BASE = "http://example.org/fhir/"


def bundle(kind, *found, **more):
    return {"resourceType": "Bundle", "type": kind, "entry": list(found), **more}


def entry(url, kind, rid="", **more):
    resource = {"resourceType": kind, **({"id": rid} if rid else {}), **more}
    return {**({"fullUrl": url} if url else {}), "resource": resource}


@pytest.mark.parametrize(
    ("kind", "found", "expected"),
    [
        ("collection", entry("urn:uuid:1", "Patient"), []),
        ("collection", entry(BASE + "Patient/a", "Patient", "a"), []),
        ("collection", entry(BASE + "Patient/a/_history/2", "Patient", "a"), []),
        ("collection", entry("", "Patient", "a"), [("540", "Bundle.entry[0]")]),
        ("message", entry("", "Patient", "a"), [("540", "Bundle.entry[0]")]),
        ("searchset", entry("", "Patient", "a"), [("540", "Bundle.entry[0]")]),
        ("searchset", entry("", "OperationOutcome", "a"), []),
        ("history", entry("", "Patient", "a"), [("540", "Bundle.entry[0]")]),
        ("transaction-response", entry("", "Patient", "a"), []),
        ("transaction", entry("", "Patient", "a"), []),
        ("collection", entry("Patient/a", "Patient", "a"), [("541", "Bundle.entry[0]")]),
        ("collection", entry(BASE + "Patient/b", "Patient", "a"), [("542", "Bundle.entry[0]")]),
        ("collection", entry(BASE + "Observation/a", "Patient", "a"), [("542", "Bundle.entry[0]")]),
        ("collection", entry(BASE + "Patient/a", "Patient"), [("543", "Bundle.entry[0]")]),
        ("collection", entry(BASE + "Other/a", "Patient", "b"), []),
        ("transaction", entry(BASE + "Patient/b", "Patient", "a"), []),
    ],
)
def test_the_full_url_names_the_resource(check, kind, found, expected):
    assert check(entries.rule, bundle(kind, found)) == expected


def test_links_between_pages_are_for_searches(check):
    links = [{"relation": "next", "url": "x"}, {"relation": "self", "url": "y"}]
    assert check(entries.rule, bundle("collection", link=links)) == [("544", "Bundle.link[0].relation")]
    assert check(entries.rule, bundle("searchset", link=links)) == []


def test_a_stylesheet_of_the_document_is_in_it(check):
    links = [{"relation": "stylesheet", "url": url} for url in ("Binary/a", "Binary/b", "http://example.org/x.css")]
    found = bundle(
        "document",
        entry(BASE + "Composition/c", "Composition", "c"),
        entry(BASE + "Binary/a", "Binary", "a"),
        link=links,
    )
    assert check(entries.rule, found) == [("545", "Bundle.link[1].url")]
    assert check(documents.rule, found) == []


def document(*found, **composition):
    return bundle("document", entry(BASE + "Composition/c", "Composition", "c", **composition), *found)


def ref(reference):
    return {"reference": reference}


def test_a_document_holds_what_its_composition_refers_to(check):
    good = document(
        entry(BASE + "Patient/p", "Patient", "p"),
        entry("urn:uuid:0", "Practitioner"),
        entry(BASE + "Observation/o", "Observation", "o"),
        subject=ref("Patient/p"),
        author=[ref("urn:uuid:0")],
        section=[{"entry": [ref(BASE + "Observation/o")], "section": [{"focus": ref("Patient/p")}]}],
    )
    assert check(documents.rule, good) == []
    bad = document(
        subject=ref("Patient/p"),
        author=[ref("#a"), ref("urn:uuid:0")],
        section=[{"section": [{"entry": [ref("Observation/o")]}]}],
    )
    assert check(documents.rule, bad) == [
        ("546", "Bundle.entry[0].resource.subject"),
        ("546", "Bundle.entry[0].resource.author[1]"),
        ("546", "Bundle.entry[0].resource.section[0].section[0].entry[0]"),
    ]


def test_type_and_id_lead_nowhere_where_full_urls_are_uuids(check):
    found = bundle(
        "document",
        entry("urn:uuid:1", "Composition", "c", subject=ref("Patient/p")),
        entry("urn:uuid:2", "Patient", "p"),
    )
    assert check(documents.rule, found) == [("547", "Bundle.entry[0].resource.subject"), ("549", "Bundle.entry[1]")]
    assert check(documents.rule, found, release="R5") == []


def test_a_reference_leads_to_one_version(check):
    versions = [entry(BASE + "Patient/p", "Patient", "p", meta={"versionId": version}) for version in "12"]
    section = [{"entry": [ref("Patient/p/_history/1")]}]
    assert check(documents.rule, document(*versions, subject=ref("Patient/p/_history/2"), section=section)) == []
    found = check(documents.rule, document(*versions, subject=ref("Patient/p")))
    assert found == [("548", "Bundle.entry[0].resource.subject")]


def test_an_entry_that_nothing_joins_with_the_composition_is_no_part_of_the_document(check):
    found = document(
        entry(BASE + "Patient/p", "Patient", "p"),
        entry(BASE + "Observation/back", "Observation", "back", subject=ref("Patient/p")),
        entry(BASE + "Observation/lost", "Observation", "lost"),
        subject=ref("Patient/p"),
    )
    assert check(documents.rule, found) == [("549", "Bundle.entry[3]")]


def test_a_message_holds_its_focus(check):
    header = entry("urn:uuid:1", "MessageHeader", focus=[ref("urn:uuid:2"), ref("urn:uuid:3")])
    found = bundle("message", header, entry("urn:uuid:2", "Patient"))
    assert check(documents.rule, found) == [("546", "Bundle.entry[0].resource.focus[1]")]


def result(mode, kind, rid=""):
    return {**entry("urn:uuid:1", kind, rid), "search": {"mode": mode}}


@pytest.mark.parametrize(
    ("url", "found", "expected"),
    [
        ("", result("match", "Patient", "a"), []),
        ("", result("match", "Patient"), [("550", "Bundle.entry[0].resource")]),
        ("", result("outcome", "OperationOutcome"), []),
        ("", result("outcome", "Patient", "a"), [("551", "Bundle.entry[0].resource")]),
        (BASE + "Patient?name=x", result("match", "Observation", "a"), [("552", "Bundle.entry[0].resource")]),
        (BASE + "Patient?name=x", result("include", "Observation", "a"), []),
        (BASE + "Patient/_search", result("match", "Observation", "a"), [("552", "Bundle.entry[0].resource")]),
        (BASE + "?_type=Patient,Observation", result("match", "Observation", "a"), []),
        (BASE + "?_type=Patient%2CList", result("match", "Observation", "a"), [("552", "Bundle.entry[0].resource")]),
        (BASE + "fhir", result("match", "Observation", "a"), []),
    ],
)
def test_a_search_result_is_what_was_searched_for(check, url, found, expected):
    link = [{"relation": "self", "url": url}] if url else []
    assert check(searches.rule, bundle("searchset", found, link=link)) == expected


def test_bundles_of_any_shape_raise_nothing(check):
    for odd in ({"entry": "x"}, {"entry": [7, {"resource": "y"}, {"resource": {"resourceType": 8}}]}, {"link": {}}):
        for kind in ("document", "message", "searchset", 9):
            for rule in (entries.rule, documents.rule, searches.rule):
                check(rule, {"resourceType": "Bundle", "type": kind, **odd})
