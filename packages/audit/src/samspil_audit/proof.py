"""The proof of one record, as a value and as a text file that needs nothing else to be checked.

The text is that of https://c2sp.org/tlog-proof: a first line, the index, the hashes, and the signed checkpoint.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass

from .merkle import Tiles, consistency_path, inclusion_path, leaf_hash, verify_inclusion
from .merkle.proofs import edges
from .note import BadNote, Checkpoint, Verifier, open_note

__all__ = ["Proof", "Prover"]

_FIRST = "c2sp.org/tlog-proof@v1"
_KEPT_EDGES = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """That `entry` stands at `index` of a log of `size` records; `note` is the signed checkpoint of that size."""

    index: int
    size: int
    entry: bytes
    path: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        """The proof as a file; the entry stands in its `extra` line."""
        lines = [_FIRST, f"extra {_encoded(self.entry)}", f"index {self.index}", *map(_encoded, self.path)]
        return "\n".join(lines) + f"\n\n{self.note}"

    @classmethod
    def parse(cls, text: str) -> "Proof":
        """The proof of its text. Raises `BadNote`."""
        head, found, note = text.partition("\n\n")
        lines = head.split("\n")
        if not found or lines[0] != _FIRST:
            raise BadNote("this is no proof of a record")
        try:
            entry = b64decode(lines[1].removeprefix("extra "), validate=True)
            index = int(lines[2].removeprefix("index "))
            path = tuple(b64decode(line, validate=True) for line in lines[3:])
            size = Checkpoint.parse(note.partition("\n\n")[0] + "\n").size
        except (ValueError, IndexError, NotBase64):
            raise BadNote("this is no proof of a record") from None
        return cls(index, size, entry, path, note)

    def holds(self, verifier: Verifier) -> bool:
        """Whether the checkpoint is signed by the key and the path leads to its root. Raises `BadNote`."""
        body, _ = open_note(self.note, [verifier])
        checkpoint = Checkpoint.parse(body)
        return checkpoint.size == self.size and verify_inclusion(
            leaf_hash(self.entry), self.index, self.size, self.path, checkpoint.root
        )


class Prover:
    """Makes proofs out of tiles; what the right edge of a tree needs is kept for the sizes last asked for."""

    def __init__(self, tiles: Tiles) -> None:
        self._node = tiles.node
        self._edges: dict[int, tuple[bytes, ...]] = {}

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The audit path of a leaf in the tree of the first `size` leaves. Raises ValueError, LookupError."""
        return inclusion_path(self._node, self._edge(size), index, size)

    def consistency(self, old: int, size: int) -> list[bytes]:
        """The proof that the tree of `old` leaves begins that of `size`. Raises ValueError, LookupError."""
        return consistency_path(self._node, self._edge(size) if size else (), old, size)

    def root(self, size: int) -> bytes:
        """The root of the first `size` leaves, of which there is at least one."""
        return self._edge(size)[-1]

    def _edge(self, size: int) -> Sequence[bytes]:
        found = self._edges.get(size)
        if found is None:
            if len(self._edges) >= _KEPT_EDGES:
                self._edges.clear()
            found = self._edges[size] = edges(self._node, size)
        return found


def _encoded(data: bytes) -> str:
    return b64encode(data).decode()
