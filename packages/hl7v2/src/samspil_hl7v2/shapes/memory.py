"""What a function makes of texts that recur from message to message, remembered by these texts.

Codes, their systems, the authorities that assign identifiers, who sends to whom: what is looked up and worked out of them is
the same in nearly all messages of a sender. The lines of a function that do so, the questions on what they give, and the
pieces of JSON text that hold nothing else are put into functions of their own, one for each set of texts that are looked at
together (see `kinship`). Its results are kept; where a question has another answer it raises, and nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from itertools import groupby
from typing import Any, Protocol

from .kinship import DEFINES, TOKEN, Group, Kinship, base_of, names

FEWEST = 2
"""Values in a piece of JSON text from which on it is remembered as one."""
KEPT = 128
"""Results that are kept of each function, which may be of many senders; all are forgotten when there are more."""
MOST_KEPT = 16_384
"""Results that are kept of all functions of a mapping; all are forgotten when there are more."""
MOST_HELPERS = 2000
"""Functions that are kept; all are forgotten when there are more."""
_LITERALS = re.compile(r"""(?:f'[^']*'|'(?:[^'\\]|\\.)*')(?: (?:f'[^']*'|'(?:[^'\\]|\\.)*'))+""")
_LITERAL = re.compile(r"""f'[^']*'|'(?:[^'\\]|\\.)*'""")


class Recording(Protocol):
    """As much of a recorder as is needed here."""

    recurring: set[str]
    """Variables that are made of recurring texts."""
    constants: dict[str, Any]
    helpers: Helpers
    common: Any
    """What is the same in the settings of all messages."""

    def constant(self, value: Any) -> str:
        """The name of a constant."""
        ...

    def variable(self) -> str:
        """A new name."""
        ...


class OtherShapeError(Exception):
    """A question has another answer than it had: the message is of another shape."""


class Memory(dict[Any, Any]):
    """Results of a function by its text, or by its texts as a tuple; what is not there is made, and kept.

    Raises OtherShapeError. The constants of the function live as long as it, as do their ids.
    """

    __slots__ = ("constants", "helpers", "make")

    def __init__(self, make: Callable[[Any], Any], constants: list[Any], helpers: Helpers) -> None:
        super().__init__()
        self.make = make
        self.constants = constants
        self.helpers = helpers

    def __missing__(self, key: Any) -> Any:
        """Make a result."""
        made = self.make(key)
        if len(self) >= KEPT:
            self.helpers.kept -= len(self)
            self.clear()
        self.helpers.make_room()
        self[key] = made
        return made


class Helpers:
    """The functions made so far, each with its results: shapes whose lines are alike share one, and so what it remembers."""

    __slots__ = ("kept", "made")

    def __init__(self) -> None:
        self.made: dict[Hashable, Memory] = {}
        self.kept = 0
        """Results of all of them."""

    def make_room(self) -> None:
        """One more result is kept."""
        if self.kept >= MOST_KEPT:
            for each in list(self.made.values()):
                each.clear()
            self.kept = 0
        self.kept += 1

    def find(self, source: str, constants: list[Any], common: Any) -> Memory:
        """The results of the function of this source and these constants; it is made where there is none."""
        parts: list[Hashable] = [each if type(each) is frozenset else id(each) for each in constants]
        key = (source, *parts)
        if key not in self.made:
            if len(self.made) >= MOST_HELPERS:
                self.made.clear()
            space = {f"c{at}": each for at, each in enumerate(constants)} | {"X": common, "Other": OtherShapeError}
            exec(compile(source, "<samspil memory>", "exec"), space)  # noqa: S102  made below, of checked rows
            self.made[key] = Memory(space["make"], constants, self)
        return self.made[key]


def remembering(reads: list[str], lines: list[str], recorder: Recording) -> list[str]:
    """Lines with calls of functions for what is made of recurring texts; `reads` take the message apart for them."""
    kinship = Kinship(reads, lines, recorder.recurring)
    bodies = {id(group): [lines[at] for at in group.lines] for group in kinship.groups}
    first = {0 if group is kinship.first else group.lines[0] + 1: group for group in kinship.groups}
    taken = {at for group in kinship.groups for at in group.lines}
    folds = _Folds(kinship, bodies, recorder)
    left = {at: folds.folded(line) for at, line in enumerate(lines) if at not in taken}
    needed = {base_of(name) for source in left.values() for name in names(source)}
    needed |= {text for group in kinship.groups for text in group.texts}
    made: list[str] = []
    for at in range(len(lines) + 1):
        if at in first:
            body = bodies[id(first[at])]
            made += _call(first[at], kinship.reads_within(body), body, needed, recorder)
        elif at - 1 in left:
            made.append(left[at - 1])
    return [*kinship.reads_for(made), *made]


class _Folds:
    """Runs of literals whose values are of one group: they are put together there, and stand for one value."""

    def __init__(self, kinship: Kinship, bodies: dict[int, list[str]], recorder: Recording) -> None:
        self.kinship = kinship
        self.bodies = bodies
        self.recorder = recorder
        self.made: dict[str, str] = {}

    def folded(self, line: str) -> str:
        """A line with shorter runs of literals."""
        return _LITERALS.sub(self._run, line)

    def _run(self, run: re.Match[str]) -> str:
        literals: list[str] = _LITERAL.findall(run[0])
        homes: list[Group | None] = []
        for literal in literals:
            fixed = not literal.startswith("f")
            homes.append((homes[-1] if homes else None) if fixed else self.kinship.home(names(literal)))
        parts: list[str] = []
        for _, each in groupby(zip(literals, homes, strict=True), key=lambda pair: id(pair[1])):
            pairs = list(each)
            parts += self._part([literal for literal, _ in pairs], pairs[0][1])
        return " ".join(parts)

    def _part(self, literals: list[str], group: Group | None) -> list[str]:
        if group is None or sum(literal.startswith("f") for literal in literals) < FEWEST:
            return literals
        last = [] if literals[-1].startswith("f") else [literals.pop()]
        source = f"({' '.join(literals)})"
        if source not in self.made:
            self.made[source] = self.recorder.variable()
            self.bodies[id(group)].append(f"{self.made[source]} = {source}")
        return [f"f'{{{self.made[source]}}}'", *last]


def _call(group: Group, reads: list[str], lines: list[str], needed: set[str], recorder: Recording) -> list[str]:
    """Lines that call the function of a group."""
    renamed = {text: f"t{at}" for at, text in enumerate(group.texts)}
    made = [found[1] for line in (*reads, *lines) if (found := DEFINES.match(line))]
    renamed |= {name: f"w{at}" for at, name in enumerate(made)}
    given = [name for name in made[len(reads) :] if name in needed]
    constants: dict[str, str] = {}

    def rename(token: re.Match[str]) -> str:
        if token[1] is not None:
            return f"f'{TOKEN.sub(rename, token[1])}'"
        if token[0].startswith("K"):
            return constants.setdefault(token[0], f"c{len(constants)}")
        if token[0] in renamed:
            return renamed[token[0]]
        base = base_of(token[0])
        return renamed.get(base, base) + token[0][len(base) :]

    body = [_raising(TOKEN.sub(rename, line)) for line in (*reads, *lines)]
    key, texts = ", ".join(renamed[text] for text in group.texts), ", ".join(group.texts)
    taken = [f"{key} = key"] if len(group.texts) > 1 else []
    results = ", ".join(renamed[name] for name in given) or "None"
    argument = "key" if taken else key
    source = "\n    ".join([f"def make({argument}):", *taken, *body, f"return {results}\n"])
    memory = recorder.helpers.find(source, [recorder.constants[name] for name in constants], recorder.common)
    call = f"{recorder.constant(memory)}[{texts}]"
    return [f"{', '.join(given)} = {call}" if given else call]


def _raising(line: str) -> str:
    """A line that raises where it gave None."""
    return f"{line.removesuffix('return None')}raise Other" if line.endswith("return None") else line
