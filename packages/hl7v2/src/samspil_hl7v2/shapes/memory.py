"""What a function makes of texts that recur from message to message, remembered by these texts.

Codes, their systems, the authorities that assign identifiers: what is looked up and worked out of them is the same in nearly
all messages of a sender. The lines of a function that do so, and the questions on what they give, are put into functions of
their own, one for each set of texts that are looked at together. Its results are kept; a question with another answer
keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

MOST_TEXTS = 4
"""Texts by which a result may be remembered: more of them seldom recur together."""
LEAST_LINES = 2
"""Calls that are worth remembering."""
KEPT = 32
"""Results that are kept of each function; all are forgotten when there are more."""
MOST_HELPERS = 2000
"""Functions that are kept; all are forgotten when there are more."""
_DEFINES = re.compile(r"(v\d+) = (.*)", re.DOTALL)
_TOKEN = re.compile(r"""f'([^']*)'|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b(?:[vK]\d+|[LRX])\b(?:\[\d+\])?""")


class Recording(Protocol):
    """As much of a recorder as is needed here."""

    recurring: set[str]
    """Variables that are made of recurring texts."""
    constants: dict[str, Any]
    helpers: Helpers

    def constant(self, value: Any) -> str:
        """The name of a constant."""
        ...


@dataclass(slots=True)
class Group:
    """Lines that look into the same texts."""

    texts: dict[str, None] = field(default_factory=dict[str, None])
    """In the order of their first use."""
    made: set[str] = field(default_factory=set[str])
    lines: list[int] = field(default_factory=list[int])


@lru_cache(maxsize=2048)
def names(source: str) -> tuple[str, ...]:
    """The variables in an expression or statement, those of lists with their index.

    >>> names("v3 = K1(v1[2], 'v2') + f'{v4}'")
    ('v3', 'v1[2]', 'v4')
    """
    found: list[str] = []
    for token in _TOKEN.finditer(source):
        if token[1] is not None:
            found += names(token[1])
        elif token[0][0] not in "'\"K":
            found.append(token[0])
    return tuple(found)


class Helpers:
    """The functions made so far, each with its results: shapes whose lines are alike share one, and so what it remembers."""

    __slots__ = ("made",)

    def __init__(self) -> None:
        self.made: dict[Hashable, Helper] = {}

    def find(self, source: str, constants: list[Any]) -> Helper:
        """The function of this source and these constants; it is made where there is none."""
        parts: list[Hashable] = [each if type(each) is frozenset else id(each) for each in constants]
        key = (source, *parts)
        if key not in self.made:
            if len(self.made) >= MOST_HELPERS:
                self.made.clear()
            space = {f"c{at}": each for at, each in enumerate(constants)}
            exec(compile(source, "<samspil memory>", "exec"), space)  # noqa: S102  made below, of checked rows
            self.made[key] = Helper(space["M"].get, space["g"], constants)
        return self.made[key]


class Helper(NamedTuple):
    """Gives the results that are remembered, and those that are not. Its constants live as long as it, as do their ids."""

    remembered: Callable[..., Any]
    anew: Callable[..., Any]
    constants: list[Any]


def remembering(lines: list[str], recorder: Recording, elsewhere: Iterable[str]) -> list[str]:
    """Lines with calls of functions for what is made of recurring texts; `elsewhere` is other source that uses variables."""
    groups = _groups(lines, recorder.recurring)
    taken = {at: group for group in groups for at in group.lines}
    left = [line for at, line in enumerate(lines) if at not in taken]
    needed = {_base(name) for source in (*left, *elsewhere) for name in names(source)}
    made: list[str] = []
    for at, line in enumerate(lines):
        group = taken.get(at)
        if group is None:
            made.append(line)
        elif group.lines[0] == at:
            made += _call(group, [lines[each] for each in group.lines], needed, recorder)
    return made


def _call(group: Group, lines: list[str], needed: set[str], recorder: Recording) -> list[str]:
    """Lines that call the function of a group."""
    renamed = {text: f"t{at}" for at, text in enumerate(group.texts)}
    given: list[str] = []
    for line in lines:
        if defines := _DEFINES.match(line):
            renamed[defines[1]] = f"w{len(renamed)}"
            if defines[1] in needed:
                given.append(defines[1])
    constants: dict[str, str] = {}

    def rename(token: re.Match[str]) -> str:
        if token[0].startswith("K"):
            return constants.setdefault(token[0], f"c{len(constants)}")
        return renamed.get(token[0], token[0])

    body = [_TOKEN.sub(rename, line) for line in lines]
    key = ", ".join(renamed[text] for text in group.texts)
    results = ", ".join(renamed[name] for name in given) or "None"
    last = [f"if len(M) >= {KEPT}: M.clear()", f"found = M[{key}] = ({results},)", "return found\n"]
    source = "\n    ".join([f"M = {{}}\ndef g({key}, X):", *body, *last])
    helper = recorder.helpers.find(source, [recorder.constants[name] for name in constants])
    texts = ", ".join(group.texts)
    remembered, anew = recorder.constant(helper.remembered), recorder.constant(helper.anew)
    call = f"m = {remembered}({texts if len(group.texts) == 1 else f'({texts})'}) or {anew}({texts}, X)"
    unpacked = [f"{', '.join(given)}, = m"] if given else []
    return [call, "if m is None: return None", *unpacked]


def _groups(lines: list[str], recurring: set[str]) -> list[Group]:
    texts, inner = _texts(lines, recurring)
    of: dict[str, Group] = {}
    for name in (name for name in texts if name in recurring):
        _unite(texts[name], of)
    for name, each in texts.items():
        group = of.get(next(iter(each), ""))
        if name in recurring and group is not None:
            group.made |= {name, *inner[name]}
    chosen = [
        group
        for group in {id(group): group for group in of.values()}.values()
        if len(group.texts) <= MOST_TEXTS and len(group.made & recurring) >= LEAST_LINES
    ]
    homes = {name: group for group in chosen for name in group.made}
    for at, line in enumerate(lines):
        if (group := _home(line, homes)) is not None:
            group.lines.append(at)
    return chosen


def _unite(texts: Iterable[str], of: dict[str, Group]) -> None:
    """Put texts that are looked at together into one group."""
    united = Group()
    for text in texts:
        old = of.get(text)
        united.texts |= old.texts if old is not None else {text: None}
    for text in united.texts:
        of[text] = united


def _texts(lines: list[str], recurring: set[str]) -> tuple[dict[str, dict[str, None]], dict[str, set[str]]]:
    """Of each variable that recurring texts alone are needed for: these texts, and the variables on the way."""
    texts: dict[str, dict[str, None]] = {}
    inner: dict[str, set[str]] = {}
    defined: set[str] = set()
    for line in lines:
        defines = _DEFINES.match(line)
        if defines is None:
            continue
        name, source = defines[1], defines[2]
        defined.add(name)
        if name not in recurring and "(" in source:
            continue
        used = [each for each in names(source) if each != "X"]
        if any(_base(each) in defined and _base(each) not in texts for each in used) or not used:
            continue
        texts[name], inner[name] = {}, set()
        for each in used:
            base = _base(each)
            texts[name] |= texts.get(base, {each: None})
            inner[name] |= {base, *inner[base]} if base in texts else set()
    return texts, inner


def _home(line: str, homes: dict[str, Group]) -> Group | None:
    """The group that a line belongs to: it makes a variable of it, or asks about its variables alone."""
    defines = _DEFINES.match(line)
    if defines is not None:
        return homes.get(defines[1])
    used = names(line)
    group = next((homes[name] for name in map(_base, used) if name in homes), None)
    if group is None or not all(_base(name) in group.made or name in group.texts for name in used):
        return None
    return group


def _base(name: str) -> str:
    return name.partition("[")[0]
