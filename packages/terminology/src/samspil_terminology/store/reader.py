"""Reading a snapshot: read-only, each question one or two look-ups."""

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

from samspil_core.jsontext import loads
from samspil_terminology.search import words

from .ids import Ids, chosen, from_blob, picked
from .snapshot import FORMAT

__all__ = ["Snapshot", "WrongFormat"]


_DIGITS = 18
"""The most digits of a numeric code: those of a SNOMED CT identifier."""

_LONG = 8_000
"""After so many texts a search does not count on."""


class WrongFormat(ValueError):
    """The file is no snapshot of a layout that this version reads."""


class Snapshot:
    """An open snapshot. Concepts are numbers inside, codes outside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self.connection = sqlite3.connect(uri, uri=True, check_same_thread=False, cached_statements=256)
            self.connection.execute("PRAGMA cache_size=-1536")
            self.connection.execute("PRAGMA query_only=1")
            self.meta: dict[str, str] = dict(self.connection.execute("SELECT name, value FROM meta"))
        except sqlite3.Error as error:
            raise WrongFormat(f"{path.name} is no snapshot: {error}") from None
        if self.meta.get("format") != str(FORMAT):
            raise WrongFormat(f"{path.name} has layout {self.meta.get('format')}, not {FORMAT}: import it again")
        self.count = int(self.meta.get("concepts", "0"))
        self._one = self.connection.execute
        self._numbers = self._numeric()
        self.number = lru_cache(maxsize=2048)(self._number if self._numbers is None else self._numeric_number)
        self.code = lru_cache(maxsize=2048)(self._code) if self._numbers is None else self._numeric_code

    def _numeric(self) -> "tuple[memoryview[int], memoryview[int]] | None":
        """The codes by number, and the numbers in the order of the codes, where codes are plain numbers."""
        if "numeric" not in self.meta:
            return None
        codes, ordered = self._whole("codes", "numbers"), self._whole("codes", "ordered")
        return memoryview(codes).cast("q"), memoryview(ordered).cast("i")

    def _whole(self, table: str, column: str) -> bytes:
        """A large value of the one row of a table, read without a copy on the way."""
        with self.connection.blobopen(table, column, 1, readonly=True) as blob:
            return blob.read()

    def _numeric_number(self, code: str) -> int | None:
        if self._numbers is None or not (code.isascii() and code.isdigit()) or code[0] == "0" or len(code) > _DIGITS:
            return None
        codes, ordered = self._numbers
        wanted = int(code)
        at = bisect_left(ordered, wanted, key=codes.__getitem__)
        return ordered[at] if at < len(ordered) and codes[ordered[at]] == wanted else None

    def _numeric_code(self, n: int) -> str:
        return str(cast("tuple[memoryview[int], memoryview[int]]", self._numbers)[0][n])

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def _number(self, code: str) -> int | None:
        """The number of a code."""
        row = self._one("SELECT n FROM concept WHERE code = ?", (code,)).fetchone()
        return row[0] if row else None

    def numbers(self, codes: Iterable[str]) -> list[int]:
        """The numbers of the codes that are known."""
        found = (self.number(each) for each in codes)
        return [each for each in found if each is not None]

    def _code(self, n: int) -> str:
        """The code of a number."""
        return cast("str", self._one("SELECT code FROM concept WHERE n = ?", (int(n),)).fetchone()[0])

    def codes(self, some: Iterable[int]) -> Iterator[str]:
        """The codes of some numbers, in their order."""
        for each in some:
            yield self.code(each)

    def all_codes(self) -> Iterator[str]:
        """Every code, in the order of numbers."""
        for (code,) in self.connection.execute("SELECT code FROM concept ORDER BY n"):
            yield code

    def row(self, code: str) -> tuple[Any, ...] | None:
        """(n, code, display, flags, module, effective, data) of a concept."""
        return self._one(f"{_CONCEPT} WHERE code = ?", (code,)).fetchone()

    def rows(self, numbers: Iterable[int]) -> list[tuple[Any, ...]]:
        """The same of several concepts by number, in the order of the numbers."""
        wanted = [int(each) for each in numbers]
        marks = ", ".join("?" * len(wanted))
        held = {row[0]: row for row in self._one(f"{_CONCEPT} WHERE n IN ({marks})", wanted)}
        return [held[each] for each in wanted if each in held]

    def detail(self, n: int) -> tuple[Any, ...]:
        """(n, code, display, flags, module, effective, attributes, terms) of a concept: all there is, in one look."""
        return self._one(_DETAIL, (n,)).fetchone()

    def terms(self, n: int) -> Iterator[tuple[str, ...]]:
        """(text, id, language, kind, flags, dialects, module, effective) of the texts of a concept, best first."""
        row = self._one("SELECT terms FROM detail WHERE n = ?", (int(n),)).fetchone()
        for line in row[0].split("\n") if row and row[0] else ():
            text, identifier, profile = line.split("\t")
            yield (text, identifier, *self.profiles[int(profile)])

    @cached_property
    def profiles(self) -> list[list[str]]:
        """[language, kind, flags, dialects, module, effective] that texts have in common."""
        return loads(self.meta.get("profiles", "[]"))

    def blob(self, n: int, name: str) -> bytes | None:
        """The stored bytes of `parents`, `children`, `up` or `down` of a concept."""
        row = self._one(_NODE[name], (int(n),)).fetchone()
        return row[0] if row else None

    def set_of(self, n: int, name: str) -> Ids:
        """The same as a set."""
        return from_blob(self.blob(n, name))

    def is_above(self, n: int, below: int) -> bool:
        """Whether one concept is above another. Numbers grow downwards, so that one look at them often tells."""
        if n >= below:
            return False
        blob = self.blob(below, "up")
        if not blob:
            return False
        up = memoryview(blob).cast("i")
        at = bisect_left(up, n)
        return at < len(up) and up[at] == n

    def attributes(self, n: int) -> list[list[Any]]:
        """[group, type, target or None, value] of every attribute of a concept."""
        row = self._one("SELECT data FROM attributes WHERE n = ?", (int(n),)).fetchone()
        return loads(row[0]) if row else []

    def sources(self, kind: int, target: int) -> Ids:
        """The concepts that have that attribute with that value."""
        row = self._one(
            "SELECT sources FROM inverse WHERE type = ? AND target = ?", (int(kind), int(target))
        ).fetchone()
        return from_blob(row[0]) if row else from_blob(None)

    def by_property(self, name: str, value: str) -> Ids:
        """The concepts with that value of that property."""
        row = self._one("SELECT members FROM property WHERE name = ? AND value = ?", (name, value)).fetchone()
        return from_blob(row[0]) if row else from_blob(None)

    def property_values(self, name: str) -> list[str]:
        """The values a property has."""
        return [row[0] for row in self._one("SELECT value FROM property WHERE name = ? ORDER BY value", (name,))]

    def search(self, text: str) -> Iterator[int]:
        """The concepts found by the beginnings of words, each once, best first."""
        return _once(each for lot in self._lots(text) for each in lot)

    def found(self, text: str, members: Ids | None, start: int, stop: int, most: int) -> tuple[list[int], int | None]:
        """The concepts of a part of what a search finds, and how many there are in all.

        That is None for `most` or more, and where counting on would take long: the part is there then.
        """
        found: dict[int, None] = {}
        seen = 0
        for lot in self._lots(text):
            found.update(dict.fromkeys(lot if members is None else chosen(lot, members)))
            seen += len(lot)
            if len(found) >= stop and (len(found) >= most or seen > _LONG):
                return list(found)[start:stop], None
        return list(found)[start:stop], len(found)

    def _lots(self, text: str) -> Iterator[list[int]]:
        """The concepts of the texts that have words with these beginnings, best first, in lots that grow."""
        query = " ".join(f'"{each}"*' for each in words(text))
        if not query:
            return
        cursor = self.connection.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid", (query,))
        size = 32
        while rows := cursor.fetchmany(size):
            yield picked(self._ranks, [row[0] - 1 for row in rows])
            size = min(2 * size, 4096)

    @cached_property
    def _ranks(self) -> Ids:
        """The concept of every text, in the order of the texts."""
        found = self._one("SELECT count(*) FROM ranks").fetchone()[0]
        return from_blob(self._whole("ranks", "data") if found else None)

    def resource(self, kind: str, url: str, version: str) -> dict[str, Any] | None:
        """A FHIR resource kept in the snapshot."""
        row = self._one(
            "SELECT data FROM resource WHERE type = ? AND url = ? AND version = ?", (kind, url, version)
        ).fetchone()
        return loads(row[0]) if row else None

    @property
    def canonicals(self) -> list[tuple[str, str, str]]:
        """(type, url, version) of the resources kept."""
        return self.connection.execute("SELECT type, url, version FROM resource ORDER BY 1, 2, 3").fetchall()


_CONCEPT = "SELECT n, code, display, flags, module, effective, data FROM concept"
_DETAIL = "SELECT n, code, display, flags, module, effective, attributes, terms FROM detail WHERE n = ?"
_NODE = {name: f"SELECT {name} FROM node WHERE n = ?" for name in ("parents", "children", "up", "down")}  # noqa: S608


def _once(some: Iterable[int]) -> Iterator[int]:
    seen: set[int] = set()
    for each in some:
        if each not in seen:
            seen.add(each)
            yield each
