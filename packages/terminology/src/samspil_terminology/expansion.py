"""$expand: the codes of a value set.

https://hl7.org/fhir/R5/valueset-operation-expand.html; parameters as https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/
asks for them to be given back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .catalog import Catalog
from .compose import Prepared, prepare, required_supplements, said_as
from .displays import preferred
from .entries import Entry, Gathered, given_entries
from .expansion_notes import Notes
from .filters import Unending
from .finder import Finder
from .gathering import DEFAULT_LIMIT, Gatherer, TooMany
from .issues import failure
from .options import Options, with_value_set
from .paging import quick_page
from .status_checks import of_value_set
from .system import System

__all__ = ["DEFAULT_LIMIT", "Entry", "Expansion", "expand"]

Json = Mapping[str, Any]


@dataclass(slots=True)
class Expansion:
    """The answer of $expand: the page asked for, how many there are in all, and what was used to make it.

    `total` is None where it is not known. `parameters` are pairs of name and value, `extensions` those of the expansion.
    """

    value_set: Json
    options: Options
    entries: list[Entry]
    total: int | None
    parameters: list[tuple[str, Any]]
    extensions: list[Json]
    nested: bool
    versioned: bool
    systems: tuple[System, ...] = ()
    defined: bool = True

    def codes(self) -> list[tuple[str, str]]:
        """System and code of every entry of the page."""
        return [each.key for each in self.entries]

    def property_uri(self, entry: Entry, code: str) -> str:
        """The URI that the code system of an entry declares for a property; empty when it declares none."""
        same = (each.facts for each in self.systems if each.facts.url == entry.system)
        return next((facts.properties[code] for facts in same if code in facts.properties), "")

    def display(self, entry: Entry) -> str:
        """The display of an entry in the languages of the request."""
        chosen = preferred(entry.texts, self.options.languages, fallback=True)
        return chosen.value if chosen else ""


def expand(catalog: Catalog, value_set: Json, options: Options, *, limit: int = DEFAULT_LIMIT) -> Expansion:
    """Expand a value set, a page of it when the options ask for one. Raises `OperationFailed`.

    `limit` is how many codes there may be without a page; more is too costly, and an error.
    """
    options = with_value_set(options, value_set)
    if options.limit is not None:
        limit = min(limit, options.limit) or limit
    supplements = tuple(dict.fromkeys((*options.supplements, *required_supplements(value_set))))
    finder = Finder(catalog, options, supplements=supplements)
    work = _Expander(finder, value_set, limit)
    return work.run()


class _Expander:
    """One expansion, and what it notes on the way."""

    def __init__(self, finder: Finder, value_set: Json, limit: int) -> None:
        self.finder = finder
        self.options = finder.options
        self.value_set = value_set
        self.limit = limit
        self.notes = Notes(finder, value_set)
        self.gatherer = Gatherer(self.notes, limit)

    def run(self) -> Expansion:
        """Gather, page, and say what was used."""
        options = self.options
        self.notes.echo()
        if "compose" not in self.value_set and "expansion" in self.value_set:
            return self._given()
        self.notes.mind(of_value_set(self.value_set, self.value_set), said_as(self.value_set))
        prepared = prepare(self.finder, self.value_set, purpose="expand")
        if self.finder.supplements:
            self.notes.all_systems(prepared)
        quick = self._quick(prepared)
        if quick is not None:
            entries, total, nested, every = *quick, False, quick[0]
        else:
            gathered = self._whole(prepared)
            entries, nested = self._page(gathered)
            total, every = len(gathered.entries), gathered.entries
        self.notes.supplements()
        for rule in self.finder.applied:
            self.notes.add(rule.parameter, f"{rule.url}|{rule.version}")
        return Expansion(
            self.value_set,
            options,
            entries,
            total,
            self.notes.parameters,
            self.notes.extensions,
            nested=nested and any(each.parent is not None for each in entries),
            versioned=self._versioned(every),
            systems=tuple(self.notes.used),
        )

    def _whole(self, prepared: Prepared) -> Gathered:
        """All entries. Raises `OperationFailed` when there are too many, or no end of them."""
        options = self.options
        try:
            gathered = self.gatherer.gather(prepared)
        except TooMany:
            raise self._too_costly() from None
        except Unending as found:
            raise failure("too-costly", "", "CODESYSTEM_UNENDING", system=found.system) from None
        if options.count is None and not options.offset and len(gathered.entries) > self.limit:
            raise self._too_costly()
        return gathered

    def _page(self, gathered: Gathered) -> tuple[list[Entry], bool]:
        """The entries asked for, and whether they may be nested: a page of some is flat."""
        options, entries = self.options, gathered.entries
        some = options.count is not None and options.count <= len(entries)
        nested = not (some or options.exclude_nested or gathered.flat or options.offset)
        return (entries, True) if nested else (_asked_part(entries, options), False)

    def _versioned(self, entries: Iterable[Entry]) -> bool:
        """Whether the codes must say their version: where a system is used in two versions."""
        declared: dict[str, set[str]] = {}
        compose = self.value_set.get("compose", {})
        for clause in (*compose.get("include", ()), *compose.get("exclude", ())):
            if clause.get("system"):
                declared.setdefault(str(clause["system"]), set()).add(str(clause.get("version", "")))
        found: dict[str, set[str]] = {}
        for each in entries:
            found.setdefault(each.system, set()).add(each.version)
        return any(len(some) > 1 for some in (*declared.values(), *found.values()))

    def _too_costly(self) -> Exception:
        includes = self.value_set.get("compose", {}).get("include", ())
        filtered = all(each.get("filter") for each in includes)
        name = str(self.value_set.get("url", "")) if filtered else said_as(self.value_set)
        return failure("too-costly", "", "VALUESET_TOO_COSTLY", value_set=name, limit=str(self.limit))

    # ------------------------------------------------------------------------------------------------ a given expansion
    def _given(self) -> Expansion:
        """The expansion that a value set without definition brings itself."""
        expansion = self.value_set["expansion"]
        entries = list(given_entries(expansion.get("contains", ())))
        for each in expansion.get("parameter", ()):
            value = next((v for k, v in each.items() if k.startswith("value")), None)
            self.notes.add(str(each.get("name")), value)
        return Expansion(
            self.value_set,
            self.options,
            _asked_part(entries, self.options),
            len(entries),
            self.notes.parameters,
            self.notes.extensions,
            nested=False,
            versioned=True,
            defined=False,
        )

    # ------------------------------------------------------------------------------------------------ a page alone
    def _quick(self, prepared: Prepared) -> tuple[list[Entry], int | None] | None:
        """The page and the total, where that needs no list of all codes; None where it does."""
        page = quick_page(self.finder, prepared, self.gatherer.selection)
        if page is None:
            return None
        clause, system = prepared.includes[0], page.system
        self.notes.use(system)
        if clause.whole:
            self.notes.open(system)
        if not page.closed:
            self.notes.unclosed("")
        facts = system.facts
        return [Entry(facts.url, facts.version, each, each.texts()) for each in page.concepts], page.total


def _asked_part(entries: list[Entry], options: Options) -> list[Entry]:
    start = options.offset or 0
    return entries[start : None if options.count is None else start + options.count]
