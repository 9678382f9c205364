"""What is published and wrong, and what is checked in its place. Each has its reason and its source.

https://confluence.hl7.org/display/FHIR/Known+Issues+with+the+published+FHIR+Specifications
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONTEXTS", "PATCHES", "ContextPatch", "Patch", "patched"]


@dataclass(frozen=True, slots=True)
class Patch:
    """One mended invariant: the text as published, the text evaluated (empty: none), why, and where that is said."""

    key: str
    published: str
    evaluated: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class ContextPatch:
    """Further places where an extension may stand, beside those that its definition names."""

    url: str
    contexts: tuple[str, ...]
    reason: str
    source: str


_EMPTY = "An element that is absent makes the expression empty, which reads as failed; the rule speaks only of what is there."
_NARRATIVE = "Evaluated with the narrative rules of this package, which say what is wrong and where."

_WHOLE = "The expression is for the whole path, and matches() looks for a part; R5 says so with ^ and $."

_REFERENCE = (
    "reference.empty() or reference.startsWith('#').not() or (reference.substring(1) in %rootResource.contained.id) or "
    "(reference = '#' and %rootResource != %resource)"
)

PATCHES: tuple[Patch, ...] = (
    Patch(
        "eld-19",
        "path.matches('[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\.[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\[x\\\\])?(\\\\:[^\\\\s\\\\.]+)?)*')",
        "path.matches('^([^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\.[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\[x\\\\])?(\\\\:[^\\\\s\\\\.]+)?)*)$')",
        _WHOLE,
        "https://hl7.org/fhir/R5/elementdefinition.html#invs",
    ),
    Patch(
        "eld-20",
        "path.matches('[A-Za-z][A-Za-z0-9]*(\\\\.[a-z][A-Za-z0-9]*(\\\\[x])?)*')",
        "path.matches('^([A-Za-z][A-Za-z0-9]*(\\\\.[a-z][A-Za-z0-9]*(\\\\[x])?)*)$')",
        _WHOLE,
        "https://hl7.org/fhir/R5/elementdefinition.html#invs",
    ),
    Patch(
        "ref-1",
        "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))",
        "reference.empty() or reference.startsWith('#').not() or reference = '#' or (reference.substring(1) in "
        "%rootResource.contained.id)",
        "A reference by identifier or display alone has no reference, and '#' alone means the resource around; both are "
        "allowed by the text of the specification. Tracing is for debugging.",
        "https://hl7.org/fhir/R4/references.html#contained",
    ),
    Patch(
        "ref-1",
        "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"
        " or (reference='#' and %rootResource!=%resource)",
        _REFERENCE,
        "As in R4: a reference by identifier or display alone has no reference. R5 mends it.",
        "https://hl7.org/fhir/R5/references.html#Reference",
    ),
    Patch(
        "ref-1",
        "reference.exists()  implies (reference.startsWith('#').not() or (reference.substring(1).trace('url') in "
        "%rootResource.contained.id.trace('ids')) or (reference='#' and %rootResource!=%resource))",
        _REFERENCE,
        "The same rule without tracing, which is for debugging.",
        "https://hl7.org/fhir/R5/references.html#Reference",
    ),
    Patch(
        "bdl-8",
        "fullUrl.contains('/_history/').not()",
        "fullUrl.empty() or fullUrl.contains('/_history/').not()",
        _EMPTY,
        "https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.fullUrl",
    ),
    Patch(
        "ras-2",
        "probability is decimal implies (probability as decimal) <= 100",
        "(probability is decimal).not() or probability.empty() or (probability as decimal) <= 100",
        _EMPTY,
        "https://hl7.org/fhir/R4/riskassessment-definitions.html#RiskAssessment.prediction.probability_x_",
    ),
    Patch(
        "que-7",
        "operator = 'exists' implies (answer is Boolean)",
        "operator = 'exists' implies (answer is boolean)",
        "Boolean is the type of FHIRPath's own literals; the answer is a FHIR boolean.",
        "https://hl7.org/fhir/R4/fhirpath.html#types",
    ),
    Patch(
        "que-12",
        "enableWhen.count() > 2 implies enableBehavior.exists()",
        "enableWhen.count() > 1 implies enableBehavior.exists()",
        "The text says 'more than one'; the expression says more than two.",
        "https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableBehavior",
    ),
    Patch(
        "con-3",
        "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/"
        "condition-ver-status' and code = 'entered-in-error').exists() or category.select($this='problem-list-item')"
        ".empty()",
        "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/"
        "condition-ver-status' and code = 'entered-in-error').exists() or category.coding.where(system='http://"
        "terminology.hl7.org/CodeSystem/condition-category' and code = 'problem-list-item').empty()",
        "A CodeableConcept is compared with a text, which never holds; the category is told by its coding.",
        "https://hl7.org/fhir/R4/condition.html#invs",
    ),
    Patch(
        "tim-9",
        "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))",
        "offset.empty() or (when.exists() and when.all($this in ('C' | 'CM' | 'CD' | 'CV')).not())",
        "`in` asks for one item on its left, and when may repeat.",
        "https://hl7.org/fhir/R4/datatypes.html#Timing",
    ),
    Patch(
        "opd-3",
        "targetProfile.exists() implies (type = 'Reference' or type = 'canonical')",
        "targetProfile.exists() implies (type = 'Reference' or type = 'canonical' or type.memberOf("
        "'http://hl7.org/fhir/ValueSet/resource-types'))",
        "HL7's own operations give targetProfile for parameters that are resources.",
        "https://hl7.org/fhir/R4/operationdefinition-definitions.html#OperationDefinition.parameter.targetProfile",
    ),
    Patch("txt-1", "htmlChecks()", "", _NARRATIVE, "https://hl7.org/fhir/R4/narrative.html#xhtml"),
    Patch("txt-2", "htmlChecks()", "", _NARRATIVE, "https://hl7.org/fhir/R4/narrative.html#xhtml"),
    Patch("txt-1", "htmlChecks2()", "", _NARRATIVE, "https://hl7.org/fhir/R5/narrative.html#xhtml"),
    Patch("txt-2", "htmlChecks2()", "", _NARRATIVE, "https://hl7.org/fhir/R5/narrative.html#xhtml"),
)

CONTEXTS: tuple[ContextPatch, ...] = (
    ContextPatch(
        "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type",
        ("ElementDefinition.type",),
        "Every published StructureDefinition has it on the type, not on the code in it.",
        "https://hl7.org/fhir/R4/extension-structuredefinition-fhir-type.html",
    ),
    ContextPatch(
        "http://hl7.org/fhir/StructureDefinition/regex",
        ("ElementDefinition.type",),
        "The published StructureDefinitions of primitive types have it on the type.",
        "https://hl7.org/fhir/R4/extension-regex.html",
    ),
    ContextPatch(
        "http://hl7.org/fhir/StructureDefinition/translation",
        ("ValueSet.expansion.contains",),
        "HL7's published expansions have it there.",
        "https://hl7.org/fhir/R4/extension-translation.html",
    ),
    ContextPatch(
        "http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version",
        ("CanonicalResource", "ElementDefinition", "OperationDefinition"),
        "HL7's published definitions have it on conformance resources of every type, and on elements.",
        "https://hl7.org/fhir/R4/extension-structuredefinition-normative-version.html",
    ),
    ContextPatch(
        "http://hl7.org/fhir/StructureDefinition/valueset-concept-comments",
        ("CodeSystem.concept",),
        "HL7's published code systems have it there.",
        "https://hl7.org/fhir/R4/extension-valueset-concept-comments.html",
    ),
)

_BY_TEXT = {(each.key, each.published): each for each in PATCHES}


def patched(key: str, expression: str) -> str:
    """The expression to evaluate; empty for an invariant that is not evaluated at all."""
    patch = _BY_TEXT.get((key, expression))
    return patch.evaluated if patch else expression
