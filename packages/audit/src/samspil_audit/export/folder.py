"""The file form of a log: tiles, entries, sealed records, checkpoint, key, and the verifier that reads them.

https://c2sp.org/tlog-tiles
"""

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from samspil_audit.log import AuditLog
from samspil_audit.merkle import TILE_WIDTH, tile_path
from samspil_audit.sealing import entry, key_of, record_key
from samspil_audit.store import Row

__all__ = ["export_folder"]

Disclose = Callable[[Row], bool]


def export_folder(log: AuditLog, folder: str | Path, disclose: Disclose | None = None) -> int:
    """Write the log into a folder that is new or empty, and return the number of records.

    The sealed records alone prove that nothing was changed, and tell nothing; with `disclose`, the keys of the
    records it picks go with them, each of which opens one record. Raises FileExistsError, OSError.
    """
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    if any(root.iterdir()):
        raise FileExistsError(f"{root} is not empty")
    head = log.store.head()
    _put(root / "key", f"{log.keys.verifier}\n".encode())
    _put(root / "checkpoint", log.checkpoint().encode())
    _put(root / "verify.py", (files("samspil_audit") / "offline_verifier.py").read_bytes())
    for start in range(0, head.size, TILE_WIDTH):
        end = min(start + TILE_WIDTH, head.size)
        rows = log.store.rows(start, end)
        _records(log, root, start, end, rows)
        if disclose:
            _keys(log, root / "keys.ndjson", [row for row in rows if disclose(row)])
    _upper_tiles(log, root, head.size)
    return head.size


def _records(log: AuditLog, root: Path, start: int, end: int, rows: Sequence[Row]) -> None:
    tile, width = start // TILE_WIDTH, end - start
    entries = (entry(row.time, row.commitment) for row in rows)
    _put(root / tile_path(0, tile, width), log.store.tile(0, tile)[: width * 32])
    _put(root / tile_path("entries", tile, width), b"".join(len(one).to_bytes(2) + one for one in entries))
    name = tile_path("", tile, width).removeprefix("tile//")
    sealed = (row.sealed or b"" for row in rows)
    _put(root / "records" / name, b"".join(len(one).to_bytes(4) + one for one in sealed))


def _upper_tiles(log: AuditLog, root: Path, size: int) -> None:
    level, count = 1, size // TILE_WIDTH
    while count:
        for tile in range(-(-count // TILE_WIDTH)):
            width = min(TILE_WIDTH, count - tile * TILE_WIDTH)
            _put(root / tile_path(level, tile, width), log.store.tile(level, tile)[: width * 32])
        level, count = level + 1, count // TILE_WIDTH


def _keys(log: AuditLog, path: Path, rows: Sequence[Row]) -> None:
    with path.open("a", encoding="utf-8") as file:
        for row in rows:
            key = log.preparer.open_key(key_of(row.sealed)) if row.sealed is not None else None
            if key is not None and row.sealed is not None:
                told = {"index": row.index, "key": b64encode(record_key(row.sealed, key)).decode()}
                file.write(json.dumps(told) + "\n")


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
