"""The recorder: writes down what a conversion does with the texts of a message, as lines of one straight function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import groupby
from json.encoder import encode_basestring
from typing import Any, cast

from samspil_core.jsontext import dumps

from .outline import pattern
from .symbol import Joined, NotRecordableError, Symbol

_PLAIN = (str, bool, int, type(None))


class Recorder:
    """Lines of a function of `L`, the lines of a message as it reads, `R`, as it stands, and `X`, its setting.

    The function gives None where a question has another answer than it had when it was recorded. With `spaced`, values
    of the message may be blank.
    """

    def __init__(self, *, spaced: bool = False) -> None:
        self.spaced = spaced
        self.reads: list[str] = []
        """Lines that take the message apart."""
        self.lines: list[str] = []
        """Everything else, questions included."""
        self.constants: dict[str, Any] = {}
        self.texts: dict[int, tuple[Symbol, list[Any]]] = {}
        """Parts of the message that were compared with texts, with the texts they are not equal to."""
        self.equals: dict[int, tuple[Symbol, Any]] = {}
        """Symbols that are equal to a constant."""
        self.unlike: list[Symbol] = []
        """Distinct symbols that were compared with each other and differ."""
        self.asked: dict[str, bool] = {}
        self.names: dict[int, str] = {}
        self.made: dict[str, Symbol] = {}
        self.outcomes: dict[str, Any] = {}
        """What was computed already, by its source: each is computed once."""
        self.count = 0

    def constant(self, value: Any) -> str:
        """The name of a constant of the function."""
        name = self.names.get(id(value))
        if name is None:
            name = self.names[id(value)] = f"K{len(self.names)}"
            self.constants[name] = value
        return name

    def variable(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def read(self, source: str) -> str:
        """Take something out of the message, before all else."""
        name = self.variable()
        self.reads.append(f"{name} = {source}")
        return name

    def compute(self, source: str, at_hand: Any, *, distinct: bool = False, safe: bool = False) -> Symbol:
        """A value computed from others; the same source gives the same symbol."""
        if source not in self.made:
            name = self.variable()
            self.lines.append(f"{name} = {source}")
            self.made[source] = Symbol(self, at_hand, name, distinct=distinct, safe=safe or distinct)
        return self.made[source]

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a pure function of texts, now with the texts at hand; gives what it gives, as symbols."""
        at_hand = function(*map(present, arguments))
        source = f"{self.constant(function)}({', '.join(self.written(each) for each in arguments)})"
        return self.outcome(source, at_hand)

    def outcome(self, source: str, at_hand: Any) -> Any:
        """What an expression gives: None and booleans are answers, texts and numbers symbols."""
        if source not in self.outcomes:
            self.outcomes[source] = self._outcome(source, at_hand)
        return self.outcomes[source]

    def _outcome(self, source: str, at_hand: Any) -> Any:
        name = self.variable()
        self.lines.append(f"{name} = {source}")
        if at_hand is None or isinstance(at_hand, bool):
            self.demand(f"{name} is {at_hand}")
            return at_hand
        if isinstance(at_hand, list):
            self.demand(f"{name} is not None and len({name}) == {len(at_hand)}")  # pyright: ignore[reportUnknownArgumentType]
            return [Symbol(self, each, f"{name}[{at}]") for at, each in enumerate(at_hand)]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        if not isinstance(at_hand, str | int | Decimal):
            raise NotRecordableError(type(at_hand).__name__)
        self.demand(f"{name} is not None")
        return Symbol(self, at_hand, name)

    # -- questions --

    def demand(self, test: str) -> None:
        """The function goes on only where this holds."""
        self.lines.append(f"if not ({test}): return None")

    def ask(self, test: str, answer: bool) -> bool:  # noqa: FBT001  what the test gives for the message at hand
        """A question, and the answer that it must have in every message of the shape."""
        if test not in self.asked:
            self.asked[test] = answer
            self.demand(test if answer else f"not ({test})")
        return answer

    def ask_truth(self, symbol: Symbol) -> bool:
        return self.ask(symbol.source(), bool(symbol.at_hand))

    def ask_equal(self, one: Symbol, other: Any) -> bool:
        if isinstance(other, Symbol):
            return self._ask_same(one, other)
        if other is None or isinstance(other, dict | list):
            return False
        if not (isinstance(other, str) and isinstance(one.at_hand, str)):
            return self.ask(f"{one.source()} == {self.written(other)}", one.at_hand == other)
        if one.known is not None and pattern(other) != one.known:
            return False
        pinned = self.equals.get(id(one))
        if pinned is not None:
            return pinned[1] == other
        if one.at_hand == other:
            self.pin(one)
            return True
        _, texts = self.texts.setdefault(id(one), (one, []))
        if other not in texts:
            texts.append(other)
            if one.known is None:
                self.demand(f"{one.source()} != {other!r}")
        return False

    def pin(self, symbol: Symbol) -> None:
        """The value is this very one in every message of the shape."""
        if id(symbol) not in self.equals:
            self.equals[id(symbol)] = (symbol, symbol.at_hand)
            if symbol.known is None:
                self.demand(f"{symbol.source()} == {self.constant(symbol.at_hand)}")

    def _ask_same(self, one: Symbol, other: Symbol) -> bool:
        if one.known != other.known and one.known is not None and other.known is not None:
            return False
        if one.source() == other.source():
            return True
        same = one.at_hand == other.at_hand
        if one.distinct and other.distinct and not same:
            self.unlike += [one, other]
            return False
        return self.ask(f"{one.source()} == {other.source()}", same)

    def alike(self, one: Any, other: Any, *, ordered: bool) -> bool:
        """Whether two JSON values are equal; with `ordered`, the members of their objects in their order too."""
        pairs: list[tuple[Any, Any]] = []
        if not _match(one, other, pairs, ordered=ordered):
            return False
        if not pairs:
            return True
        same = all(present(left) == present(right) for left, right in pairs)
        test = " and ".join(f"{self.written(left)} == {self.written(right)}" for left, right in pairs)
        return self.ask(test, same)

    # -- writing down --

    def written(self, value: Any) -> str:
        """An expression for a JSON value with symbols in it, or for a constant."""
        if isinstance(value, Symbol):
            return value.source()
        if isinstance(value, _PLAIN):
            return repr(value)
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key!r}: {self.written(each)}" for key, each in value.items()) + "}"  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        if isinstance(value, list):
            return "[" + ", ".join(self.written(each) for each in value) + "]"  # pyright: ignore[reportUnknownVariableType]
        return self.constant(value)

    def tests(self) -> list[str]:
        """Questions on the texts of the message, which need nothing computed."""
        lines = [
            f"{symbol.source()} != {self.constant(text)}"
            for symbol, text in self.equals.values()
            if symbol.known is not None
        ]
        for key, (symbol, texts) in self.texts.items():
            if symbol.known is not None and key not in self.equals:
                lines.append(
                    f"{symbol.source()} == {texts[0]!r}"
                    if len(texts) == 1
                    else f"{symbol.source()} in {self.constant(frozenset(texts))}"
                )
        return [f"if {test}: return None" for test in lines]

    def json(self, value: Any) -> str:
        """An expression for the JSON text of a value with symbols in it, as `dumps` writes it."""
        pieces: list[str | Symbol] = []
        _pieces(value, pieces)
        written: list[str] = []
        for fixed, run in groupby(pieces, key=lambda piece: isinstance(piece, str)):
            if fixed:
                written.append(repr("".join(cast("Iterable[str]", run))))
            else:
                written += [f"f'{{{self._json_text(cast('Symbol', symbol))}}}'" for symbol in run]
        return "(" + " ".join(written) + ")"

    def _json_text(self, symbol: Symbol) -> str:
        if symbol.safe:
            return symbol.source()
        return f"{self.constant(_escaped)}({symbol.source()})"

    def function(self, result: str) -> str:
        """The source text of the function."""
        tests = self.tests()
        lines = [*self.reads, *tests, *self.lines]
        unlike = {symbol.at_hand: symbol.source() for symbol in self.unlike}
        if unlike:
            lines.append(f"if len({{{', '.join(unlike.values())}}}) != {len(unlike)}: return None")
        return "\n    ".join(["def shape(L, R, X):", *lines, f"return {result}"]) + "\n"


def _pieces(value: Any, pieces: list[str | Symbol]) -> None:
    """A value as JSON text, in pieces: what is the same in all messages, and symbols."""
    if isinstance(value, Joined):
        pieces.append('"')
        for part in value.joined:
            _inner(part, pieces)
        pieces.append('"')
    elif isinstance(value, Symbol):
        quoted = isinstance(value.at_hand, str)
        pieces += ['"', value, '"'] if quoted else [value]
    elif isinstance(value, dict):
        for at, (key, each) in enumerate(value.items()):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            pieces.append(f'{"," if at else "{"}"{key}":')
            _pieces(each, pieces)
        pieces.append("}" if value else "{}")
    elif isinstance(value, list):
        for at, each in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            pieces.append("," if at else "[")
            _pieces(each, pieces)
        pieces.append("]" if value else "[]")
    else:
        pieces.append(dumps(value).decode())


def _inner(part: Any, pieces: list[str | Symbol]) -> None:
    """A part of a text as it stands between the quotes of JSON."""
    if isinstance(part, Joined):
        for each in part.joined:
            _inner(each, pieces)
    else:
        pieces.append(part if isinstance(part, Symbol) else _escaped(part))


def _escaped(text: str) -> str:
    """A text as it stands between the quotes of JSON."""
    return encode_basestring(text)[1:-1]


def is_safe(value: Any) -> bool:
    """Whether a text can stand in JSON as it is."""
    return value.safe if isinstance(value, Symbol) else not isinstance(value, str) or _escaped(value) == value


def _match(one: Any, other: Any, pairs: list[tuple[Any, Any]], *, ordered: bool) -> bool:
    """Whether two values may be equal; collects the pairs in which their equality rests on symbols."""
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys() or (ordered and list(one) != list(other)):  # pyright: ignore[reportUnknownArgumentType]
            return False
        return all(_match(value, other[key], pairs, ordered=ordered) for key, value in one.items())  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(  # pyright: ignore[reportUnknownArgumentType]
            _match(left, right, pairs, ordered=ordered)
            for left, right in zip(one, other, strict=True)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        )
    if isinstance(one, Symbol) or isinstance(other, Symbol):
        return _match_symbols(one, other, pairs, ordered=ordered)
    return type(one) is type(other) and one == other


def _match_symbols(one: Any, other: Any, pairs: list[tuple[Any, Any]], *, ordered: bool) -> bool:
    if isinstance(one, dict | list) or isinstance(other, dict | list):
        return False
    if isinstance(one, Symbol) and isinstance(other, Symbol):
        if one.known and other.known and one.known != other.known:
            return False
        if one.source() == other.source():
            return True
    if ordered and isinstance(present(one), Decimal) and present(one) == present(other):
        raise NotRecordableError("equal numbers, which may be written differently")
    pairs.append((one, other))
    return True


def present(value: Any) -> Any:
    """A value with the texts at hand in place of symbols."""
    if isinstance(value, Symbol):
        return value.at_hand
    if isinstance(value, dict):
        return {key: present(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [present(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, tuple):
        return tuple(present(each) for each in value)  # pyright: ignore[reportUnknownVariableType]
    return value
