"""`samspil hl7v2 export`: the tables in forms that others read."""

import csv
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from fhir.resources.R4B.conceptmap import ConceptMap

from samspil_hl7v2.cli import group
from samspil_hl7v2.export import concept_maps
from samspil_hl7v2.mapping.sets import load_mapping


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(group, ["export", *map(str, arguments)], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.stdout


def test_concept_maps_are_valid_and_complete() -> None:
    """Each code map with codes is a valid ConceptMap of its own id, and holds each of its codes once."""
    tables = load_mapping().tables
    made = {each["title"]: each for each in map(json.loads, run("conceptmaps").splitlines())}
    assert set(made) == {name for name, vocabulary in tables.vocabulary.items() if vocabulary.codes}
    assert len({each["id"] for each in made.values()}) == len(made)
    for name, each in made.items():
        ConceptMap.model_validate(each)
        codes = [element["code"] for part in each["group"] for element in part["element"]]
        assert sorted(codes) == sorted(tables.vocabulary[name].codes)


def test_a_code_that_stays_is_equal_and_another_is_related() -> None:
    """The tables tell of a translated code that the two are related, and no more."""
    made = {each["title"]: each for each in concept_maps(load_mapping().tables)}
    sex = {e["code"]: e["target"][0] for e in made["AdministrativeSex"]["group"][0]["element"]}
    assert sex["M"]["code"] == "male"
    assert sex["M"]["equivalence"] == "relatedto"
    kinds = {e["code"]: e["target"][0] for e in made["IdentifierType"]["group"][0]["element"]}
    assert kinds["MR"]["equivalence"] == "equal"


def test_a_layer_is_exported_too(tmp_path) -> None:
    """What a layer lays over the shipped maps stands in the export."""
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "AdministrativeSex.csv").write_text(
        "code,target,system,display,when,note\nK,female,http://hl7.org/fhir/administrative-gender,Female,,Danish\n"
    )
    (tmp_path / "layer.json").write_text('{"name": "site"}')
    assert '"K"' in run("conceptmaps", "--layer", tmp_path)


def test_tables_in_the_form_of_the_guide(tmp_path) -> None:
    """Each map is a sheet with the guide's columns, conditions in its words, dropped rows left out."""
    run("tables", "--out", tmp_path)
    with (tmp_path / "segments" / "HL7 Segment - FHIR R4_ TQ1[ServiceRequest] - Sheet1.csv").open(newline="") as lines:
        _, header, *rows = csv.reader(lines)
    assert header[9] == "FHIR Attribute"
    by_id = {row[0]: row for row in rows}
    assert "1" not in by_id
    assert by_id["2a"][1:4] == ["TQ1-2", "quantity", "CQ"]
    assert by_id["5a"][6] == "IF TQ1-3.9 NOT VALUED"
    assert by_id["5a"][14] == "CQ[unsignedInt]"
    assert (tmp_path / "messages" / "HL7 Message - FHIR R4_ ADT - Sheet1.csv").exists()
    assert (tmp_path / "codesystems" / "HL7 Concept Map_ MaritalStatus - Sheet1.csv").exists()


def test_a_folder_that_cannot_be_written(tmp_path) -> None:
    """A file in the way stops the run with a sentence."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(click.ClickException, match="cannot be written"):
        run("tables", "--out", tmp_path / "taken")
