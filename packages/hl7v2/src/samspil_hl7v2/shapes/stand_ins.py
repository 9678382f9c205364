"""Functions that look into a text, as they stand in a recording: each calls the real one and has the call written down."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from samspil_core.identity import name_uuid, uuid_of
from samspil_hl7v2 import bundle, identity, positions, primitives, rules
from samspil_hl7v2.context import Context
from samspil_hl7v2.escapes import unescape
from samspil_hl7v2.mapping.rows import CodeRow, Vocabulary
from samspil_hl7v2.message import Segment
from samspil_hl7v2.times import is_before
from samspil_hl7v2.v2.table_codes import V2, own_system

from .recorder import Recorder
from .symbol import Joined, Symbol, present
from .writing import is_safe, json_text, keep_text

Recorded = Callable[..., Any]
_CELLS = ("target", "system", "display")
_RECURRING = frozenset({primitives.as_uri, primitives.as_boolean})
"""Primitives of texts that recur, beside codes."""
_HOUSES = frozenset({"Organization", "Location", "Device"})
"""Types of which a sender has few: their ids recur, beside what is made of codes."""
_NO_CONTEXT: Any = object()
"""What a rule is given that needs no context: one that does raises AttributeError."""
_known = lru_cache(maxsize=8192)(uuid_of)
"""As `uuid_of`, remembered, as `identity.known_uuid` is."""


def stand_ins(recorder: Recorder) -> dict[str, Recorded]:
    """Those that have one form wherever they are used, by their names."""
    return {
        "text_of": _text_of(recorder),
        "name_uuid": _uuid(recorder, uuid_of),
        "known_uuid": _uuid(recorder, _known),
        "query": _query(recorder),
        "unescape": _unescape(recorder),
        "dated": _dated(recorder),
        "is_before": _is_before(recorder),
        "is_local": _is_local(recorder),
        "own_system": _own_system(recorder),
        "fill": _fill(recorder),
    }


def _text_of(recorder: Recorder) -> Recorded:
    def recorded(value: Any) -> Symbol:
        made = recorder.compute(json_text(recorder, value), identity.text_of(present(value)))
        keep_text(recorder, value, made.name)
        return made

    return recorded


def _query(recorder: Recorder) -> Recorded:
    def part(function: Callable[[str], str], value: Any) -> Any:
        if not isinstance(value, Symbol):
            return function(value)
        source = f"{recorder.constant(function)}({value.source()})"
        return recorder.compute(source, function(value.at_hand), safe=True, recurring=recorder.recurs(value))

    def recorded(system: Any, value: Any) -> Symbol:
        return Joined(recorder, ["identifier=", part(bundle.quoted, system), "%7C", part(bundle.token, value)])

    return recorded


def _uuid(recorder: Recorder, function: Callable[..., str]) -> Recorded:
    def recorded(*parts: Any) -> Symbol:
        name = " ".join(_counted(part) if isinstance(part, Symbol) else repr(f"{len(part)}:{part}") for part in parts)
        source = f"{recorder.constant(function)}({name})"
        recurring = function is _known and parts[0] in _HOUSES
        return recorder.compute(source, name_uuid(*map(present, parts)), distinct=True, recurring=recurring)

    return recorded


def _counted(part: Symbol) -> str:
    """A part of a name, its length before it; what is joined to one text is not joined for this alone."""
    joined = (
        part.joined if isinstance(part, Joined) and all(isinstance(each, Symbol) for each in part.joined) else [part]
    )
    sources = [each.source() for each in joined]
    return (
        f"f'{{{' + '.join(f'len({source})' for source in sources)}}}:{''.join(f'{{{source}}}' for source in sources)}'"
    )


def _unescape(recorder: Recorder) -> Recorded:
    def recorded(text: Any, codec: str) -> Any:
        if not isinstance(text, Symbol):
            return unescape(text, codec)
        if "\\" not in text:
            return text
        return recorder.compute(
            f"{recorder.constant(unescape)}({text.source()}, X.codec)", unescape(text.at_hand, codec)
        )

    return recorded


def _is_before(recorder: Recorder) -> Recorded:
    def recorded(one: Any, other: Any) -> bool:
        return recorder.call(is_before, one, other)

    return recorded


def _is_local(recorder: Recorder) -> Recorded:
    def recorded(system: Any) -> bool:
        return recorder.call(bundle.is_local, system) if isinstance(system, Symbol) else bundle.is_local(system)

    return recorded


def value(recorder: Recorder, function: Callable[..., Any]) -> Recorded:
    """A primitive: what cannot be read is this very text; what can be is read anew in each message."""

    def recorded(text: Any, k: int, x: Context, row: int, vocabulary: Book | None, allowed: Any) -> Any:  # noqa: PLR0913, PLR0917  as all primitives
        real = vocabulary.vocabulary if vocabulary is not None else None
        at_hand = function(present(text), k, x, row, real, allowed)
        if not isinstance(text, Symbol):
            return at_hand
        if at_hand is None:
            recorder.pin(text)
            return None
        if function is primitives.as_code and (code := _code(recorder, text, real, allowed)) is not None:
            return code
        name, *constants = (recorder.constant(each) for each in (function, real, allowed))
        source = f"{name}({text.source()}, 0, X, 0, {', '.join(constants)})"
        return recorder.outcome(source, at_hand, recurring=function in _RECURRING)

    return recorded


def _code(recorder: Recorder, text: Symbol, vocabulary: Vocabulary | None, allowed: Any) -> Symbol | None:
    """What `as_code` makes of a text, in its usual cases: any code, one of those allowed, one of a vocabulary."""
    tight = primitives.tight(text.at_hand)
    if vocabulary is None and allowed is None:
        source = f"{recorder.constant(primitives.tight)}({text.source()})"
        return recorder.compute(source, tight, safe=text.safe, recurring=True)
    if tight != text.at_hand:
        return None
    if vocabulary is None:
        recorder.ask(f"{text.source()} in {recorder.constant(allowed)}", answer=True)
        return text
    found = vocabulary.codes.get(tight)
    if found is None:
        return None
    source = f"{recorder.constant(vocabulary.codes)}.get({text.source()})"
    name = recorder.compute(source, found, recurring=True).name
    recorder.ask(f"{name} is None", answer=False)
    recorder.ask(f"{name}.target" if allowed is None else f"{name}.target in {recorder.constant(allowed)}", answer=True)
    return Symbol(recorder, found.target, f"{name}.target")


def _dated(recorder: Recorder) -> Recorded:
    def recorded(text: Any, zone: Any, offset: str) -> primitives.Dated | None:
        found = primitives.dated(present(text), zone, offset)
        if not isinstance(text, Symbol):
            return found
        if found is not None and found.odd is None:
            reader = "exact" if found.exact else "day"
            value = recorder.compute(f"{recorder.reader(reader)}({text.source()})", found.value, safe=True)
            recorder.ask_truth(value)
            return found._replace(value=value)  # type: ignore[arg-type]
        name = recorder.compute(f"X.clock.dated({text.source()})", found).name
        if found is None:
            recorder.ask(f"{name} is None", answer=True)
            return None
        odd = recorder.constant(found.odd)
        recorder.ask(f"{name} is not None and {name}[1] is {found.exact} and {name}[2] == {odd}", answer=True)
        return found._replace(value=Symbol(recorder, found.value, f"{name}[0]", safe=True))  # type: ignore[arg-type]

    return recorded


def _own_system(recorder: Recorder) -> Recorded:
    def recorded(system: Any, code: Any) -> Any:
        fixed = not isinstance(system, Symbol) and (not isinstance(code, Symbol) or not system.startswith(V2))
        if fixed:
            return own_system(system, present(code))
        source = f"{recorder.constant(own_system)}({recorder.written(system)}, {recorder.written(code)})"
        return recorder.compute(
            source, own_system(present(system), present(code)), safe=is_safe(system), recurring=True
        )

    return recorded


def rule(recorder: Recorder, function: Callable[..., Any]) -> Recorded:
    """A named rule: one on the place of a segment follows from the outline; others are asked anew in each message.

    But for one that looks at no text of the message, and not at its context.
    """

    def recorded(x: Context, *arguments: Any) -> Any:
        if any(isinstance(each, Segment) for each in arguments):
            return function(x, *arguments)
        if all(isinstance(each, str) for each in arguments):
            with suppress(AttributeError):
                return function(_NO_CONTEXT, *arguments)
        at_hand = function(x, *map(present, arguments))
        source = ", ".join(map(recorder.written, arguments))
        if function is rules.universal_id:
            return recorder.outcome(f"{recorder.constant(rules.universal)}({source})", at_hand, recurring=True)
        recurring = function is rules.coding_system
        return recorder.outcome(f"{recorder.constant(function)}(X, {source})", at_hand, recurring=recurring)

    return recorded


def _fill(recorder: Recorder) -> Recorded:
    def recorded(pieces: tuple[Any, ...]) -> Any:
        if all(isinstance(each, Symbol) and each.known for each in pieces[1::2]):
            written = [recorder.written(each) for each in pieces if each != ""]
            safe = all(map(is_safe, pieces))
            return recorder.compute(" + ".join(written), positions.fill(present(pieces)), safe=safe)
        source = ", ".join(map(recorder.written, pieces))
        return recorder.outcome(f"{recorder.constant(positions.fill)}(({source},))", positions.fill(present(pieces)))

    return recorded


def length(value: Any) -> int:
    """As `len` in compiled tables, which measure texts by it."""
    return value.length() if isinstance(value, Symbol) else len(value)


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
        name = self.recorder.compute(source, found, recurring=True).name
        self.recorder.ask(f"{name} is None", found is None)
        if found is None:
            return None
        cells = {each: Symbol(self.recorder, getattr(found, each), f"{name}.{each}") for each in _CELLS}
        return CodeRow(**cells)  # type: ignore[arg-type]
