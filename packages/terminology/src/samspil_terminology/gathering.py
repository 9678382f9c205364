"""The entries of a value set before paging: includes without excludes, imports, filters, texts.

https://hl7.org/fhir/R5/valueset.html#compositions
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .canonical import join
from .compose import Clause, Prepared, said_as
from .concepts import Concept, Designation
from .entries import Entry, Excluded, Gathered, first_texts, given_entries, in_all, more_texts, not_offered
from .expansion_notes import Notes
from .issues import failure
from .search import Search
from .selecting import selection
from .system import Selection, System

__all__ = ["DEFAULT_LIMIT", "Gatherer", "TooMany"]

Json = Mapping[str, Any]

DEFAULT_LIMIT = 1000
"""The most codes an expansion has when the request asks for no page."""


class TooMany(Exception):
    """There are more codes than may be."""


class Gatherer:
    """Gathers the entries of one expansion; what it uses on the way it notes."""

    def __init__(self, notes: Notes, limit: int) -> None:
        self.notes = notes
        self.finder = notes.finder
        self.options = notes.options
        self.value_set = notes.value_set
        self.limit = limit
        self.match_versions = self.options.versions_match
        self.search = Search(self.options.text)

    def gather(self, prepared: Prepared) -> Gathered:
        """All entries of a value set, before paging."""
        gathered = Gathered()
        self._decide_versions(prepared)
        taken = Excluded()
        for clause in prepared.excludes:
            self._exclude(clause, taken)
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
            self.notes.add("versionsMatch", value=True)

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
        self.notes.use(system)
        if clause.whole:
            self.notes.open(system)
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
        self.notes.add("warning-unknown", join(clause.system, clause.version))
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
            raise TooMany

    def _import(self, prepared: Prepared) -> Gathered:
        self.notes.use_value_set(prepared)
        if "compose" not in prepared.resource and "expansion" in prepared.resource:
            return Gathered(list(given_entries(prepared.resource["expansion"].get("contains", ()))))
        limit, self.limit = self.limit, max(self.limit, 10 * DEFAULT_LIMIT)
        try:
            return self.gather(prepared)
        finally:
            self.limit = limit

    def selection(self, system: System, clause: Clause) -> Selection:
        """The codes that the filters of a clause take."""
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
        chosen = self.selection(system, clause) if clause.filters else None
        if chosen is not None and not chosen.closed:
            self.notes.unclosed("")
        if self.search.words:
            found = system.search(self.options.text)
            if found is not None:
                return (code for code in found if chosen is None or chosen.contains(code))
        return chosen.codes() if chosen is not None else system.codes()

    def _exclude(self, clause: Clause, taken: Excluded) -> None:
        imported = [self._import(each) for each in clause.imports]
        inside = [{entry.key for entry in each.entries} for each in imported]
        if not clause.system:
            if inside:
                taken.codes |= in_all(inside)
            return
        if self.options.incomplete_ok and self.finder.system(clause.system, clause.version) is None:
            self.notes.add("warning-unknown", join(clause.system, clause.version))
            some = {(clause.system, str(each.get("code", ""))) for each in clause.concepts or ()}
            taken.codes |= in_all([some, *inside])
            return
        system = self.finder.needed(clause.system, clause.version)
        self.notes.use(system)
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
            codes = self.selection(system, clause).codes() if clause.filters else system.codes()
        for code in self._patiently(codes):
            if all((url, code) in each for each in inside):
                taken.keys.add(self._key(url, version, code))


def _of_every(imported: Sequence[Gathered]) -> Iterator[Entry]:
    """The entries that every one of some value sets has, in the order of the first."""
    first, *others = imported or (Gathered(),)
    inside = [{entry.key for entry in each.entries} for each in others]
    return (entry for entry in first.entries if all(entry.key in each for each in inside))
