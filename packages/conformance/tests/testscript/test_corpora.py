"""Scripts of MedCom, HL7 and MITRE: what each kind comes to, and that seeded defects change verdicts."""

import os
from pathlib import Path

import pytest

from samspil_conformance.testscript import demo
from samspil_conformance.testscript.reading import read_script
from samspil_definitions.places import package_cache
from tools.suites import testscripts

ROOT = Path(os.environ.get("SAMSPIL_CORPORA") or Path(__file__).parents[5] / "shared" / "corpora")
SCRIPTS = ROOT / "conformance" / "testscripts"
SERVERS = sorted(
    path
    for path in (*SCRIPTS.glob("mitre-testscript-engine/*.json"), *SCRIPTS.glob("hl7-fhir-testing-ig/*.xml"))
    if "MCODE" not in path.name and "mcode" not in path.name
)

if not SCRIPTS.is_dir():
    pytest.skip("corpora are absent: set SAMSPIL_CORPORA", allow_module_level=True)
if not (package_cache() / "hl7.fhir.r4.examples#4.0.1").is_dir():
    pytest.skip("machine: the package hl7.fhir.r4.examples#4.0.1 is not installed", allow_module_level=True)


@pytest.mark.parametrize("folder", sorted(path.name for path in SCRIPTS.iterdir()))
def test_every_file_is_read_and_no_assert_is_lost(folder):
    """As many asserts are read as stand in the file."""
    for path in (SCRIPTS / folder).iterdir():
        script = read_script(path)
        told = path.read_text(encoding="utf-8")
        written = told.count("<assert>") if path.suffix == ".xml" else told.count('"assert":')
        read = [each for each in script.actions if type(each).__name__ == "Assert"]
        shared = [each for actions in script.common.values() for each in actions if type(each).__name__ == "Assert"]
        assert len(read) + len(shared) == written, path.name


def test_a_client_script_is_judged_on_what_medcom_s_example_says():
    """The playing client sends the example that fits, and what it cannot know fails with words."""
    script = read_script(SCRIPTS / "medcom-carecommunication" / "carecommunication-send-new-message.json")
    report = testscripts.report_of(script, ROOT)
    assert report.evaluated
    assert report.verdict == "pass", [(each.place, each.message) for each in report.results if each.verdict != "pass"]


def test_a_relative_folder_of_corpora_gives_the_same_verdict(monkeypatch, tmp_path):
    """Packages are named from the folder once, however the folder is named."""
    monkeypatch.chdir(tmp_path)
    script = read_script(SCRIPTS / "medcom-carecommunication" / "carecommunication-send-new-message.json")
    assert testscripts.report_of(script, Path(os.path.relpath(ROOT))).verdict == "pass"


def test_a_script_whose_package_is_missing_is_inconclusive_by_name():
    script = read_script(SCRIPTS / "medcom-ehmi-eer" / "AEER4CrudDeviceTests-json.json")
    report = testscripts.report_of(script, ROOT)
    assert not report.evaluated
    assert "EerDeviceAP" in str(testscripts.why_not_evaluated(report))


FAULTY = {
    "medcom-carecommunication/carecommunication-send-forward-changetopic.json": "hospitalSOR-new-message",
    "medcom-carecommunication/carecommunication-send-reply-forward.json": "messageHeaderid-new-message-01",
    "mitre-testscript-engine/spec__examples__testscript__general_testscript_obs.json": "fixture-observation-minimum",
    "mitre-testscript-engine/spec__examples__testscript__testscript_fixture_test.json": "no criterion",
    "hl7-fhir-testing-ig/input__resources__testscript__invariant-tests__tst-9.f1.fail.xml": "no criterion",
}


@pytest.mark.parametrize(("name", "missing"), FAULTY.items(), ids=lambda each: each.rpartition("/")[2][-40:])
def test_a_published_script_with_a_fault_fails_and_is_named(name, missing):
    report = testscripts.report_of(read_script(SCRIPTS / name), ROOT)
    assert (report.evaluated, report.verdict) == (True, "fail")
    assert any(missing in each.message for each in report.results if each.script_fault)


def spoiled(script):
    """The test server with defects: it says 500 for what it creates and reads, and labels XML and JSON as text."""
    app = demo.application(testscripts.held(script))

    async def serve(scope, receive, send):
        async def changed(event):
            if event["type"] == "http.response.start":
                headers = [
                    (name, value)
                    for name, value in event["headers"]
                    if name not in {b"content-type", b"etag", b"location"}
                ]
                status = {200: 500, 201: 500}.get(event["status"], event["status"])
                event = {**event, "status": status, "headers": [*headers, (b"content-type", b"text/plain")]}
            await send(event)

        await app(scope, receive, changed if scope["type"] == "http" else send)

    return serve


@pytest.mark.parametrize("path", SERVERS, ids=lambda path: path.stem[-40:])
def test_verdicts_differ_between_the_conformant_and_the_spoiled_server(path):
    """Every script that judges answers of a server passes more asserts against the conformant one."""
    script = read_script(path)
    asserts = [each for each in script.actions if type(each).__name__ == "Assert"]
    if script.judges_client or not any(each.response or each.response_code for each in asserts):
        assert not any(each.response or each.response_code for each in asserts) or script.judges_client
        return
    good, bad = testscripts.report_of(script, ROOT), testscripts.report_of(script, ROOT, spoiled(script))
    passed = [sum(each.verdict == "pass" for each in report.asserts) for report in (good, bad)]
    assert passed[1] < passed[0] or passed == [0, 0]
    assert bad.verdict in {"fail", "error"}
