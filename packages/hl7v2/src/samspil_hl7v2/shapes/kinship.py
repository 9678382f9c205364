"""Which lines of a function look into the same recurring texts.

Texts recur where they are looked up, or made systems and URIs of; so does a coded value as a whole, the parts of an authority,
and who sends what to whom, by MSH. Whatever is made of such texts alone recurs with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

MOST_TEXTS = 4
"""Texts by which a result may be remembered: more of them seldom recur together."""
LEAST_LINES = 2
"""Calls that are worth remembering."""
HEAD = "X.head"
"""The expression that gives the parts of MSH."""
HEADER = (2, 3, 4, 5, 8, 10, 11)
"""Places in MSH that recur together: who sends to whom, type of message, processing id, version."""
DEFINES = re.compile(r"(v\d+) = (.*)", re.DOTALL)
TOKEN = re.compile(r"""f'([^']*)'|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b(?:[vK]\d+|[LRX])\b(?:\[\d+\])?""")
_NAME = re.compile(r"\b(?:v\d+|[LRX])\b(?:\[\d+\])?")
_USED = re.compile(rf"""f'([^']*)'|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|({_NAME.pattern})""")
_SPLIT = re.compile(r"(v\d+) = (\S+)\.split\('([|^&])'\)$")

Texts = dict[str, None]
"""Texts by their expressions, in the order of their first use."""


@dataclass(slots=True, eq=False)
class Group:
    """Lines that look into the same texts."""

    texts: Texts = field(default_factory=Texts)
    made: set[str] = field(default_factory=set[str])
    lines: list[int] = field(default_factory=list[int])


@lru_cache(maxsize=2048)
def names(source: str) -> tuple[str, ...]:
    """The variables in an expression or statement, those of lists with their index.

    >>> names("v3 = K1(v1[2], 'v2') + f'{v4}'")
    ('v3', 'v1[2]', 'v4')
    """
    found: list[str] = []
    for inserted, name in _USED.findall(source):
        if name:
            found.append(name)
        elif inserted:
            found += _NAME.findall(inserted)
    return tuple(found)


def base_of(name: str) -> str:
    """A variable without its index."""
    return name.partition("[")[0]


class Kinship:
    """The groups of lines of a function; `recurring` are the variables that hold what was looked up or made a URI."""

    def __init__(self, reads: list[str], lines: list[str], recurring: set[str]) -> None:
        self.reads = {read.partition(" = ")[0]: read for read in reads}
        self.sources = {found[1]: found[2] for line in lines if (found := DEFINES.match(line))}
        self.recurring = recurring
        header = self._header()
        self.wholes = self._wholes(header)
        self.first = self._of_header(header, {self._whole(name) for line in lines for name in names(line)})
        plain = self._texts(lambda source, _: "X" not in names(source))
        steady = {text for name in recurring for text in plain.get(name, ())}
        made = self._texts(lambda source, texts: "X" not in names(source) and texts.keys() <= steady)
        self.groups = _groups(made, self.sources, self.first.made)
        if self.first.made:
            self.groups.insert(0, self.first)
        self.homes = {text: group for group in self.groups for text in group.texts}
        self.homes |= {name: group for group in self.groups for name in group.made}
        for at, line in enumerate(lines):
            defines = DEFINES.match(line)
            group = self.homes.get(defines[1]) if defines else self.home(names(line))
            if group is not None and not line.startswith("return"):
                group.lines.append(at)

    def home(self, used: Iterable[str]) -> Group | None:
        """The group that knows all of these names; None where there is none."""
        found = {
            id(group): group
            for name in used
            for group in [self.homes.get(base_of(name)) or self.homes.get(self._whole(name))]
        }
        group, *others = found.values() or [None]
        return None if others else group

    def reads_within(self, lines: list[str]) -> list[str]:
        """What takes apart the texts that are remembered as a whole, as far as lines need it."""
        return self._reads(lines, set(self.wholes))

    def reads_for(self, lines: list[str]) -> list[str]:
        """What takes the message apart, as far as lines need it."""
        return self._reads(lines, set(self.reads))

    def _reads(self, lines: list[str], chosen: set[str]) -> list[str]:
        needed = {base_of(name) for line in lines for name in names(line)}
        found: list[str] = []
        for name, read in reversed(self.reads.items()):
            if name in needed and name in chosen:
                found.append(read)
                needed |= set(map(base_of, names(read)))
        return found[::-1]

    def _header(self) -> Texts:
        """The texts of MSH that recur."""
        head = next((name for name, read in self.reads.items() if read.endswith(f"= {HEAD}")), "")
        return {f"{head}[{at}]": None for at in HEADER}

    def _wholes(self, header: Texts) -> dict[str, str]:
        """By the list of its parts, each text that is remembered as a whole."""
        splits = [found for read in self.reads.values() if (found := _SPLIT.match(read))]
        used = self._used()
        wholes: dict[str, str] = {}
        for name, whole, separator in (found.groups() for found in reversed(splits)):
            authority = separator == "&" and any(base_of(each) == name for each in used)
            coded = separator == "^" and {f"{name}[0]", f"{name}[2]"} <= used
            if authority or coded or (separator == "^" and whole in header):
                wholes[name] = whole
                used.add(whole)
        return wholes

    def _used(self) -> set[str]:
        """What recurring variables are made of, on the way and in the end."""
        used: set[str] = set()
        for name, source in reversed(self.sources.items()):
            if name in self.recurring or name in used:
                used |= set(names(source))
        return used

    def _of_header(self, header: Texts, used: set[str]) -> Group:
        """What is made of the header alone; other groups may rest on it."""
        self.first = Group()
        texts = self._texts(lambda source, texts: "X" not in names(source) and texts.keys() <= header.keys())
        made = {name for name, each in texts.items() if each.keys() <= header.keys()}
        return Group({text: None for text in header if text in used}, made) if len(made) >= LEAST_LINES else Group()

    def _whole(self, name: str) -> str:
        """The text that a part is remembered by."""
        while (base := base_of(name)) in self.wholes:
            name = self.wholes[base]
        return name

    def _unknown(self, name: str, made: dict[str, Texts]) -> bool:
        return name in self.sources and name not in made and name not in self.first.made

    def _texts(self, accepts: Callable[[str, Texts], bool]) -> dict[str, Texts]:
        """The texts that variables are made of: of recurring ones, and of those whose source is accepted."""
        made: dict[str, Texts] = {}
        for name, source in self.sources.items():
            used = [each for each in names(source) if each != "X"]
            if name in self.first.made or not used or any(self._unknown(base_of(each), made) for each in used):
                continue
            texts: Texts = {}
            for each in used:
                texts |= made.get(base_of(each)) or {each if each in self.first.made else self._whole(each): None}
            if name in self.recurring or accepts(source, texts):
                made[name] = texts
        return made


def _groups(made: dict[str, Texts], sources: dict[str, str], shared: set[str]) -> list[Group]:
    """The groups of what is made of texts; those shared by many lines unite none."""
    of: dict[str, Group] = {}
    for texts in made.values():
        _unite(texts, of, shared)
    for name, texts in made.items():
        group = next((of[text] for text in texts if text in of), None)
        if group is not None and texts.keys() <= group.texts.keys():
            group.made.add(name)
    found = {id(group): group for group in of.values()}.values()
    return [group for group in found if sum("(" in sources[name] for name in group.made) >= LEAST_LINES]


def _unite(texts: Texts, of: dict[str, Group], shared: set[str]) -> None:
    """Put texts that are looked at together into one group, unless they are too many."""
    united = Group()
    for text in texts:
        united.texts |= of[text].texts if text in of else {text: None}
    if len(united.texts) <= MOST_TEXTS:
        of.update(dict.fromkeys(united.texts.keys() - shared, united))
