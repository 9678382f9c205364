"""The tree of RFC 9162: its published values, and a second implementation straight from the definitions."""

import os
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_audit import offline_verifier
from samspil_audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tiles,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    tile_path,
    verify_consistency,
    verify_inclusion,
)
from samspil_audit.merkle.proofs import edges

LONG = int(os.environ.get("SAMSPIL_AUDIT_LOGS", "300"))  # 10000 in the long campaign

# The eight entries that Certificate Transparency implementations test with, and the root after each of them.
ENTRIES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
ENTRIES.append(bytes(range(0x60, 0x70)))
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


# the definitions of RFC 9162 section 2.1, by recursion and without any code of the package
def largest_power(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def mth(entries: list[bytes]) -> bytes:
    if len(entries) < 2:
        return sha256(b"\x00" + entries[0]).digest() if entries else sha256().digest()
    k = largest_power(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(index: int, entries: list[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = largest_power(len(entries))
    if index < k:
        return [*path(index, entries[:k]), mth(entries[k:])]
    return [*path(index - k, entries[k:]), mth(entries[:k])]


def proof(old: int, entries: list[bytes], *, whole: bool = True) -> list[bytes]:
    if old == len(entries):
        return [] if whole else [mth(entries)]
    k = largest_power(len(entries))
    if old <= k:
        return [*proof(old, entries[:k], whole=whole), mth(entries[k:])]
    return [*proof(old - k, entries[k:], whole=False), mth(entries[:k])]


def tiles_of(entries: list[bytes]) -> Tiles:
    hashes = [leaf_hash(entry) for entry in entries]

    def read(level: int, index: int) -> bytes:
        row = hashes
        for _ in range(level):
            row = [mth_of_hashes(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        return b"".join(row[index * 256 : index * 256 + 256])

    return Tiles(read)


def mth_of_hashes(row: list[bytes]) -> bytes:
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_of_the_published_entries(size: int) -> None:
    frontier = Frontier()
    frontier.extend(map(leaf_hash, ENTRIES[:size]))
    assert frontier.root().hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Frontier().root() == EMPTY_ROOT == sha256().digest()


@pytest.mark.parametrize(("index", "steps"), [(0, "bhl"), (3, "cgl"), (4, "fjk"), (6, "ik")])
def test_the_audit_paths_of_the_example_with_seven_leaves(index: int, steps: str) -> None:
    """RFC 9162 section 2.1.5 names the nodes of this tree a to l; there, d6 is called j and the nodes shift."""
    leaves = {name: leaf_hash(bytes([at])) for at, name in enumerate("abcdefj")}
    nodes = dict(leaves)
    nodes["g"], nodes["h"], nodes["i"] = (
        node_hash(leaves["a"], leaves["b"]),
        node_hash(leaves["c"], leaves["d"]),
        node_hash(leaves["e"], leaves["f"]),
    )
    nodes["k"], nodes["l"] = node_hash(nodes["g"], nodes["h"]), node_hash(nodes["i"], leaves["j"])
    entries = [bytes([at]) for at in range(7)]
    tree = tiles_of(entries)
    found = inclusion_path(tree.node, edges(tree.node, 7), index, 7)
    assert found == [nodes[name] for name in steps]


@pytest.mark.parametrize(("old", "steps"), [(3, "cdgl"), (4, "l"), (6, "ijk")])
def test_the_consistency_proofs_of_the_example_with_seven_leaves(old: int, steps: str) -> None:
    leaves = {name: leaf_hash(bytes([at])) for at, name in enumerate("abcdefj")}
    nodes = dict(leaves)
    nodes["g"], nodes["h"] = node_hash(leaves["a"], leaves["b"]), node_hash(leaves["c"], leaves["d"])
    nodes["i"] = node_hash(leaves["e"], leaves["f"])
    nodes["k"], nodes["l"] = node_hash(nodes["g"], nodes["h"]), node_hash(nodes["i"], leaves["j"])
    tree = tiles_of([bytes([at]) for at in range(7)])
    assert consistency_path(tree.node, edges(tree.node, 7), old, 7) == [nodes[name] for name in steps]


@settings(max_examples=LONG, deadline=None)
@given(st.integers(1, 700), st.data())
def test_every_proof_is_the_one_of_the_definitions(size: int, data: st.DataObject) -> None:
    entries = [str(number).encode() for number in range(size)]
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    tree = tiles_of(entries)
    edge = edges(tree.node, size)
    inclusion, consistency = inclusion_path(tree.node, edge, index, size), consistency_path(tree.node, edge, old, size)
    assert edge[-1] == mth(entries)
    assert inclusion == path(index, entries)
    assert consistency == proof(old, entries)
    assert verify_inclusion(leaf_hash(entries[index]), index, size, inclusion, edge[-1])
    assert verify_consistency(old, size, consistency, mth(entries[:old]), edge[-1])
    second = offline_verifier.Tree()
    for entry in entries:
        second.add(leaf_hash(entry))
    assert second.root() == edge[-1]


@settings(max_examples=LONG, deadline=None)
@given(st.integers(2, 300), st.data())
def test_a_proof_that_is_changed_in_any_way_does_not_hold(size: int, data: st.DataObject) -> None:
    entries = [str(number).encode() for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    tree = tiles_of(entries)
    edge = edges(tree.node, size)
    steps = inclusion_path(tree.node, edge, index, size)
    leaf, root = leaf_hash(entries[index]), edge[-1]
    at = data.draw(st.integers(0, len(steps) - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
    assert not verify_inclusion(leaf_hash(entries[other]), index, size, steps, root)
    assert not verify_inclusion(leaf, other, size, steps, root)
    assert not verify_inclusion(leaf, index, size, steps[:-1], root)
    assert not verify_inclusion(leaf, index, size, [*steps, root], root)
    assert not verify_inclusion(leaf, index, size, [*steps[:at], bytes(32), *steps[at + 1 :]], root)
    old = data.draw(st.integers(1, size - 1))
    consistency = consistency_path(tree.node, edge, old, size)
    assert not verify_consistency(old, size, consistency[:-1], mth(entries[:old]), root)
    assert not verify_consistency(old, size, consistency, mth(entries[1 : old + 1]), root)
    assert not verify_consistency(old, size, [*consistency, root], mth(entries[:old]), root)


def test_a_frontier_goes_on_from_its_peaks() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(100)]
    whole, part = Frontier(), Frontier()
    whole.extend(leaves)
    part.extend(leaves[:37])
    again = Frontier(part.size, part.peaks())
    again.extend(leaves[37:])
    assert again.root() == whole.root()
    with pytest.raises(ValueError, match="peaks"):
        Frontier(3, b"")


@pytest.mark.parametrize(
    ("level", "index", "width", "expected"),
    [
        (0, 0, 256, "tile/0/000"),
        (1, 999, 256, "tile/1/999"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (2, 1000, 7, "tile/2/x001/000.p/7"),
        ("entries", 5, 256, "tile/entries/005"),
    ],
)
def test_the_paths_of_tiles_are_those_of_tlog_tiles(level: int | str, index: int, width: int, expected: str) -> None:
    assert tile_path(level, index, width) == expected
    assert offline_verifier.path_of(index, width) == expected.partition(f"tile/{level}/")[2]


def test_there_is_no_proof_of_what_is_not_there() -> None:
    tree = tiles_of([b"0", b"1"])
    edge = edges(tree.node, 2)
    for index in (-1, 2):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_path(tree.node, edge, index, 2)
    with pytest.raises(ValueError, match="no tree"):
        consistency_path(tree.node, edge, 3, 2)
    assert not verify_inclusion(leaf_hash(b"0"), 2, 2, [], edge[-1])
    assert not verify_consistency(3, 2, [], edge[-1], edge[-1])
    assert verify_consistency(0, 2, [], EMPTY_ROOT, edge[-1])
    assert not verify_consistency(0, 2, [], edge[-1], edge[-1])
