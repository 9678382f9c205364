"""Symbols: what stands for a text while a conversion is recorded.

A symbol knows the text of the message at hand, how to get at the same text of another message, and, where it is a part of
the message, its outline. Asked something that the outline tells, it answers at once. Asked anything else, it answers by
the text at hand, and the recorder notes the question: a message that answers differently is not of the same shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from .recorder import Recorder


class NotRecordableError(Exception):
    """Something was done to a symbol that cannot be written down."""


class Symbol:
    """A value that differs from message to message.

    `at_hand` is the value of the message that is recorded, `known` its outline or None, `name` the expression that gives
    the value in the recorded function. With `distinct`, it is only ever compared with its like, and mostly differs.
    A `safe` one can stand in JSON as it is.
    """

    __slots__ = ("at_hand", "distinct", "known", "name", "parts", "recorder", "safe")

    def __init__(  # noqa: PLR0913  what is known of a value
        self,
        recorder: Recorder,
        at_hand: Any,
        name: str = "",
        known: str | None = None,
        *,
        distinct: bool = False,
        safe: bool = False,
    ) -> None:
        self.safe = (
            safe or not isinstance(at_hand, str) or (known is not None and "\\" not in known and '"' not in known)
        )
        self.recorder = recorder
        self.at_hand = at_hand
        self.name = name
        self.known = known
        self.distinct = distinct
        self.parts: dict[str, Parts] = {}

    def source(self) -> str:
        """The expression that gives the value."""
        return self.name

    def __bool__(self) -> bool:
        return bool(self.known) or self.recorder.ask_truth(self)

    def __eq__(self, other: object) -> bool:
        return self is other or self.recorder.ask_equal(self, other)

    def __hash__(self) -> int:
        if not self.distinct:
            raise NotRecordableError("hash")
        return 0

    def __contains__(self, text: str) -> bool:
        if self.known is not None and text in {"^", "~", "&", "\\"}:
            return text in self.known
        return self.recorder.ask(f"{text!r} in {self.source()}", text in self.at_hand)

    def __len__(self) -> int:
        """No less than the number of its delimiters; `length` asks for the characters."""
        return len(self._outline())

    def length(self) -> int:
        """How many characters it has."""
        length = len(self.at_hand)
        self.recorder.ask(f"len({self.source()}) == {length}", True)  # noqa: FBT003  the answer
        return length

    def __add__(self, other: object) -> Symbol:
        return Joined(self.recorder, [self, other])

    def __radd__(self, other: object) -> Symbol:
        return Joined(self.recorder, [other, self])

    def isalnum(self) -> bool:
        """Asked only to spare further questions, which the symbol answers as well."""
        return False

    def isspace(self) -> bool:
        """Whether it is blank, which parts of most messages are known not to be."""
        if self.known is not None and not self.recorder.spaced:
            return False
        return self.recorder.ask(f"{self.source()}.isspace()", self.at_hand.isspace())

    def strip(self) -> Symbol:
        """The value without blanks around it."""
        return self.recorder.compute(f"{self.source()}.strip()", self.at_hand.strip())

    def count(self, text: str) -> int:
        """How many delimiters stand in it."""
        return self._outline().count(text)

    def split(self, separator: str, most: int = -1) -> list[Any]:
        """Its parts between delimiters, as symbols; an empty one is an empty text."""
        outline = self._outline()
        if separator not in outline:
            return [self]
        if separator not in self.parts:
            self.parts[separator] = Parts(self, separator)
        parts = self.parts[separator]
        if most < 0 or len(parts.symbols) <= most + 1:
            return list(parts.symbols)
        return [*parts.symbols[:most], parts.rest(most)]

    def _outline(self) -> str:
        if self.known is None:
            raise NotRecordableError("the delimiters of a value that is made")
        return self.known


class Taken(Symbol):
    """What a way leads to from a text, by its outline; it is taken when it is asked for."""

    __slots__ = ("way", "whole")

    def __init__(self, whole: Symbol, way: str, at_hand: str, known: str) -> None:
        super().__init__(whole.recorder, at_hand, known=known)
        self.whole = whole
        self.way = way

    def source(self) -> str:
        """As of every symbol."""
        if not self.name:
            self.name = self.recorder.read(self.whole.source() + self.way)
        return self.name


class Joined(Symbol):
    """Texts one after the other; put together when they are asked for as one."""

    __slots__ = ("joined",)

    def __init__(self, recorder: Recorder, joined: list[Any]) -> None:
        at_hand = "".join(part.at_hand if isinstance(part, Symbol) else part for part in joined)
        super().__init__(recorder, at_hand)
        self.joined = joined

    def __bool__(self) -> bool:
        return any(isinstance(part, str) and part for part in self.joined) or super().__bool__()

    def source(self) -> str:
        """As of every symbol."""
        if not self.name:
            self.name = self.recorder.compute(" + ".join(map(self.recorder.written, self.joined)), self.at_hand).name
        return self.name


class Part(Symbol):
    """A part of a text, read by its place: the text is split when the first of its parts is asked for."""

    __slots__ = ("at", "owner")

    def __init__(self, owner: Parts, at: int, at_hand: str, known: str) -> None:
        super().__init__(owner.whole.recorder, at_hand, known=known)
        self.owner = owner
        self.at = at

    def source(self) -> str:
        """As of every symbol."""
        return f"{self.owner.source()}[{self.at}]"


class Parts:
    """The parts of a text between delimiters."""

    def __init__(self, whole: Symbol, separator: str) -> None:
        self.whole = whole
        self.separator = separator
        self.name = ""
        self.taken = ""
        """The expression that gives the list, where it is there already."""
        known = (whole.known or "").split(separator)
        values = whole.at_hand.split(separator)
        pairs = zip(values, known, strict=True)
        self.symbols = [Part(self, at, *pair) if pair[1] else "" for at, pair in enumerate(pairs)]

    def source(self) -> str:
        """The name of the list that holds them."""
        if not self.name:
            self.name = self.whole.recorder.read(self.taken or f"{self.whole.source()}.split({self.separator!r})")
        return self.name

    def rest(self, most: int) -> Any:
        """What stands after so many parts, delimiters included."""
        whole, separator = self.whole, self.separator
        known = (whole.known or "").split(separator, most)[most]
        at_hand = whole.at_hand.split(separator, most)[most]
        return Taken(whole, f".split({separator!r}, {most})[{most}]", at_hand, known) if known else ""


def present(value: Any) -> Any:
    """A value with what is at hand in place of symbols."""
    if isinstance(value, Symbol):
        return value.at_hand
    if isinstance(value, dict):
        return {key: present(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return list(map(present, cast("list[Any]", value)))
    return tuple(map(present, cast("tuple[Any, ...]", value))) if isinstance(value, tuple) else value
