"""What a run found: one result an action, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .exchange import Exchange
from .script import Script

__all__ = ["Result", "ScriptReport", "Verdict"]

Verdict = Literal["pass", "fail", "warning", "skip", "error", "inconclusive"]
"""`warning` is a failure that the script calls a warning (`warningOnly`); `error` what could not be
processed: an expression that is none, a system that does not answer; `inconclusive` that something needed is not at hand:
a package, a fixture, a value, an answer."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one action. `place` is its FHIRPath in the script, `exchange` the number of the exchange, from 0."""

    place: str
    kind: Literal["operation", "assert", "fixture"]
    verdict: Verdict
    message: str = ""
    label: str = ""
    exchange: int | None = None
    script_fault: bool = False
    """Whether an assert does not hold because the script is at fault: it names what is declared nowhere, or asks nothing."""


@dataclass(frozen=True, slots=True)
class ScriptReport:
    """The results of a script in their order, the exchanges they are about, and what stood in for missing fixtures."""

    script: Script
    results: Sequence[Result]
    exchanges: Sequence[Exchange]
    stand_ins: Sequence[tuple[str, str]] = ()

    @property
    def asserts(self) -> list[Result]:
        """The results of asserts."""
        return [each for each in self.results if each.kind == "assert"]

    @property
    def script_faults(self) -> int:
        """How many asserts do not hold because the script is at fault; they tell nothing of the system."""
        return sum(each.script_fault for each in self.results)

    @property
    def evaluated(self) -> bool:
        """Whether every assert came to pass or fail (a warning is a failure), and every operation was carried out."""
        judged = all(each.verdict in {"pass", "fail", "warning"} for each in self.asserts)
        return judged and not any(each.verdict in {"error", "inconclusive"} for each in self.results)

    @property
    def verdict(self) -> Verdict:
        """The gravest: error, then fail, inconclusive, skip, warning, pass."""
        order: tuple[Verdict, ...] = ("error", "fail", "inconclusive", "skip", "warning", "pass")
        found = {each.verdict for each in self.results}
        there: list[Verdict] = [each for each in order if each in found]
        return there[0] if there else "pass"
