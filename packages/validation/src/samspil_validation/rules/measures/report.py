"""A measure report against its measure: groups, populations and stratifiers are those of the measure, counts add up.

https://hl7.org/fhir/R4/measurereport.html#notes, https://hl7.org/fhir/R4/measurereport-definitions.html#MeasureReport.group
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue, Kind
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    MEASURE_UNKNOWN,
    REPORT_COUNT,
    REPORT_GROUP_CODE,
    REPORT_GROUP_MISSING,
    REPORT_POPULATION_CODE,
    REPORT_POPULATION_MISSING,
    REPORT_SCORE,
    REPORT_STRATIFIER_CODE,
    REPORT_STRATIFIER_MISSING,
    REPORT_SUBJECTS,
)
from samspil_validation.shape import entries, integer, node, nodes, text

__all__ = ["rule"]

Steps = tuple["str | int", ...]
_LISTED = "subject-list"


def rule(report: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check a report, as far as its measure is among the definitions."""
    canonical = text(report, "measure")
    measure = context.find("Measure", canonical) if canonical else None
    if measure is None:
        if canonical:
            yield context.undecided(MEASURE_UNKNOWN, "measure", canonical=canonical)
        return
    pairs: list[tuple[Steps, dict[str, Any], dict[str, Any]]] = []
    yield from _matched(measure, report, "group", (), context, (REPORT_GROUP_CODE, REPORT_GROUP_MISSING), pairs)
    for steps, asked, given in pairs:
        yield from _group(asked, given, report, context, steps)
        if node(given, "measureScore") and not _has_score(measure, asked, report):
            yield REPORT_SCORE.at(context.where(*steps, "measureScore"))


def _has_score(measure: dict[str, Any], asked: dict[str, Any], report: dict[str, Any]) -> bool:
    """Whether a group has a score: not of a cohort, and not where data are only collected."""
    scoring = node(asked, "scoring") or node(measure, "scoring")
    cohort = any(text(each, "code") == "cohort" for each in nodes(scoring, "coding"))
    return not cohort and text(report, "type") != "data-collection"


def _matched(  # noqa: PLR0913, PLR0917  what is matched, where, and what is told
    measure: dict[str, Any],
    report: dict[str, Any],
    key: str,
    at: Steps,
    context: Context,
    kinds: tuple[Kind, Kind],
    pairs: list[tuple[Steps, dict[str, Any], dict[str, Any]]],
) -> Iterator[Issue]:
    """Pair what a report gives with what the measure asks, by code; one without a code is paired where it is alone."""
    asked = nodes(measure, key)
    given = list(entries(report, key))
    left = list(asked)
    for index, each in given:
        found = next((one for one in asked if _same(_code(one), _code(each))), None)
        if found is None and len(asked) == len(given) == 1 and not _code(asked[0]) and not _code(each):
            found = asked[0]
        if found is None:
            yield kinds[0].at(context.where(*at, key, index))
        else:
            pairs.append(((*at, key, index), found, each))
            left = [one for one in left if one is not found]
    for one in left:
        name = next((text(each, "code") for each in nodes(_code(one), "coding")), text(_code(one), "text"))
        yield kinds[1].at(context.where(*at), code=name or text(one, "id") or "-")


def _code(holder: dict[str, Any]) -> dict[str, Any]:
    """The code of a group, population or stratifier; a stratifier of R4 may have several, of which the first counts."""
    listed = nodes(holder, "code")
    return listed[0] if listed else node(holder, "code")


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    codes = {(text(each, "system"), text(each, "code")) for each in nodes(one, "coding")}
    others = {(text(each, "system"), text(each, "code")) for each in nodes(other, "coding")}
    if codes or others:
        return bool(codes & others)
    return bool(text(one, "text")) and text(one, "text") == text(other, "text")


def _group(
    asked: dict[str, Any], given: dict[str, Any], report: dict[str, Any], context: Context, at: Steps
) -> Iterator[Issue]:
    pairs: list[tuple[Steps, dict[str, Any], dict[str, Any]]] = []
    kinds = (REPORT_POPULATION_CODE, REPORT_POPULATION_MISSING)
    yield from _matched(asked, given, "population", at, context, kinds, pairs)
    for steps, _, population in pairs:
        yield from _population(population, report, context, steps)
    kinds = (REPORT_STRATIFIER_CODE, REPORT_STRATIFIER_MISSING)
    if text(report, "type") != "data-collection":
        yield from _matched(asked, given, "stratifier", at, context, kinds, [])


def _population(population: dict[str, Any], report: dict[str, Any], context: Context, at: Steps) -> Iterator[Issue]:
    results = node(population, "subjectResults")
    if not results:
        return
    if text(report, "type") and text(report, "type") != _LISTED:
        yield REPORT_SUBJECTS.at(context.where(*at))
        return
    count, listed = integer(population, "count"), _subjects(results, context)
    if count is not None and listed is not None and count != listed:
        yield REPORT_COUNT.at(context.where(*at), count=count, found=listed)


def _subjects(results: dict[str, Any], context: Context) -> int | None:
    """How many subjects a reference names: the entries of a list, or the one it leads to."""
    reference = text(results, "reference")
    target = context.resolve(reference) if reference else None
    if target is not None and target.resource.get("resourceType") == "List":
        return len(nodes(target.resource, "entry"))
    kind = reference.rpartition("/")[0].rpartition("/")[2]
    return 1 if kind and kind != "List" else None
