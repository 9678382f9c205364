"""The comparison of our code maps with those of other projects."""

import json

import pytest

from tools import crosscheck
from tools.generated import is_current
from tools.projects import ROOT


@pytest.fixture
def folder(tmp_path):
    """Three projects, each with one map in its own form."""
    google = {"group": [{"element": [{"code": "F ", "target": [{"code": "female"}]}, {"code": "X"}]}]}
    microsoft = {"Mapping": {"CodeSystem/Gender": {"F": {"code": "female"}, "M": {"code": "man"}}}}
    for name, text in (
        ("google-whistle/Gender.harmonization.json", json.dumps(google)),
        ("linuxforhealth/v2ToFhirMapping.yml", "# a note\nAdministrativeGender:\n   F: female # so\nOther:\n   A: b\n"),
        ("microsoft/CodeSystem.json", json.dumps(microsoft)),
    ):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_each_form_of_map_is_read(folder, monkeypatch, tmp_path):
    """A code of another project stands beside ours; what has no target is empty."""
    rows = ["project,theirs,ours"]
    rows += ["google-whistle,Gender,AdministrativeSex", "linuxforhealth,AdministrativeGender,AdministrativeSex"]
    file = tmp_path / "known.csv"
    file.write_text("\n".join([*rows, "microsoft,Gender,AdministrativeSex"]), encoding="utf-8")
    monkeypatch.setattr(crosscheck, "CORRESPONDENCES", file)
    found = {(one.project, one.code): (one.theirs, one.own) for one in crosscheck.opinions(folder)}
    assert found == {
        ("google-whistle", "F"): ("female", "female"),
        ("google-whistle", "X"): ("", ""),
        ("linuxforhealth", "F"): ("female", "female"),
        ("microsoft", "F"): ("female", "female"),
        ("microsoft", "M"): ("man", "male"),
    }


def test_the_page_is_current():
    """The page says what the comparison gives."""
    try:
        made = crosscheck.page()
    except FileNotFoundError:
        pytest.skip("corpora are not there: the maps of other projects")
    assert is_current(ROOT / crosscheck.PAGE, lambda: made), "run `python -m tools.crosscheck --write`"
