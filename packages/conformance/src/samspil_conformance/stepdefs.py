"""Step definitions: what pytest-bdd's decorators left in the modules of a suite, bound to the texts of its features."""

import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pytest_bdd.parsers import StepParser
from pytest_bdd.steps import StepFunctionContext, StepNamePrefix, step_function_context_registry

from samspil_core import Issue

from .documents import BadFile
from .features import Scenario, Step
from .findings import UNBOUND_STEP
from .suite import Suite

__all__ = ["Binding", "Definition", "bind", "definitions", "fixtures"]


@dataclass(frozen=True)
class Definition:
    """One definition: the type of step it fits, its text, and the function that does it."""

    type: str | None
    text: str
    module: str
    parser: StepParser
    function: Callable[..., Any]
    converters: Mapping[str, Callable[[str], Any]]
    target: str | None
    names: tuple[str, ...]
    defaults: Mapping[str, Any]

    def fits(self, step: Step) -> bool:
        """Whether it is the definition of a step."""
        return self.type in {None, step.type} and self.parser.is_matching(step.text)


@dataclass(frozen=True, slots=True)
class Binding:
    """A step with its definition and the arguments its text gives."""

    step: Step
    definition: Definition
    arguments: Mapping[str, Any]


@cache
def definitions(module: str) -> tuple[Definition, ...]:
    """The definitions of a module of `samspil_conformance.steps`, or of a module named in full."""
    return tuple(
        _definition(step_function_context_registry[marker], module)
        for name, value in _names(module)
        if name.startswith(StepNamePrefix.step_def.value) and (marker := value._get_wrapped_function())  # noqa: SLF001
    )


def fixtures(modules: Iterable[str]) -> dict[str, Callable[..., Any]]:
    """The functions marked `@pytest.fixture` in the modules, by name; steps ask for them as for the kit's own."""
    return {
        name: value._get_wrapped_function()  # noqa: SLF001  pytest's own way to the function of a fixture
        for module in modules
        for name, value in _names(module)
        if hasattr(value, "_get_wrapped_function") and not name.startswith("pytestbdd_")
    }


def _names(module: str) -> list[tuple[str, Any]]:
    found = importlib.import_module(module if "." in module else f"samspil_conformance.steps.{module}")
    return list(vars(found).items())


def _definition(context: StepFunctionContext, module: str) -> Definition:
    parameters = inspect.signature(context.step_func).parameters.values()
    return Definition(
        type=context.type,
        text=context.parser.name,
        module=module,
        parser=context.parser,
        function=context.step_func,
        converters=context.converters,
        target=context.target_fixture,
        names=tuple(one.name for one in parameters),
        defaults={one.name: one.default for one in parameters if one.default is not one.empty},
    )


@cache
def bind(suite: Suite) -> Mapping[str, tuple[Binding, ...]]:
    """The bound steps of each scenario of a suite, by the scenario's id.

    Raises:
        BadFile: a step has no definition, or more than one; every such step is told.
    """
    known = [one for module in suite.steps for one in definitions(module)]
    issues: list[Issue] = []
    found = {one.id: tuple(_bound(one, known, issues)) for one in suite.scenarios}
    if issues:
        raise BadFile(dict.fromkeys(issues))
    return found


def _bound(scenario: Scenario, known: list[Definition], issues: list[Issue]) -> Iterator[Binding]:
    for step in scenario.steps:
        fitting = [one for one in known if one.fits(step)]
        if len(fitting) != 1:
            issues.append(UNBOUND_STEP.at(file=scenario.file, line=step.line, count=len(fitting)))
            continue
        yield Binding(step, fitting[0], _arguments(fitting[0], step))


def _arguments(definition: Definition, step: Step) -> dict[str, Any]:
    parsed = definition.parser.parse_arguments(step.text) or {}
    found = {name: _converted(definition, name, value) for name, value in parsed.items()}
    if step.docstring is not None:
        found["docstring"] = step.docstring
    if step.datatable is not None:
        found["datatable"] = [list(row) for row in step.datatable]
    return found


def _converted(definition: Definition, name: str, value: Any) -> Any:
    return definition.converters[name](value) if name in definition.converters else value
