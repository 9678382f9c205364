"""The story in features/hl7v2.feature, told with the real command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

scenarios("features/hl7v2.feature")

PATIENT = (
    "PID|1||2512489996^^^CPR&1.2.208.176.1.2&ISO^NNDNK||Berggren^Nancy^Ann||19481225|F|||Vej 1^^Ærøskøbing^^5970^DK^H"
)
MESSAGES = {
    "1-admission.hl7": [
        r"MSH|^~\&|PAS|TH|HUB|REG|20240315093000||ADT^A01^ADT_A01|S1|P|2.5.1||||||8859/1",
        "EVN|A01|20240315093000",
        PATIENT,
        "PV1|1|I|M2^12^A^TH|||||||||||||||||V1^^^TH&1.2.208.176.99.2&ISO",
        "DG1|1||DJ189^Pneumoni UNS^SKS|||A",
    ],
    "2-laboratory.hl7": [
        r"MSH|^~\&|LAB|TH|HUB|REG|20240315100000||ORU^R01^ORU_R01|S2|P|2.5.1||||||UNICODE UTF-8",
        PATIENT,
        "OBR|1|P7|F7|NPU01566^Blodprøve^NPU|||20240315080000|||||||||||||||20240315095000|||F",
        "OBX|1|NM|NPU19673^Albumin;P^NPU||36.0|g/L|36-45|N|||F",
        "OBX|2|NM|NPU03429^Natrium;P^NPU||131|mmol/L|137-145|L|||F",
        "OBX|3|SN|NPU19748^C-reaktivt protein;P^NPU||<^4|mg/L|||||F",
    ],
    "3-local.hl7": [
        r"MSH|^~\&|PAS|TH|HUB|REG|20240316080000||ADT^A08^ADT_A01|S3|P|2.5.1||||||UNICODE UTF-8",
        "EVN|A08|20240316080000",
        PATIENT,
        "PV1|1|I",
        "ZDK|1|Sønderjylland^henvist",
    ],
    "4-broken.hl7": ["^~\\&|PAS|TH", PATIENT],
}


class Run:
    """What the command wrote."""

    def __init__(self, folder: Path) -> None:
        report = folder.parent / "loss.ndjson"
        command = [Path(sys.executable).with_name("samspil"), "hl7v2", "convert", folder, "--report", report]
        done = subprocess.run([*command, "--timezone", "Europe/Copenhagen"], capture_output=True, check=False)
        self.status, self.summary = done.returncode, done.stderr.decode()
        lines = report.read_text(encoding="utf-8").splitlines()
        self.reports = {Path(each["source"]).name: each for each in map(json.loads, lines)}
        self.bundles = [json.loads(line) for line in done.stdout.decode().splitlines()]

    def bundle(self, name: str) -> dict[str, Any]:
        control_id = self.reports[name]["control_id"]
        return next(each for each in self.bundles if each["identifier"]["value"] == control_id)


class Story:
    """What the steps pass on: the bundle, the patient and the report that were last spoken of."""

    bundle: dict[str, Any]
    patient: dict[str, Any]
    report: dict[str, Any]

    def resources(self, type_: str) -> list[dict[str, Any]]:
        entries = self.bundle["entry"]
        return [each["resource"] for each in entries if each["resource"]["resourceType"] == type_]

    def url(self, resource: dict[str, Any]) -> str:
        return next(each["fullUrl"] for each in self.bundle["entry"] if each["resource"] is resource)


@pytest.fixture
def story() -> Story:
    return Story()


@given("a folder of messages", target_fixture="folder")
def a_folder(tmp_path, datatable) -> Path:
    folder = tmp_path / "feed"
    folder.mkdir()
    for name, _, encoding in datatable[1:]:
        (folder / name).write_bytes("\r".join(MESSAGES[name]).encode(encoding))
    return folder


@when("the integrator converts the folder on the command line", target_fixture="run")
def converted(folder) -> Run:
    return Run(folder)


@then(parsers.parse('the bundle of "{file}" has a Patient named "{name}"'))
def has_patient(run, story, file, name) -> None:
    story.bundle = run.bundle(file)
    (story.patient,) = story.resources("Patient")
    assert spelled(story.patient) == name


def spelled(patient: dict[str, Any]) -> str:
    (name,) = patient["name"]
    return " ".join([*name["given"], name["family"]])


@then(parsers.parse('she was born on "{date}" and is "{gender}"'))
def born(story, date, gender) -> None:
    assert (story.patient["birthDate"], story.patient["gender"]) == (date, gender)


@then(parsers.parse('she has the civil registration number "{number}"'))
def registered(story, number) -> None:
    identifiers = {each["system"]: each["value"] for each in story.patient["identifier"]}
    assert identifiers["urn:oid:1.2.208.176.1.2"] == number


@then(parsers.parse('she lives in "{city}"'))
def lives(story, city) -> None:
    assert [each["city"] for each in story.patient["address"]] == [city]


@then("the bundle has an Encounter that refers to her")
def has_encounter(story) -> None:
    (encounter,) = story.resources("Encounter")
    assert encounter["subject"]["reference"] == story.url(story.patient)


@then(parsers.parse('the bundle has a Condition of her with the code "{code}"'))
def has_condition(story, code) -> None:
    (condition,) = story.resources("Condition")
    assert condition["subject"]["reference"] == story.url(story.patient)
    assert code in {each["code"] for each in condition["code"]["coding"]}


@then(parsers.parse('the bundle of "{file}" has these results of "{name}"'))
def has_results(run, story, file, name, datatable) -> None:
    has_patient(run, story, file, name)
    observations = story.resources("Observation")
    assert [shown(each) for each in observations] == [tuple(row) for row in datatable[1:]]
    assert {each["subject"]["reference"] for each in observations} == {story.url(story.patient)}


def shown(observation: dict[str, Any]) -> tuple[str, str, str, str]:
    """Code, value, unit and flag of a result as the table has them."""
    quantity = observation["valueQuantity"]
    flags = [coding["code"] for each in observation.get("interpretation", ()) for coding in each["coding"]]
    value = f"{quantity.get('comparator', '')} {quantity['value']}".strip()
    return observation["code"]["coding"][0]["code"], value, quantity["unit"], flags[0] if flags else ""


@then("the DiagnosticReport refers to all of them")
def refers_to_all(story) -> None:
    (report,) = story.resources("DiagnosticReport")
    results = {story.url(each) for each in story.resources("Observation")}
    assert {each["reference"] for each in report["result"]} == results


@then(parsers.parse('the report of "{file}" says "{status}"'))
def says(run, story, file, status) -> None:
    story.report = run.reports[file]
    assert story.report["status"] == status


@then(parsers.parse('it names the positions "{positions}" with the reason "{reason}"'))
def names(story, positions, reason) -> None:
    found = [each["position"] for each in story.report["unmapped"] if each["reason"] == reason]
    assert ", ".join(found) == positions


@then(parsers.parse('it says what was wrong: "{text}"'))
def says_why(story, text) -> None:
    assert any(text in issue["details"]["text"] for issue in story.report["outcome"]["issue"])


@then(parsers.parse("there are {number:d} bundles"))
def number_of_bundles(run, number) -> None:
    assert len(run.bundles) == number


@then("the command tells that something needs attention")
def tells(run) -> None:
    assert run.status == 1


@then("in every report the populated positions are those mapped and those reported")
def adds_up(run) -> None:
    for each in run.reports.values():
        assert each["populated"] == each["mapped"] + each["reported"] == each["mapped"] + len(each["unmapped"])


@then("each reported position has a reason")
def has_reasons(run) -> None:
    assert all(each["reason"] for report in run.reports.values() for each in report["unmapped"])


@then(parsers.parse("the summary counts {number:d} messages"))
def counts(run, number) -> None:
    assert f"messages {number}" in " ".join(run.summary.split())
