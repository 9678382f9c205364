"""This engine as the port Evaluator of samspil_core, under the name `fhirpath`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from .environment import Environment
from .expression import Expression, compile_expression

__all__ = ["FhirPathEvaluator"]

_KEPT = 1000


class FhirPathEvaluator:
    """An `Evaluator`: `find("evaluator", "fhirpath")(release="R4")` makes one.

    It keeps the last thousand expressions compiled. `environment` is lent to every evaluation.
    """

    def __init__(self, release: str = "R4", environment: Environment | None = None) -> None:
        self._release = release
        self._environment = environment or Environment()
        self._compiled: OrderedDict[str, Expression] = OrderedDict()

    def evaluate(self, expression: str, resource: Mapping[str, Any], /) -> list[Any]:
        """The collection that `expression` gives on `resource`. Raises `FhirPathError`, a ValueError."""
        return self._expression(expression)(resource, environment=self._environment)

    def _expression(self, text: str) -> Expression:
        known = self._compiled.get(text)
        if known is None:
            environment = self._environment
            known = compile_expression(
                text,
                release=self._release,
                functions=tuple(environment.functions),
                constants=tuple(environment.constants),
            )
            self._compiled[text] = known
            if len(self._compiled) > _KEPT:
                self._compiled.popitem(last=False)
        return known
