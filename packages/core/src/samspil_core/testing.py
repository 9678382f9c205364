"""Fakes of every port, for the tests of whoever uses one. They answer from a dict and remember what was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from samspil_core.outcome import Outcome
from samspil_core.values import Access, CodeValidity, Coding, Decision, Match, Receipt, Translation

__all__ = [
    "FakeCodeValidator",
    "FakeDecider",
    "FakeEvaluator",
    "FakeRecorder",
    "FakeResourceValidator",
    "FakeTranslator",
    "blow_up",
]


def blow_up(*_arguments: object, **_named: object) -> NoReturn:
    """Stands where a test expects that nothing is called; raises AssertionError when it is."""
    raise AssertionError("this must never be called")


@dataclass(frozen=True, slots=True)
class FakeTranslator:
    """A `Translator` that knows `{(map_url, system, code): Coding}`; each is an equivalent match."""

    targets: Mapping[tuple[str, str, str], Coding] = field(default_factory=dict[tuple[str, str, str], Coding])
    asked: list[tuple[Coding, str]] = field(default_factory=list[tuple[Coding, str]])

    def translate(self, coding: Coding, map_url: str, /) -> Translation:
        """The match in the dict, or none."""
        self.asked.append((coding, map_url))
        target = self.targets.get((map_url, coding.system, coding.code))
        return Translation((Match(target),) if target else ())


@dataclass(frozen=True, slots=True)
class FakeCodeValidator:
    """A `CodeValidator` that knows `{(value_set_url, system, code): display}`; the URL is empty for a code system."""

    displays: Mapping[tuple[str, str, str], str] = field(default_factory=dict[tuple[str, str, str], str])
    asked: list[tuple[Coding, str]] = field(default_factory=list[tuple[Coding, str]])

    def validate_code(self, coding: Coding, value_set_url: str = "", /) -> CodeValidity:
        """Valid when the dict has it."""
        self.asked.append((coding, value_set_url))
        display = self.displays.get((value_set_url, coding.system, coding.code))
        return CodeValidity(valid=display is not None, display=display or "")


@dataclass(frozen=True, slots=True)
class FakeResourceValidator:
    """A `ResourceValidator` that knows `{resourceType: Outcome}`; every other resource is ok."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])
    asked: list[tuple[Mapping[str, Any], tuple[str, ...]]] = field(
        default_factory=list[tuple[Mapping[str, Any], tuple[str, ...]]]
    )

    def validate(self, resource: Mapping[str, Any], profiles: Sequence[str] = (), /) -> Outcome:
        """The outcome in the dict, or an empty one."""
        self.asked.append((resource, tuple(profiles)))
        return self.outcomes.get(str(resource.get("resourceType")), Outcome())


@dataclass(frozen=True, slots=True)
class FakeEvaluator:
    """An `Evaluator` that knows `{expression: collection}`, whatever the resource; any other gives nothing."""

    collections: Mapping[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list[tuple[str, Mapping[str, Any]]])

    def evaluate(self, expression: str, resource: Mapping[str, Any], /) -> list[Any]:
        """The collection in the dict, or an empty one."""
        self.asked.append((expression, resource))
        return list(self.collections.get(expression, ()))


@dataclass(frozen=True, slots=True)
class FakeDecider:
    """A `Decider` that knows `{(actor, action code): Decision}`; every other access is denied."""

    decisions: Mapping[tuple[str, str], Decision] = field(default_factory=dict[tuple[str, str], Decision])
    asked: list[Access] = field(default_factory=list[Access])

    def decide(self, access: Access, /) -> Decision:
        """The decision in the dict, or deny."""
        self.asked.append(access)
        return self.decisions.get((access.actor, access.action.code), Decision("deny"))


@dataclass(frozen=True, slots=True)
class FakeRecorder:
    """A `Recorder` that keeps its events in a list."""

    events: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])

    def record(self, event: Mapping[str, Any], /) -> Receipt:
        """Keep the event in the list."""
        self.events.append(event)
        return Receipt("memory", len(self.events) - 1)
