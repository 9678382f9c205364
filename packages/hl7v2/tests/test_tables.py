"""The tables that travel in the package."""

import re

import pytest

from samspil_hl7v2.mapping.compiled import compile_table
from samspil_hl7v2.mapping.layers import SHIPPED, shipped_folder
from samspil_hl7v2.mapping.reading import read_layer
from samspil_hl7v2.mapping.rows import Layer, Row, Tables
from samspil_hl7v2.mapping.sets import load_mapping
from samspil_hl7v2.r4.elements import r4


@pytest.fixture(scope="module")
def layers() -> list[Layer]:
    return [read_layer(shipped_folder(name)) for name in SHIPPED]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_mapping().tables


def rows(tables: Tables) -> list[Row]:
    return [row for table in tables.maps.values() for row in table.values()]


def test_the_shipped_layers_pass_the_schema(layers) -> None:
    """Each row of each shipped layer is what the schema wants, which also finds an id that stands twice."""
    assert [layer.name for layer in layers] == list(SHIPPED)
    assert all(layer.tables.maps for layer in layers)


@pytest.mark.parametrize("traced", [False, True], ids=["plain", "traced"])
@pytest.mark.parametrize("table", sorted(load_mapping().tables.messages))
def test_every_message_table_compiles(tables, table: str, traced: bool) -> None:
    """Every row of the maps a message table calls fits FHIR R4."""
    program = compile_table(tables, table, traced=traced)
    program.complete(row.segment for row in tables.messages[table].values())
    compiled = program.library.compiled
    assert compiled.messages.keys() == {row.name for row in tables.messages[table].values()}
    assert {name for _, name in compiled.datatypes} <= set(compiled.names)


def test_every_map_compiles(tables) -> None:
    """A segment map that no message table calls would be dead: there is none but the guide's own unused ones."""
    called = {row.map for table in tables.messages.values() for row in table.values()}
    assert called <= set(tables.maps)


def test_row_names_are_unique(tables) -> None:
    """A row's full name names one row."""
    names = [row.name for row in rows(tables)] + [r.name for table in tables.messages.values() for r in table.values()]
    assert len(names) == len(set(names))


def test_every_map_and_vocabulary_named_exists(tables) -> None:
    """No row calls a map or a code map that is not there."""
    live = [row for row in rows(tables) if not row.dropped]
    assert {row.map for row in live if row.map} <= set(tables.maps)
    assert {row.vocabulary for row in live if row.vocabulary} <= set(tables.vocabulary)


def test_every_reference_names_a_resource_that_the_table_makes(tables) -> None:
    """A message row refers to labels that some row of its table makes."""
    for name, table in tables.messages.items():
        made = {row.resource for row in table.values()}
        for row in table.values():
            for statement in row.references:
                assert {statement.owner, statement.target} - {"this"} <= made, f"{name}/{row.name}"


def test_a_row_that_is_dropped_says_why(layers) -> None:
    """Each drop has its reason."""
    for layer in layers:
        assert all(row.note for row in rows(layer.tables) if row.dropped)
        assert all(reason for drops in layer.tables.drops.values() for reason in drops.values())


def test_a_row_of_the_fixes_layer_that_departs_from_the_guide_says_why(layers) -> None:
    """Where our layer replaces a row of the guide's, a note tells the reader why."""
    guide, fixes = layers
    silent = [
        row.name
        for name, table in fixes.tables.maps.items()
        for row_id, row in table.items()
        if row_id in guide.tables.maps.get(name, {}) and not row.note
    ]
    assert silent == []


def test_resource_rules_name_elements(tables) -> None:
    """Keys and defaults are of elements that R4 has."""
    for rule in tables.resources.values():
        for path in re.split(r"[+|]", rule.path):
            assert r4().lookup(rule.type, path.removeprefix("_").partition("(")[0])


def test_uris_have_no_blanks(tables) -> None:
    """Systems of codes and of coding systems are URIs."""
    uri = re.compile(r"\S+:\S+$")
    systems = {code.system for vocabulary in tables.vocabulary.values() for code in vocabulary.codes.values()}
    assert [each for each in systems | set(tables.coding_systems.values()) if each and not uri.match(each)] == []
