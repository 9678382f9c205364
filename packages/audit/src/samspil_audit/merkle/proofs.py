"""Proofs that a leaf is in a tree, and that one tree is the beginning of another: made and verified.

Made from a function `node(level, index)`, which gives the root of the complete subtree of 2**level leaves that
begins at leaf index * 2**level. https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3
"""

from collections.abc import Callable, Sequence

from .hashing import EMPTY_ROOT, node_hash

__all__ = ["Node", "consistency_path", "edges", "inclusion_path", "verify_consistency", "verify_inclusion"]

Node = Callable[[int, int], bytes]


def edges(node: Node, size: int) -> tuple[bytes, ...]:
    """For each level of a tree of `size` leaves, the hash of its last node, complete or not; the last one is the root."""
    last = size - 1
    found = [node(0, last)]
    for level in range(last.bit_length()):
        at = last >> level
        found.append(node_hash(node(level, at - 1), found[-1]) if at & 1 else found[-1])
    return tuple(found)


def inclusion_path(node: Node, edge: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """The audit path of leaf `index` in the tree of the first `size` leaves, whose `edges` are given.

    Raises ValueError when there is no such leaf. https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.1
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _siblings(node, edge, 0, index, size)


def consistency_path(node: Node, edge: Sequence[bytes], old: int, size: int) -> list[bytes]:
    """The proof that the tree of the first `old` leaves is the beginning of that of the first `size` leaves.

    `edge` is that of the larger tree. Raises ValueError unless 0 <= old <= size.
    https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.1
    """
    if not 0 <= old <= size:
        raise ValueError(f"no tree of {old} leaves before one of {size}")
    if old in {0, size}:
        return []
    level = (old & -old).bit_length() - 1
    index = (old >> level) - 1
    own = [node(level, index)] if index else []
    return own + _siblings(node, edge, level, index, size)


def _siblings(node: Node, edge: Sequence[bytes], level: int, index: int, size: int) -> list[bytes]:
    path: list[bytes] = []
    last = (size - 1) >> level
    while last:
        sibling = index ^ 1
        if sibling < last:
            path.append(node(level, sibling))
        elif sibling == last:
            path.append(edge[level])
        index >>= 1
        last >>= 1
        level += 1
    return path


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that the leaf hash stands at `index` of the tree of `size` leaves with that root.

    https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2
    """
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            found = node_hash(found, step)
        at >>= 1
        last >>= 1
    return last == 0 and found == root


def verify_consistency(  # noqa: C901  the steps of the RFC, in its order
    old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes
) -> bool:
    """Whether `path` proves that the tree of `old` leaves is the beginning of that of `size` leaves.

    The empty tree is the beginning of every tree, with an empty path. https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.2
    """
    if not 0 <= old <= size:
        return False
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if old == size:
        return not path and old_root == root
    steps = list(path)
    if not old & (old - 1):
        steps.insert(0, old_root)
    if not steps:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at >>= 1
        last >>= 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            second = node_hash(second, step)
        at >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == root
