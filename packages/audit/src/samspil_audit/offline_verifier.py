"""Verify an exported audit log: `python verify.py FOLDER [--checkpoint FILE]`.

One file, Python 3.11 or newer and the package `cryptography`. It travels with every export and shares no code with
what wrote the log. The folder holds

    key              the public key of the log, name+hash+key (https://c2sp.org/signed-note)
    checkpoint       the signed checkpoint (https://c2sp.org/tlog-checkpoint)
    tile/0/...       hashes of the records, 256 a file (https://c2sp.org/tlog-tiles)
    tile/entries/... the entries of the tree: 1 byte version, 8 bytes time, SHA-256 of the sealed record
    records/...      the sealed records, each 4 bytes length and then as many bytes; length 0 where it was purged
    keys.ndjson      for records that may be read: {"index": ..., "key": ...}; may be absent

Exit status: 0 the export is what was logged, 1 it is not, 2 it cannot be read.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

WIDTH = 256
HEAD = 49
ENTRY = 41


class Bad(Exception):
    """The export contradicts itself or its signature; `index` is the first record concerned, if one is."""

    def __init__(self, why: str, index: int | None = None) -> None:
        super().__init__(why if index is None else f"record {index}: {why}")
        self.index = index


def path_of(index: int, width: int) -> str:
    """Path of a tile: 1234067 is x001/x234/067, with .p/W when it is not full."""
    digits = f"{index:0{-(-max(len(str(index)), 3) // 3) * 3}d}"
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return name if width == WIDTH else f"{name}.p/{width}"


def signed(note: str, key_line: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint, its signature verified."""
    name, _, rest = key_line.strip().partition("+")
    public = base64.b64decode(rest.partition("+")[2])
    key_id = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    body, _, tail = note.rpartition("\n\n")
    for line in tail.splitlines():
        _, signer, encoded = line.split(" ")
        data = base64.b64decode(encoded)
        if signer == name and data[:4] == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(data[4:], f"{body}\n".encode())
            except InvalidSignature:
                raise Bad("the signature of the checkpoint is not that of the key") from None
            origin, size, root = body.split("\n")[:3]
            if origin != name:
                raise Bad("the checkpoint is of another log")
            return int(size), base64.b64decode(root)
    raise Bad("the checkpoint is not signed by the key")


class Tree:
    """A tree that grows by leaves; `stack` holds complete subtrees as (height, hash)."""

    def __init__(self) -> None:
        self.size = 0
        self.stack: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf, and join subtrees of the same height."""
        height, sha = 0, hashlib.sha256
        stack = self.stack
        while stack and stack[-1][0] == height:
            leaf = sha(b"\x01" + stack.pop()[1] + leaf).digest()
            height += 1
        stack.append((height, leaf))
        self.size += 1

    def root(self) -> bytes:
        """The root: subtrees joined from the right."""
        if not self.stack:
            return hashlib.sha256().digest()
        found = self.stack[-1][1]
        for _, left in self.stack[-2::-1]:
            found = hashlib.sha256(b"\x01" + left + found).digest()
        return found


def cut(data: bytes, first: int, count: int) -> Iterator[bytes]:
    """The records of one file."""
    at = 0
    for number in range(count):
        size = int.from_bytes(data[at : at + 4])
        if at + 4 + size > len(data):
            raise Bad("its sealed record is missing", first + number)
        yield data[at + 4 : at + 4 + size]
        at += 4 + size
    if at != len(data):
        raise Bad("bytes stand after the last record of its file", first + count - 1)


def tile(folder: Path, start: int, end: int) -> tuple[bytes, bytes, Iterator[bytes]]:
    """Hashes, entries and sealed records from `start` up to `end`, at most 256."""
    name = path_of(start // WIDTH, end - start)
    try:
        hashes = (folder / "tile" / "0" / name).read_bytes()
        entries = (folder / "tile" / "entries" / name).read_bytes()
        records = (folder / "records" / name).read_bytes()
    except FileNotFoundError as error:
        raise Bad(f"{Path(error.filename).relative_to(folder)} is missing", start) from None
    if len(hashes) != 32 * (end - start) or len(entries) != (ENTRY + 2) * (end - start):
        raise Bad("its tile has another length than it should", start)
    return hashes, entries, cut(records, start, end - start)


def check_tile(tree: Tree, tile_of: tuple[bytes, bytes, Iterator[bytes]], clock: list[int], empty: list[int]) -> None:
    """Check record after record against its entry, its hash, and grow the tree; note those without content."""
    hashes, entries, records = tile_of
    sha = hashlib.sha256
    for number, sealed in enumerate(records):
        if not sealed:
            empty.append(tree.size)
        entry = entries[number * (ENTRY + 2) + 2 : (number + 1) * (ENTRY + 2)]
        if sealed and sha(sealed).digest() != entry[9:]:
            raise Bad("its content is not what its entry says", tree.size)
        leaf = sha(b"\x00" + entry).digest()
        if leaf != hashes[number * 32 : number * 32 + 32]:
            raise Bad("its entry is not the one in the tree", tree.size)
        time = int.from_bytes(entry[1:9])
        if time < clock[0] - 1_000_000:
            print(f"record {tree.size}: the clock went back", file=sys.stderr)
        clock[0] = max(clock[0], time)
        tree.add(leaf)


def opened(folder: Path, size: int) -> int:
    """How many records the disclosed keys open; a key that does not open its record is a fault."""
    listed = folder / "keys.ndjson"
    count = 0
    if not listed.exists():
        return count
    with listed.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            index = int(told["index"])
            start = index // WIDTH * WIDTH
            end = min(start + WIDTH, size)
            data = (folder / "records" / path_of(start // WIDTH, end - start)).read_bytes()
            sealed = list(cut(data, start, end - start))[index - start]
            try:
                AESGCM(base64.b64decode(told["key"])).decrypt(bytes(12), sealed[HEAD:], sealed[:HEAD])
            except InvalidTag:
                raise Bad("the disclosed key does not open it", index) from None
            count += 1
    return count


def verify(folder: Path, kept: str = "") -> tuple[int, list[int]]:
    """Verify the folder; give the number of records, and those without content. Raises `Bad`, OSError, ValueError."""
    key = (folder / "key").read_text(encoding="utf-8")
    size, root = signed((folder / "checkpoint").read_text(encoding="utf-8"), key)
    kept_size, kept_root = signed(kept, key) if kept else (0, Tree().root())
    if kept_size > size:
        raise Bad(f"a checkpoint kept elsewhere covers {kept_size} records, this export {size}", size)
    tree, clock = Tree(), [0]
    empty: list[int] = []
    for start in range(0, size, WIDTH):
        hashes, entries, records = tile(folder, start, min(start + WIDTH, size))
        if start < kept_size <= start + WIDTH:
            check_kept(tree, hashes[: 32 * (kept_size - start)], kept_root)
        check_tile(tree, (hashes, entries, records), clock, empty)
    if tree.root() != root:
        raise Bad("the records do not lead to the signed root")
    return size, empty


def check_kept(tree: Tree, hashes: bytes, root: bytes) -> None:
    """Whether the tree, grown by some more leaves, has the root of a checkpoint kept elsewhere."""
    part = Tree()
    part.size, part.stack = tree.size, list(tree.stack)
    for at in range(0, len(hashes), 32):
        part.add(hashes[at : at + 32])
    if part.root() != root:
        raise Bad(f"the first {part.size} records are not those of the checkpoint kept elsewhere")


def main(arguments: list[str] | None = None) -> int:
    """Verify, and say so in one line."""
    parser = argparse.ArgumentParser(description="Verify an exported audit log.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint kept elsewhere, which this log must continue")
    asked = parser.parse_args(arguments)
    try:
        kept = asked.checkpoint.read_text(encoding="utf-8") if asked.checkpoint else ""
        size, empty = verify(asked.folder, kept)
        count = opened(asked.folder, size)
    except Bad as fault:
        print(f"NOT what was logged: {fault}")
        return 1
    except (OSError, ValueError, KeyError, IndexError) as fault:
        print(f"cannot be read: {type(fault).__name__}: {fault}", file=sys.stderr)
        return 2
    if empty:
        print(f"{len(empty)} records have no content, as after a purge; the first is {empty[0]}", file=sys.stderr)
    print(f"{size} records are what was logged, {count} of them opened with a disclosed key")
    return 0


if __name__ == "__main__":
    sys.exit(main())
