"""Which scenario answers which requirement, over all suites, and what is wrong with the answer."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from samspil_core import Issue, Outcome

from .documents import BadFile
from .findings import ORPHAN_REQUIREMENT, ORPHAN_TAG, TWICE, TWO_STATUSES
from .requirements import Requirement, Untested, requirements, untested
from .stepdefs import bind
from .suite import Suite, load_suite, suite_names

__all__ = ["check_all", "coverage", "judge", "standings"]

Tests = Mapping[str, tuple[tuple[str, str], ...]]
"""Pairs of suite and scenario, by requirement."""


@cache
def coverage() -> Tests:
    """The scenarios of every suite that name a requirement. Raises `BadFile`."""
    found: dict[str, list[tuple[str, str]]] = {}
    for suite in map(load_suite, suite_names()):
        for scenario in suite.scenarios:
            for name in scenario.requirements:
                found.setdefault(name, []).append((suite.id, scenario.id))
    return MappingProxyType({name: tuple(pairs) for name, pairs in found.items()})


def check_all() -> Outcome:
    """Every fault of the suites, the requirements, and of what binds them. Nothing found is a build that holds."""
    try:
        suites = [load_suite(name) for name in suite_names()]
        for suite in suites:
            bind(suite)
        return judge(suites, requirements(), untested())
    except BadFile as fault:
        return Outcome(fault.issues)


def judge(suites: Iterable[Suite], known: Mapping[str, Requirement], reasons: Mapping[str, Untested]) -> Outcome:
    """Orphan tags, orphan requirements, two statuses for one requirement, ids given twice."""
    suites = list(suites)
    issues: list[Issue] = []
    tagged: set[str] = set()
    seen: set[str] = set()
    for suite in suites:
        own = {name for name, one in known.items() if one.file in suite.requirements}
        for scenario in suite.scenarios:
            tagged.update(scenario.requirements)
            names = sorted(set(scenario.requirements) - own)
            issues += [ORPHAN_TAG.at(scenario=scenario.id, requirement=name) for name in names]
            issues += [TWICE.at(id=scenario.id)] if scenario.id in seen else []
            seen.add(scenario.id)
    issues += [ORPHAN_REQUIREMENT.at(requirement=name) for name in known if name not in tagged and name not in reasons]
    issues += [TWO_STATUSES.at(requirement=name) for name in sorted(tagged & set(reasons))]
    issues += [ORPHAN_TAG.at(scenario="untested.yaml", requirement=name) for name in reasons if name not in known]
    return Outcome(tuple(issues))


def standings(suite: Suite) -> list[dict[str, Any]]:
    """What a run of a suite can say of each requirement of its files, as members of an event.

    `tests` are scenarios of this suite; without any, `elsewhere` names the suites that test it, or `untested` says why
    none does.
    """
    tests, reasons = coverage(), untested()
    own: dict[str, list[str]] = {}
    for scenario in suite.scenarios:
        for name in scenario.requirements:
            own.setdefault(name, []).append(scenario.id)
    rows: list[dict[str, Any]] = []
    for one in requirements(suite.requirements).values():
        pairs = tests.get(one.id, ())
        row: dict[str, Any] = {
            "id": one.id,
            "source": one.source,
            "url": one.url,
            "text": {"en": one.text, "da": one.text_da or one.text},
            "tests": own.get(one.id, []),
            "elsewhere": sorted({name for name, _ in pairs if name != suite.id}),
        }
        if one.id in reasons and not row["tests"] and not pairs:
            reason = reasons[one.id]
            row["untested"] = {"kind": reason.kind, "en": reason.en, "da": reason.da}
        rows.append(row)
    return rows
