"""How much of a list of local codes a concept map covers, code by code."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from samspil_core.values import Coding
from samspil_terminology.catalog import Catalog
from samspil_terminology.translation import TranslationMatch, translate
from samspil_terminology.translation_scope import Scope

from .local import LocalCode

__all__ = ["STATES", "Covered", "State", "coverage", "totals"]

State = Literal["mapped", "ambiguous", "retired-target", "no-map", "unmapped"]
"""What became of a local code; `STATES` says what each word means."""
STATES: tuple[State, ...] = ("mapped", "ambiguous", "retired-target", "no-map", "unmapped")
"""`ambiguous`: several targets that mean the same as the code; `retired-target`: no current target is left."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A local code, its state, and its targets."""

    local: LocalCode
    state: State
    targets: tuple[Coding, ...] = ()

    def row(self) -> tuple[str, ...]:
        """The same for a table."""
        shown = " ".join(f"{each.system}#{each.code}" for each in self.targets)
        return self.local.code, self.local.display, str(self.local.count), self.state, shown


def coverage(catalog: Catalog, codes: Iterable[LocalCode], map_url: str, system: str = "") -> Iterator[Covered]:
    """The state of every code in the map. `system` is the code system of the codes, where the map has several.

    A code that only the `unmapped` part of the map answers is unmapped. A target counts as retired when its code system
    is known here and says that it is inactive, or does not have it.
    """
    for local in codes:
        found = translate(catalog, Coding(system, local.code), Scope(map=map_url)).matches
        own = [each for each in found if not each.unmapped]
        if own and all(each.no_map for each in own):
            yield Covered(local, "no-map")
            continue
        related = [each for each in own if not each.no_map and each.relationship != "not-related-to"]
        targets = tuple(each.target for each in related)
        if not related:
            yield Covered(local, "unmapped")
        elif all(is_retired(catalog, each) for each in targets):
            yield Covered(local, "retired-target", targets)
        else:
            yield Covered(local, "ambiguous" if _ambiguous(related) else "mapped", targets)


def _ambiguous(matches: list[TranslationMatch]) -> bool:
    """Several targets that each claim to be the same thing, without a dependency that tells which."""
    same = {
        (each.target.system, each.target.code)
        for each in matches
        if each.relationship == "equivalent" and not each.unresolved
    }
    return len(same) > 1


def is_retired(catalog: Catalog, target: Coding) -> bool:
    """Whether the code system of a target is known here and no longer has it, or says that it is inactive."""
    system = catalog.system(target.system)
    if system is None:
        return False
    concept = system.find(target.code)
    return concept is None or concept.inactive


def totals(covered: Iterable[Covered]) -> dict[State, tuple[int, int]]:
    """How many codes, and how many uses of codes, there are of each state."""
    codes: Counter[State] = Counter()
    uses: Counter[State] = Counter()
    for each in covered:
        codes[each.state] += 1
        uses[each.state] += each.local.count
    return {state: (codes[state], uses[state]) for state in STATES}
