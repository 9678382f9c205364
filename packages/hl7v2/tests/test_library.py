"""Functions of message tables are compiled when a message first needs them: that changes how soon an answer is there, no more."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from importlib.resources import files
from itertools import permutations
from random import Random

import pytest

from samspil_hl7v2 import Conversion, Mapping, TableError, convert, load_mapping
from samspil_hl7v2.mapping import library, store
from samspil_hl7v2.mapping.compiled import compile_table

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


@pytest.fixture(scope="module")
def whole() -> list[tuple[bytes, bytes, object]]:
    """The messages as tables convert them that are compiled at once, as those with a layer of one's own are."""
    mapping = replace(load_mapping(), sure=False)
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


def test_all_rows_of_a_table_that_is_not_sure_are_compiled_at_once() -> None:
    """So their faults are found before a message needs them."""
    tables = load_mapping().tables
    made = compile_table(tables, "ADT").library.compiled
    assert set(made.messages) == {row.name for row in tables.messages["ADT"].values()}
    assert {name for _, name in made.datatypes} == set(made.names) & {name for _, name in made.datatypes}


def test_a_layer_of_ones_own_is_compiled_whole(tmp_path) -> None:
    """A fault in a row of a segment that no message has is found by the first message."""
    (tmp_path / "segments").mkdir()
    header = "id,source,when,target,map,vocabulary,value,guide,note"
    (tmp_path / "segments" / "GT1[RelatedPerson].csv").write_text(
        f"{header}\n9z,GT1-9,,nothing,,,,,\n", encoding="utf-8"
    )
    with pytest.raises(TableError, match=r"GT1\[RelatedPerson\].csv:2.*nothing"):
        convert(MESSAGES[-3], mapping=load_mapping(tmp_path))


@pytest.mark.parametrize("table", ["ADT", "ORU_R01"])
@pytest.mark.parametrize("names", [("dk", "se"), ("se", "dk")], ids="-".join)
def test_the_layers_of_this_package_fit_laid_over_each_other(names, table) -> None:
    """Whatever order they are asked for in, every row fits FHIR R4: so they need not be checked before each use."""
    made = compile_table(load_mapping(*names).tables, table).library.compiled
    assert {name for _, name in made.datatypes} <= set(made.names)
