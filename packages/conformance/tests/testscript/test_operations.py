"""Operations: the requests they make, fixtures, variables, setup and teardown."""

import json

import pytest
from testscript_support import PATIENT, asserted, operation, script

NEW = {key: value for key, value in PATIENT.items() if key != "id"}


def fixture(name, file, **said):
    return {"id": name, "autocreate": False, "autodelete": False, "resource": {"reference": file}, **said}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "new.json").write_text(json.dumps(NEW))
    return tmp_path


def test_a_life_of_a_patient(folder, run):
    """Create, read by target, update with a variable in the fixture, history, vread, patch and delete."""
    changed = {**NEW, "id": "${created}", "gender": "male"}
    (folder / "fixtures" / "changed.json").write_text(json.dumps(changed))
    (folder / "fixtures" / "patch.json").write_text(
        json.dumps([{"op": "replace", "path": "/gender", "value": "other"}])
    )
    made = script(
        folder,
        operation("create", resource="Patient", sourceId="new", responseId="made"),
        asserted(response="created"),
        asserted(headerField="Location", operator="contains", value="/Patient/"),
        operation("read", resource="Patient", targetId="new"),
        asserted(expression="name.family = 'Lind' and id = '${created}'"),
        operation("update", resource="Patient", params="/${created}", sourceId="changed"),
        asserted(response="okay"),
        operation("vread", resource="Patient", params="/${created}/_history/1"),
        asserted(expression="gender = 'female'"),
        operation("vread", targetId="new"),
        asserted(expression="gender = 'female'"),
        operation("history", resource="Patient", targetId="new"),
        asserted(expression="Bundle.type = 'history' and entry.count() = 2"),
        operation("patch", resource="Patient", params="/${created}", sourceId="patch"),
        asserted(responseCode="200"),
        operation("read", url="${where}"),
        asserted(response="okay"),
        operation("delete", resource="Patient", params="/${created}"),
        asserted(responseCode="200,204", operator="in"),
        operation("read", resource="Patient", params="/${created}"),
        asserted(response="gone"),
        fixture=[fixture(each, f"fixtures/{each}.json") for each in ("new", "changed", "patch")],
        variable=[
            {"name": "created", "expression": "Patient.id", "sourceId": "made"},
            {"name": "where", "headerField": "Location", "sourceId": "made"},
        ],
    )
    report = run(made)
    assert report.verdict == "pass", [(each.place, each.message) for each in report.results if each.verdict != "pass"]


def test_a_fixture_goes_out_in_the_form_that_is_asked_for(folder, run):
    made = script(
        folder,
        operation("create", resource="Patient", sourceId="new", contentType="xml", accept="xml", requestId="sent"),
        asserted(response="created"),
        asserted(contentType="xml"),
        asserted(direction="request", headerField="Content-Type", value="application/fhir+xml"),
        asserted(sourceId="sent", path="fhir:Patient/fhir:name/fhir:family/@value", value="Lind"),
        fixture=[fixture("new", "fixtures/new.json")],
    )
    assert run(made).verdict == "pass"


def test_batch_transaction_capabilities_and_operations_go_to_their_urls(folder, run):
    bundle = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "GET", "url": "Patient/ida"}}],
    }
    (folder / "fixtures" / "batch.json").write_text(json.dumps(bundle))
    made = script(
        folder,
        operation("batch", sourceId="batch"),
        asserted(expression="Bundle.type = 'batch-response'"),
        operation("capabilities"),
        asserted(resource="CapabilityStatement"),
        asserted(requestURL="/metadata", operator="contains"),
        operation("everything", resource="Patient", params="/ida/$everything"),
        asserted(resource="Bundle"),
        operation("", method="get", url="Patient/ida"),
        asserted(resource="Patient"),
        fixture=[fixture("batch", "fixtures/batch.json")],
    )
    assert run(made).verdict == "pass"


def test_headers_and_urls_are_as_the_script_says(folder, run):
    made = script(
        folder,
        operation(
            "search",
            resource="Patient",
            params="?family=Møller Lind|x",
            requestHeader=[{"field": "Prefer", "value": "${how}"}],
        ),
        asserted(direction="request", headerField="Prefer", value="handling=lenient"),
        asserted(requestURL="family=M%C3%B8ller%20Lind%7Cx", operator="contains"),
        variable=[{"name": "how", "defaultValue": "handling=lenient"}],
    )
    assert run(made).verdict == "pass"


def test_autocreated_fixtures_are_there_before_and_gone_after(folder, run):
    made = script(
        folder,
        operation("read", resource="Patient", targetId="new"),
        asserted(response="okay"),
        fixture=[fixture("new", "fixtures/new.json", autocreate=True, autodelete=True)],
    )
    report = run(made)
    assert report.verdict == "pass"
    assert [each.request.method for each in report.exchanges] == ["POST", "GET", "DELETE"]


def test_a_fixture_that_cannot_be_reached_is_named_and_its_asserts_are_inconclusive(folder, run):
    made = script(
        folder,
        operation("create", resource="Patient", sourceId="lost"),
        asserted(response="created"),
        fixture=[fixture("lost", "../Fixtures/lost.xml")],
    )
    report = run(made)
    assert [each.verdict for each in report.results] == ["inconclusive", "inconclusive"]
    assert "../Fixtures/lost.xml" in report.results[0].message
    assert not report.evaluated


def test_a_fixture_outside_the_folders_given_is_not_read(folder, run):
    (folder.parent / "secret.json").write_text(json.dumps(NEW))
    inner = folder / "a" / "b"
    made = script(
        inner,
        operation("create", resource="Patient", sourceId="f"),
        fixture=[fixture("f", "../../../secret.json")],
    )
    assert run(made).results[0].verdict == "inconclusive"
    assert run(made, folders=[folder.parent]).results[0].verdict == "pass"


def test_tests_are_skipped_after_a_setup_that_failed(folder, run):
    made = script(
        folder,
        operation("read", resource="Patient", params="/ida"),
        asserted(response="okay"),
        setup={"action": [operation("read", resource="Patient", params="/none"), asserted(response="okay")]},
    )
    assert [each.verdict for each in run(made).asserts] == ["fail", "skip"]
    assert [each.verdict for each in run(made, go_on=True).asserts] == ["fail", "pass"]


def test_a_value_that_the_system_left_out_fails_what_needs_it(folder, run):
    made = script(
        folder,
        operation("search", resource="Patient", params="?family=Nobody", responseId="found"),
        operation("read", resource="Patient", params="/${id}"),
        asserted(response="okay"),
        variable=[{"name": "id", "expression": "Bundle.entry.resource.id", "sourceId": "found"}],
    )
    report = run(made)
    assert [each.verdict for each in report.results] == ["pass", "fail", "fail"]
    assert report.evaluated


def test_a_value_that_nobody_gave_is_asked_for(folder, run):
    made = script(
        folder,
        operation("search", resource="Patient", params="?family=${name}"),
        asserted(expression="total = 1"),
        variable=[{"name": "name", "hint": "[family name]"}],
    )
    report = run(made)
    assert report.results[0].verdict == "inconclusive"
    assert "[family name]" in report.results[0].message
    assert run(made, given={"name": "Lind"}).verdict == "pass"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UUID", "u-1"),
        ("DATE, T, D, -355", "2025-01-25"),
        ("DATE, T", "2026-01-15"),
        ("CURRENT-NUMERICDATE", "1768478400"),
        ("CURRENTDATE", "2026-01-15"),
    ],
)
def test_placeholders_stand_for_the_run_s_own_clock_and_ids(folder, run, name, value):
    made = script(
        folder,
        operation("search", resource="Patient", params=f"?identifier=${{{name}}}"),
        asserted(requestURL=value, operator="contains"),
    )
    assert run(made).verdict == "pass"


def test_a_quote_in_a_value_does_not_end_a_string(folder, run):
    made = script(
        folder,
        operation("read", resource="Patient", params="/ida"),
        asserted(expression="name.family != '${odd}'"),
        variable=[{"name": "odd", "defaultValue": "O'Brien' or true or '"}],
    )
    assert run(made).verdict == "pass"


def test_other_destinations_are_other_servers(folder):
    from samspil_conformance.testscript import Settings, demo, run_script

    made = script(
        folder,
        operation("read", resource="Patient", params="/ida", destination=1),
        asserted(response="okay"),
        operation("read", resource="Patient", params="/ida", destination=2),
        asserted(response="notFound"),
        operation("read", resource="Patient", params="/ida", destination=3),
        destination=[{"index": 1, "profile": {"code": "FHIR-Server"}}],
    )
    with demo.target_of(demo.application([PATIENT])) as first, demo.target_of(demo.application()) as second:
        report = run_script(made, {1: first, 2: second}, Settings())
    assert [each.verdict for each in report.results] == ["pass"] * 4 + ["inconclusive"]


def test_a_fixture_is_no_body_of_a_read_and_need_not_be_there(tmp_path, run):
    report = run(
        script(
            tmp_path,
            operation("read", url="/Patient/ida", sourceId="nobody", targetId="nowhere"),
            asserted(response="okay"),
        )
    )
    assert report.verdict == "pass", report.results
    assert not report.exchanges[0].request.content.data
