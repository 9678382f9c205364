"""Invariants that stand on every element, by hand: ele-1, and what of dom-3 has nothing to look at.

Each is the same as its expression for every node; what it cannot tell at a glance it leaves to the full engine.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from samspil_fhirpath.model import Model

from .shape import BOOLEAN, Deopt, Fast

__all__ = ["native"]

_ELE_1 = "hasValue()or(children().count()>id.count())"
_PLAIN = frozenset({str, int, bool, Decimal, float})


def native(text: str, model: Model, context: str) -> Fast | None:
    """The hand-written form of an expression, or None."""
    return _has_content(model, context) if "".join(text.split()) == _ELE_1 else None


def _has_content(model: Model, context: str) -> Fast:
    """ele-1: a value, or a child beside the id.

    https://hl7.org/fhir/R4/element.html#Element
    """
    known = frozenset(key for element in model.elements(context) for key, _, _ in element.keys) - {"id"}

    def run(node: Any) -> Any:
        if node.__class__ is dict:
            for key, value in node.items():
                if key in known and (
                    bool(value) and value[0] is not None if value.__class__ is list else value is not None
                ):
                    return True
            raise Deopt
        if node.__class__ in _PLAIN:
            return True
        raise Deopt

    return Fast(run, BOOLEAN, total=True)
