"""What a decision may look things up in: the directory of actors, and the ports for codes and expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from samspil_core.ports import CodeValidator, Evaluator
from samspil_core.values import Coding

from .codes import Subsumes, canonical, is_a
from .directory import Directory
from .features import Data, Surroundings, codes_of

__all__ = ["Context"]


def _nobody() -> Directory:
    return Directory()


def _nothing_around() -> Surroundings:
    return Surroundings()


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a decision. Everything has a default that knows nothing, and what is not known permits nothing.

    `subsumes` tells which code stands above which (a terminology's, or the shipped table); `validator` whether a code is
    in a ValueSet that a rule names; `evaluator` what a FHIRPath expression gives; `zone` is that of data's dates that have
    none.
    """

    directory: Directory = field(default_factory=_nobody)
    around: Surroundings = field(default_factory=_nothing_around)
    subsumes: Subsumes = is_a
    validator: CodeValidator | None = None
    evaluator: Evaluator | None = None
    zone: tzinfo = UTC


def in_value_set(codes: Iterable[Coding], data: Data, context: Context) -> bool | None:
    """Whether data bears a code of any ValueSet that a rule names in place of a code system; None: not known."""
    if context.validator is None or data.resource is None:
        return None
    found = list(codes_of(data.resource))
    known = True
    for wanted in codes:
        for one in found:
            answer = context.validator.validate_code(one, value_set(wanted))
            if answer.valid:
                return True
            known = known and all(issue.kind.issue_type != "not-supported" for issue in answer.outcome)
    return False if known else None


def is_value_set(coding: Coding) -> bool:
    """Whether a rule's code names a ValueSet: its system is one, or its code is the URL of one."""
    return "/ValueSet/" in coding.system or "/ValueSet/" in coding.code


def value_set(coding: Coding) -> str:
    """The ValueSet that a rule's code names."""
    return coding.code if "/ValueSet/" in coding.code else canonical(coding.system)


def holds(expression: str, resource: Mapping[str, Any] | None, context: Context) -> bool | None:
    """Whether an expression is true of a resource; None where that cannot be told."""
    if context.evaluator is None or resource is None:
        return None
    try:
        found: list[Any] = context.evaluator.evaluate(expression, resource)
    except (ValueError, LookupError):
        return None
    if not found:
        return False
    return found[0] if len(found) == 1 and isinstance(found[0], bool) else None
