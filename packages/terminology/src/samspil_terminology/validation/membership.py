"""Whether a coding is in a value set: its clauses, what they leave out, an expansion it comes with."""

from samspil_core.values import Coding
from samspil_terminology.compose import Clause, Prepared, said_as
from samspil_terminology.concepts import Designation
from samspil_terminology.inference import infer_system
from samspil_terminology.issues import issue
from samspil_terminology.system import System

from .concept import in_concept_set, selected, usable
from .concerns import mind_system, mind_value_set
from .versions import must_be_allowed, picked_version, version_for
from .work import Work, below, listed, same_system

__all__ = ["check"]


def check(work: Work, prepared: Prepared, path: str, coding: Coding) -> bool | None:  # noqa: C901  the steps, in their order
    """Whether a coding is in the value set; None when a code system that would tell is not known."""
    system = coding.system
    if not system and not (work.options.infer_system and work.mode == "code"):
        made = issue("warning", "invalid", "invalid-data", "Coding_has_no_system__cannot_validate", path)
        work.state.note(made, said=True)
        return False
    if not system:
        system = inferred(work, prepared, coding.code)
        if not system:
            return False
        coding = Coding(system, coding.code, coding.display, coding.version)
    if "compose" not in prepared.resource:
        return in_expansion(work, prepared, path, coding)
    picked = picked_version(work, prepared, coding)
    result: bool | None = False
    for clause in prepared.ordered():
        result = in_clause(work, prepared, clause, path, coding, picked)
        if result is None:
            return None
        for each in clause.imports:
            if result is True:
                mind_value_set(work, each.resource, prepared.resource)
                result = check(work, each, path, coding)
        if result is True and not clause.system and left_out(work, prepared, coding):
            result = False
        if result is True:
            break
    if result is True and any(excluded(work, prepared, clause, path, coding) for clause in prepared.excludes):
        return False
    return result


def left_out(work: Work, prepared: Prepared, coding: Coding) -> bool:
    """Whether a code that an import brought is inactive, and the value set that imports wants none such."""
    found = work.state.inactive
    return prepared.inactive is False and found is not None and found[1] == coding.code


def in_clause(work: Work, prepared: Prepared, clause: Clause, path: str, coding: Coding, picked: str) -> bool | None:  # noqa: PLR0911, PLR0913, PLR0917  one return a case
    if not clause.system:
        return True
    if not work.finder.catalog.aliases.same(clause.system, coding.system):
        return False
    if picked and clause.version != picked:
        return False
    named = any(each.version == coding.version for each in prepared.includes)
    if coding.version and clause.version != coding.version and named:
        return False
    version = version_for(work, clause, path, coding)
    system = work.finder.system(clause.system, version)
    if system is None:
        if work.options.membership_only:
            return False
        work.state.note_unknown(work.finder.unknown_issue(clause.system, version, below(path, "system")))
        return None
    must_be_allowed(work, system, path)
    work.state.language = system.facts.language
    mind_system(work, system, prepared.resource)
    if in_concept_set(work, prepared, clause, system, path, coding):
        work.state.version = system.facts.version
        return True
    return False


def excluded(work: Work, prepared: Prepared, clause: Clause, path: str, coding: Coding) -> bool:
    if clause.system:
        if not same_system(work, clause.system, coding.system):
            return False
        system = work.finder.needed(clause.system, clause.version)
        concept = system.find(coding.code)
        if concept is None or not taken(prepared, clause, system, concept.code):
            return False
    quiet = Work(work.finder, work.mode)
    return all(check(quiet, each, path, coding) is True for each in clause.imports)


def taken(prepared: Prepared, clause: Clause, system: System, code: str) -> bool:
    if clause.whole:
        return True
    if any(each.get("code") == code for each in clause.concepts or ()):
        return True
    return bool(clause.filters) and selected(system, clause, prepared).contains(code)


def in_expansion(work: Work, prepared: Prepared, path: str, coding: Coding) -> bool:
    """Whether a value set that has an expansion and no definition lists the coding."""
    for each in listed(prepared.resource.get("expansion", {}).get("contains", ())):
        if each.get("code") == coding.code and same_system(work, str(each.get("system", "")), coding.system):
            version = str(each.get("version", "")) or coding.version
            system = work.finder.system(coding.system, version)
            concept = system.find(coding.code) if system else None
            if system is None or concept is None:
                work.state.texts = [Designation(str(each.get("display", "")))]
                return True
            work.state.version, work.state.language = system.facts.version, system.facts.language
            return usable(work, prepared, system, concept, path, coding.code, concept.texts(), strict=False)
    return False


def inferred(work: Work, prepared: Prepared, code: str) -> str:
    systems = infer_system(work.finder, prepared, code)
    if len(systems) == 1:
        work.state.implied = systems[0]
        return systems[0]
    detail = {"code": code, "value_set": said_as(prepared.resource)}
    if systems:
        made = issue(
            "error",
            "not-found",
            "cannot-infer",
            "Unable_to_resolve_system__value_set_has_multiple_matches",
            "code",
            systems=", ".join(systems),
            **detail,
        )
    else:
        made = issue("error", "not-found", "cannot-infer", "UNABLE_TO_INFER_CODESYSTEM", "code", **detail)
    work.state.note(made)
    return ""
