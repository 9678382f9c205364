"""Runs the scenarios of a suite against a system, in this process, and records what happened.

It executes the definitions that pytest-bdd's decorators made; why it is not pytest that runs them stands in
docs/explanation/conformance.md.
"""

import inspect
import json
import platform
from collections.abc import Callable, Container, Iterable, Iterator, KeysView, Mapping, ValuesView
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from .attestation import Answers
from .chance import Clock, Seed, instant, moment
from .checks import Failed, Inapplicable, Skipped
from .components import components
from .coverage import standings
from .features import Scenario
from .record import Event, Recorder
from .run import Run, waiting
from .selftest_figures import figures
from .stepdefs import Binding, bind, fixtures
from .suite import Suite, file_digests, load_suite
from .sut import Masker, Session, Sut
from .verdict import Result

__all__ = ["Room", "packages", "run_suite"]

Watch = Callable[[Event], None]
_LONG = 2000
"""Characters of what was observed that stand in the record."""


def run_suite(  # noqa: PLR0913  a run is what is asked, of what, when, and with which chance
    suite: str | Suite,
    sut: Sut,
    *,
    clock: Clock,
    seed: str = "0",
    only: Container[str] | None = None,
    answers: Answers | None = None,
    watch: Watch | None = None,
    recorded: Run | None = None,
) -> Run:
    """Run a suite against a system.

    Args:
        suite: its name, or a suite read before.
        sut: the system.
        clock: the time of the run.
        seed: the same seed gives the same chance.
        only: ids of scenarios; the others are left out.
        answers: what people answered to the questions the suite puts.
        watch: is called with each event as it happens.
        recorded: an earlier run; the system is not asked, the answers recorded then are judged anew.

    Raises:
        BadFile: the suite cannot be used.
        KeyError: there is no such suite.
    """
    found = load_suite(suite) if isinstance(suite, str) else suite
    masker = Masker(sut.mask.headers, sut.mask.json_keys, sut.mask.patterns)
    recorder = Recorder(clock, masker, watch)
    claims = frozenset(found.claims) if sut.claims is None else sut.claims
    bindings = bind(found)
    recorder.add("run", **_head(found, sut, clock, seed, claims, only), mask=masker.rules())
    for row in standings(found):
        recorder.state("requirement", row)
    kit = fixtures(found.steps)
    with Session(sut, recorder, claims, list(recorded.events) if recorded else None) as session:
        for scenario in found.scenarios:
            if only is None or scenario.id in only:
                if recorded:
                    clock = _then(recorded, scenario.id, clock)
                    recorder.clock = clock
                room = Room(recorder, session, scenario, found, clock, Seed(seed, scenario.id), answers, kit)
                _run(room, bindings[scenario.id])
    recorder.at()
    run = Run(tuple(recorder.events))
    recorder.add("end", counts=run.counts)
    return Run(tuple(recorder.events))


def _then(recorded: Run, scenario: str, clock: Clock) -> Clock:
    """The time at which a scenario was run that is judged anew."""
    at = next((one["at"] for one in recorded.of("scenario") if one["scenario"] == scenario), None)
    return Clock(moment(at)) if at else clock


def _head(  # noqa: PLR0913, PLR0917  the same parts as a run
    suite: Suite, sut: Sut, clock: Clock, seed: str, claims: frozenset[str], only: Container[str] | None
) -> dict[str, Any]:
    return {
        "format": 1,
        "suite": {"id": suite.id, "version": suite.version, "digest": suite.digest, "title": dict(suite.title)},
        "sut": sut.identity.model_dump(),
        "base": sut.base,
        "modes": list(sut.modes),
        "settings": dict(sut.settings),
        "claims": sorted(claims),
        "seed": seed,
        "clock": {"started": instant(clock.now()), "fixed": clock.moment is not None},
        "only": [one.id for one in suite.scenarios if one.id in only] if only is not None else None,
        "packages": packages(),
        "components": components(),
        "files": file_digests(suite.folder),
        "selftest": figures(suite),
    }


@cache
def packages() -> dict[str, str]:
    """The versions of Python, of the kit and of what it is made of."""
    return {"python": platform.python_version(), "samspil-conformance": components()["samspil-conformance"]["version"]}


@dataclass
class Room:
    """Where a scenario lives: what its steps may ask for by name."""

    recorder: Recorder
    session: Session
    scenario: Scenario
    suite: Suite
    clock: Clock
    seed: Seed
    answers: Answers | None
    kit: Mapping[str, Callable[..., Any]]
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    closing: ExitStack = field(default_factory=ExitStack)
    warnings: list[str] = field(default_factory=list[str])
    questions: int = 0

    def __post_init__(self) -> None:
        self.values |= {
            "sut": self.session,
            "clock": self.clock,
            "seed": self.seed,
            "note": self.note,
            "requires": self.requires,
            "warn": self.warn,
            "attested": self.attested,
            "fixture_file": self.fixture_file,
            "fixture_folder": self.suite.folder / "fixtures",
            "world": {},
            "scenario": self.scenario,
        }

    def get(self, name: str) -> Any:
        """A value by its name: the kit's, an earlier step's, or that of a fixture of the steps' modules."""
        if name not in self.values:
            if name not in self.kit:
                raise LookupError(f"no step and no fixture gives {name!r}")
            self.values[name] = self.made(self.kit[name], {}, tuple(inspect.signature(self.kit[name]).parameters))
        return self.values[name]

    def made(self, function: Callable[..., Any], given: Mapping[str, Any], names: tuple[str, ...]) -> Any:
        """Call a function with what is given and what it asks for by name; what a generator yields first counts."""
        made = function(**{name: given[name] if name in given else self.get(name) for name in names})
        if not inspect.isgenerator(made):
            return made
        self.closing.callback(_exhaust, made)
        return next(made)

    def inapplicable(self) -> tuple[Result, str] | None:
        """Why the scenario is not for this system: a claim it does not make, a mode it is not given in."""
        if missing := [claim for claim in self.scenario.claims if claim not in self.session.claims]:
            return "not-applicable", f"{', '.join(missing)} is not claimed"
        if self.scenario.mode not in self.session.modes:
            return "not-applicable", f"the system is not given in the mode {self.scenario.mode}"
        return None

    def fixture_file(self, name: str) -> bytes:
        """The bytes of a file of the suite's folder `fixtures`."""
        return (self.suite.folder / "fixtures" / name).read_bytes()

    def note(self, name: str, data: Any) -> None:
        """Keep bytes, text or JSON as evidence."""
        value = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
        self.recorder.add("note", name=name, data=value)

    def requires(self, condition: object, reason: str = "") -> None:
        """Go on only where a claim is made (a name), or a precondition holds (a truth)."""
        if isinstance(condition, str):
            if condition not in self.session.claims:
                raise Inapplicable(f"{condition} is not claimed")
        elif not condition:
            raise Skipped(reason or "a precondition is not met")

    def warn(self, text: str) -> None:
        """What the system should do and does not, though it need not."""
        self.warnings.append(text)
        self.recorder.add("warning", text=text)

    def attested(self, question: str, expected: str) -> None:
        """Put a question to a person; the scenario is pending until it is answered."""
        self.questions += 1
        question, expected = (text[:1].upper() + text[1:] for text in (question, expected))
        danish = self.suite.questions_of(self.scenario)
        words = {"da": danish[self.questions - 1]} if len(danish) >= self.questions else {}
        self.recorder.add("question", number=self.questions, question=question, expected=expected, **words)
        answer = self.answers.of(self.scenario.id, question) if self.answers else None
        if answer:
            self.recorder.add("answer", question=self.questions, **answer)


def _exhaust(made: Iterator[Any]) -> None:
    next(made, None)


def _run(room: Room, bindings: tuple[Binding, ...]) -> None:
    scenario = room.scenario
    recorder = room.recorder
    recorder.at(scenario=scenario.id)
    recorder.add(
        "scenario",
        title={language: room.suite.title_of(scenario, language) for language in ("en", "da")},
        feature=scenario.feature,
        requirements=list(scenario.requirements),
        severity=scenario.severity,
        mode=scenario.mode,
        file=f"{scenario.file}:{scenario.line}",
    )
    room.session.begin(scenario.id)
    result, reason = room.inapplicable() or _steps(room, bindings)
    recorder.at(scenario=scenario.id)
    recorder.add("result", result=result, reason=reason)


def _steps(room: Room, bindings: tuple[Binding, ...]) -> tuple[Result, str]:
    """Do the steps in order until one does not pass; the others are recorded as not run."""
    ended: tuple[Result, str] | None = None
    for number, binding in enumerate(bindings, start=1):
        room.recorder.at(scenario=room.scenario.id, step=number)
        told = {"keyword": binding.step.keyword, "text": binding.step.text}
        if ended:
            room.recorder.add("step", **told, result="not-run")
            continue
        result, members = _step(room, binding)
        room.recorder.add("step", **told, result=result, **members)
        if result != "pass":
            ended = result, members["reason"]
    try:
        room.closing.close()
    except Exception as fault:  # noqa: BLE001  what tidies up after a scenario is the kit's, as its steps are
        ended = ended or ("error", f"{type(fault).__name__} in tidying up: {fault}")
    if ended:
        return ended
    if room.questions:
        return "pending", waiting(room.questions)
    return ("warning", "; ".join(room.warnings)) if room.warnings else ("pass", "")


def _step(room: Room, binding: Binding) -> tuple[Result, dict[str, Any]]:
    definition = binding.definition
    try:
        given = room.made(definition.function, {**definition.defaults, **binding.arguments}, definition.names)
    except Failed as fault:
        return "fail", {"reason": fault.expected, "observed": _shown(fault.observed)}
    except AssertionError as fault:
        return "fail", {"reason": str(fault) or "an assertion does not hold"}
    except Skipped as fault:
        return "skipped", {"reason": str(fault)}
    except Inapplicable as fault:
        return "not-applicable", {"reason": str(fault)}
    except Exception as fault:  # noqa: BLE001  whatever a step raises is the kit's fault, and is told as an error
        return "error", {"reason": f"{type(fault).__name__}: {fault}"}
    if definition.target:
        room.values[definition.target] = given
    return "pass", {}


def _shown(value: Any) -> Any:
    """What was observed as JSON can hold it; of what is long the beginning, as the exchanges hold the whole."""
    if value is None or isinstance(value, int | float | bool):
        return value
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, KeysView | ValuesView | set | frozenset | tuple):
        listed = list(cast("Iterable[Any]", value))
        value = sorted(listed, key=str) if isinstance(value, set | frozenset) else listed
    if not isinstance(value, str):
        plain = isinstance(value, dict | list)
        text = json.dumps(value, ensure_ascii=False, default=str) if plain else str(value)
        if plain and len(text) <= _LONG:
            return json.loads(text)
        value = text
    return value if len(value) <= _LONG else f"{value[:_LONG]} … ({len(value)} characters)"
