"""What is let in is what the table says, read the same way here and behind."""

import pytest

from samspil_consent.routes import route


@pytest.mark.parametrize(
    ("method", "path", "kind", "here"),
    [
        ("GET", "/fhir/Observation", "search", "/fhir/Observation"),
        ("GET", "/fhir//Observation///a/", "read", "/fhir/Observation/a"),
        ("GET", "/fhir/Observation/a/_history/1", "vread", "/fhir/Observation/a/_history/1"),
        ("POST", "/fhir/Patient/1/Observation/_search", "search", "/fhir/Patient/1/Observation"),
        ("POST", "/fhir/", "batch", "/fhir"),
        ("POST", "/fhir", "batch", "/fhir"),
        ("DELETE", "/fhir/$export-status", "export-cancel", "/fhir/$export-status"),
        ("GET", "/fhir/Group/g/$export", "export", "/fhir/Group/g/$export"),
    ],
)
def test_an_interaction_is_told(method, path, kind, here):
    found = route(method, path, "/fhir")
    assert (found.kind, found.path) == (kind, here)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/Observation/a"),
        ("GET", "/fhirx/Observation/a"),
        ("GET", "/fhir/../Observation/a"),
        ("GET", "/fhir/Observation/.."),
        ("GET", "/fhir/Observation/a?x"),
        ("GET", "/fhir/Observation/a%20"),
        ("GET", "/fhir/Observation/a\n"),
        ("GET", "/fhir/observation"),
        ("GET", "/fhir/Observation/$validate"),
        ("GET", "/fhir/_search"),
        ("POST", "/fhir/_search"),
        ("POST", "/fhir/$graphql/_search"),
        ("POST", "/fhir/Observation/$lastn/_search"),
        ("POST", "/fhir/Observation/a"),
        ("PATCH", "/fhir/Observation/a"),
        ("get", "/fhir/Observation/a"),
        ("OPTIONS", "/fhir/Observation"),
    ],
)
def test_anything_else_is_refused(method, path):
    assert route(method, path, "/fhir").kind == "refused"
