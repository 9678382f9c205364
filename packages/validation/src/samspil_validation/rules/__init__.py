"""Rules beyond snapshots, in one table by type.

A rule is a plain function `rule(node: dict, context: Context) -> Iterable[Issue]`, registered under

- a resource type ("Questionnaire"), called for each resource of that type, contained ones and those of bundles too;
- a data type ("Attachment", "Narrative", "Identifier"), called for each element of that type, anywhere;
- "*", called for each resource of any type, before the rules of its own type.

`node` is a dict whose resourceType (if it is a resource) is a str; everything below may be of any shape, because a rule
also runs on what the snapshot checks have refused: a rule never raises on it and does not report it again. A rule
renders nothing unless it finds something: `context.where("item", 0, "linkId")` is called only for a finding.

A rule may have a condition beside it in its module, `needed(node, run) -> bool`: a quick look that spares the rule, and the
context it is given, where it has nothing to say; and `asked_for(settings) -> bool`, where only some runs ask it. The modules
are imported when a type of theirs is first checked.

The kinds of finding stand in `samspil_validation.findings_rules`, SAM-VAL-500 to SAM-VAL-899.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from samspil_core.outcome import Issue

if TYPE_CHECKING:
    from samspil_validation.context import Context, Settings
    from samspil_validation.run import Run

__all__ = ["RULES", "Guarded", "Rule", "rules_for"]

Rule = Callable[[dict[str, Any], "Context"], Iterable[Issue]]


class Guarded(NamedTuple):
    """A rule and its conditions, if it has any."""

    needed: Callable[[dict[str, Any], Run], bool] | None
    rule: Rule
    asked_for: Callable[[Settings], bool] | None = None


RULES: Mapping[str, tuple[str, ...]] = {
    "*": ("ids", "canonicals", "narrative_languages", "strings", "publication"),
    "Attachment": ("attachments",),
    "Bundle": ("bundles.entries", "bundles.documents", "bundles.searches"),
    "CapabilityStatement": ("structures.capabilities",),
    "CodeSystem": ("terminology.code_systems",),
    "Coding": ("codings",),
    "ConceptMap": ("terminology.concept_maps",),
    "Identifier": ("identifiers",),
    "ImplementationGuide": ("structures.guides",),
    "MeasureReport": ("measures.report",),
    "Narrative": ("narratives",),
    "Observation": ("vital_signs",),
    "OperationDefinition": ("structures.operations",),
    "Questionnaire": ("questionnaires.conditions", "questionnaires.derived"),
    "QuestionnaireResponse": ("questionnaires.response",),
    "Reference": ("references",),
    "SearchParameter": ("structures.search_parameters", "structures.expressions:of_search"),
    "StructureDefinition": (
        "structures.definitions",
        "structures.compliance",
        "structures.narrower",
        "structures.obligations",
        "structures.expressions:of_invariants",
    ),
    "ValueSet": ("terminology.value_sets",),
}
"""The rules by the type they are called for: modules of this package, each with a function `rule` or the one named."""


@cache
def rules_for(name: str) -> tuple[Guarded, ...]:
    """The rules registered for a type, or for all resources (`*`)."""
    return tuple(map(_load, RULES.get(name, ())))


def _load(place: str) -> Guarded:
    module, _, name = place.partition(":")
    found: Any = import_module(f"{__name__}.{module}")
    return Guarded(getattr(found, "needed", None), getattr(found, name or "rule"), getattr(found, "asked_for", None))
