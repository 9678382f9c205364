"""The suites are tested too: against systems with one seeded defect each, and against lawful variants.

A defect is killed when a scenario that passes against the conformant system fails. A false alarm is a scenario that
passes against the conformant system and does not against a lawful variant.
"""

import ast
import inspect
import json
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import checks, data
from .chance import Clock
from .executor import run_suite
from .run import Run
from .selftest_figures import FILE
from .stepdefs import bind
from .suite import Suite, load_suite
from .sut import Sut

__all__ = ["Figures", "Make", "measure", "settled", "write_figures"]

_JUDGES = frozenset({"check", "equal", "fail"})

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
    assertions: int = 0
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def holds(self) -> bool:
        """At least 95 % of the defects killed, no lawful variant blamed, the conformant system passed."""
        defects = len(self.killed) + len(self.survived)
        return self.clean and not self.alarms and len(self.killed) >= 0.95 * defects

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
            "assertions": self.assertions,
            "errors": {name: list(found) for name, found in self.errors.items()},
            "assertions_never_red": list(self.never_failed),
            "assertions_never_green": list(self.never_held),
        }


def measure(  # noqa: PLR0913  the suite, three kinds of system, when, and with which chance
    suite: str, make: Make, defects: Iterable[Any], variants: Iterable[Any], *, clock: Clock, seed: str = "0"
) -> Figures:
    """Run a suite against the conformant system, every defect and every variant of it.

    `defects` and `variants` have an `id` and a `requirement`; those whose `suites` do not name the suite are left out.
    A defect is tried on the scenarios of its requirement first, and on the whole suite where these do not tell it.
    """
    before = checks.sites()
    plain = run_suite(suite, make(suite, None), clock=clock, seed=seed)
    green = {name for name, one in plain.scenarios.items() if one.result in {"pass", "warning", "pending"}}
    sound = green | _named(plain, "skipped") | _named(plain, "not-applicable")
    judged = load_suite(suite)
    errors: dict[str, tuple[str, ...]] = {}
    red: set[str] = set()
    killed: dict[str, tuple[str, ...]] = {}
    survived: list[str] = []
    for fault in _of(suite, defects):
        near = {one.id for one in judged.scenarios if fault.requirement in one.requirements}
        run = run_suite(suite, make(suite, fault), clock=clock, seed=seed, only=near)
        if not _named(run, "fail") & sound:
            run = run_suite(suite, make(suite, fault), clock=clock, seed=seed)
        failed = _named(run, "fail") & sound
        errors |= {fault.id: tuple(sorted(found))} if (found := _named(run, "error")) else {}
        red |= failed
        if failed:
            killed[fault.id] = tuple(sorted(failed))
        else:
            survived.append(fault.id)
    for fault in _of(suite, defects):  # what no defect was aimed at is tried on all of them
        if pale := green - red - _named(plain, "pending"):
            red |= _named(run_suite(suite, make(suite, fault), clock=clock, seed=seed, only=pale), "fail")
    alarms: dict[str, tuple[str, ...]] = {}
    silent: list[str] = []
    for variant in _of(suite, variants):
        found = green - _green(run_suite(suite, make(suite, variant), clock=clock, seed=seed))
        if found:
            alarms[variant.id] = tuple(sorted(found))
        else:
            silent.append(variant.id)
    held, broken = _sites(before)
    every = _assertions(judged) | held | broken
    return Figures(
        suite=suite,
        digest=judged.digest,
        killed=killed,
        survived=tuple(survived),
        silent=tuple(silent),
        alarms=alarms,
        clean=not _named(plain, "fail") | _named(plain, "error"),
        never_held=tuple(sorted(every - held)),
        never_failed=tuple(sorted(every - broken)),
        assertions=len(every),
        errors=errors,
        unbroken=tuple(sorted(green - red)),
    )


def settled(found: Iterable[Figures]) -> list[Figures]:
    """The figures of suites measured in one process: an assertion that several share was seen red when one of them saw it so."""
    red = {
        f"{name.removeprefix('samspil_conformance.')}:{line}"
        for (name, line), (_, failed) in checks.sites().items()
        if failed
    }
    return [replace(one, never_failed=tuple(each for each in one.never_failed if each not in red)) for one in found]


def _of(suite: str, faults: Iterable[Any]) -> list[Any]:
    return [one for one in faults if suite in one.suites]


def _named(run: Run, result: str) -> set[str]:
    return {name for name, one in run.scenarios.items() if one.result == result}


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


def _assertions(suite: Suite) -> set[str]:
    """Every place that judges, in the definitions that the scenarios of a suite use."""
    used = {one.definition.function for bound in bind(suite).values() for one in bound}
    found: set[str] = set()
    for function in used:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        name = function.__module__.removeprefix("samspil_conformance.")
        judging = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id in _JUDGES]
        found |= {f"{name}:{first + node.lineno - 1}" for node in judging}
    return found


def write_figures(found: Iterable[Figures]) -> None:
    """Write the figures where runs take them from, beside the suites; those of other suites stay."""
    path = data.folder() / FILE
    before: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    told = before | {one.suite: one.as_json() for one in found}
    text = json.dumps(told, indent=1, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8")
