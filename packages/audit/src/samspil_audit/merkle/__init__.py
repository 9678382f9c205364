"""The Merkle tree of RFC 9162 section 2.1 (the same as RFC 6962): hashes, frontier, proofs, tiles.

https://www.rfc-editor.org/rfc/rfc9162#section-2.1
"""

from .frontier import Frontier
from .hashing import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash
from .proofs import consistency_path, inclusion_path, verify_consistency, verify_inclusion
from .tiles import TILE_WIDTH, Tiles, tile_path

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "TILE_WIDTH",
    "Frontier",
    "Tiles",
    "consistency_path",
    "inclusion_path",
    "leaf_hash",
    "node_hash",
    "tile_path",
    "verify_consistency",
    "verify_inclusion",
]
