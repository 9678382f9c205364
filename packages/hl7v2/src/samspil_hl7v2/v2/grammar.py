"""Message structures as text, and as nodes.

The text follows the abstract message syntax of HL7 v2 (chapter 2, section 2.12): `[PD1]` is
optional, `{NTE}` repeats, `<OBR|RXO>` is a choice. A group is named inside its brackets, as in
`[{VISIT: PV1 [PV2]}]`; one that occurs exactly once stands in `(ORDER: ORC OBR)`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

TOKEN = re.compile(r"[\[\]{}()<>|]|\w+:?|\S")
CLOSING = {"[": "]", "{": "}", "(": ")", "<": ">"}


class GrammarError(ValueError):
    """A structure's text is not well formed; `at` is the token where reading stopped."""

    def __init__(self, at: str) -> None:
        super().__init__(f"structure text not understood at {at!r}")
        self.at = at


@dataclass(frozen=True, slots=True)
class Segment:
    """A place for a segment: how often it may occur there (`max` None = unbounded)."""

    name: str
    min: int = 1
    max: int | None = 1


@dataclass(frozen=True, slots=True)
class Group:
    """A named group of places, in order, or a choice of one of them."""

    name: str
    children: tuple["Segment | Group", ...]
    min: int = 1
    max: int | None = 1
    choice: bool = False


Node = Segment | Group


def parse(text: str) -> tuple[Node, ...]:
    """Read the text of a structure. Raises GrammarError."""
    tokens = iter(TOKEN.findall(text))
    return tuple(_nodes(tokens, ""))


def text(nodes: tuple[Node, ...], between: str = " ") -> str:
    """Write nodes as text; `parse` gives the same nodes again."""
    return between.join(_text(node) for node in nodes)


def _nodes(tokens: Iterator[str], closing: str) -> Iterator[Node]:
    for sign in tokens:
        if sign == closing:
            return
        if sign in CLOSING:
            yield _bracket(tokens, sign)
        elif sign.isalnum():
            yield Segment(sign)
        elif sign != "|" or closing != ">":
            raise GrammarError(sign)
    if closing:
        raise GrammarError("end")


def _bracket(tokens: Iterator[str], opening: str) -> Node:
    first = next(tokens, "")
    if first.endswith(":"):
        children = tuple(_nodes(tokens, CLOSING[opening]))
        return _occurring(Group(first[:-1], children, choice=opening == "<"), opening)
    only = _bracket(tokens, first) if first in CLOSING else Segment(first)
    if next(tokens, "") != CLOSING[opening] or not (first.isalnum() or first in CLOSING):
        raise GrammarError(first)
    return _occurring(only, opening)


def _occurring(node: Node, opening: str) -> Node:
    if opening == "[":
        return replace(node, min=0)
    return replace(node, max=None) if opening == "{" else node


def _text(node: Node) -> str:
    inner = node.name
    if isinstance(node, Group):
        between = "|" if node.choice else " "
        inner = f"{node.name}: {text(node.children, between)}"
        if node.choice:
            inner = f"<{inner}>"
        elif (node.min, node.max) == (1, 1):
            inner = f"({inner})"
    if node.max is None:
        inner = f"{{{inner}}}"
    return inner if node.min else f"[{inner}]"
