"""A page of an expansion without the rest: one clause on one code system that can be cut where the page begins and ends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from .compose import Clause, Prepared
from .concepts import Concept
from .finder import Finder
from .options import Options
from .system import Paged, Selection, System

__all__ = ["Page", "quick_page"]

_COUNTED = 1_000
"""A search that finds more is not counted to its end; the total is then not known."""


@dataclass(frozen=True, slots=True)
class Page:
    """The concepts of a page, the total if it is known, and whether more codes may belong there (`closed`)."""

    system: System
    concepts: list[Concept]
    total: int | None
    closed: bool = True


def quick_page(finder: Finder, prepared: Prepared, select: Callable[[System, Clause], Selection]) -> Page | None:
    """The page that the options of the finder ask for; None where all codes have to be looked at. Raises `OperationFailed`."""
    options, clause = finder.options, _alone(finder.options, prepared)
    if clause is None or options.count is None:
        return None
    system = finder.needed(clause.system, clause.version)
    if not hasattr(system, "page"):
        return None
    chosen = select(system, clause) if clause.filters else None
    if chosen is not None and chosen.members is None:
        return None
    if (options.active_only or prepared.inactive is False) and not (chosen is not None and chosen.active()):
        return None
    return _cut(cast("Paged", system), system, chosen, options, light=_light(finder))


def _alone(options: Options, prepared: Prepared) -> Clause | None:
    """The clause that is the whole value set, when it is alone and nothing is taken off it."""
    if options.exclude_not_for_ui or options.incomplete_ok or options.versions_match:
        return None
    if prepared.excludes or len(prepared.includes) != 1:
        return None
    clause = prepared.includes[0]
    return clause if clause.system and not clause.imports and clause.concepts is None else None


def _light(finder: Finder) -> bool:
    """Whether nothing is asked for but code and display."""
    options = finder.options
    more = options.include_designations or options.include_definition or options.properties or finder.supplements
    return not more and options.languages is None


def _cut(paged: Paged, system: System, chosen: Selection | None, options: Options, *, light: bool) -> Page | None:
    start, size = options.offset or 0, options.count or 0
    members, closed = (None, True) if chosen is None else (chosen.members, chosen.closed)
    if options.text:
        concepts, total = paged.found(options.text, members, start, start + size, _COUNTED, light=light)
        return Page(system, concepts, total, closed)
    total = len(system) if chosen is None else chosen.size or 0
    if size > total or not total:
        return None
    return Page(system, paged.page(members, start, start + size, light=light), total, closed)
