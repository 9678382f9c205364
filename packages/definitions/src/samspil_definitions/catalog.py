"""The catalogue of a package set: one SQLite file with the facts of every resource, and which one answers a canonical.

Where several packages hold a canonical URL, its unversioned form means, in this order: a resource of an ordinary
package before one of the core package (whose copies of terminology are older than the terminology package), the
newest version, the package that was named earlier, the file that stands earlier.
https://hl7.org/fhir/R4/references.html#canonical
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from .known import Package
from .places import FORMAT
from .store import COLUMNS, open_read_only, write_atomically
from .versions import newness

__all__ = ["catalog_path", "set_hash", "write_catalog"]

_SCHEMA = f"""
CREATE TABLE resource (package INTEGER NOT NULL, row INTEGER NOT NULL, rank INTEGER NOT NULL,
                       {", ".join(f"{name} TEXT NOT NULL" for name in COLUMNS)}) STRICT;
CREATE TABLE fault (package TEXT NOT NULL, file TEXT NOT NULL, why TEXT NOT NULL) STRICT;
"""
_INDEXES = """
CREATE INDEX by_url ON resource (url, type, rank) WHERE url <> '';
CREATE INDEX by_type ON resource (type, package, row);
CREATE INDEX by_sd_type ON resource (sd_type, rank) WHERE sd_type <> '' AND derivation <> 'constraint';
CREATE INDEX by_all_codes ON resource (all_codes, rank) WHERE all_codes <> '';
CREATE INDEX by_supplements ON resource (supplements) WHERE supplements <> '';
"""
_Found = tuple[int, int, tuple[str, ...]]


def set_hash(packages: Sequence[Package]) -> str:
    """The hash of a package set: of the names, versions and contents of its packages in their order."""
    lines = [f"samspil-definitions {FORMAT}", *(f"{each} {each.hash}" for each in packages)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def catalog_path(folder: Path) -> Path:
    """The file of the catalogue in the folder of a package set."""
    return folder / "catalog.sqlite"


def write_catalog(folder: Path, packages: Sequence[Package], stores: Sequence[Path]) -> None:
    """Write the catalogue of the packages, whose stores are given in the same order."""
    write_atomically(catalog_path(folder), lambda path: _fill(path, packages, stores))


def _fill(path: Path, packages: Sequence[Package], stores: Sequence[Path]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        found: list[_Found] = []
        for number, store in enumerate(stores):
            found.extend(_rows(number, store))
            faults = [(str(packages[number]), file, why) for file, why in _faults(store)]
            connection.executemany("INSERT INTO fault VALUES (?, ?, ?)", faults)
        marks = ", ".join("?" * (len(COLUMNS) + 3))
        connection.executemany(f"INSERT INTO resource VALUES ({marks})", _ranked(found, packages))  # noqa: S608  marks alone
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)


def _rows(number: int, store: Path) -> Iterator[_Found]:
    with closing(open_read_only(store)) as connection:
        for row, *facts in connection.execute(f"SELECT id, {', '.join(COLUMNS)} FROM resource ORDER BY file"):  # noqa: S608  our own names
            yield number, row, tuple(facts)


def _faults(store: Path) -> list[tuple[str, str]]:
    with closing(open_read_only(store)) as connection:
        return connection.execute("SELECT file, why FROM fault ORDER BY file").fetchall()


def _ranked(found: list[_Found], packages: Sequence[Package]) -> Iterator[tuple[int | str, ...]]:
    version = COLUMNS.index("version")

    def weight(each: _Found) -> tuple[object, ...]:
        return not packages[each[0]].manifest.is_core, newness(each[2][version])

    newest_first = sorted(
        found, key=weight, reverse=True
    )  # stable: of equals, the earlier package and file stays first
    for rank, (number, row, facts) in enumerate(newest_first):
        yield (number, row, rank, *facts)
