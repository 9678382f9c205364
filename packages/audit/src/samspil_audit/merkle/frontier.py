"""The right edge of a tree: all that is needed to append to it and to name its root."""

from collections.abc import Iterable

from .hashing import EMPTY_ROOT, HASH_SIZE, node_hash

__all__ = ["Frontier"]


class Frontier:
    """The roots of the complete subtrees that cover a tree of `size` leaves, largest first: at most 64 hashes."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: bytes = b"") -> None:
        if len(peaks) != size.bit_count() * HASH_SIZE:
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks")
        self.size = size
        self._peaks = [peaks[at : at + HASH_SIZE] for at in range(0, len(peaks), HASH_SIZE)]

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf: one hash on average."""
        size, peaks = self.size, self._peaks
        while size & 1:
            leaf = node_hash(peaks.pop(), leaf)
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add the hashes of leaves."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The root of the tree (MTH of RFC 9162)."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def peaks(self) -> bytes:
        """The peaks in a row, as the constructor takes them."""
        return b"".join(self._peaks)

    def copy(self) -> "Frontier":
        """A frontier that grows on its own."""
        return Frontier(self.size, self.peaks())
