"""A code in the clause of a value set: whether it is there, may be used, and in which form."""

from collections.abc import Mapping, Sequence
from typing import Any

from samspil_core.values import Coding
from samspil_terminology.compose import Clause, Prepared, said_as
from samspil_terminology.concepts import Concept, Designation
from samspil_terminology.issues import TxIssue, issue
from samspil_terminology.json_system import designation_of
from samspil_terminology.meant import did_you_mean
from samspil_terminology.messages import say
from samspil_terminology.selecting import selection
from samspil_terminology.system import Selection, System

from .concerns import mind_reference
from .work import Work, below

__all__ = ["in_concept_set", "selected", "suggest", "unknown_code", "usable"]

Json = Mapping[str, Any]


def selected(system: System, clause: Clause, prepared: Prepared) -> Selection:
    """What the filters of a clause take."""
    return selection(system, clause, said_as(prepared.resource))


def in_concept_set(work: Work, prepared: Prepared, clause: Clause, system: System, path: str, coding: Coding) -> bool:  # noqa: PLR0913, PLR0917  what is judged, in its context
    """Whether a clause takes a code of its system, and whether that may be used."""
    concept = system.find(coding.code)
    if clause.whole:
        if concept is None:
            return is_acceptable_unknown(work, system, path, coding.code)
        note_normal_form(work, system, concept, path, coding.code)
        return usable(work, prepared, system, concept, path, coding.code, concept.texts(), strict=True)
    if concept is None:
        return False
    for each in clause.concepts or ():
        if each.get("code") == concept.code:
            texts = (*concept.texts(), *own_texts(each, prepared.resource))
            if usable(work, prepared, system, concept, path, coding.code, texts, strict=False):
                note_normal_form(work, system, concept, path, coding.code)
                mind_reference(work, prepared, clause, each, path)
                return True
    if clause.filters and selected(system, clause, prepared).contains(concept.code):
        note_normal_form(work, system, concept, path, coding.code)
        return usable(work, prepared, system, concept, path, coding.code, concept.texts(), strict=False)
    return False


def is_acceptable_unknown(work: Work, system: System, path: str, code: str) -> bool:
    if work.options.membership_only:
        return False
    work.state.note(unknown_code(system, code, below(path, "code")))
    why = why_not(system, code, below(path, "code"))
    if why is not None:
        work.state.note(why)
    suggest(work, system, code, path)
    return system.facts.content != "complete"


def unknown_code(system: System, code: str, expression: str) -> TxIssue:
    """The issue that a code system does not have a code."""
    facts = system.facts
    detail = {"code": code, "system": facts.url, "version": facts.version}
    if facts.content != "complete":
        return issue("warning", "code-invalid", "invalid-code", "UNKNOWN_CODE_IN_FRAGMENT", expression, **detail)
    message = "Unknown_Code_in_Version" if facts.version else "Unknown_Code_in"
    if facts.edition:
        text = say("Unknown_Code_in_Edition", edition=facts.edition, **detail)
        return TxIssue("error", "code-invalid", "invalid-code", message, text, expression)
    return issue("error", "code-invalid", "invalid-code", message, expression, **detail)


def why_not(system: System, code: str, expression: str) -> TxIssue | None:
    """What is wrong with a code of a grammar, where the system can tell."""
    tell = getattr(system, "why_not", None)
    text = str(tell(code)) if tell is not None else ""
    return TxIssue("information", "code-invalid", "invalid-code", "", text, expression) if text else None


def suggest(work: Work, system: System, code: str, path: str) -> None:
    """Say of which other known system the code is."""
    for each in did_you_mean(work.finder.catalog, Coding(system.facts.url, code)):
        made = issue(
            "information",
            "code-invalid",
            "code-comment",
            "DID_YOU_MEAN",
            below(path, "code"),
            code=each.code,
            other=each.system,
            system=system.facts.url,
        )
        work.state.note(made)


def note_normal_form(work: Work, system: System, concept: Concept, path: str, code: str) -> None:
    if concept.code != code:
        made = issue(
            "information",
            "business-rule",
            "code-rule",
            "CODE_CASE_DIFFERENCE",
            below(path, "code"),
            code=code,
            normal=concept.code,
            system=system.facts.canonical,
        )
        work.state.note(made)
        work.state.normalized = concept.code


def usable(  # noqa: PLR0917, PLR0913  the concept, as asked for, in its context
    work: Work,
    prepared: Prepared,
    system: System,
    concept: Concept,
    path: str,
    code: str,
    texts: Sequence[Designation],
    *,
    strict: bool,
) -> bool:
    """Whether a concept that was found may be used: not abstract, nor inactive, where that is not wanted."""
    state, options = work.state, work.options
    state.texts = list(texts)
    if concept.abstract and not options.abstract_ok:
        if not options.membership_only:
            made = issue(
                "error",
                "business-rule",
                "code-rule",
                "ABSTRACT_CODE_NOT_ALLOWED",
                below(path, "code"),
                system=system.facts.url,
                code=code,
            )
            state.note(made)
        return False
    if concept.inactive and (prepared.inactive is False or options.active_only):
        if strict or options.active_only:
            where = below(path, "code")
            state.note(issue("error", "business-rule", "code-rule", "STATUS_CODE_WARNING_CODE", where, code=code))
        if not options.membership_only:
            state.inactive, state.status = (path, code), concept.status
        return False
    if state.inactive is None:
        state.status, state.status_code = concept.status, code
        if concept.inactive:
            state.inactive = (path, code)
    return True


def own_texts(reference: Json, value_set: Json) -> list[Designation]:
    made = [designation_of(each) for each in reference.get("designation", ())]
    if reference.get("display"):
        made.insert(0, Designation(str(reference["display"]).strip(), str(value_set.get("language", ""))))
    return made
