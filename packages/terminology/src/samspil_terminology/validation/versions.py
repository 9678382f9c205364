"""The version of a code system that a code is looked up in, out of those the coding, the value set and the request name."""

from typing import Literal

from samspil_core.values import Coding
from samspil_terminology.canonical import latest, matches
from samspil_terminology.compose import Clause, Prepared
from samspil_terminology.issues import issue
from samspil_terminology.system import System

from .work import Work, below, same_system

__all__ = ["must_be_allowed", "picked_version", "version_for"]


def must_be_allowed(work: Work, system: System, path: str) -> None:
    """Note that a version is one that the request rules out."""
    wrong = work.finder.forbidden(system)
    if wrong is not None:
        where = below(path, "version")
        work.state.note(issue("error", "exception", "version-error", "VALUESET_VERSION_CHECK", where, **wrong))


def picked_version(work: Work, prepared: Prepared, coding: Coding) -> str:
    """The version whose include counts, where a value set has several versions and the coding names none."""
    versions = {
        each.version for each in prepared.includes if each.version and same_system(work, each.system, coding.system)
    }
    if coding.version or len(versions) < 2:  # noqa: PLR2004
        return ""
    holding: set[str] = set()
    for version in versions:
        system = work.finder.system(coding.system, version)
        concept = system.find(coding.code) if system else None
        if concept and (not coding.display or any(each.value == coding.display for each in concept.texts())):
            holding.add(version)
    return "" if holding == versions else latest(holding or versions)


def version_for(work: Work, clause: Clause, path: str, coding: Coding) -> str:
    """The version to look in, with the issues where it is not the version of the coding."""
    finder, given = work.finder, coding.version
    result = finder.version_for(clause.system, clause.version)
    if not given:
        return result
    if result and given != result and matches(result, given):
        result = given
    if not result and given in finder.catalog.versions(clause.system):
        result = given
    found = finder.system(clause.system, result)
    detail = {"system": clause.system, "given": given}
    where = below(path, "version")
    if found is None:
        if result != given:
            made = issue("error", "invalid", "vs-invalid", "VALUESET_VALUE_MISMATCH", where, version=result, **detail)
            work.state.note(made)
        return result
    has = found.facts.version
    if has == given or matches(given, has):
        return result
    if not result:
        level: Literal["error", "warning"] = "error" if found.facts.version_needed else "warning"
        made = issue(level, "invalid", "vs-invalid", "VALUESET_VALUE_MISMATCH_DEFAULT", where, version=has, **detail)
    elif result != clause.version:
        made = issue(
            "error",
            "invalid",
            "vs-invalid",
            "VALUESET_VALUE_MISMATCH_CHANGED",
            where,
            version=result,
            include=clause.version,
            **detail,
        )
    else:
        made = issue("error", "invalid", "vs-invalid", "VALUESET_VALUE_MISMATCH", where, version=result, **detail)
    work.state.note(made)
    if finder.system(clause.system, given, rules=False) is None:
        work.state.note_unknown(finder.unknown_issue(clause.system, given, below(path, "system")))
    return result
