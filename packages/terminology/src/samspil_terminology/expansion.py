"""$expand: the codes of a value set.

https://hl7.org/fhir/R5/valueset-operation-expand.html; parameters as https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/
asks for them to be given back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .canonical import join, split
from .catalog import Catalog
from .compose import Clause, Prepared, prepare, required_supplements, said_as
from .concepts import Concept, Designation
from .displays import preferred
from .entries import Entry, Excluded, Gathered, first_texts, given_entries, in_all, more_texts, not_offered
from .filters import Unending
from .finder import Finder
from .issues import failure
from .options import Options, with_value_set
from .paging import quick_page
from .search import Search
from .selecting import selection
from .status_checks import of_system, of_value_set
from .system import Selection, System

__all__ = ["DEFAULT_LIMIT", "Entry", "Expansion", "expand"]

Json = Mapping[str, Any]

DEFAULT_LIMIT = 1000
"""The most codes an expansion has when the request asks for no page."""

_STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"


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


class _TooMany(Exception):
    """There are more codes than may be."""


class _Expander:
    """One expansion, and what it notes on the way."""

    def __init__(self, finder: Finder, value_set: Json, limit: int) -> None:
        self.finder = finder
        self.options = finder.options
        self.value_set = value_set
        self.limit = limit
        self.parameters: list[tuple[str, Any]] = []
        self.extensions: list[Json] = []
        self.used: list[System] = []
        self.match_versions = self.options.versions_match
        self.search = Search(self.options.text)
        self.reported: set[str] = set()

    def run(self) -> Expansion:
        """Gather, page, and say what was used."""
        options = self.options
        self._echo()
        if "compose" not in self.value_set and "expansion" in self.value_set:
            return self._given()
        self._mind(of_value_set(self.value_set, self.value_set), said_as(self.value_set))
        prepared = prepare(self.finder, self.value_set, purpose="expand")
        if self.finder.supplements:
            self._all_systems(prepared)
        quick = self._quick(prepared)
        if quick is not None:
            entries, total, nested, every = *quick, False, quick[0]
        else:
            gathered = self._whole(prepared)
            entries, nested = self._page(gathered)
            total, every = len(gathered.entries), gathered.entries
        self._supplements()
        for rule in self.finder.applied:
            self._add(rule.parameter, f"{rule.url}|{rule.version}")
        return Expansion(
            self.value_set,
            options,
            entries,
            total,
            self.parameters,
            self.extensions,
            nested=nested and any(each.parent is not None for each in entries),
            versioned=self._versioned(every),
            systems=tuple(self.used),
        )

    def _whole(self, prepared: Prepared) -> Gathered:
        """All entries. Raises `OperationFailed` when there are too many, or no end of them."""
        options = self.options
        try:
            gathered = self._gather(prepared)
        except _TooMany:
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
        if nested or (options.count is None and not options.offset):
            return entries, nested
        start = options.offset or 0
        return entries[start : None if options.count is None else start + options.count], False

    def _supplements(self) -> None:
        """Say which supplements were used. Raises `OperationFailed` when one that was asked for belongs to nothing."""
        if self.finder.supplements:
            self.finder.missing_supplements(self.used)
        used = {name for each in self.used for name in each.facts.supplements if self._asked(name)}
        for name in sorted(self.reported | used):
            self._add("used-supplement", name)

    def _asked(self, canonical: str) -> bool:
        return any(split(name)[0] == split(canonical)[0] for name in self.finder.supplements)

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

    # ------------------------------------------------------------------------------------------------ what is said
    def _add(self, name: str, value: Any) -> None:
        if (name, value) not in self.parameters:
            self.parameters.append((name, value))

    def _echo(self) -> None:
        """Give back the parameters of the request."""
        options = self.options
        if options.text:
            self._add("filter", options.text)
        if options.languages is not None:
            self._add("displayLanguage", options.languages.echo())
        for each in options.designations:
            self._add("designation", each)
        flags = (
            "excludeNested",
            "activeOnly",
            "includeDesignations",
            "includeDefinition",
            "excludeNotForUI",
            "excludePostCoordinated",
        )
        given = dict(options.given)
        for name in flags:
            if name in given:
                self._add(name, given[name] in {True, "true"})
        if options.versions_match:
            self._add("versionsMatch", value=True)
        if options.offset is not None:
            self._add("offset", options.offset)
        if options.count is not None:
            self._add("count", options.count)

    def _mind(self, concern: str | None, canonical: str) -> None:
        if concern:
            self._add(f"warning-{concern}", canonical)

    def _use(self, system: System) -> None:
        facts = system.facts
        if not any(each is system for each in self.used):
            self.used.append(system)
            self._mind(of_system(system, self.value_set), facts.canonical)
        self._add("used-codesystem", facts.canonical)
        if facts.content != "complete":
            self._add(f"used-{facts.content}", facts.canonical)
            self._unclosed(f"This extension is based on a fragment of the code system {facts.url}")

    def _unclosed(self, reason: str) -> None:
        made: list[Json] = [{"url": _STRUCTURE + "valueset-unclosed", "valueBoolean": True}]
        if reason:
            made.append({"url": _STRUCTURE + "valueset-unclosed-reason", "valueString": reason})
        if made[0] not in self.extensions:
            self.extensions += made

    def _use_value_set(self, prepared: Prepared) -> None:
        if not prepared.contained and prepared.canonical:
            self._add("used-valueset", prepared.canonical)
        self._mind(of_value_set(prepared.resource, self.value_set), said_as(prepared.resource))

    def _all_systems(self, prepared: Prepared) -> None:
        for clause in (*prepared.includes, *prepared.excludes):
            if clause.system:
                system = self.finder.system(clause.system, clause.version)
                if system is not None and not any(each is system for each in self.used):
                    self.used.append(system)
            for each in clause.imports:
                self._all_systems(each)

    # ------------------------------------------------------------------------------------------------ a given expansion
    def _given(self) -> Expansion:
        """The expansion that a value set without definition brings itself."""
        expansion = self.value_set["expansion"]
        entries = list(given_entries(expansion.get("contains", ())))
        total, options = len(entries), self.options
        if options.count is not None or options.offset:
            start = options.offset or 0
            entries = entries[start : None if options.count is None else start + options.count]
        for each in expansion.get("parameter", ()):
            value = next((v for k, v in each.items() if k.startswith("value")), None)
            self._add(str(each.get("name")), value)
        return Expansion(
            self.value_set,
            options,
            entries,
            total,
            self.parameters,
            self.extensions,
            nested=False,
            versioned=True,
            defined=False,
        )

    # ------------------------------------------------------------------------------------------------ a page alone
    def _quick(self, prepared: Prepared) -> tuple[list[Entry], int | None] | None:
        """The page and the total, where that needs no list of all codes; None where it does."""
        page = quick_page(self.finder, prepared, self._selection)
        if page is None:
            return None
        clause, system = prepared.includes[0], page.system
        self._use(system)
        if clause.whole:
            self._open(system)
        if not page.closed:
            self._unclosed("")
        facts = system.facts
        return [Entry(facts.url, facts.version, each, each.texts()) for each in page.concepts], page.total

    def _open(self, system: System) -> None:
        if not system.facts.closed:
            self._unclosed(f"The code System '{system.facts.url}' has a grammar and so has infinite members")

    # ------------------------------------------------------------------------------------------------ gathering
    def _gather(self, prepared: Prepared) -> Gathered:
        """All entries of a value set, before paging."""
        gathered = Gathered()
        self._decide_versions(prepared)
        taken = Excluded()
        for clause in prepared.excludes:
            self._exclude(prepared, clause, taken)
        for clause in prepared.ordered():
            self._include(prepared, clause, gathered, taken)
        return gathered

    def _decide_versions(self, prepared: Prepared) -> None:
        """Excluding one version of a system from another means the codes, whatever their version."""
        if self.options.was_given("versionsMatch") or not (prepared.includes and prepared.excludes):
            return
        system = prepared.includes[0].system
        every = (*prepared.includes, *prepared.excludes)
        same = all(each.system == system and each.version for each in every)
        if same and not {each.version for each in prepared.includes} & {each.version for each in prepared.excludes}:
            self.match_versions = True
            self._add("versionsMatch", value=True)

    def _key(self, system: str, version: str, code: str) -> tuple[str, str, str]:
        return system, "" if self.match_versions else version, code

    def _include(self, prepared: Prepared, clause: Clause, gathered: Gathered, taken: Excluded) -> None:  # noqa: C901  the steps, in their order
        imported = [self._import(each) for each in clause.imports]
        inside = [{entry.key for entry in each.entries} for each in imported]
        if clause.concepts is not None or len(clause.filters) > 1 or clause.imports:
            gathered.flat = True
        if not clause.system:
            for entry in _of_every(imported):
                if not (prepared.inactive is False and entry.concept.inactive):
                    self._put(gathered, taken, replace(entry, parent=None))
            return
        if self.options.incomplete_ok and self.finder.system(clause.system, clause.version) is None:
            self._list(clause, inside, gathered, taken)
            return
        system = self.finder.needed(clause.system, clause.version)
        self._use(system)
        if clause.whole:
            self._open(system)
        if not system.facts.nested:
            gathered.flat = True
        listed = clause.concepts is not None or (clause.whole and bool(self.search.words))
        for entry in self._entries(prepared, clause, system):
            if all(entry.key in each for each in inside):
                if not (listed or gathered.flat):
                    entry.parent = self._parent(gathered, system, entry.concept.code)
                self._put(gathered, taken, entry)

    def _entries(self, prepared: Prepared, clause: Clause, system: System) -> Iterator[Entry]:
        """The concepts of a clause as entries, without those that the options leave out."""
        cut = self.options.active_only or prepared.inactive is False
        for concept, extension, texts in self._candidates(prepared, clause, system):
            if (cut and concept.inactive) or (self.options.exclude_not_for_ui and not_offered(system, concept)):
                continue
            yield Entry(system.facts.url, system.facts.version, concept, texts, extension)

    def _list(self, clause: Clause, inside: list[set[tuple[str, str]]], gathered: Gathered, taken: Excluded) -> None:
        """The codes that a clause enumerates of a system that is not known here, as it writes them."""
        self._add("warning-unknown", join(clause.system, clause.version))
        for each in clause.concepts or ():
            concept = Concept(str(each.get("code", "")), str(each.get("display", "")))
            texts = (*first_texts(each, self.value_set), *more_texts(each))
            if self.search.takes(concept.code, texts) and all((clause.system, concept.code) in some for some in inside):
                entry = Entry(clause.system, clause.version, concept, texts, tuple(each.get("extension", ())))
                self._put(gathered, taken, entry)

    def _parent(self, gathered: Gathered, system: System, code: str) -> int | None:
        for above in system.parents(code):
            at = gathered.keys.get(self._key(system.facts.url, system.facts.version, above))
            if at is not None:
                return at
        return None

    def _put(self, gathered: Gathered, taken: Excluded, entry: Entry) -> None:
        key = self._key(entry.system, entry.version, entry.concept.code)
        if key in gathered.keys:
            gathered.flat = True
            return
        if taken.has(entry, key):
            return
        gathered.keys[key] = len(gathered.entries)
        gathered.entries.append(entry)
        if len(gathered.entries) > self.limit and self.options.count is None and self.options.offset is None:
            raise _TooMany

    def _import(self, prepared: Prepared) -> Gathered:
        self._use_value_set(prepared)
        if "compose" not in prepared.resource and "expansion" in prepared.resource:
            return Gathered(list(given_entries(prepared.resource["expansion"].get("contains", ()))))
        limit, self.limit = self.limit, max(self.limit, 10 * DEFAULT_LIMIT)
        try:
            return self._gather(prepared)
        finally:
            self.limit = limit

    def _selection(self, system: System, clause: Clause) -> Selection:
        return selection(system, clause, said_as(self.value_set))

    def _candidates(
        self, prepared: Prepared, clause: Clause, system: System
    ) -> Iterator[tuple[Concept, tuple[Json, ...], Sequence[Designation]]]:
        """The concepts of a clause with the extensions and texts that the value set adds."""
        if clause.concepts is not None:
            for each in clause.concepts:
                concept = system.find(str(each.get("code", "")))
                if concept is not None:
                    texts = (*first_texts(each, prepared.resource), *concept.texts(), *more_texts(each))
                    if self.search.takes(concept.code, texts):
                        yield concept, tuple(each.get("extension", ())), texts
        if clause.filters or clause.whole:
            for code in self._patiently(self._codes(clause, system)):
                concept = system.find(code)
                if concept is not None:
                    texts = concept.texts()
                    if self.search.takes(concept.code, texts):
                        yield concept, (), texts

    def _patiently(self, codes: Iterable[str]) -> Iterator[str]:
        """The codes, as long as nobody has lost patience."""
        give_up = self.options.give_up
        for at, code in enumerate(codes):
            if not at & 255 and give_up():
                raise failure("timeout", "", "TOOK_TOO_LONG", status=504)
            yield code

    def _codes(self, clause: Clause, system: System) -> Iterable[str]:
        """The codes of a clause, best matches first where the system has a text index."""
        chosen = self._selection(system, clause) if clause.filters else None
        if chosen is not None and not chosen.closed:
            self._unclosed("")
        if self.search.words:
            found = system.search(self.options.text)
            if found is not None:
                return (code for code in found if chosen is None or chosen.contains(code))
        return chosen.codes() if chosen is not None else system.codes()

    def _exclude(self, prepared: Prepared, clause: Clause, taken: Excluded) -> None:
        imported = [self._import(each) for each in clause.imports]
        inside = [{entry.key for entry in each.entries} for each in imported]
        if not clause.system:
            if inside:
                taken.codes |= in_all(inside)
            return
        if self.options.incomplete_ok and self.finder.system(clause.system, clause.version) is None:
            self._add("warning-unknown", join(clause.system, clause.version))
            some = {(clause.system, str(each.get("code", ""))) for each in clause.concepts or ()}
            taken.codes |= in_all([some, *inside])
            return
        system = self.finder.needed(clause.system, clause.version)
        self._use(system)
        url, version = system.facts.url, system.facts.version
        if clause.whole and not inside:
            if self.match_versions:
                taken.keys |= {self._key(url, version, code) for code in system.codes()}
            else:
                taken.systems.add((url, version))
            return
        if clause.concepts is not None:
            codes: Iterable[str] = [str(each.get("code", "")) for each in clause.concepts]
        else:
            codes = self._selection(system, clause).codes() if clause.filters else system.codes()
        for code in self._patiently(codes):
            if all((url, code) in each for each in inside):
                taken.keys.add(self._key(url, version, code))
        del prepared


def _of_every(imported: Sequence[Gathered]) -> Iterator[Entry]:
    """The entries that every one of some value sets has, in the order of the first."""
    first, *others = imported or (Gathered(),)
    inside = [{entry.key for entry in each.entries} for each in others]
    return (entry for entry in first.entries if all(entry.key in each for each in inside))
