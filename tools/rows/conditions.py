"""The guide's ANTLR-like conditions: read, evaluated, and met by a made-up message."""

import re
from collections.abc import Callable
from functools import cache
from itertools import product
from math import prod

REF = re.compile(r"\b([A-Z][A-Z0-9]{1,2})[-.](\d+)(?:\.(\d+))?(?:\.(\d+))?\b")
TOKEN = re.compile(
    r"\s*(\"[^\"]*\"|'[^']*'|[(),=]|[A-Z][A-Z0-9]{1,2}[-.]\d+(?:\.\d+)*|LST\.COUNT|[A-Z]+|\d+)", re.IGNORECASE
)
_MOST = 20_000

Text = Callable[[str, tuple[int, ...]], list[str]]
"""Texts of a position (name, numbers): one for each repetition."""
Place = tuple[str, tuple[int, ...]]
"""A position: a segment or datatype, and its numbers."""


class UnreadableError(Exception):
    """A condition that this plain reading does not take."""


def holds(condition: str, text: Text) -> bool:
    """Whether a condition is true; one that cannot be read counts as true."""
    if not condition:
        return True
    try:
        return _Reading(condition, text).whole()
    except (UnreadableError, IndexError):
        return True


def met(
    condition: str, fixed: dict[Place, str], own: Place, choices: list[str], made: Callable[[Place], str]
) -> dict[Place, str]:
    """Give texts under which a condition holds.

    `fixed` stay; `own` is one of `choices`, unless the condition is that it is not there. Where a text has `~` it repeats.
    With no such texts, or where the condition cannot be read, `own` is the first choice.
    """
    condition = re.sub(r"^IF (NOT (?:VALUED|IN|EQUAL))", rf"IF {own[0]}-{'.'.join(map(str, own[1]))} \1", condition)
    literals = re.findall(r"\"([^\"]*)\"|'([^']*)'", condition)
    said = [first or second for first, second in literals]
    places: list[Place] = []
    for found in REF.finditer(condition.upper()):
        place = (found[1], tuple(int(part) for part in found.groups()[1:] if part))
        if place not in (*places, own) and place not in fixed:
            places.append(place)
    others = [["", made(place), *said, f"{made(place)}~{made(place)}"] for place in places]
    own_choices = [*choices, *said, *([f"{choices[0]}~{choices[0]}"] if choices[0] else []), ""]
    if len(own_choices) * prod(map(len, others)) > _MOST:
        others = [each[:2] for each in others]
    for chosen in product(own_choices, *others):
        texts = {**fixed, own: chosen[0], **dict(zip(places, chosen[1:], strict=True))}

        def text(name: str, numbers: tuple[int, ...], texts: dict[Place, str] = texts) -> list[str]:
            return _text(texts, name, numbers)

        if holds(condition, text):
            return texts
    return {**fixed, own: choices[0]}


def _text(texts: dict[Place, str], name: str, numbers: tuple[int, ...]) -> list[str]:
    """Give the texts of a position; a field is there when one of its components is, and a whole is its first part."""
    exact = texts.get((name, numbers))
    if exact is not None:
        return exact.split("~") if exact else []
    below = [value for (owner, at), value in texts.items() if owner == name and at[: len(numbers)] == numbers and value]
    above = texts.get((name, numbers[:-1]), "") if numbers[-1] == 1 else ""
    return below or ([above] if above else [])


@cache
def _tokens(condition: str) -> tuple[str, ...]:
    tokens: list[str] = []
    at = 0
    while condition[at:].strip():
        found = TOKEN.match(condition, at)
        if not found:
            raise UnreadableError(condition)
        if found[1].upper() != "IF":
            tokens.append(found[1])
        at = found.end()
    return tuple(tokens)


class _Reading:
    """One reading of a condition: VALUED, EQUALS, IS, IN, LST.COUNT, AND, OR, parentheses."""

    def __init__(self, condition: str, text: Text) -> None:
        self.text = text
        self.tokens = list(_tokens(condition))

    def whole(self) -> bool:
        value = self.any()
        if self.tokens:
            raise UnreadableError(self.tokens)
        return value

    def peek(self, *words: str) -> bool:
        return bool(self.tokens) and self.tokens[0].upper() in words

    def skip(self, *words: str) -> bool:
        if self.peek(*words):
            self.tokens.pop(0)
            return True
        return False

    def any(self) -> bool:
        value = self.all()
        while self.skip("OR"):
            value = self.all() or value
        return value

    def all(self) -> bool:
        value = self.one()
        while self.skip("AND"):
            value = self.one() and value
        return value

    def one(self) -> bool:
        if self.skip("("):
            value = self.any()
            if not self.skip(")"):
                raise UnreadableError
            return value
        refs, words = [self.ref()], list[str]()
        while self.peek("AND", "OR") and len(self.tokens) > 1 and REF.fullmatch(self.tokens[1].upper()):
            words.append(self.tokens.pop(0).upper())
            refs.append(self.ref())
        values = self.verb(refs)
        return any(values) if "OR" in words else all(values)

    def ref(self) -> list[str]:
        found = REF.fullmatch(self.tokens.pop(0).upper())
        if not found:
            raise UnreadableError
        return self.text(found[1], tuple(int(part) for part in found.groups()[1:] if part))

    def verb(self, refs: list[list[str]]) -> list[bool]:
        if self.skip("LST.COUNT", "COUNT"):
            return [self.count(len(ref)) for ref in refs]
        first = [ref[0] if ref else "" for ref in refs]
        is_ = self.skip("IS", "DOES")
        negative = self.skip("NOT")
        if self.skip("VALUED", "VALUE", "EXIST"):
            return [bool(one) != negative for one in first]
        if self.skip("EMPTY"):
            return [bool(one) == negative for one in first]
        if self.skip("IN"):
            allowed = self.strings()
        elif self.skip("EQUALS", "EQUAL", "=") or is_ or negative:
            self.skip("TO")
            allowed = [self.string()]
        else:
            raise UnreadableError
        return [(one in allowed) != negative for one in first]

    def count(self, number: int) -> bool:
        words: list[str] = []
        while self.tokens and not self.tokens[0].isdigit():
            words.append(self.tokens.pop(0).upper())
        limit = int(self.tokens.pop(0))
        tests = {"EQUALS": number == limit, "GREATER THAN": number > limit, "LESS THAN OR EQUALS": number <= limit}
        if " ".join(words) not in tests:
            raise UnreadableError
        return tests[" ".join(words)]

    def string(self) -> str:
        token = self.tokens.pop(0)
        if token[0] not in "\"'":
            raise UnreadableError
        return token[1:-1]

    def strings(self) -> list[str]:
        if not self.skip("("):
            raise UnreadableError
        found = [self.string()]
        while self.skip(","):
            found.append(self.string())
        if not self.skip(")"):
            raise UnreadableError
        return found
