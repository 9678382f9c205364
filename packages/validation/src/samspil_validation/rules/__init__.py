"""Rules beyond snapshots, in one table by type.

A rule is a plain function `rule(node: dict, context: Context) -> Iterable[Issue]`, registered under

- a resource type ("Questionnaire"), called for each resource of that type, contained ones and those of bundles too;
- a data type ("Attachment", "Narrative", "Identifier"), called for each element of that type, anywhere;
- "*", called for each resource of any type, before the rules of its own type.

`node` is a dict whose resourceType (if it is a resource) is a str; everything below may be of any shape, because a rule
also runs on what the snapshot checks have refused: a rule never raises on it and does not report it again. A rule
renders nothing unless it finds something: `context.where("item", 0, "linkId")` is called only for a finding.

The kinds of finding stand in `samspil_validation.findings_rules`, SAM-VAL-500 to SAM-VAL-899.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from samspil_core.outcome import Issue
from samspil_validation.context import Context

from . import (
    attachments,
    canonicals,
    codings,
    identifiers,
    ids,
    narrative_languages,
    narratives,
    publication,
    references,
    strings,
    vital_signs,
)
from .bundles import documents, entries, searches
from .measures import report
from .questionnaires import conditions, derived, response
from .structures import compliance, definitions, expressions, guides, search_parameters
from .terminology import code_systems, concept_maps, value_sets

__all__ = ["RULES", "Rule"]

Rule = Callable[[dict[str, Any], Context], Iterable[Issue]]

RULES: Mapping[str, tuple[Rule, ...]] = {
    "*": (ids.rule, canonicals.rule, narrative_languages.rule, strings.rule, publication.rule),
    "Attachment": (attachments.rule,),
    "Bundle": (entries.rule, documents.rule, searches.rule),
    "CodeSystem": (code_systems.rule,),
    "Coding": (codings.rule,),
    "ConceptMap": (concept_maps.rule,),
    "Identifier": (identifiers.rule,),
    "ImplementationGuide": (guides.rule,),
    "MeasureReport": (report.rule,),
    "Narrative": (narratives.rule,),
    "Observation": (vital_signs.rule,),
    "Questionnaire": (conditions.rule, derived.rule),
    "QuestionnaireResponse": (response.rule,),
    "Reference": (references.rule,),
    "SearchParameter": (search_parameters.rule, expressions.of_search),
    "StructureDefinition": (definitions.rule, compliance.rule, expressions.of_invariants),
    "ValueSet": (value_sets.rule,),
}
"""The rules by the type they are called for."""
