"""The conversion itself, once more, with symbols instead of texts.

Recording runs the functions that convert, the compiled tables included, and no others: each is the same code, which finds
other things under some of the names it uses. What takes a text apart by its outline stays as it is; what looks into a text
(to read a date, to look up a code, to make an id) is replaced by a call that is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import FunctionType
from typing import Any

from samspil_core.identity import uuid_of
from samspil_hl7v2 import bundle, coding, engine, identity, positions, primitives, report, rules
from samspil_hl7v2.context import Context, Made, Resource
from samspil_hl7v2.escapes import unescape
from samspil_hl7v2.mapping.compiled import Entry, Program
from samspil_hl7v2.mapping.rows import CodeRow, Vocabulary
from samspil_hl7v2.message import Segment
from samspil_hl7v2.v2.table_codes import V2, own_system

from .recorder import Recorder, is_safe, present
from .symbol import Symbol

Names = dict[str, Any]
_CELLS = ("target", "system", "display")
_known = lru_cache(maxsize=8192)(uuid_of)
"""As `uuid_of`, remembered, as `identity.known_uuid` is."""


def replica(names: Names, others: Names) -> Names:
    """Functions that find `others` under their names, and each other, and are the same otherwise."""
    made = dict(names)
    for name, item in names.items():
        if isinstance(item, FunctionType) and item.__globals__ is names:
            made[name] = FunctionType(item.__code__, made, name, item.__defaults__, item.__closure__)
            made[name].__kwdefaults__ = item.__kwdefaults__
    made.update(others)
    return made


@dataclass(slots=True, eq=False)
class RecordingContext(Context):
    """The state of a conversion that is recorded: contents are compared symbol by symbol, not by their JSON text."""

    recorder: Recorder = field(default_factory=Recorder)
    bodies: list[tuple[str, Resource, Made]] = field(default_factory=list[tuple[str, Resource, Made]])

    def made(self, type_: str, body: Resource) -> Resource:
        for known, then, made in self.bodies:
            if known == type_ and self.recorder.alike(then, body, ordered=True):
                if self.trace:
                    self.equal(body, made.body)
                break
        else:
            made = Made(type_, body)
            self.bodies.append((type_, identity.copy(body), made))
            self.resources.append(made)
            made.number = len(self.resources)
        reference: Resource = {"reference": f"#{made.number}"}
        made.references.append(reference)
        return reference

    def join(self, values: list[Any], value: Any) -> None:
        for each in values:
            if self.recorder.alike(each, value, ordered=False):
                if self.trace:
                    self.equal(value, each)
                return
        values.append(value)


def engine_replica(recorder: Recorder) -> Callable[..., engine.Carried]:
    """`engine.carry_over`, recorded."""
    text = {"unescape": _unescape(recorder)}
    ids = {
        "text_of": lambda value: recorder.compute(recorder.json(value), identity.text_of(present(value))),
        "name_uuid": _maker_of_ids(recorder, uuid_of),
        "known_uuid": _maker_of_ids(recorder, _known),
    }
    query = {"query": _query(recorder)}
    return replica(
        vars(engine),
        {
            "finish": replica(vars(identity), ids)["finish"],
            "bundle": replica(vars(bundle), query)["bundle"],
            "report": replica(vars(report), text)["report"],
        },
    )["carry_over"]


def _query(recorder: Recorder) -> Callable[[Any, Any], Symbol]:
    def recorded(system: Any, value: Any) -> Symbol:
        source = f"{recorder.constant(bundle.query)}({recorder.written(system)}, {recorder.written(value)})"
        return recorder.compute(source, bundle.query(present(system), present(value)), safe=True)

    return recorded


def _maker_of_ids(recorder: Recorder, function: Callable[..., str]) -> Callable[..., Symbol]:
    def recorded(*parts: Any) -> Symbol:
        name = " ".join(
            f"f'{{len({part.source()})}}:{{{part.source()}}}'" if isinstance(part, Symbol) else repr(f"{len(part)}:{part}")
            for part in parts
        )
        source = f"{recorder.constant(function)}({name})"
        return recorder.compute(source, identity.name_uuid(*map(present, parts)), distinct=True)

    return recorded


def _unescape(recorder: Recorder) -> Callable[[Any, str], Any]:
    def recorded(text: Any, codec: str) -> Any:
        if not isinstance(text, Symbol):
            return unescape(text, codec)
        if "\\" not in text:
            return text
        return recorder.compute(
            f"{recorder.constant(unescape)}({text.source()}, X.codec)", unescape(text.at_hand, codec)
        )

    return recorded


def program_replica(program: Program, recorder: Recorder) -> Program:
    """A compiled message table, recorded."""
    names = next(entry.run.__globals__ for entries in program.entries.values() for entry in entries)  # type: ignore[attr-defined]
    space = replica(names, _others(names, recorder))

    def copied(entry: Entry) -> Entry:
        when = space[entry.when.__name__] if entry.when is not None else None  # type: ignore[attr-defined]
        return replace(entry, run=space[entry.run.__name__], when=when)  # type: ignore[attr-defined]

    entries = {key: tuple(map(copied, found)) for key, found in program.entries.items()}
    return replace(program, entries=entries, simple={}, reasons={})


def _others(names: Names, recorder: Recorder) -> Names:
    values = {name: _value(recorder, names[name]) for name in names if name.startswith("as_")}
    systems = _own_system(recorder)
    replaced = {**values, "dated": _dated(recorder), "is_before": _call(recorder, primitives.is_before)}
    for name in ("as_dateTime", "as_instant"):
        replaced.pop(name, None)  # they ask `dated`
    writers = replica(vars(primitives), replaced)
    found = {name: writers[name] for name in names if name.startswith(("as_", "put_"))}
    found |= {name: _rule(recorder, rule) for name, rule in names.items() if name.startswith("rule_")}
    found |= {name: Book(recorder, each) for name, each in names.items() if isinstance(each, Vocabulary)}
    found["translate"] = replica(vars(coding), {"own_system": systems})["translate"]
    found["own_system"] = systems
    readers = replica(vars(positions), {"unescape": _unescape(recorder)})
    found |= {name: readers[name] for name in names if name in readers and not name.startswith("_")}
    found["fill"] = _fill(recorder)
    return found


def _call(recorder: Recorder, function: Callable[..., Any]) -> Callable[..., Any]:
    def recorded(*arguments: Any) -> Any:
        if not any(isinstance(each, Symbol) for each in arguments):
            return function(*arguments)
        return recorder.call(function, *arguments)

    return recorded


def _value(recorder: Recorder, function: Callable[..., Any]) -> Callable[..., Any]:
    """A primitive: what cannot be read is this very text; what can be is read anew in each message."""

    def recorded(text: Any, k: int, x: Context, row: int, vocabulary: Book | None, allowed: Any) -> Any:
        real = vocabulary.vocabulary if vocabulary is not None else None
        at_hand = function(present(text), k, x, row, real, allowed)
        if not isinstance(text, Symbol):
            return at_hand
        if at_hand is None:
            recorder.pin(text)
            return None
        if function is primitives.as_code and real is None and allowed is None:
            return recorder.compute(f"{recorder.constant(primitives.tight)}({text.source()})", at_hand, safe=text.safe)
        if function is primitives.as_code and (table := _table(real, allowed)).get(text.at_hand) == at_hand:
            return recorder.outcome(f"{recorder.constant(table)}.get({text.source()})", at_hand)
        name, *constants = (recorder.constant(each) for each in (function, real, allowed))
        return recorder.outcome(f"{name}({text.source()}, 0, X, 0, {', '.join(constants)})", at_hand)

    return recorded


def _table(vocabulary: Vocabulary | None, allowed: frozenset[str] | None) -> dict[str, str]:
    """What `as_code` makes of each code it knows."""
    made = {code: code for code in allowed or ()}
    if vocabulary is not None:
        made |= {code: row.target for code, row in vocabulary.codes.items()}
    return {code: target for code, target in made.items() if target and (allowed is None or target in allowed)}


def _dated(recorder: Recorder) -> Callable[..., primitives.Dated | None]:
    def recorded(text: Any, zone: Any, offset: str) -> primitives.Dated | None:
        found = primitives.dated(present(text), zone, offset)
        if not isinstance(text, Symbol):
            return found
        name = recorder.compute(f"{recorder.constant(primitives.dated)}({text.source()}, X.zone, X.offset)", found).name
        if found is None:
            recorder.ask(f"{name} is None", answer=True)
            return None
        odd = "is None" if found.odd is None else f"== {recorder.constant(found.odd)}"
        recorder.ask(f"{name} is not None and {name}[1] is {found.exact} and {name}[2] {odd}", answer=True)
        return found._replace(value=Symbol(recorder, found.value, f"{name}[0]", safe=True))  # type: ignore[arg-type]

    return recorded


def _own_system(recorder: Recorder) -> Callable[[Any, Any], Any]:
    def recorded(system: Any, code: Any) -> Any:
        fixed = not isinstance(system, Symbol) and (not isinstance(code, Symbol) or not system.startswith(V2))
        if fixed:
            return own_system(system, present(code))
        source = f"{recorder.constant(own_system)}({recorder.written(system)}, {recorder.written(code)})"
        return recorder.compute(source, own_system(present(system), present(code)), safe=is_safe(system))

    return recorded


def _rule(recorder: Recorder, rule: Callable[..., Any]) -> Callable[..., Any]:
    """A named rule: one on the place of a segment follows from the outline; others are asked anew in each message."""

    def recorded(x: Context, *arguments: Any) -> Any:
        if any(isinstance(each, Segment) for each in arguments):
            return rule(x, *arguments)
        at_hand = rule(x, *map(present, arguments))
        source = ", ".join(map(recorder.written, arguments))
        if rule is rules.universal_id:
            return recorder.outcome(f"{recorder.constant(rules.universal)}({source})", at_hand)
        return recorder.outcome(f"{recorder.constant(rule)}(X, {source})", at_hand)

    return recorded


def _fill(recorder: Recorder) -> Callable[..., Any]:
    def recorded(pieces: tuple[Any, ...]) -> Any:
        source = ", ".join(map(recorder.written, pieces))
        if all(isinstance(each, Symbol) and each.known for each in pieces[1::2]):
            written = [recorder.written(each) for each in pieces if each != ""]
            safe = all(map(is_safe, pieces))
            return recorder.compute(" + ".join(written), positions.fill(present(pieces)), safe=safe)
        return recorder.outcome(f"{recorder.constant(positions.fill)}(({source},))", positions.fill(present(pieces)))

    return recorded


class Book:
    """A vocabulary in which symbols are looked up."""

    def __init__(self, recorder: Recorder, vocabulary: Vocabulary) -> None:
        self.recorder = recorder
        self.vocabulary = vocabulary
        self.name = vocabulary.name
        self.source = vocabulary.source
        self.codes = self

    def get(self, code: Any) -> Any:
        """The row of a code, its cells as symbols; None where there is none."""
        found = self.vocabulary.codes.get(present(code))
        if not isinstance(code, Symbol):
            return found
        source = f"{self.recorder.constant(self.vocabulary.codes)}.get({code.source()})"
        name = self.recorder.compute(source, found).name
        self.recorder.ask(f"{name} is None", found is None)
        if found is None:
            return None
        cells = {each: Symbol(self.recorder, getattr(found, each), f"{name}.{each}") for each in _CELLS}
        return CodeRow(**cells)  # type: ignore[arg-type]
