"""What is to be minded of a code system, a value set, a reference or a concept, though the code is valid."""

from collections.abc import Mapping, Sequence
from typing import Any

from samspil_core.values import Coding
from samspil_terminology.compose import Clause, Prepared, said_as
from samspil_terminology.concepts import extension_value
from samspil_terminology.displays import check_display
from samspil_terminology.issues import issue
from samspil_terminology.json_system import STANDARDS_STATUS
from samspil_terminology.status_checks import of_system, of_value_set
from samspil_terminology.system import System

from .work import Work, below

__all__ = ["judge_display", "mind_inactive", "mind_reference", "mind_system", "mind_value_set"]

Json = Mapping[str, Any]


_DEPRECATED = "http://hl7.org/fhir/StructureDefinition/valueset-deprecated"


def mind_system(work: Work, system: System, source: Json) -> None:
    """Note what is to be minded of a code system: draft, retired, experimental."""
    mind(work, of_system(system, source), "CodeSystem", system.facts.canonical)


def mind_value_set(work: Work, resource: Json, source: Json) -> None:
    """The same of a value set."""
    mind(work, of_value_set(resource, source), "ValueSet", said_as(resource))


def mind(work: Work, concern: str | None, kind: str, canonical: str) -> None:
    if concern:
        made = issue(
            "information",
            "business-rule",
            "status-check",
            f"MSG_{concern.upper()}",
            "",
            type=kind,
            canonical=canonical,
        )
        work.state.note(made)


def mind_reference(work: Work, prepared: Prepared, clause: Clause, reference: Json, path: str) -> None:
    """The issue that a value set marks one of its codes as deprecated."""
    status = extension_value(reference.get("extension"), STANDARDS_STATUS)
    if status not in {"withdrawn", "deprecated"}:
        status = "deprecated" if extension_value(reference.get("extension"), _DEPRECATED) is not None else None
    if status:
        made = issue(
            "warning",
            "business-rule",
            "code-comment",
            "CONCEPT_DEPRECATED_IN_VALUESET",
            below(path, "code"),
            code=str(reference.get("code")),
            system=clause.system,
            value_set=said_as(prepared.resource),
            status=str(status),
        )
        work.state.note(made)


def mind_inactive(work: Work, last: Coding, codings: Sequence[Coding]) -> None:
    """Note that the code is inactive, with the words of the ecosystem."""
    state = work.state
    if state.inactive is not None:
        path, code = state.inactive
        status = state.status or "inactive"
        words = status if status.lower() in {"inactive", "discouraged"} else f"{status} and inactive"
        made = issue(
            "warning",
            "business-rule",
            "code-comment",
            "INACTIVE_CONCEPT_FOUND",
            path or "code",
            code=code,
            status=words,
        )
        state.note(made, said=True)
    elif state.status.lower() == "deprecated":
        where = work.root if work.root or not codings else "code"
        made = issue(
            "warning",
            "business-rule",
            "code-comment",
            "DEPRECATED_CONCEPT_FOUND",
            where,
            code=state.status_code or last.code,
        )
        state.note(made, said=True)


def judge_display(work: Work, coding: Coding, path: str) -> None:
    """Note what is wrong with the display of a coding."""
    if coding.display and work.state.texts:
        asked = Coding(coding.system or work.state.implied, coding.code, coding.display, coding.version)
        made = check_display(
            work.state.texts,
            asked,
            work.options.languages,
            work.state.language,
            lenient=work.options.lenient_display,
            expression=below(path, "display"),
        )
        if made is not None:
            work.state.note(made, said=made.kind != "display-comment" or made.severity == "error")
