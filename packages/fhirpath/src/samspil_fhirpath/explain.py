"""What an expression means, in words: its steps in order, the type and cardinality of each, and how it is evaluated."""

from __future__ import annotations

from collections.abc import Iterator

from .expression import Expression
from .static import Shape

__all__ = ["explain"]

_SHOWN = 4


def explain(expression: Expression) -> Iterator[str]:
    """Lines: place, step, types, cardinality; then the result, the form of evaluation and the problems."""
    where = expression.context or "a node whose type is not known"
    yield f"FHIRPath for FHIR {expression.model.release}, on {where}"
    for (line, column), step, shape in expression.checked.steps:
        yield f"  {f'{line}:{column}':<7} {step:<24} {shape_text(shape)}"
    yield f"gives {shape_text(expression.checked.shape)}"
    yield (
        "evaluated by the fast form, the full engine where the data need it"
        if expression.is_fast
        else "evaluated by the full engine"
    )
    for problem in expression.problems:
        yield f"problem: {problem}"


def shape_text(shape: Shape) -> str:
    """`HumanName*`, `string?`, `anything`; `*` for many, `?` for at most one."""
    many = "*" if shape.many else "?"
    if shape.types is None:
        return f"anything{many}"
    names = sorted(shape.types)
    shown = "|".join(names[:_SHOWN]) + (f"|... ({len(names)} types)" if len(names) > _SHOWN else "")
    text = f"({shown}){many}" if len(names) > 1 else f"{shown or 'nothing'}{many if names else ''}"
    return text if shape.ordered else f"{text}, in no order"
