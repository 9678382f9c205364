"""Codes: what packages decide, what they cannot, and who is asked then."""

import pytest

from samspil_core.testing import FakeCodeValidator
from samspil_core.values import Coding
from samspil_validation import settle
from samspil_validation.terminology import PackagedCodes
from samspil_validation.terminology.compose import compose
from samspil_validation.terminology.grammars import is_language, is_media_type
from samspil_validation.terminology.systems import tabulate

TREE = {
    "resourceType": "CodeSystem",
    "url": "http://t",
    "content": "complete",
    "concept": [
        {"code": "a", "concept": [{"code": "b", "concept": [{"code": "c"}]}, {"code": "d"}]},
        {"code": "e", "property": [{"code": "kind", "valueCode": "x"}, {"code": "parent", "valueCode": "d"}]},
    ],
}


def members(*includes, excludes=()):
    table = tabulate(TREE)
    found = {"http://t": table}
    value_set = {"compose": {"include": list(includes), "exclude": list(excludes)}}
    return compose(value_set, lambda url, _version: found.get(url), lambda _canonical, _depth: None)


def filtered(operation, value, name="concept"):
    return {"system": "http://t", "filter": [{"property": name, "op": operation, "value": value}]}


@pytest.mark.parametrize(
    ("filter_", "wanted"),
    [
        (filtered("is-a", "a"), "abcde"),
        (filtered("descendent-of", "a"), "bcde"),
        (filtered("is-not-a", "b"), "ade"),
        (filtered("generalizes", "c"), "abc"),
        (filtered("child-of", "a"), "bd"),
        (filtered("=", "x", "kind"), "e"),
        (filtered("in", "x,y", "kind"), "e"),
        (filtered("not-in", "x,y", "kind"), "abcd"),
        (filtered("exists", "true", "kind"), "e"),
        (filtered("exists", "false", "kind"), "abcd"),
        (filtered("regex", "[ab]", "code"), "ab"),
    ],
)
def test_a_filter_picks_its_codes(filter_, wanted):
    assert members(filter_).codes["http://t"] == frozenset(wanted)


def test_what_is_excluded_is_out():
    found = members({"system": "http://t"}, excludes=[filtered("is-a", "b")])
    assert found.has("http://t", "b") == "out"
    assert found.has("http://t", "a") == "in"


def test_a_system_that_is_not_at_hand_is_unknown_and_others_are_out():
    found = members({"system": "http://snomed.info/sct"}, {"system": "http://t"})
    assert found.has("http://snomed.info/sct", "1") == "unknown"
    assert found.has("http://t", "zzz") == "out"
    assert found.has("http://elsewhere", "1") == "out"


def test_a_filter_that_is_not_known_leaves_the_system_unknown():
    assert members(filtered("like", "x")).has("http://t", "a") == "unknown"


@pytest.mark.parametrize("regex", ["(", "(?m)^a$(?!b)"])
def test_a_filter_whose_regular_expression_cannot_be_answered_leaves_the_system_unknown(regex):
    assert members(filtered("regex", regex, "code")).has("http://t", "a") == "unknown"


def test_listed_codes_need_no_code_system():
    found = members({"system": "http://snomed.info/sct", "concept": [{"code": "1"}]})
    assert (found.has("http://snomed.info/sct", "1"), found.has("http://snomed.info/sct", "2")) == ("in", "out")


def test_members_survive_the_cache():
    found = members({"system": "http://t"}, {"system": "urn:ietf:bcp:47"}, {"system": "http://x"})
    assert type(found).from_json(found.as_json()) == found


@pytest.mark.parametrize("code", ["da", "da-DK", "zh-Hant-TW", "x-own", "de-CH-1996", "i-klingon", "sr-Latn"])
def test_language_tags(code):
    assert is_language(code)


@pytest.mark.parametrize("code", ["", "d", "da_DK", "da-", "-da", "danish language"])
def test_no_language_tags(code):
    assert not is_language(code)


def test_media_types():
    assert is_media_type("application/fhir+json; fhirVersion=4.0")
    assert is_media_type("json")
    assert not is_media_type("jpeg image")


def test_whoever_else_knows_is_asked_only_about_what_packages_cannot_decide(small_core):
    known = FakeCodeValidator({("http://example.org/vs/elsewhere", "http://s", "1"): "One"})
    codes = PackagedCodes(small_core, known)
    assert codes.ask("http://s", "1", "http://example.org/vs/elsewhere").membership == "in"
    assert codes.ask("http://example.org/cs/gender", "male", "http://example.org/vs/gender").membership == "in"
    assert known.asked == [(Coding("http://s", "1"), "http://example.org/vs/elsewhere")]


def test_the_packages_are_a_code_validator(small_core):
    codes = PackagedCodes(small_core)
    assert codes.validate_code(Coding("http://example.org/cs/gender", "male"), "http://example.org/vs/gender").valid
    unknown = codes.validate_code(Coding("http://s", "1"), "http://nowhere")
    assert not unknown.valid
    assert [each.code for each in unknown.outcome] == ["SAM-VAL-214"]


def test_an_undecided_code_is_a_warning_and_a_question(with_profile, define):
    binding = {"strength": "required", "valueSet": "http://example.org/vs/elsewhere"}
    validator = with_profile("Patient", [define("Patient.maritalStatus", "0..1", "CodeableConcept", binding=binding)])
    patient = {"resourceType": "Patient", "maritalStatus": {"coding": [{"system": "http://s", "code": "1"}]}}
    report = validator.examine(patient, ["http://example.org/profile"])
    assert [(each.code, each.severity) for each in report.outcome] == [("SAM-VAL-214", "warning")]
    assert report.verdict == "undecided"
    (question,) = report.questions
    assert (question.where, question.value_set) == ("Patient.maritalStatus", "http://example.org/vs/elsewhere")
    assert question.codings == (Coding("http://s", "1"),)
    assert question.otherwise.code == "SAM-VAL-210"
    assert "http://s" not in repr(report)


def test_questions_are_settled_by_whoever_can_answer_them(with_profile, define):
    binding = {"strength": "required", "valueSet": "http://example.org/vs/elsewhere"}
    validator = with_profile("Patient", [define("Patient.maritalStatus", "0..1", "CodeableConcept", binding=binding)])
    patient = {"resourceType": "Patient", "maritalStatus": {"coding": [{"system": "http://s", "code": "1"}]}}
    report = validator.examine(patient, ["http://example.org/profile"])
    known = FakeCodeValidator({("http://example.org/vs/elsewhere", "http://s", "1"): "One"})
    assert settle(report, known).verdict == "valid"
    refused = settle(report, FakeCodeValidator())
    assert [(each.code, each.where) for each in refused.outcome] == [("SAM-VAL-210", "Patient.maritalStatus")]
    assert settle(report, PackagedCodes(validator.schema.definitions)).questions == report.questions
