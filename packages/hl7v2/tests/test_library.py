"""Functions of message tables are compiled when a message first needs them: that changes how soon an answer is there, no more."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from importlib.resources import files
from itertools import permutations
from pathlib import Path
from random import Random

import pytest

from samspil_hl7v2 import Conversion, Mapping, TableError, convert, load_mapping
from samspil_hl7v2.mapping import library, making, store

DEMO = [each.read_bytes() for each in sorted((files("samspil_hl7v2") / "demo_messages").iterdir(), key=str)]
HEAD = rb"MSH|^~\&|LAB|HOSP|||20240131||%s|1|P|2.5"
LINES = {
    b"ADT^A08": [
        b"EVN|A08|20240131",
        b"PID|||42^^^HOSP||Hansen^Karen||1948",
        b"PV1|1|I|W^^12",
        b"AL1|1|DA|X^Y",
        b"ZZZ|1",
    ],
    b"ORU^R01": [b"PID|||42", b"OBR|1|A|B|C^D", b"OBX|1|NM|E^F||7.10|g", b"NTE|1||so", b"OBX|2|CE|E^F||A^B"],
    b"SIU^S12": [b"SCH|1|2", b"PID|||42", b"RGS|1", b"AIS|1||A^B|2024"],
}
MESSAGES = [*DEMO, *(b"\r".join([HEAD % kind, *lines]) for kind, lines in LINES.items())]


@pytest.fixture(autouse=True)
def uncached(monkeypatch) -> None:
    """Nothing is there when a test begins."""
    monkeypatch.setenv(store.SWITCH, "off")


def account(conversion: Conversion) -> tuple[bytes, bytes, object]:
    return conversion.json(), conversion.report_json(), conversion.lineage


def mapping_segments(mapping: Mapping, table: str) -> set[str]:
    return {row.segment for row in mapping.tables.messages[table].values()}


@pytest.fixture(scope="module")
def whole() -> list[tuple[bytes, bytes, object]]:
    """The messages as tables convert them that were compiled whole before."""
    mapping = load_mapping()
    for table in ("ADT", "ORU_R01", "SIU", "ANY"):
        for traced in (False, True):
            mapping.program(table, table, traced=traced).complete(mapping_segments(mapping, table))
    return [account(convert(each, mapping=mapping, with_lineage=True)) for each in MESSAGES]


def compiled(mapping: Mapping, structure: str) -> set[str]:
    return set(mapping.program(structure, structure[:3], traced=False).library.compiled.messages)


def test_a_message_compiles_the_rows_of_its_segments() -> None:
    """Rows of segments that no message has had are not compiled."""
    mapping = load_mapping()
    convert(MESSAGES[-3].partition(b"PV1")[0], mapping=mapping)
    rows = mapping.tables.messages["ADT"].values()
    assert compiled(mapping, "ADT_A01") == {row.name for row in rows if row.segment in {"MSH", "EVN", "PID"}}
    convert(MESSAGES[-3], mapping=mapping)
    assert {row.name for row in rows if row.segment == "PV1"} <= compiled(mapping, "ADT_A01")


def test_a_datatype_that_no_value_had_waits() -> None:
    """Of the maps that rows call, those are compiled that a message's values reached; the rest is not even read."""
    mapping = load_mapping()
    convert(MESSAGES[-3], mapping=mapping)
    made = mapping.program("ADT_A01", "ADT", traced=False).library.compiled
    named = {name for _, name in made.datatypes}
    assert 10 < len(named & set(made.names)) < len(named)


def test_a_table_is_read_when_it_is_asked_for() -> None:
    """What a message does not need is not read from its file."""
    maps = load_mapping().layers[0].tables.maps
    before = set(maps._made)
    assert "PID[Patient]" in maps
    assert set(maps._made) == before


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_order_of_messages_makes_no_difference(order, whole) -> None:
    """Rows, vocabularies and functions are numbered as they come; nothing of that is seen."""
    mapping = load_mapping()
    for at in [len(DEMO) + each for each in order] + list(range(len(MESSAGES))):
        assert account(convert(MESSAGES[at], mapping=mapping, with_lineage=True)) == whole[at]


def test_threads_that_need_the_same_at_once_get_the_same(whole) -> None:
    """Many threads on a mapping that nobody has used convert as one does."""
    for seed in range(5):
        mapping = load_mapping()
        asked = [at for at in range(len(MESSAGES)) for _ in range(6)]
        Random(seed).shuffle(asked)
        with ThreadPoolExecutor(8) as pool:
            made = pool.map(partial(convert, mapping=mapping, with_lineage=True), [MESSAGES[at] for at in asked])
            assert [account(each) for each in made] == [whole[at] for at in asked]


def test_a_shape_is_recorded_of_rows_that_no_message_has_had(whole) -> None:
    """The function for a shape is made of complete tables, whichever values the messages before it had."""
    mapping = load_mapping()
    for _ in range(4):
        made = [account(convert(each, mapping=mapping)) for each in MESSAGES]
        assert [each[:2] for each in made] == [each[:2] for each in whole]


def test_the_source_of_each_function_is_at_hand() -> None:
    """A traceback shows the line of a compiled function, and all of them can be read."""
    mapping = load_mapping()
    convert(MESSAGES[-3], mapping=mapping)
    shelf = mapping.program("ADT_A01", "ADT", traced=False).library
    code = shelf.space["PID_Patient_into"].__code__
    assert library.linecache.getline(code.co_filename, code.co_firstlineno).startswith("def PID_Patient_into(s, o, x):")
    assert shelf.source.count("\ndef ") + 1 >= len(shelf.compiled.names)


@pytest.fixture
def site(tmp_path) -> Path:
    """A layer with a row of a segment that no message has."""
    (tmp_path / "segments").mkdir()
    header = "id,source,when,target,map,vocabulary,value,guide,note"
    (tmp_path / "segments" / "GT1[RelatedPerson].csv").write_text(
        f"{header}\n9z,GT1-9,,name.text,,,,,\n", encoding="utf-8"
    )
    return tmp_path


def test_a_layer_of_ones_own_is_checked_whole(site) -> None:
    """A fault in a row that no message needs is found by the first message."""
    file = site / "segments" / "GT1[RelatedPerson].csv"
    file.write_text(file.read_text(encoding="utf-8").replace("name.text", "nothing"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(TableError, match=r"GT1\[RelatedPerson\].csv:2.*nothing"):
            convert(MESSAGES[-3], mapping=load_mapping(site))
        with pytest.raises(TableError, match=r"GT1\[RelatedPerson\].csv:2.*nothing"):
            load_mapping(site).check()


def test_a_layer_that_fits_is_not_checked_again(site, tmp_path, monkeypatch) -> None:
    """That it fits is kept as compiled tables are, and so is that of one message table."""
    monkeypatch.delenv(store.SWITCH)
    monkeypatch.setenv("SAMSPIL_CACHE", str(tmp_path / "cache"))
    load_mapping(site).check()
    convert(MESSAGES[-3], mapping=load_mapping(site))
    monkeypatch.setattr(making, "faults_of", lambda *_: ["checked again"])
    load_mapping(site).check()
    convert(MESSAGES[-3], mapping=load_mapping(site))
    with pytest.raises(TableError, match="checked again"):
        convert(MESSAGES[-2], mapping=load_mapping(site))


def test_one_map_makes_resources_of_two_types() -> None:
    """A function belongs to a map and to the type that its row makes."""
    row = load_mapping().tables.messages["ADT"]
    patient = next(each for each in row.values() if each.segment == "PID" and each.resource == "Patient")
    person = replace(patient, name="ADT/x", resource="Person", make="new")
    tables = replace(load_mapping().tables, messages={"ADT": {"PID.1": patient, "x": person}})
    assert any("Person" in fault for fault in making.faults_of(tables, ["ADT"]))


@pytest.mark.parametrize("names", [("dk", "se"), ("se", "dk")], ids="-".join)
def test_the_layers_of_this_package_fit_laid_over_each_other(names) -> None:
    """Whatever order they are asked for in, every row fits FHIR R4: so they need not be checked before each use."""
    tables = load_mapping(*names).tables
    assert making.faults_of(tables, tables.messages) == []
