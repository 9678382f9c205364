"""Bundles of any size, entry by entry; the command; the cache of plans."""

import io
import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from samspil_validation.entries import NotABundle, scan
from samspil_validation.large import validate_large
from samspil_validation.planstore import PlanStore

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.dictionaries(st.text(max_size=5), VALUES, max_size=4),
    st.lists(VALUES, max_size=4),
    st.sampled_from([None, 2]),
    st.sampled_from([1, 2, 3, 7, 1 << 20]),
)
def test_scanning_gives_what_the_text_holds(head, entries, indent, piece):
    """However the text is cut into pieces."""
    head = {key: value for key, value in head.items() if key.isalnum() and key.isascii() and key != "entry"}
    text = json.dumps({**head, "entry": entries}, indent=indent).encode()
    found = [(key, json.loads(value)) for key, value in scan(io.BytesIO(text), piece)]
    assert [value for key, value in found if key == "entry"] == entries
    assert {key: value for key, value in found if key != "entry"} == head


@pytest.mark.parametrize("piece", range(1, 40))
def test_a_text_cut_inside_a_string_is_read_as_one(piece):
    entry = {"div": '<a href="{">\\"}]</a>\\\\', "x": [1]}
    text = json.dumps({"resourceType": "Bundle", "total": 12, "entry": [entry, entry]}).encode()
    assert [json.loads(value) for key, value in scan(io.BytesIO(text), piece) if key == "entry"] == [entry, entry]


@pytest.mark.parametrize("text", [b"", b"[", b"{", b'{"a"', b'{"a":', b'{"entry":[{"a":1}', b'{"a":1', b"7"])
def test_scanning_a_broken_text_says_where(text):
    with pytest.raises(NotABundle):
        list(scan(io.BytesIO(text)))


def bundle(count):
    patient = {
        "resourceType": "Patient",
        "managingOrganization": {"reference": "urn:uuid:6a0f0f5e-6f37-4d0f-9c6c-000000000000"},
    }
    entries = [
        {"fullUrl": f"urn:uuid:6a0f0f5e-6f37-4d0f-9c6c-{each:012d}", "resource": {**patient, "id": f"p{each}"}}
        for each in range(count)
    ]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def test_a_large_bundle_is_checked_entry_by_entry_at_its_places(validator):
    reports = list(validate_large(validator, lambda: io.BytesIO(bundle(3))))
    found = [(each.code, each.where) for report in reports for each in report.outcome]
    wrong_type = [("SAM-VAL-401", f"Bundle.entry[{each}].resource.managingOrganization") for each in range(3)]
    assert found == [*wrong_type, ("SAM-VAL-452", "Bundle")]


def test_a_large_bundle_that_ends_early_is_told(validator):
    reports = list(validate_large(validator, lambda: io.BytesIO(bundle(2)[:-20])))
    assert "SAM-VAL-453" in [each.code for report in reports for each in report.outcome]


def test_a_full_url_that_comes_twice_is_told(validator):
    entry = {
        "fullUrl": "urn:uuid:6a0f0f5e-6f37-4d0f-9c6c-000000000000",
        "resource": {"resourceType": "Patient", "active": True},
    }
    text = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [entry, entry]}).encode()
    reports = list(validate_large(validator, lambda: io.BytesIO(text)))
    assert ("SAM-VAL-455", "Bundle.entry[1].fullUrl") in [
        (each.code, each.where) for report in reports for each in report.outcome
    ]


def test_plans_are_kept_between_processes(tmp_path):
    PlanStore(tmp_path)["type Patient"] = {"n": 1}
    assert PlanStore(tmp_path)["type Patient"] == {"n": 1}


def test_plans_need_no_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    store = PlanStore(tmp_path / "file" / "below")
    store["a"] = 1
    assert store["a"] == 1
    assert "b" not in store


@pytest.fixture
def command(small_core, validator, monkeypatch):
    """The command, over the small core."""
    from samspil_validation.cli import command as found
    from samspil_validation.reading import Reader

    pair = (validator, Reader(small_core.structure))
    for name in ("samspil_validation.batch", "samspil_validation.cli"):
        monkeypatch.setattr(f"{name}.validator_for", lambda _task: pair)
    return lambda *arguments, stdin=None: CliRunner().invoke(found, arguments, input=stdin, standalone_mode=False)


GOOD = '{"resourceType":"Patient","active":true}'
BAD = '{"resourceType":"Patient","gender":"m"}'


def test_the_command_tells_place_code_and_what_to_do(command, tmp_path):
    (tmp_path / "bad.json").write_text(BAD)
    done = command(str(tmp_path / "bad.json"))
    assert done.return_value == 1
    assert f"{tmp_path}/bad.json:1:" in done.stdout
    assert "error SAM-VAL-210 Patient.gender" in done.stdout


def test_lines_of_a_stream_are_resources(command):
    done = command("-", stdin=f"{GOOD}\n{BAD}\n\n{GOOD}\n")
    assert done.return_value == 1
    assert done.stdout.startswith("-:2:")
    assert "3 checked: 2 valid, 1 invalid" in done.stderr


def test_a_folder_is_read_by_path_and_a_missing_file_is_told(command, tmp_path):
    (tmp_path / "a.json").write_text(GOOD)
    (tmp_path / "b.ndjson").write_text(f"{GOOD}\n{BAD}\n")
    (tmp_path / "note.txt").write_text("no resource")
    done = command(str(tmp_path), str(tmp_path / "nowhere.json"))
    assert "4 checked: 2 valid, 2 invalid" in done.stderr
    assert "SAM-VAL-451" in done.stdout


def test_json_is_one_operation_outcome_a_line(command):
    done = command("--format", "json", stdin=f"{GOOD}\n{BAD}\n")
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["issue"][0]["severity"] for each in outcomes] == ["information", "error"]


def test_junit_fails_what_has_errors(command):
    from xml.etree import ElementTree as ET

    root = ET.fromstring(command("--format", "junit", stdin=f"{GOOD}\n{BAD}\n").stdout)
    assert [len(case) for case in root.iter("testcase")] == [0, 1]


def test_github_gets_an_annotation_with_file_and_line(command):
    assert command("--format", "github", stdin=f"{GOOD}\n{BAD}\n").stdout.startswith("::error file=-,line=2,")


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"<a/>", b"null", b"[]", b"{}", b'{"resourceType":"Patient","resourceType":"Patient"}'],
)
def test_any_bytes_get_an_outcome(data, command, tmp_path):
    (tmp_path / "x.json").write_bytes(data)
    assert command(str(tmp_path / "x.json")).return_value == 1


def test_explain_names_packages_and_patches(command):
    done = command("--explain", stdin=GOOD)
    assert "hl7.fhir.r4.core#4.0.1" in done.stderr
    assert "ref-1" in done.stderr
    assert done.return_value == 0
