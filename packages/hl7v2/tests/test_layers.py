"""Layers of tables laid over the shipped ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samspil_hl7v2 import TableError, convert, load_mapping

MAP = "id,source,when,target,map,vocabulary,value,guide,note,action"
MESSAGE = "id,group,segment,when,make,resource,map,references,guide,note,action"
RESOURCE = "id,type,rule,path,value,note,action"
TEXT = "MSH|^~\\&|{}|TH|||20240202090000||ADT^A08|1|P|2.5\rPID|||44871^^^TH||Berggren^Nancy||19481225|F||||||||5\rZDK|1|Vest"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path) -> Write:
    """Write a layer's tables: file name to rows, the header apart."""

    def layer(name: str = "site", settings: dict[str, Any] | None = None, **tables: tuple[str, list[str]]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        if settings is not None:
            (folder / "layer.json").write_text(json.dumps({"name": name, **settings}), encoding="utf-8")
        for path, (header, rows) in tables.items():
            file = folder / f"{path.replace('__', '/')}.csv"
            file.parent.mkdir(exist_ok=True)
            file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return folder

    return layer


def patient(folder: Path | None, sender: str = "PAS") -> dict[str, Any]:
    conversion = convert(TEXT.format(sender), mapping=load_mapping(folder) if folder else None)
    assert conversion.bundle is not None
    found = [entry["resource"] for entry in conversion.bundle["entry"]]
    return next(resource for resource in found if resource["resourceType"] == "Patient")


def unmapped(folder: Path) -> dict[str, tuple[str, str]]:
    report = convert(TEXT.format("PAS"), mapping=load_mapping(folder)).report
    return {each.position: (each.reason, each.detail) for each in report.unmapped}


def faults(folder: Path) -> list[str]:
    with pytest.raises(TableError) as caught:
        load_mapping(folder).program("ADT_A01", "ADT", traced=False)
    return caught.value.faults


def test_a_row_of_the_same_id_replaces(write) -> None:
    """A row above takes the place of the row with its id below."""
    folder = write(**{"segments__PID[Patient]": (MAP, ["5a,PID-5.1,,name.text,,,,,family name alone,replace"])})
    assert patient(None)["name"] == [{"family": "Berggren", "given": ["Nancy"]}]
    assert patient(folder)["name"] == [{"text": "Berggren"}]
    assert unmapped(folder)["PID-5.2"][0] in {"no-row", "condition-false"}


def test_a_new_id_adds(write) -> None:
    """A row with an id of its own is added, and a message row makes a Z-segment join the patient."""
    folder = write(
        **{
            "messages__ADT": (MESSAGE, ["ZDK.1,*,ZDK,,into,Patient,ZDK[Patient],,,,"]),
            "segments__ZDK[Patient]": (MAP, ["2a,ZDK-2,,extension(http://x.dk/region).valueString,,,,,,"]),
        }
    )
    assert patient(folder)["extension"] == [{"url": "http://x.dk/region", "valueString": "Vest"}]
    assert unmapped(folder)["ZDK-1"] == ("no-row", "")


def test_a_drop_needs_and_gives_its_reason(write) -> None:
    """A dropped row writes nothing, and its reason stands in the report."""
    folder = write(**{"segments__PID[Patient]": (MAP, ["7a,PID-7,,,,,,,kept by the civil register,drop"])})
    assert "birthDate" not in patient(folder)
    assert unmapped(folder)["PID-7"] == ("dropped", "kept by the civil register")


def test_a_drop_without_reason_is_a_fault(write) -> None:
    """Nothing is dropped without a word."""
    folder = write(**{"segments__PID[Patient]": (MAP, ["7a,PID-7,,,,,,,,drop"])})
    (fault,) = faults(folder)
    assert fault.startswith("site/PID[Patient].csv:2:9: note")


def test_a_message_row_can_be_dropped(write) -> None:
    """Without its message row a segment makes nothing, and its positions are reported."""
    header, row = "id,note,action", "PID.1,not wanted,drop"
    shipped = load_mapping().tables.messages["ADT"]
    ids = [row_id for row_id, each in shipped.items() if each.segment == "PID" and each.resource == "Patient"]
    folder = write(messages__ADT=(header, [row.replace("PID.1", row_id) for row_id in ids]))
    with pytest.raises(StopIteration):
        patient(folder)
    assert "PID-5.1" in unmapped(folder)


def test_a_code_is_added(write) -> None:
    """A code in a layer's vocabulary joins those below."""
    folder = write(vocabulary__MaritalStatus=("code,target,system,display", ["5,W,http://x.dk/ms,Widowed"]))
    assert patient(folder)["maritalStatus"]["coding"][0] == {
        "system": "http://x.dk/ms",
        "code": "W",
        "display": "Widowed",
    }


def test_a_coding_system_is_named(write) -> None:
    """The name of a coding system in CWE.3 becomes the URI that a layer gives it."""
    folder = write(**{"coding-systems": ("name,system", ["LUT,urn:oid:1.2.208.9"])})
    text = TEXT.format("PAS").replace("||5\r", "||5^five^lut\r")
    conversion = convert(text, mapping=load_mapping(folder))
    assert b"urn:oid:1.2.208.9" in conversion.json()


def test_a_default_is_added(write) -> None:
    """A default of a layer fills what no row has filled."""
    folder = write(resources=(RESOURCE, ["Patient.active,Patient,default,active,true,,"]))
    assert patient(folder)["active"] is True


def test_settings_of_a_layer(write) -> None:
    """The zone of a layer holds for times without offset; the caller's zone goes before it."""
    mapping = load_mapping(write(settings={"timezone": "Europe/Copenhagen", "charset": "8859/15"}))
    assert (mapping.timezone, mapping.charset) == ("Europe/Copenhagen", "8859/15")
    assert b"2024-02-02T09:00:00+01:00" in convert(TEXT, mapping=mapping).json()
    assert b"2024-02-02T09:00:00Z" not in convert(TEXT, mapping=mapping).json()
    assert b"2024-02-02T09:00:00+00:00" in convert(TEXT, mapping=mapping, timezone="UTC").json()


@pytest.mark.parametrize("sender", ["PAS|TH", "PAS|", "|TH", "|"])
def test_a_layer_of_a_sender_holds(write, sender: str) -> None:
    """A layer that names senders holds for their messages; an empty part fits any."""
    rows = (MAP, ["7a,PID-7,,,,,,,why,drop"])
    folder = write(settings={"senders": [sender]}, **{"segments__PID[Patient]": rows})
    assert "birthDate" not in patient(folder)
    assert ("birthDate" in patient(folder, "OTHER")) is sender.startswith("PAS")


def test_later_layers_stand_on_top(write) -> None:
    """Of two layers with a row of one id the later one counts."""
    one = write("one", **{"segments__PID[Patient]": (MAP, ["5a,PID-5.1,,name.text,,,,,,"])})
    two = write("two", **{"segments__PID[Patient]": (MAP, ["5a,PID-5.2,,name.text,,,,,,"])})
    conversion = convert(TEXT.format("PAS"), mapping=load_mapping(one, two))
    assert b'"name":[{"text":"Nancy"}]' in conversion.json()


def test_comments_and_blank_lines_are_no_rows(write) -> None:
    """Lines that begin with # and empty ones say nothing."""
    rows = ["# about birth dates", "", "7a,PID-7,,,,,,,why,drop"]
    assert "birthDate" not in patient(write(**{"segments__PID[Patient]": (MAP, rows)}))


# -- wrong tables --


@pytest.mark.parametrize(
    ("row", "place", "says"),
    [
        ("?,PID-5,,name,XPN[HumanName],,,,,", "2:1", "id"),
        ("5z,pid5,,name,XPN[HumanName],,,,,", "2:2", "source"),
        ("5z,,,name,XPN[HumanName],,,,,", "2:2", "source"),
        ("5z,PID-5,,,XPN[HumanName],,,,,", "2:4", "target"),
        ("5z,PID-5,,na me,XPN[HumanName],,,,,", "2:4", "target"),
        ("5z,PID-5,,name,xpn,,,,,", "2:5", "map"),
        ("5z,PID-5,,name,,Bad Name,,,,", "2:6", "vocabulary"),
        ("5z,PID-5,,birthDate,,,plain,,,", "2:7", "value"),
        ("5z,PID-5,,name,XPN[HumanName],,,x,,", "2:8", "guide"),
        ("5z,PID-5,,name,XPN[HumanName],,,,,burn", "2:10", "action"),
        ("5z,PID-5,PID-5 =,name,XPN[HumanName],,,,,", "2", "expected"),
        ("5z,PID-5,,name.,XPN[HumanName],,,,,", "2", "dot"),
        ("5z,PID-5,,name", "2", "4 cells where the header has 10"),
        ("5z,PID-5,,nmae,XPN[HumanName],,,,,", "2", "no 'nmae' in Patient"),
        ("5z,PID-5,,name.family.x,,,,,,", "2", "'x'"),
        ("5z,PID-5,,name,XPN[Nothing],,,,,", "2", "no map 'XPN[Nothing]'"),
        ("5z,PID-5.1,,gender,,Nothing,,,,", "2", "no vocabulary 'Nothing'"),
        ("5z,PID-5,,name,,,,,,", "2", "HumanName"),
        ("5z,PID-5,,managingOrganization(Patient).name,,,,,,", "2", "may not refer to a Patient"),
        ("5z,PID-5,,birthDate(Patient).name,,,,,,", "2", "no reference"),
        ("5z,PID-5,,deceased,,,,,,", "2", "no 'deceased' in Patient"),
    ],
)
def test_a_fault_has_its_place(write, row: str, place: str, says: str) -> None:
    """Each fault names file, line and, where the fault is in a cell, column."""
    (fault,) = faults(write(**{"segments__PID[Patient]": (MAP, [row])}))
    assert fault.startswith(f"site/PID[Patient].csv:{place}:")
    assert says in fault


def test_all_faults_come_at_once(write) -> None:
    """Every wrong row of every file is named in one go, and the sentence of the error begins with the first ones."""
    rows = [f"{number}z,PID-5,,name.,,,,,," for number in range(4)]
    folder = write(
        **{
            "segments__PID[Patient]": (MAP, rows),
            "segments__PV1[Encounter]": (MAP, rows),
            "messages__ADT": (
                MESSAGE,
                ["x,*,PID,,make,Patient,PID[Patient],,,,", "y,*,PID,(,new,Patient,PID[Patient],,,,"],
            ),
        }
    )
    found = faults(folder)
    assert len(found) == 10
    with pytest.raises(TableError, match=r"PID\[Patient\].csv:2.*\(and 5 more\)"):
        load_mapping(folder)


def test_an_unknown_rule_is_a_fault(write) -> None:
    """A row that names a rule which does not exist is refused."""
    (fault,) = faults(write(**{"segments__PID[Patient]": (MAP, ["5z,PID-5,,name.text,,,@nothing,,,"])}))
    assert "@nothing" in fault


def test_an_unknown_column_is_a_fault(write) -> None:
    """A header that nobody knows is refused, with the names that are wrong."""
    (fault,) = faults(write(**{"segments__PID[Patient]": ("id,sorce", ["1,2"])}))
    assert fault == "site/PID[Patient].csv:1: no such column: sorce"


def test_an_id_twice_is_a_fault(write) -> None:
    """An id names one row of a table."""
    (fault,) = faults(write(**{"segments__PID[Patient]": (MAP, ["7a,PID-7,,birthDate,,,,,,"] * 2)}))
    assert fault.startswith("site/PID[Patient].csv:3: id: 7a stands twice")


def test_faults_in_the_other_files(write) -> None:
    """Rules of resources, codes and settings are checked too."""
    folder = write(
        settings={"senders": "PAS"},
        resources=(RESOURCE, ["x,Patient,sometimes,active,true,,"]),
        vocabulary__MaritalStatus=("code,target,system,display", [",W,x,"]),
    )
    assert [fault.split(": ")[0] for fault in faults(folder)] == [
        "site/layer.json",
        "site/resources.csv:2:3",
        "site/MaritalStatus.csv:2:1",
    ]


def test_a_default_that_is_no_json_is_a_fault(write) -> None:
    """The value of a default is JSON."""
    (fault,) = faults(write(resources=(RESOURCE, ["x,Patient,default,active,yes,,"])))
    assert fault.startswith("site/resources.csv:2: value: no JSON")


def test_a_settings_file_that_is_no_json_is_a_fault(write) -> None:
    """A layer.json that cannot be read is named."""
    folder = write(settings={})
    (folder / "layer.json").write_text("{", encoding="utf-8")
    (fault,) = faults(folder)
    assert fault.startswith("site/layer.json: no JSON")


def test_a_missing_folder(tmp_path) -> None:
    """A folder that is not there is an error of its own, as is a file in its place."""
    with pytest.raises(NotADirectoryError, match="no folder of mapping tables"):
        load_mapping(tmp_path / "absent")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        load_mapping(tmp_path / "file")


def test_rows_that_fhir_has_no_place_for_are_found_before_a_message(write) -> None:
    """A check finds every such row, also in the layers of a sender."""
    wrong = ["37x,PID-37,,breed,,,,,,"]
    plain = write(**{"segments__PID[Patient]": (MAP, wrong)})
    sender = write("labka", {"senders": ["LABKA|"]}, **{"segments__PD1[Patient]": (MAP, ["30x,PD1-3,,colour,,,,,,"])})
    with pytest.raises(TableError) as caught:
        load_mapping(plain, sender).check()
    assert any("'breed' in Patient" in fault for fault in caught.value.faults)
    with pytest.raises(TableError, match="'colour' in Patient"):
        load_mapping(sender).check()
