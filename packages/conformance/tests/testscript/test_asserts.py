"""Every form of an assert is seen to hold and to fail."""

import json

import pytest
from testscript_support import PATIENT, asserted, operation, script

from samspil_conformance.testscript.exchange import Content
from samspil_conformance.testscript.profiles import Profiles, UnknownProfile, published
from samspil_definitions import load_packages
from samspil_definitions.places import package_cache

READ = operation("read", resource="Patient", params="/ida")
SEARCH = operation("search", resource="Patient", params="?family=Lind")
FORMS = [
    ("response", READ, {"response": "okay"}, {"response": "notFound"}),
    ("responseCode", READ, {"responseCode": "200"}, {"responseCode": "404"}),
    (
        "responseCode list",
        READ,
        {"responseCode": "200,201", "operator": "in"},
        {"responseCode": "201,204", "operator": "in"},
    ),
    (
        "responseCode not in",
        READ,
        {"responseCode": "404,410", "operator": "notIn"},
        {"responseCode": "200,410", "operator": "notIn"},
    ),
    ("responseCode list without operator", READ, {"responseCode": "200,201"}, {"responseCode": "201,204"}),
    ("resource", READ, {"resource": "Patient"}, {"resource": "Person"}),
    ("contentType", READ, {"contentType": "json"}, {"contentType": "xml"}),
    ("contentType as media type", READ, {"contentType": "application/fhir+json"}, {"contentType": "text/html"}),
    (
        "headerField",
        READ,
        {"headerField": "ETag", "operator": "notEmpty"},
        {"headerField": "ETag", "operator": "empty"},
    ),
    ("headerField absent", READ, {"headerField": "X-None", "operator": "empty"}, {"headerField": "X-None"}),
    ("headerField value", READ, {"headerField": "etag", "value": 'W/"1"'}, {"headerField": "etag", "value": 'W/"2"'}),
    ("expression", READ, {"expression": "name.family = 'Lind'"}, {"expression": "name.family = 'Holm'"}),
    ("expression of nothing", READ, {"expression": "name.exists()"}, {"expression": "photo.title = 'x'"}),
    (
        "expression equals",
        READ,
        {"expression": "name.family", "operator": "equals", "value": "Lind"},
        {"expression": "name.family", "value": "Holm"},
    ),
    (
        "expression on several",
        READ,
        {"expression": "name.given", "operator": "in", "value": "Ida,Ane"},
        {"expression": "name.given", "value": "Ida"},
    ),
    (
        "expression contains",
        READ,
        {"expression": "name.given", "operator": "contains", "value": "An"},
        {"expression": "name.given", "operator": "notContains", "value": "An"},
    ),
    (
        "expression greater",
        SEARCH,
        {"expression": "total", "operator": "greaterThan", "value": "0"},
        {"expression": "total", "operator": "greaterThan", "value": "10"},
    ),
    (
        "expression less",
        READ,
        {"expression": "birthDate", "operator": "lessThan", "value": "1950"},
        {"expression": "birthDate", "operator": "lessThan", "value": "1940"},
    ),
    (
        "XPath",
        READ,
        {"path": "fhir:Patient/fhir:gender/@value", "value": "female"},
        {"path": "Patient/gender", "value": "male"},
    ),
    (
        "XPath to nothing",
        READ,
        {"path": "/Patient/photo", "operator": "empty"},
        {"path": "/Patient/gender", "operator": "empty"},
    ),
    ("JSONPath", READ, {"path": "$.name[0].given[1]", "value": "Ane"}, {"path": ".name[0].given[1]", "value": "Ida"}),
    ("navigationLinks", SEARCH, {"navigationLinks": True}, {"navigationLinks": False}),
    ("requestMethod", READ, {"requestMethod": "get"}, {"requestMethod": "post"}),
    (
        "requestURL",
        READ,
        {"requestURL": "/Patient/ida", "operator": "contains"},
        {"requestURL": "ida", "operator": "notContains"},
    ),
    ("minimumId", READ, {"minimumId": "least"}, {"minimumId": "more"}),
    (
        "compareToSourceExpression",
        READ,
        {
            "compareToSourceId": "least",
            "compareToSourceExpression": "name.family",
            "expression": "name.family",
            "operator": "equals",
        },
        {"compareToSourceId": "more", "compareToSourceExpression": "gender", "operator": "equals"},
    ),
    (
        "compareToSourcePath",
        READ,
        {"compareToSourceId": "least", "compareToSourcePath": "$.name[0].family", "path": "Patient/name/family"},
        {"compareToSourceId": "more", "compareToSourcePath": "$.gender", "path": "Patient/gender"},
    ),
    (
        "value before compareToSource",
        READ,
        {"expression": "gender", "value": "female", "compareToSourceId": "more", "compareToSourceExpression": "gender"},
        {"expression": "gender", "value": "other", "compareToSourceId": "more", "compareToSourceExpression": "gender"},
    ),
    (
        "sourceId",
        READ,
        {"sourceId": "least", "expression": "name.count() = 1"},
        {"sourceId": "least", "expression": "gender.exists()"},
    ),
]
CONTAINED = [
    {"resourceType": "Patient", "id": "least", "name": [{"given": ["Ane"], "family": "Lind"}]},
    {"resourceType": "Patient", "id": "more", "gender": "other"},
]
FIXTURES = [
    {"id": name, "autocreate": False, "autodelete": False, "resource": {"reference": f"#{name}"}}
    for name in ("least", "more")
]


def with_fixtures(folder, *actions):
    return script(folder, *actions, contained=CONTAINED, fixture=FIXTURES)


@pytest.mark.parametrize(("request_", "good", "bad"), [form[1:] for form in FORMS], ids=[form[0] for form in FORMS])
def test_an_assert_holds_and_fails(tmp_path, run, request_, good, bad):
    report = run(with_fixtures(tmp_path, request_, asserted(**good), asserted(**bad)))
    assert [each.verdict for each in report.asserts] == ["pass", "fail"], [each.message for each in report.asserts]
    assert report.asserts[1].message
    assert report.evaluated


def test_a_contained_fixture_has_no_id_of_its_own(tmp_path, run):
    """The id of a contained resource says where in the script it stands; in a file it is content."""
    (tmp_path / "low.json").write_text(json.dumps({"resourceType": "Patient", "id": "other"}))
    fixtures = [*FIXTURES, {"id": "low", "resource": {"reference": "low.json"}}]
    made = script(
        tmp_path, READ, asserted(minimumId="least"), asserted(minimumId="low"), contained=CONTAINED, fixture=fixtures
    )
    assert [each.verdict for each in run(made).asserts] == ["pass", "fail"]


def test_a_failure_that_is_called_a_warning_is_one(tmp_path, run):
    report = run(script(tmp_path, READ, asserted(response="gone", warningOnly=True)))
    assert report.verdict == "warning"


@pytest.mark.parametrize(
    "said",
    [
        {"expression": "name.where("},
        {"expression": "name.nosuch()"},
        {"path": "//["},
        {"path": "$[["},
        {"expression": "name.given"},
        {"response": "splendid"},
        {"expression": "gender", "operator": "like", "value": "f"},
    ],
)
def test_an_assert_that_cannot_be_evaluated_is_an_error_and_never_passes(tmp_path, run, said):
    """A broken expression, an unknown operator or status, a truth of several values: error, and the place is told."""
    (result,) = run(script(tmp_path, READ, asserted(**said))).asserts
    assert (result.verdict, result.place) == ("error", "TestScript.test[0].action[1].assert")
    assert result.message
    assert not result.script_fault


FAULTY = {
    "a variable in an expression": ({"expression": "gender = '${undeclared}'"}, "undeclared"),
    "a variable whose literal text would make it true": ({"expression": "gender != '${undeclared}'"}, "undeclared"),
    "a variable in a value": (
        {"expression": "gender", "operator": "notEquals", "value": "${undeclared}"},
        "undeclared",
    ),
    "a variable in a path": ({"path": "$.${undeclared}", "operator": "empty"}, "undeclared"),
    "a variable in a content type": ({"contentType": "${undeclared}", "operator": "notEquals"}, "undeclared"),
    "a variable in a code": ({"responseCode": "${undeclared}", "operator": "notEquals"}, "undeclared"),
    "a variable in a URL": ({"requestURL": "${undeclared}", "operator": "notContains"}, "undeclared"),
    "a variable in a fixture": ({"minimumId": "worded"}, "undeclared"),
    "a variable of an undeclared source": ({"expression": "gender != '${lost}'"}, "no-such-answer"),
    "a minimum": ({"minimumId": "nowhere"}, "nowhere"),
    "a source": ({"sourceId": "nowhere", "expression": "gender.empty()"}, "nowhere"),
    "a source of a status": ({"sourceId": "nowhere", "response": "okay"}, "nowhere"),
    "a source of a status code": ({"sourceId": "nowhere", "responseCode": "200"}, "nowhere"),
    "a source of a header": ({"sourceId": "nowhere", "headerField": "content-type"}, "nowhere"),
    "a source of a method": ({"sourceId": "nowhere", "requestMethod": "get"}, "nowhere"),
    "a source to compare with": (
        {"compareToSourceId": "nowhere", "compareToSourceExpression": "gender", "operator": "notEquals"},
        "nowhere",
    ),
    "a profile": ({"validateProfileId": "nowhere"}, "nowhere"),
    "no criterion": ({}, "criterion"),
    "no criterion but an operator": ({"operator": "empty"}, "criterion"),
}


def faulty(folder, *actions):
    worded = {"resourceType": "Patient", "id": "worded", "gender": "${undeclared}"}
    return script(
        folder,
        *actions,
        contained=[worded],
        fixture=[{"id": "worded", "resource": {"reference": "#worded"}}],
        variable=[{"name": "lost", "expression": "gender", "sourceId": "no-such-answer"}],
    )


@pytest.mark.parametrize(("said", "name"), FAULTY.values(), ids=FAULTY)
def test_an_assert_that_its_script_is_at_fault_for_fails_and_says_so(tmp_path, run, said, name):
    """Nothing it asks for has been shown; the message begins with the script, names what is missing and what to do."""
    report = run(faulty(tmp_path, READ, asserted(**said), asserted(response="okay")))
    result, after = report.asserts
    assert (result.verdict, result.script_fault, report.verdict) == ("fail", True, "fail")
    assert result.message.startswith("the script is at fault")
    assert name in result.message
    assert "report it to the script's publisher" in result.message
    assert (after.verdict, after.script_fault, report.script_faults, report.evaluated) == ("pass", False, 1, True)


@pytest.mark.parametrize(("said", "name"), FAULTY.values(), ids=FAULTY)
def test_a_fault_of_the_script_that_is_called_a_warning_is_one(tmp_path, run, said, name):
    (result,) = run(faulty(tmp_path, READ, asserted(**{**said, "warningOnly": True}))).asserts
    assert (result.verdict, result.script_fault, name in result.message) == ("warning", True, True)


def test_a_failure_of_the_system_is_no_fault_of_the_script(tmp_path, run):
    report = run(script(tmp_path, READ, asserted(response="gone")))
    assert (report.verdict, report.script_faults) == ("fail", 0)


def test_an_operation_that_names_an_undeclared_variable_is_an_error(tmp_path, run):
    """Nothing is sent, so its asserts have nothing to judge."""
    odd = operation("read", resource="Patient", params="/${undeclared}")
    report = run(script(tmp_path, odd, asserted(response="okay")))
    assert [each.verdict for each in report.results] == ["error", "skip"]
    assert "undeclared" in report.results[0].message


def test_a_name_that_an_operation_did_not_record_is_no_fault_of_the_script(tmp_path, run):
    """The operation could not be carried out, or its test ended before it."""
    odd = operation("read", resource="Patient", params="/${undeclared}", responseId="first")
    report = run(script(tmp_path, odd, READ, asserted(sourceId="first", response="okay")))
    assert (report.asserts[0].verdict, report.asserts[0].script_fault) == ("skip", False)
    later = {**READ["operation"], "responseId": "second"}
    actions = [READ, asserted(response="gone", stopTestOnFail=True), {"operation": later}]
    two = [
        {"name": "One", "action": actions},
        {"name": "Two", "action": [READ, asserted(sourceId="second", response="okay")]},
    ]
    report = run(script(tmp_path, test=two))
    assert (report.asserts[1].verdict, report.asserts[1].script_fault) == ("skip", False)


def test_a_minimum_has_its_variables_put_in(tmp_path, run):
    least = {"resourceType": "Patient", "id": "least", "gender": "${sex}"}
    made = script(
        tmp_path,
        READ,
        asserted(minimumId="least"),
        contained=[least],
        fixture=[{"id": "least", "resource": {"reference": "#least"}}],
        variable=[{"name": "sex", "defaultValue": "female"}],
    )
    assert [each.verdict for each in run(made).asserts] == ["pass"]


def rule(name):
    url = "http://touchstone.aegis.net/touchstone/fhir/testing/StructureDefinition/testscript-assert-rule"
    return asserted(extension=[{"url": url, "extension": [{"url": "ruleId", "valueId": name}]}])


def test_a_rule_that_is_known_by_its_name_is_judged(tmp_path, run):
    """The parameters of the request stand in the self link, or are told as lost."""
    name = "assert-response-queryParamsInSelfLink"
    made = script(tmp_path, SEARCH, rule(name), READ, rule(name))
    report = run(made)
    assert [each.verdict for each in report.asserts] == ["pass", "fail"]
    assert run(script(tmp_path, SEARCH, rule("another"))).asserts[0].verdict == "inconclusive"


def test_an_operation_with_an_unknown_modifier_is_not_carried_out(tmp_path, run):
    odd = operation("read", resource="Patient", params="/ida", modifierExtension=[{"url": "http://example.org/odd"}])
    report = run(script(tmp_path, odd, asserted(response="okay")))
    assert [each.verdict for each in report.results] == ["inconclusive", "inconclusive"]
    assert "http://example.org/odd" in report.results[0].message


def test_a_rule_whose_meaning_is_not_known_is_named_and_inconclusive(tmp_path, run):
    url = "http://touchstone.aegis.net/touchstone/fhir/testing/StructureDefinition/testscript-assert-rule"
    report = run(script(tmp_path, READ, asserted(extension=[{"url": url}], response="okay")))
    assert report.asserts[0].verdict == "inconclusive"
    assert url in report.asserts[0].message
    assert not report.evaluated


def test_a_profile_of_no_package_at_hand_is_named_and_inconclusive(tmp_path, run):
    made = script(
        tmp_path, READ, asserted(validateProfileId="p"), profile=[{"id": "p", "reference": "http://example.org/p"}]
    )
    (result,) = run(made).asserts
    assert (result.verdict, "http://example.org/p" in result.message) == ("inconclusive", True)


PUBLISHED = [
    (
        "http://hl7.org/fhir/us/core/STU5.0.1/StructureDefinition-p.json",
        "http://hl7.org/fhir/us/core/StructureDefinition/p|5.0.1",
    ),
    ("https://a.example/ig/1.2/StructureDefinition-p.html", "https://a.example/ig/StructureDefinition/p|1.2"),
    ("http://a.example/ig/StructureDefinition-p.xml", "http://a.example/ig/StructureDefinition/p"),
    ("http://a.example/StructureDefinition/p", ""),
    ("profiles/StructureDefinition-p.json", ""),
]


@pytest.mark.parametrize(("address", "canonical"), PUBLISHED, ids=[each for each, _ in PUBLISHED])
def test_the_address_of_a_published_file_names_a_canonical_and_its_version(address, canonical):
    assert published(address) == canonical


@pytest.mark.parametrize(
    ("reference", "known"),
    [
        ("http://a.example/ig/STU2.0.0/StructureDefinition-p.json", True),
        ("http://a.example/ig/STU3.0.0/StructureDefinition-p.json", False),
        ("spec/profiles/structuredefinition-p.json", True),
        ("spec/profiles/structuredefinition-q.json", False),
    ],
)
def test_a_profile_named_by_its_file_is_found_in_the_version_named_and_no_other(reference, known):
    if not (package_cache() / "hl7.fhir.r4.core#4.0.1").is_dir():
        pytest.skip("corpora: the package hl7.fhir.r4.core is not installed")
    made = {"resourceType": "StructureDefinition", "id": "p", "url": "http://a.example/ig/StructureDefinition/p"}
    made |= {"version": "2.0.0", "name": "P", "status": "active", "kind": "resource", "abstract": False}
    made |= {"type": "Patient", "derivation": "constraint"}
    made |= {"baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient"}
    made["differential"] = {"element": [{"id": "Patient.gender", "path": "Patient.gender", "min": 1}]}
    profiles = Profiles(load_packages(["hl7.fhir.r4.core#4.0.1"]).with_resources([made]))
    poor = Content(json.dumps({"resourceType": "Patient"}).encode())
    if known:
        assert any("gender" in each for each in profiles.faults(poor, reference))
        assert not profiles.faults(Content(json.dumps(PATIENT).encode()), reference)
    else:
        with pytest.raises(UnknownProfile):
            profiles.faults(poor, reference)


def test_asserts_after_a_failure_are_judged_unless_the_script_ends_the_test(tmp_path, run):
    going = run(script(tmp_path, READ, asserted(response="gone"), asserted(response="okay")))
    assert [each.verdict for each in going.asserts] == ["fail", "pass"]
    ended = run(script(tmp_path, READ, asserted(response="gone", stopTestOnFail=True), asserted(response="okay")))
    assert [each.verdict for each in ended.asserts] == ["fail", "skip"]


def test_what_a_fixture_lacks_shows_where(tmp_path, run):
    report = run(with_fixtures(tmp_path, READ, asserted(minimumId="more")))
    assert "gender" in report.asserts[0].message or "id" in report.asserts[0].message
    assert json.dumps(PATIENT["identifier"]) not in report.asserts[0].message
