"""The bundle says what the record says, in every form, and every changed byte shows."""

import csv
import importlib
import io
import json
import random
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from conftest import system
from samspil_conformance.evidence import Key, bundle_name, evidence_files, pack, unpack, verify
from samspil_conformance.evidence.bundle import NotABundle
from samspil_conformance.evidence.exchanges import read_run
from samspil_conformance.evidence.testreport import as_test_report as as_report
from samspil_conformance.matrix import matrix
from samspil_conformance.run import Run
from samspil_conformance.sut import Done

TAR = "{http://www.gitb.com/tr/v1/}"


@pytest.fixture(scope="module")
def files(run):
    return evidence_files(run)


@pytest.fixture(scope="module")
def bundle(files):
    return pack(files)


def test_a_bundle_holds_every_form(files) -> None:
    assert {name.split("/")[0] for name in files} == {
        "claims.cdx.json", "exchanges", "junit.xml", "manifest.dsse.json", "manifest.json", "matrix.csv",
        "matrix.da.csv", "report.da.html", "report.da.pdf", "report.en.html", "report.en.pdf", "run.jsonl",
        "sbom.kit.cdx.json", "selftest.json", "signer.pub.pem", "suite.lock", "tar.xml", "testreport.fhir.json",
    }  # fmt: skip


def test_the_same_run_gives_the_same_bytes(make_run, bundle) -> None:
    assert pack(evidence_files(make_run())) == bundle


def test_its_name_is_the_systems_and_the_runs(run) -> None:
    assert bundle_name(run) == f"evidence-Test_EHR-1.0-{run.id}.zip"


def test_a_bundle_as_written_verifies(bundle) -> None:
    outcome = verify(bundle)
    assert outcome.ok
    assert [one.code for one in outcome] == ["SAM-CNF-303"]


def test_a_changed_byte_anywhere_is_found(bundle) -> None:
    chance = random.Random(7)
    for place in [0, len(bundle) - 1, *(chance.randrange(len(bundle)) for _ in range(150))]:
        changed = bytearray(bundle)
        changed[place] ^= 1 << chance.randrange(8)
        assert not verify(bytes(changed)).ok, place


def test_bytes_put_in_or_taken_out_are_found(bundle) -> None:
    for changed in (bundle + b"x", b"x" + bundle, bundle[:-1], bundle[1:]):
        assert not verify(changed).ok


@pytest.mark.parametrize("name", ["matrix.csv", "junit.xml", "report.en.html", "report.da.pdf", "testreport.fhir.json"])
def test_a_file_made_up_and_signed_again_does_not_follow_from_the_record(run, files, name, monkeypatch) -> None:
    """Who holds the key can sign anything; that it is what the record says is checked all the same."""
    from samspil_conformance.evidence import bundle as module

    real = module.derived
    monkeypatch.setattr(module, "derived", lambda run, **more: {**real(run, **more), name: b"all passed"})
    forged = pack(module.evidence_files(run))
    assert [one.detail for one in verify(forged) if one.severity == "error"] == [
        (("file", name), ("why", "it does not follow from the record"))
    ]


@pytest.mark.parametrize(("name", "told"), [("samspil-conformance", "version 9.9 wrote them"), ("typst", "typst")])
def test_what_another_version_wrote_is_checked_as_far_as_it_can_be(run, name, told) -> None:
    head = {**run.head, "components": {**run.head["components"], name: {"version": "9.9", "licence": ""}}}
    issues = list(verify(pack(evidence_files(Run((head, *run.events[1:]))))))
    assert [one.code for one in issues if told in one.text] == ["SAM-CNF-305"]
    assert all(one.severity == "information" for one in issues)


def test_a_key_of_the_lab_signs(run) -> None:
    key = Key(Ed25519PrivateKey.generate())
    data = pack(evidence_files(run, key))
    assert not list(verify(data, key.private.public_key()))
    assert [one.code for one in verify(data, Ed25519PrivateKey.generate().public_key())] == ["SAM-CNF-302"]


def test_an_archive_written_by_another_is_refused(files) -> None:
    """The same files in another archive are not the bundle: nothing can hide between them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with pytest.raises(NotABundle, match="not what the kit wrote"):
        unpack(out.getvalue())


LONG = "x" * 5000


def long_system():
    return replace(system(), command=lambda *_: Done(b"cba" + LONG.encode()))


def test_a_long_body_stands_once_in_the_file_of_its_exchange(make_run) -> None:
    """The record names it by its digest, and the run reads back whole."""
    run = make_run(long_system())
    files = evidence_files(run)
    assert LONG not in files["run.jsonl"].decode()
    assert sum(LONG in data.decode("utf-8", "replace") for name, data in files.items() if name.startswith("exch")) == 1
    again = read_run(files)
    assert again == run
    assert again.lines() == run.lines()


def test_a_long_body_that_was_changed_is_not_taken_for_what_was_recorded(make_run) -> None:
    files = evidence_files(make_run(long_system()))
    name = next(name for name, data in files.items() if name.startswith("exch") and LONG.encode() in data)
    files[name] = files[name].replace(b"xx", b"xy", 1)
    assert {one.detail[0][1] for one in verify(pack(files)) if one.severity == "error"} >= {name}
    assert read_run(files) != make_run(long_system())


def test_a_run_with_long_bodies_is_judged_anew_from_its_bundle(make_run) -> None:
    run = make_run(long_system())
    again = make_run(recorded=read_run(evidence_files(run)))
    assert again.lines() == run.lines()


def test_an_archive_of_something_else_is_no_bundle() -> None:
    with pytest.raises(NotABundle, match=r"run\.jsonl is missing"):
        unpack(pack({"a": b"b"}))
    assert [one.code for one in verify(b"nothing")] == ["SAM-CNF-304"]


def test_every_requirement_of_the_files_has_one_status(run, files) -> None:
    rows = matrix(run)
    assert len(rows) == len({row.id for row in rows}) == len(list(run.of("requirement")))
    assert all(row.status for row in rows)
    assert all(row.reason["en"] and row.reason["da"] for row in rows if row.status != "pass")
    table = list(csv.DictReader(io.StringIO(files["matrix.csv"].decode("utf-8-sig"))))
    assert [(row["requirement"], row["status"]) for row in table] == [(row.id, row.status) for row in rows]


def test_the_matrix_says_how_it_was_found_out(run) -> None:
    methods = {row.id: row.method for row in matrix(run)}
    assert methods["EHDS-A2-2.1"] == "tested"
    assert methods["EHDS-A2-2.3"] == "attested"
    assert methods["EHDS-A2-2.4"] == "none"


def test_the_test_report_is_valid_r4(run) -> None:
    definitions = pytest.importorskip("samspil_definitions")
    try:
        packages = definitions.load_packages(["hl7.fhir.r4.core#4.0.1"])
    except Exception:  # noqa: BLE001
        pytest.skip("corpora: the R4 definitions are not installed")
    report = importlib.import_module("samspil_validation").Validator(packages).examine(as_report(run))
    assert [(issue.where, issue.text) for issue in report.outcome if issue.severity in {"error", "fatal"}] == []
    assert report.verdict == "valid"


def test_a_run_with_questions_is_pending_in_every_form(run, files) -> None:
    assert json.loads(files["testreport.fhir.json"])["result"] == "pending"
    assert ET.fromstring(files["tar.xml"]).findtext(f"{TAR}result") == "UNDEFINED"
    assert json.loads(files["suite.lock"])["clock"]["fixed"] is True


def test_junit_counts_each_result_once(run, files) -> None:
    whole = ET.fromstring(files["junit.xml"])
    assert (whole.get("tests"), whole.get("failures"), whole.get("skipped")) == ("9", "0", "3")


def test_failures_are_failures_in_every_form(make_run) -> None:
    files = evidence_files(make_run(system(broken=True)))
    assert ET.fromstring(files["tar.xml"]).findtext(f"{TAR}result") == "FAILURE"
    assert json.loads(files["testreport.fhir.json"])["result"] == "fail"
    assert ET.fromstring(files["junit.xml"]).findall("testcase/failure")
    counter = json.loads(files["claims.cdx.json"])["declarations"]["attestations"][0]["map"]
    assert any(row.get("counterClaims") for row in counter)


@pytest.mark.parametrize("name", ["claims.cdx.json", "sbom.kit.cdx.json"])
def test_cyclonedx_files_keep_to_the_schema(files, name) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(files[name].decode()) is None


def test_nothing_is_claimed_of_what_was_not_tested(run, files) -> None:
    told = json.loads(files["claims.cdx.json"])["declarations"]
    claimed = {one["bom-ref"].removeprefix("claim:") for one in told["claims"]}
    assert claimed == {name for name, result in run.requirements.items() if result in {"pass", "warning", "fail"}}


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_papers_are_pdf_a_with_the_record_inside(files, language) -> None:
    data = files[f"report.{language}.pdf"]
    assert data.startswith(b"%PDF-1.7")
    assert b"pdfaid:part>3<" in data
    assert b"run.jsonl" in data
    assert b"matrix.csv" in data


def test_the_page_is_in_its_language_and_needs_nothing_else(files) -> None:
    danish, english = files["report.da.html"].decode(), files["report.en.html"].decode()
    assert "<html lang=da>" in danish
    assert "En patient læses" in danish
    assert "A patient is read" in english
    assert "<script" not in english
    assert "src=" not in english


def test_what_is_observed_cannot_write_into_the_page(make_run) -> None:
    sut = system()
    broken = replace(sut, command=lambda *_: Done(b"<script>alert(1)</script>"))
    files = evidence_files(make_run(broken))
    assert "<script" not in files["report.en.html"].decode()
    assert "&lt;script&gt;" in files["report.en.html"].decode()
