"""Asserts that run another script with values from this one (an extension of MITRE's engine).

`assert-subtest` binds variables of this script to variables of the other; `assert-subtest-each` runs the other once for each
value of the assert's expression, all of which, or any of which, have to pass.
https://github.com/fhir-crucible/testscript-engine-ig
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from samspil_fhirpath import FhirPathError

from .asserts import Bench, Judgement, failure
from .expressions import evaluate
from .faults import ScriptFault
from .results import ScriptReport, Verdict
from .script import Assert
from .variables import BadVariable, NoValue

__all__ = ["Subtest", "run_subtest", "subtest_of"]

Json = Mapping[str, Any]
Nested = Callable[[str, Mapping[str, str]], "ScriptReport | None"]


@dataclass(frozen=True)
class Subtest:
    """The script to run and the values to bind: by name from this script, or each value of an expression."""

    name: str
    bound: Sequence[tuple[str, str]] = ()
    each: str = ""
    every: bool = True
    known: Mapping[str, str] = field(default_factory=dict[str, str])


def subtest_of(asked: Assert) -> Subtest | None:
    """The subtest that an assert names, or None."""
    for extension in asked.extensions:
        if str(extension.get("url", "")).rpartition("/")[2] in {"assert-subtest", "assert-subtest-each"}:
            parts = cast("Sequence[Json]", extension.get("extension", ()))
            bound = [_binding(part) for part in parts if part.get("url") == "bindVariable"]
            every = next(
                (part.get("valueBoolean") is not False for part in parts if part.get("url") == "allMustPass"), True
            )
            return Subtest(_value(parts, "testName"), bound, _value(parts, "bindEachTarget"), every)
    return None


def run_subtest(named: Subtest, asked: Assert, bench: Bench, nested: Nested) -> Judgement:
    """Run it once, or once for each value, and say what that comes to."""
    try:
        given = {target: bench.values.value(source) for source, target in named.bound}
        turns = [given]
        if named.each:
            content = bench.contents.get(asked.source) if asked.source else bench.last and bench.last.response.content
            if content is None:
                return Judgement(
                    "inconclusive", f"nothing is known of {asked.source}" if asked.source else bench.missing
                )
            found = evaluate(bench.values.write(asked.expression, literal=True), content, bench.now)
            turns = [{**given, named.each: value} for value in found]
    except ScriptFault as fault:
        return Judgement(failure(asked), str(fault), script_fault=True)
    except NoValue as error:
        return Judgement(failure(asked) if error.verdict == "fail" else error.verdict, str(error))
    except (BadVariable, FhirPathError) as error:
        return Judgement("error", str(error))
    reports = [nested(named.name, turn) for turn in turns]
    known = [each for each in reports if each is not None]
    if len(known) < len(reports):
        return Judgement("inconclusive", f"there is no script {named.name} beside this one")
    return _sum(named, known, failure(asked))


def _sum(named: Subtest, reports: Sequence[ScriptReport], failed: Verdict) -> Judgement:
    verdicts = [each.verdict for each in reports]
    good = [verdict in {"pass", "warning"} for verdict in verdicts]
    if not verdicts:
        return Judgement(failed, f"there was no value to run {named.name} with")
    if all(good) if named.every else any(good):
        return Judgement("pass")
    for grave in ("error", "inconclusive"):
        if grave in verdicts:
            return Judgement(grave, f"{named.name}: {grave}")
    fails = [each for report in reports for each in report.results if each.verdict == "fail"]
    if all(each.script_fault for each in fails):
        return Judgement(failed, f"{named.name}: {fails[0].message}", script_fault=True)
    return Judgement(failed, f"{named.name} failed in {good.count(False)} of {len(good)} runs")


def _binding(part: Json) -> tuple[str, str]:
    parts = cast("Sequence[Json]", part.get("extension", ()))
    return _value(parts, "bindSource"), _value(parts, "bindTarget")


def _value(parts: Sequence[Json], name: str) -> str:
    return next((str(part.get("valueString", "")) for part in parts if part.get("url") == name), "")
