"""Tiles: the hashes of a tree in blocks of 256 a level of 8, and a cache that answers for any node.

https://c2sp.org/tlog-tiles
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from .hashing import HASH_SIZE, node_hash

__all__ = ["TILE_WIDTH", "Tiles", "tile_path"]

TILE_WIDTH: Final = 256
"""Hashes of a full tile."""

_HEIGHT = 8
_Levels = list[list[bytes]]
ReadTile = Callable[[int, int], bytes]


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile: `tile/0/x001/234`, with `.p/W` where it holds fewer than 256; `entries` is a level too."""
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03d}")
    partial = f".p/{width}" if width < TILE_WIDTH else ""
    return f"tile/{level}/{'/'.join(parts)}{partial}"


class Tiles:
    """Nodes by level and index, out of tiles that `read(level, index)` fetches; the `capacity` last used are kept.

    A tile is its hashes in a row, from 1 to 256 of them. A kept tile holds the nodes above its hashes too, so that
    a node of a kept tile costs two look-ups (16 KiB a full tile).
    """

    def __init__(self, read: ReadTile, capacity: int = 2048) -> None:
        self._read = read
        self._capacity = capacity
        self._kept: OrderedDict[tuple[int, int], _Levels] = OrderedDict()

    def node(self, level: int, index: int) -> bytes:
        """The root of the complete subtree of 2**level leaves, the `index`-th from 0.

        Raises LookupError when there is no such complete subtree yet.
        """
        high, low = divmod(level, _HEIGHT)
        tile, at = divmod(index << low, TILE_WIDTH)
        key = (high, tile)
        try:
            return self._kept[key][low][at >> low]
        except LookupError:
            return self._load(key)[low][at >> low]

    def _load(self, key: tuple[int, int]) -> _Levels:
        levels = _expanded(self._read(*key))
        kept = self._kept
        kept[key] = levels
        kept.move_to_end(key)
        while len(kept) > self._capacity:
            kept.popitem(last=False)
        return levels


def _expanded(tile: bytes) -> _Levels:
    row = [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]
    levels = [row]
    for _ in range(_HEIGHT):
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        levels.append(row)
    return levels
