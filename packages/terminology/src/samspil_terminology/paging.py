"""A page of an expansion without the rest: one clause on one code system, which can be cut where the page begins and ends."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from .compose import Clause, Prepared
from .finder import Finder
from .search import Search
from .system import Selection, System

__all__ = ["Page", "quick_page"]

_COUNTED = 2_000
"""A search that finds more is not counted to its end; the total is then not known."""


@dataclass(frozen=True, slots=True)
class Page:
    """The codes of a page, the total if it is known, and whether more codes may belong there (`closed`)."""

    system: System
    codes: list[str]
    total: int | None
    closed: bool = True


def quick_page(  # noqa: PLR0911  one return a case
    finder: Finder, prepared: Prepared, select: Callable[[System, Clause], Selection], search: Search
) -> Page | None:
    """The page that the options of the finder ask for; None where all codes have to be looked at. Raises `OperationFailed`."""
    options = finder.options
    if options.count is None or options.exclude_not_for_ui or options.incomplete_ok or options.versions_match:
        return None
    if prepared.excludes or len(prepared.includes) != 1:
        return None
    clause = prepared.includes[0]
    if not clause.system or clause.imports or clause.concepts is not None:
        return None
    system = finder.needed(clause.system, clause.version)
    chosen = select(system, clause) if clause.filters else None
    if (options.active_only or prepared.inactive is False) and not (chosen is not None and chosen.active()):
        return None
    start, size = options.offset or 0, options.count
    if search.words:
        found = system.search(options.text)
        return _of_search(system, found, chosen, start, size) if found is not None else None
    total = len(system) if chosen is None else chosen.size
    if total is None or total == 0 or size > total:
        return None
    codes = islice(system.codes(), start, start + size) if chosen is None else chosen.cut(start, start + size)
    return Page(system, list(codes), total, chosen is None or chosen.closed)


def _of_search(system: System, found: Iterable[str], chosen: Selection | None, start: int, size: int) -> Page:
    hits = iter(found if chosen is None else (code for code in found if chosen.contains(code)))
    before = sum(1 for _ in islice(hits, start))
    codes = list(islice(hits, size))
    more = sum(1 for _ in islice(hits, max(_COUNTED - before - len(codes), 1)))
    total = before + len(codes) + more
    return Page(system, codes, total if total < _COUNTED else None, chosen is None or chosen.closed)
