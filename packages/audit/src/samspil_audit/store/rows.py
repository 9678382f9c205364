"""What the tables hold, as values."""

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Head", "NewKey", "Row"]


class Row(NamedTuple):
    """One record as it is stored, in the order of the columns.

    `time` is when the log took it and `recorded` what the record says itself, both in microseconds since 1970;
    `record` and `subject` are 16 bytes each, of the record's id and of whom it is about; `sealed` is None once purged.
    """

    index: int  # pyright: ignore[reportIncompatibleMethodOverride]  no row is searched as a tuple
    record: bytes
    time: int
    recorded: int
    subject: bytes
    commitment: bytes
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log has come: number of records, peaks of the tree, time of the last record, signed checkpoint.

    `epoch` counts erasures: a writer that still holds a key in memory sees by it that it may be gone.
    """

    size: int = 0
    peaks: bytes = b""
    time: int = 0
    note: str = ""
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class NewKey:
    """The wrapped key of a subject, to be stored with the first record under it."""

    key_id: bytes
    subject: bytes
    wrapped: bytes
