"""Why a coding is not valid: what is known of its code, and of its code system."""

from samspil_core.values import Coding
from samspil_terminology.canonical import latest
from samspil_terminology.compose import Prepared
from samspil_terminology.issues import issue

from .answer import Validation
from .concept import suggest, unknown_code
from .concerns import judge_display, mind_system
from .work import Work, below, same_system, shown_text

__all__ = ["explain"]


def explain(work: Work, prepared: Prepared, coding: Coding, path: str) -> str:
    """What the code system itself says of a coding that is not in the value set; the display if it knows the code."""
    state = work.state
    url = coding.system or state.implied
    if not is_absolute(url):
        where = below(path, "system")
        state.note(issue("error", "invalid", "invalid-data", "Terminology_TX_System_Relative", where))
    named = [each.version for each in prepared.includes if each.version and same_system(work, each.system, url)]
    version = coding.version or latest(named)
    system = work.finder.system(url, version)
    if system is None:
        explain_system(work, url, version, path)
        system = work.finder.system(url) if state.unknown and state.unknown[-1] != url else None
        if system is None:
            return ""
    mind_system(work, system, prepared.resource)
    concept = system.find(coding.code)
    if concept is None:
        made = unknown_code(system, coding.code, below(path, "code"))
        state.note(made)
        suggest(work, system, coding.code, path)
        state.version = system.facts.version
        return ""
    state.texts, state.language = list(concept.texts()), system.facts.language
    if not work.options.membership_only and state.inactive is None and concept.inactive:
        state.inactive, state.status = (path, coding.code), concept.status or state.status
    judge_display(work, coding, path)
    if work.mode != "codeableConcept":
        state.version = system.facts.version
    return shown_text(work)


def explain_system(work: Work, url: str, version: str, path: str) -> None:
    """Why a code system cannot be used: it is a value set, a supplement, or not known."""
    where = below(path, "system")
    catalog = work.finder.catalog
    supplement = catalog.supplement(url)
    if catalog.value_set(url) is not None:
        made = issue("error", "invalid", "invalid-data", "Terminology_TX_System_ValueSet2", where, system=url)
        work.state.note(made)
    elif supplement is not None:
        made = issue(
            "error", "invalid", "invalid-data", "CODESYSTEM_CS_NO_SUPPLEMENT", where, system=supplement.canonical
        )
        work.state.note(made)
    else:
        known = work.finder.system(url) is not None
        work.state.note_unknown(work.finder.unknown_issue(url, version if known or version else "", where))


def without_system(work: Work, url: str, version: str, coding: Coding) -> Validation:
    """The answer when the code system to validate in is not known."""
    state = work.state
    path = "CodeableConcept.coding[0]" if work.mode == "codeableConcept" else work.root
    if not is_absolute(url):
        where = below(path, "system")
        state.note(issue("error", "invalid", "invalid-data", "Terminology_TX_System_Relative", where))
    explain_system(work, url, version, path)
    found = Coding() if work.mode == "codeableConcept" else Coding(url, coding.code)
    return Validation(
        result=False,
        coding=found,
        issues=tuple(state.issues),
        message="; ".join(sorted(state.messages)),
        unknown=tuple(state.unknown),
        caused_by_unknown=True,
    )


def is_absolute(url: str) -> bool:
    return ":" in url
