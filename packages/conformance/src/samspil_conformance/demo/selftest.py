"""The suites tried on the demonstration: each defect must be found, and no legal variant blamed.

A defect counts as found where a scenario that passes on the conformant system fails; a variant is a false alarm where one
fails. An error of the kit is neither a pass nor a find, and is told by itself.
"""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from samspil_conformance import checks
from samspil_conformance.chance import Clock
from samspil_conformance.executor import run_suite
from samspil_conformance.run import Run
from samspil_conformance.suite import Suite, load_suite
from samspil_conformance.sut import Sut

from .catalogue import FAULTS, VARIANTS, Fault
from .identity import identity
from .system import system

__all__ = ["Figures", "Told", "selftest"]

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
SEED = "self-test"

Told = Callable[[str, str], None]
"""Is called with the id of a fault and what became of it: killed, survived, let pass, blamed."""


@dataclass
class Figures:
    """What the self-test of one suite came to."""

    suite: str
    version: str
    digest: str
    defects: int = 0
    variants: int = 0
    survivors: list[str] = field(default_factory=list[str])
    alarms: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    errors: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    not_clean: list[str] = field(default_factory=list[str])
    finds: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    assertions: int = 0
    never_red: list[str] = field(default_factory=list[str])
    never_green: list[str] = field(default_factory=list[str])

    @property
    def kill_rate(self) -> float:
        """The share of the defects that were found."""
        return 1 - len(self.survivors) / self.defects if self.defects else 1.0

    @property
    def holds(self) -> bool:
        """At least 95 % found, nothing legal blamed, and the conformant system passes."""
        return self.kill_rate >= 0.95 and not self.alarms and not self.not_clean  # noqa: PLR2004  the bar

    def as_dict(self) -> dict[str, Any]:
        """The figures as they travel with the suite."""
        return {
            "version": self.version,
            "digest": self.digest,
            "defects": self.defects,
            "killed": self.defects - len(self.survivors),
            "kill_rate": round(self.kill_rate, 4),
            "survivors": self.survivors,
            "variants": self.variants,
            "false_alarms": len(self.alarms),
            "blamed": self.alarms,
            "errors": self.errors,
            "conformant_system_fails": self.not_clean,
            "assertions": self.assertions,
            "never_red": self.never_red,
            "never_green": self.never_green,
        }


def selftest(name: str, told: Told | None = None, *, sample: int = 1, whole: bool = False) -> Figures:
    """Try one suite on the conformant system, on each defect and on each variant that concern it.

    With `sample` n, every n-th fault alone. A defect is tried on the scenarios of its requirement first, and on the whole
    suite where these do not find it, or where `whole` asks for it.
    """
    suite = load_suite(name)
    made = Figures(suite.id, suite.version, suite.digest)
    before = checks.sites()
    clean = _run(suite, None)
    made.not_clean = [one.id for one in clean.scenarios.values() if one.result in {"fail", "error"}]
    passing = {one.id for one in clean.scenarios.values() if one.result in {"pass", "warning", "pending", "skipped"}}
    for fault in _some(FAULTS, name, sample):
        made.defects += 1
        near = {one.id for one in suite.scenarios if fault.requirement in one.requirements}
        run = _run(suite, fault, None if whole else near)
        if not whole and not _failed(run, passing):
            run = _run(suite, fault)
        made.finds[fault.id] = _failed(run, passing)
        if not made.finds[fault.id]:
            made.survivors.append(fault.id)
        _note_errors(made, fault, run)
        if told:
            told(fault.id, "killed" if made.finds[fault.id] else "survived")
    for fault in _some(VARIANTS, name, sample):
        made.variants += 1
        run = _run(suite, fault)
        if blamed := _failed(run, passing):
            made.alarms[fault.id] = blamed
        _note_errors(made, fault, run)
        if told:
            told(fault.id, "blamed" if blamed else "let pass")
    _judge_assertions(made, suite, before)
    return made


def _run(suite: Suite, fault: Fault | None, only: set[str] | None = None) -> Run:
    clock = Clock(START)
    sut = Sut.of_parts(identity(), system(suite.id, clock=clock, seed=SEED, fault=fault))
    return run_suite(suite, sut, clock=clock, seed=SEED, only=only)


def _some(faults: Iterable[Fault], name: str, sample: int) -> list[Fault]:
    return [each for each in faults if name in each.suites][::sample]


def _failed(run: Run, passing: set[str]) -> list[str]:
    return [one.id for one in run.scenarios.values() if one.result == "fail" and one.id in passing]


def _note_errors(made: Figures, fault: Fault, run: Run) -> None:
    if found := [one.id for one in run.scenarios.values() if one.result == "error"]:
        made.errors[fault.id] = found


def _judge_assertions(made: Figures, suite: Suite, before: dict[checks.Site, tuple[int, int]]) -> None:
    after = checks.sites()
    places = [(module, line) for module in _modules(suite) for line in _lines(module)]
    made.assertions = len(places)
    for site in places:
        held, failed = after.get(site, (0, 0))
        held_before, failed_before = before.get(site, (0, 0))
        place = f"{site[0].rpartition('.')[2]}:{site[1]}"
        if held == held_before:
            made.never_green.append(place)
        if failed == failed_before:
            made.never_red.append(place)


def _modules(suite: Suite) -> list[str]:
    return [name if "." in name else f"samspil_conformance.steps.{name}" for name in suite.steps]


def _lines(module: str) -> list[int]:
    """The lines of a module at which something is judged."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return sorted(
        node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id in {"check", "equal", "fail"}
    )
