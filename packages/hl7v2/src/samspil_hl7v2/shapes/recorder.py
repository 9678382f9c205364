"""The recorder: writes down what a conversion does with the texts of a message, as lines of one straight function."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from .likeness import match
from .memory import Helpers, remembering
from .outline import pattern
from .symbol import NotRecordableError, Symbol, present

_PLAIN = (str, bool, int, type(None))


class Recorder:
    """Lines of a function of `L`, the lines of a message as it reads, `R`, as it stands, and `X`, its setting.

    Where a question has another answer than it had when it was recorded, the function gives None, or raises OtherShapeError
    out of what it remembers. With `spaced`, values
    of the message may be blank.
    """

    def __init__(self, *, spaced: bool = False, helpers: Helpers | None = None, common: Any = None) -> None:
        self.spaced = spaced
        self.helpers = helpers if helpers is not None else Helpers()
        self.common = common
        """What is the same in the settings of all messages: what remembers results knows no other."""
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
        self.readers: dict[str, str] = {}
        """Variables that hold readers of dates and times, see `clock`."""
        self.outcomes: dict[str, Any] = {}
        """What was computed already, by its source: each is computed once."""
        self.count = 0
        self.texts_made: dict[tuple[Any, ...], str] = {}
        """Expressions for JSON texts that variables hold, by the pieces of these texts; see `writing`."""
        self.recurring: set[str] = set()
        """Variables made of texts that are the same in most messages, see `memory`."""

    def constant(self, value: Any) -> str:
        """The name of a constant of the function."""
        name = self.names.get(id(value))
        if name is None:
            name = self.names[id(value)] = f"K{len(self.names)}"
            self.constants[name] = value
        return name

    def variable(self) -> str:
        """A new name."""
        self.count += 1
        return f"v{self.count}"

    def read(self, source: str) -> str:
        """Take something out of the message, before all else."""
        name = self.variable()
        self.reads.append(f"{name} = {source}")
        return name

    def reader(self, name: str) -> str:
        """The variable that holds a reader of dates and times."""
        if name not in self.readers:
            self.readers[name] = self.read(f"X.clock.{name}")
        return self.readers[name]

    def compute(
        self, source: str, at_hand: Any, *, distinct: bool = False, safe: bool = False, recurring: bool = False
    ) -> Symbol:
        """A value computed from others; the same source gives the same symbol."""
        if source not in self.made:
            name = self.variable()
            if recurring:
                self.recurring.add(name)
            self.lines.append(f"{name} = {source}")
            self.made[source] = Symbol(self, at_hand, name, distinct=distinct, safe=safe or distinct)
        return self.made[source]

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a pure function of texts, now with the texts at hand; gives what it gives, as symbols."""
        at_hand = function(*map(present, arguments))
        source = f"{self.constant(function)}({', '.join(self.written(each) for each in arguments)})"
        return self.outcome(source, at_hand)

    def outcome(self, source: str, at_hand: Any, *, recurring: bool = False) -> Any:
        """What an expression gives: None and booleans are answers, texts and numbers symbols."""
        if source not in self.outcomes:
            self.outcomes[source] = self._outcome(source, at_hand, recurring=recurring)
        return self.outcomes[source]

    def _outcome(self, source: str, at_hand: Any, *, recurring: bool) -> Any:
        name = self.variable()
        if recurring:
            self.recurring.add(name)
        self.lines.append(f"{name} = {source}")
        if at_hand is None or isinstance(at_hand, bool):
            self.demand(f"{name} is {at_hand}")
            return at_hand
        if isinstance(at_hand, list):
            members = cast("list[Any]", at_hand)
            self.demand(f"{name} is not None and len({name}) == {len(members)}")
            return [Symbol(self, each, f"{name}[{at}]") for at, each in enumerate(members)]
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
        """Whether a value is there and not empty."""
        return self.ask(symbol.source(), bool(symbol.at_hand))

    def ask_equal(self, one: Symbol, other: Any) -> bool:
        """Whether a value is equal to another, which may be a symbol."""
        if isinstance(other, Symbol):
            return self._ask_same(one, other)
        if other is None or isinstance(other, dict | list):
            return False
        if isinstance(other, str) and isinstance(one.at_hand, str):
            return self._ask_text(one, other)
        return self.ask(f"{one.source()} == {self.written(other)}", one.at_hand == other)

    def _ask_text(self, one: Symbol, other: str) -> bool:
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
        if not match(one, other, pairs, ordered=ordered):
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
            members = cast("dict[str, Any]", value).items()
            return "{" + ", ".join(f"{key!r}: {self.written(each)}" for key, each in members) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.written, cast("list[Any]", value))) + "]"
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

    def straight(self, result: str) -> list[str]:
        """The lines of the function that gives a result, but for those that take the message apart."""
        tests = self.tests()
        unlike = {symbol.at_hand: symbol.source() for symbol in self.unlike}
        last = [f"if len({{{', '.join(unlike.values())}}}) != {len(unlike)}: return None"] if unlike else []
        last.append(f"return {result}")
        return [*tests, *self.lines, *last]

    def function(self, lines: list[str]) -> str:
        """The source text of the function of these lines."""
        return "\n    ".join(["def shape(L, R, X):", *remembering(self.reads, lines, self)]) + "\n"

    def forget(self) -> None:
        """Let go of all texts of the message; functions can be made of lines still."""
        for held in (self.texts, self.equals, self.unlike, self.asked, self.made, self.outcomes, self.texts_made):
            held.clear()

    def recurs(self, value: Any) -> bool:
        """Whether a value is made of texts that are the same in most messages, or a constant."""
        return not isinstance(value, Symbol) or value.source().partition(".")[0] in self.recurring
