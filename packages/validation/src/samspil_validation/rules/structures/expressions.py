"""The FHIRPath expressions of definitions: what is published must at least be FHIRPath.

https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.constraint.expression,
https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_fhirpath import compile_expression
from samspil_validation.context import Context
from samspil_validation.findings_rules import EXPRESSION_BAD
from samspil_validation.shape import entries, node, text, texts

__all__ = ["of_invariants", "of_search"]


def of_invariants(structure: dict[str, Any], context: Context) -> Iterable[Issue]:
    """The invariants that a definition itself states."""
    for index, element in entries(node(structure, "differential"), "element"):
        for number, each in entries(element, "constraint"):
            steps = ("differential", "element", index, "constraint", number, "expression")
            yield from _checked(text(each, "expression"), context, steps)


def of_search(parameter: dict[str, Any], context: Context) -> Iterable[Issue]:
    """The expression of a search parameter; where it is for one type alone, it names only elements that the type has."""
    expression, bases = text(parameter, "expression"), list(texts(parameter, "base"))
    whole = len(bases) == 1 and context.is_resource_type(bases[0]) and expression.startswith(f"{bases[0]}.")
    yield from _checked(expression, context, ("expression",), bases[0] if whole else "")


def _checked(expression: str, context: Context, at: tuple[str | int, ...], only: str = "") -> Iterator[Issue]:
    if not expression:
        return
    try:
        compiled = compile_expression(expression, release=context.release, context=only)
        problem = next(iter(compiled.problems), None) if only else None
    except ValueError as error:
        problem = error
    if problem is not None:
        yield EXPRESSION_BAD.at(context.where(*at), why=str(problem).rstrip("."))
