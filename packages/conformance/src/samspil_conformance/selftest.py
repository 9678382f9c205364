"""The suites are tested too: against systems with one seeded defect each, and against lawful variants.

A defect is killed when a scenario that passes against the conformant system fails. A false alarm is a scenario that
passes against the conformant system and does not against a lawful variant.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from . import checks, data
from .chance import Clock
from .executor import run_suite
from .run import Run
from .selftest_figures import FILE
from .suite import load_suite
from .sut import Sut

__all__ = ["Figures", "Make", "measure", "write_figures"]

Make = Callable[[str, Any], Sut]
"""Makes a fresh system for a suite, with a fault or with None."""


@dataclass(frozen=True)
class Figures:
    """What the self-test found of one suite."""

    suite: str
    digest: str
    killed: Mapping[str, tuple[str, ...]]
    survived: tuple[str, ...]
    silent: tuple[str, ...]
    alarms: Mapping[str, tuple[str, ...]]
    clean: bool
    never_held: tuple[str, ...]
    never_failed: tuple[str, ...]
    unbroken: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The figures as the bundle states them: the words and the numbers."""
        defects = len(self.killed) + len(self.survived)
        return {
            "suite": self.suite,
            "digest": self.digest,
            "measured": True,
            "defects": defects,
            "killed": len(self.killed),
            "kill_rate": round(len(self.killed) / defects, 4) if defects else None,
            "survived": list(self.survived),
            "variants": len(self.alarms) + len(self.silent),
            "alarms": len(self.alarms),
            "false_alarms": {name: list(found) for name, found in self.alarms.items()},
            "scenarios_never_red": list(self.unbroken),
            "assertions_never_red": list(self.never_failed),
            "assertions_never_green": list(self.never_held),
        }


def measure(  # noqa: PLR0913  the suite, three kinds of system, when, and with which chance
    suite: str, make: Make, defects: Iterable[Any], variants: Iterable[Any], *, clock: Clock, seed: str = "0"
) -> Figures:
    """Run a suite against the conformant system, every defect and every variant of it.

    `defects` and `variants` have an `id`; those whose `suites` do not name the suite are left out.
    """
    before = checks.sites()
    plain = run_suite(suite, make(suite, None), clock=clock, seed=seed)
    green = {name for name, one in plain.scenarios.items() if one.result in {"pass", "warning"}}
    red: set[str] = set()
    killed: dict[str, tuple[str, ...]] = {}
    survived: list[str] = []
    for fault in _of(suite, defects):
        failed = _failed(run_suite(suite, make(suite, fault), clock=clock, seed=seed)) & green
        red |= failed
        if failed:
            killed[fault.id] = tuple(sorted(failed))
        else:
            survived.append(fault.id)
    alarms: dict[str, tuple[str, ...]] = {}
    silent: list[str] = []
    for variant in _of(suite, variants):
        found = green - _green(run_suite(suite, make(suite, variant), clock=clock, seed=seed))
        if found:
            alarms[variant.id] = tuple(sorted(found))
        else:
            silent.append(variant.id)
    held, broken = _sites(before)
    judged = load_suite(suite)
    return Figures(
        suite=suite,
        digest=judged.digest,
        killed=killed,
        survived=tuple(survived),
        silent=tuple(silent),
        alarms=alarms,
        clean=len(green) == len(plain.scenarios),
        never_held=tuple(sorted(broken - held)),
        never_failed=tuple(sorted(held - broken)),
        unbroken=tuple(sorted(green - red)),
    )


def _of(suite: str, faults: Iterable[Any]) -> list[Any]:
    return [one for one in faults if suite in one.suites]


def _failed(run: Run) -> set[str]:
    return {name for name, one in run.scenarios.items() if one.result == "fail"}


def _green(run: Run) -> set[str]:
    """What raises no alarm: what passes, and what is not judged because the variant does not claim it."""
    return {
        name
        for name, one in run.scenarios.items()
        if one.result in {"pass", "warning", "not-applicable", "skipped", "pending"}
    }


def _sites(before: Mapping[checks.Site, tuple[int, int]]) -> tuple[set[str], set[str]]:
    """The assertions that held, and those that failed, since `before`; each as `module:line`."""
    held: set[str] = set()
    failed: set[str] = set()
    for site, (good, bad) in checks.sites().items():
        old = before.get(site, (0, 0))
        name = f"{site[0].removeprefix('samspil_conformance.')}:{site[1]}"
        held |= {name} if good > old[0] else set()
        failed |= {name} if bad > old[1] else set()
    return held, failed


def write_figures(found: Iterable[Figures]) -> None:
    """Write the figures where runs take them from: beside the suites."""
    told = {one.suite: one.as_json() for one in found}
    text = json.dumps(told, indent=1, sort_keys=True) + "\n"
    (data.folder() / FILE).write_text(text, encoding="utf-8")
