"""The functions of a message table: each is compiled when a message first needs it, and kept between processes.

They are kept when the next message begins, once there are as many new ones as were kept before, and when the process ends.
"""

from __future__ import annotations

import atexit
import linecache
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakSet
from zlib import decompress

from samspil_hl7v2 import coding, positions, primitives, rules
from samspil_hl7v2.context import present
from samspil_hl7v2.v2.table_codes import own_system

from . import store
from .code import Compiled, Part
from .reading import NO_RULE, TableError
from .reasons import UNKNOWN_SEGMENT, Place, Reason, reason_of
from .rows import MessageRow, Tables, Vocabulary

if TYPE_CHECKING:
    from .making import Maker


MOST_REASONS = 20_000
"""Positions whose reason is remembered for a message table; all are forgotten when there are more."""


class Origin(NamedTuple):
    """Where tables come from: their `digest` (empty where it is not known), and `still`, whether they have it to this moment."""

    digest: str = ""
    still: Callable[[], bool] = lambda: True


UNKNOWN = Origin()
"""Of tables of which nothing is known: nothing compiled of them is kept."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class Library:
    """What is compiled of a message table."""

    tables: Tables
    table: str
    traced: bool
    origin: Origin
    compiled: Compiled = field(init=False)
    space: dict[str, Any] = field(init=False)
    """The functions, and the names they use."""
    lock: RLock = field(default_factory=RLock)
    """Held while parts are added, and by who goes through `space`."""
    unsaved: int = 0
    """Parts that are not kept yet."""
    _learned: bool = False
    """Whether there are reasons that are not kept yet."""
    _label: str = field(init=False)
    _key: str = field(init=False)
    _maker: Maker | None = None

    def __post_init__(self) -> None:
        self._label = f"samspil tables {self.table}{' traced' if self.traced else ''}"
        self._key = store.digest("program", self.origin.digest, self._label) if self.origin.digest else ""
        self.space = _names()
        kept = store.load(self._key)
        self.compiled = Compiled(*kept) if kept is not None else Compiled([], {}, [], [], [], [], [], [], {})
        self.compiled.parts[:] = [Part(*part) for part in self.compiled.parts]
        self._refer()
        for at, part in enumerate(self.compiled.parts):
            self._run(part, at)

    @property
    def source(self) -> str:
        """The source of the functions."""
        return "".join(decompress(part.packed).decode() for part in self.compiled.parts)

    def add(self, rows: Iterable[MessageRow], *, whole: bool = False) -> None:
        """Compile message rows that are not there yet; `whole` with every map they call, which else is when it is called.

        Raises TableError naming each row that does not fit.
        """
        with self.lock:
            fresh = [row for row in rows if row.name not in self.compiled.messages]
            waiting = self._waiting() if whole else []
            if fresh or waiting:
                self._add(fresh, waiting, whole=whole)

    def _waiting(self) -> list[str]:
        there = set(self.compiled.names)
        return [name for _, name in self.compiled.datatypes if name not in there]

    def _add(self, rows: Iterable[MessageRow], datatypes: Iterable[str], *, whole: bool = False) -> None:
        from .making import Maker

        maker = self._maker or Maker(self.tables, self.compiled, traced=self.traced)
        self._maker = None  # one that has found a fault is done with
        at = len(self.compiled.parts)
        part = maker.add(rows, datatypes, f"{self._label} {at}", whole=whole)
        self._refer()
        self._run(part, at)
        self._maker = maker
        self.unsaved += 1
        _growing.add(self)

    def _refer(self) -> None:
        """Give the functions the names they use."""
        compiled, space = self.compiled, self.space
        for name in compiled.rules:
            rule = getattr(rules, name, None)
            if rule is None:
                raise TableError([NO_RULE.format(name)])
            space[f"rule_{name}"] = rule
        for at, name in enumerate(compiled.vocabularies):
            if f"V{at}" not in space:
                space[f"V{at}"] = self.tables.vocabulary.get(name, Vocabulary(name, ""))
        for at, codes in enumerate(compiled.allowed):
            space[f"A{at}"] = codes
        for _, name in compiled.datatypes:
            if name not in space:
                space[name] = self._when_called(name)

    def _when_called(self, name: str) -> Callable[..., Any]:
        """What stands for the function of a datatype map until it is called: then the function takes its place."""

        def first(*arguments: Any) -> Any:
            with self.lock:
                if self.space[name] is first:
                    self._add((), (name,))
            return self.space[name](*arguments)

        return first

    def _run(self, part: Part, at: int) -> None:
        linecache.cache[f"{self._label} {at}"] = (lambda: decompress(part.packed).decode(),)
        for code in part.code:
            exec(code, self.space)  # noqa: S102  made from checked rows

    def reason(self, place: Place) -> Reason:
        """Why a position that nothing noted is not mapped."""
        reasons = self.compiled.reasons
        found = reasons.get(place)
        if found is None:
            found = reason_of(self.tables, self.table, place)
            if len(reasons) >= MOST_REASONS:
                reasons.clear()
            reasons[place] = found
            if found != UNKNOWN_SEGMENT:
                self._learned = True
                _growing.add(self)
        return found

    def settle(self) -> None:
        """Keep what is new, where it is as much as what was kept before: all in all little more is written than there is."""
        if 2 * self.unsaved >= len(self.compiled.parts):
            self.keep()

    def keep(self) -> None:
        """Keep what is new; nothing happens where it cannot be kept, or where the tables are others by now."""
        with self.lock:
            if (self.unsaved or self._learned) and self._key and self.origin.still():
                parts, *rest, reasons = self.compiled
                known = {place: reason for place, reason in reasons.items() if reason != UNKNOWN_SEGMENT}
                store.save(self._key, ([tuple(part) for part in parts], *rest, known))
            self.unsaved, self._learned = 0, False


_growing: WeakSet[Library] = WeakSet()


@atexit.register
def _keep_all() -> None:
    for library in list(_growing):
        library.keep()


def _names() -> dict[str, Any]:
    """The names that all functions use."""
    space: dict[str, Any] = {name: item for name, item in vars(primitives).items() if name.startswith(("as_", "put_"))}
    space |= {name: item for name, item in vars(positions).items() if not name.startswith("_")}
    space["translate"] = coding.translate
    space["present"] = present
    space["own_system"] = own_system
    space["Decimal"] = Decimal
    return space
