"""$lookup and $subsumes: what a code system says of a code, and how two of its codes stand to each other.

https://hl7.org/fhir/R5/codesystem-operation-lookup.html, https://hl7.org/fhir/R5/codesystem-operation-subsumes.html
"""

from dataclasses import dataclass, field
from typing import Literal

from samspil_core.values import Coding

from .canonical import split
from .catalog import Catalog
from .concepts import Concept, Designation, Property
from .displays import preferred
from .finder import USABLE, Finder
from .issues import OperationFailed, failure
from .languages import Languages
from .options import Options
from .system import System, SystemFacts

__all__ = ["Lookup", "Subsumption", "lookup", "subsumes"]

Subsumption = Literal["equivalent", "subsumes", "subsumed-by", "not-subsumed"]
"""The codes of https://hl7.org/fhir/R4/valueset-concept-subsumption-outcome.html."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer of $lookup: the code system, the concept, its parents and children, its display in the language asked.

    `url` is the preferred name of the code system, where it has several.
    """

    system: SystemFacts
    concept: Concept
    display: str
    url: str
    source: System = field(repr=False, compare=False)

    @property
    def parents(self) -> tuple[Property, ...]:
        """The codes right above, with their displays."""
        return tuple(_relative(self.source, "parent", each) for each in self.source.parents(self.concept.code))

    @property
    def children(self) -> tuple[Property, ...]:
        """The codes right below, with their displays."""
        return tuple(_relative(self.source, "child", each) for each in self.source.children(self.concept.code))

    @property
    def properties(self) -> tuple[Property, ...]:
        """The properties of the concept, with those that its system keeps apart, such as SNOMED CT attributes."""
        tell = getattr(self.source, "attribute_properties", None)
        return (*self.concept.properties, *(tell(self.concept.code) if tell is not None else ()))

    @property
    def designations(self) -> tuple[Designation, ...]:
        """The display and all other texts."""
        return self.concept.texts()

    @property
    def coding(self) -> Coding:
        """System, code, display and version."""
        return Coding(self.url, self.concept.code, self.display, self.system.version)


def lookup(  # noqa: PLR0913  what the operation takes
    catalog: Catalog,
    system: str,
    code: str,
    version: str = "",
    *,
    languages: Languages | None = None,
    supplements: tuple[str, ...] = (),
) -> Lookup:
    """What the code system says of the code. Raises `OperationFailed` when either is not known."""
    found = _system(catalog, system, version, supplements)
    concept = found.find(code)
    if concept is None:
        raise _unknown(found, code, "code")
    return Lookup(found.facts, concept, _display(concept, languages), catalog.aliases.preferred(found.facts.url), found)


def _display(concept: Concept, languages: Languages | None) -> str:
    if languages is None and concept.display:
        return concept.display
    shown = preferred(concept.texts(), languages, fallback=True)
    return shown.value if shown else ""


def _relative(system: System, kind: str, code: str) -> Property:
    concept = system.find(code)
    return Property(kind, "Code", code, concept.display if concept else "")


def _system(catalog: Catalog, url: str, version: str, supplements: tuple[str, ...]) -> System:
    if not supplements and "|" not in url:
        plain = catalog.system(url, version)
        if plain is not None and plain.facts.content in USABLE:
            return plain
    url, given = split(url)
    finder = Finder(catalog, Options(), supplements=supplements)
    found = finder.system(url, version or given)
    if found is None:
        why, _ = finder.unknown_issue(url, version or given, "system")
        raise failure(
            "not-found", "not-found", "Unable_to_find_code_system", status=404, expression=why.expression, system=url
        )
    if supplements:
        finder.missing_supplements([found])
    return found


def _never(_code: str) -> bool:
    return False


def subsumes(catalog: Catalog, system: str, a: str, b: str, version: str = "") -> Subsumption:
    """How `a` stands to `b`: equivalent, subsumes (a is above b), subsumed-by, or not-subsumed.

    Raises `OperationFailed` when the code system or one of the codes is not known.
    """
    found = _system(catalog, system, version, ())
    one, other = (_code(found, each, name) for each, name in ((a, "codeA"), (b, "codeB")))
    if one == other:
        return "equivalent"
    if found.subsumes(one, other):
        return "subsumes"
    return "subsumed-by" if found.subsumes(other, one) else "not-subsumed"


def _code(system: System, code: str, name: str) -> str:
    if getattr(system, "has", _never)(code):
        return code
    concept = system.find(code)
    if concept is None:
        raise _unknown(system, code, name)
    return concept.code


def _unknown(system: System, code: str, name: str) -> OperationFailed:
    facts, expression = {"system": system.facts.url, "version": system.facts.version}, name
    return failure("not-found", "not-found", "Unable_to_find_code", 404, expression, code=code, **facts)
