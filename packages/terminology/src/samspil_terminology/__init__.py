"""A FHIR terminology engine in-process: code systems, value sets and concept maps, without a server.

https://hl7.org/fhir/R5/terminology-service.html

    catalog, _ = open_catalog([Path("terminology")])
    lookup(catalog, "http://loinc.org", "718-7").display
"""

from typing import TYPE_CHECKING, Any

from .aliases import AliasGroups
from .catalog import Catalog, Provider
from .closure import ClosureTable
from .concept_maps import Dependency
from .concepts import Concept, Designation, Property
from .expansion import Entry, Expansion
from .expansion import expand as expand_resource
from .issues import OperationFailed, TxIssue
from .lookup import Lookup, Subsumption, lookup, subsumes
from .meant import did_you_mean
from .opening import open_catalog
from .operations import expand, validate_code
from .options import Options
from .ports import code_validator, translator
from .resources import read_resources
from .store.folder import Store
from .system import Filter, Selection, System, SystemFacts
from .translation import TranslationAnswer, TranslationMatch, translate
from .translation_chain import translate_through
from .translation_scope import Scope
from .validation import Validation, validate_in_system, validate_in_value_set

if TYPE_CHECKING:
    from .importing import Imported, import_into

__all__ = [
    "AliasGroups",
    "Catalog",
    "ClosureTable",
    "Concept",
    "Dependency",
    "Designation",
    "Entry",
    "Expansion",
    "Filter",
    "Imported",
    "Lookup",
    "OperationFailed",
    "Options",
    "Property",
    "Provider",
    "Scope",
    "Selection",
    "Store",
    "Subsumption",
    "System",
    "SystemFacts",
    "TranslationAnswer",
    "TranslationMatch",
    "TxIssue",
    "Validation",
    "code_validator",
    "did_you_mean",
    "expand",
    "expand_resource",
    "import_into",
    "lookup",
    "open_catalog",
    "read_resources",
    "subsumes",
    "translate",
    "translate_through",
    "translator",
    "validate_code",
    "validate_in_system",
    "validate_in_value_set",
]


def __getattr__(name: str) -> Any:
    """What reads releases is loaded when it is asked for: who only looks codes up need not carry it."""
    if name in {"Imported", "import_into"}:
        from . import importing

        return getattr(importing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
