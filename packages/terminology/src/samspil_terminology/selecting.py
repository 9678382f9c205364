"""The filters of a clause on its code system, and the failure where the system does not understand them."""

from .compose import Clause
from .filters import InvalidConstraint, NotUnderstood, select, select_all
from .issues import OperationFailed, failure
from .system import Filter, Selection, System

__all__ = ["selection"]


def selection(system: System, clause: Clause, value_set: str) -> Selection:
    """The codes that all filters of a clause take. Raises `OperationFailed`."""
    try:
        return select_all(system, clause.filters)
    except NotUnderstood as error:
        raise _failed(system, clause, value_set, error) from None


def _failed(system: System, clause: Clause, value_set: str, error: NotUnderstood) -> OperationFailed:
    if isinstance(error, InvalidConstraint):
        detail = {"value": error.constraint, "why": error.why}
        return failure("invalid", "vs-invalid", "INVALID_ECL", status=400, **detail)
    at, wrong = next(
        ((at, each) for at, each in enumerate(clause.filters) if not _understood(system, each)), (0, clause.filters[0])
    )
    return failure(
        "not-supported",
        "vs-invalid",
        "FILTER_NOT_UNDERSTOOD",
        status=400,
        expression=f"{clause.place}.filter[{at}]",
        property=wrong.property,
        op=wrong.op,
        value=wrong.value,
        value_set=value_set,
        system=clause.system,
    )


def _understood(system: System, wanted: Filter) -> bool:
    try:
        select(system, wanted)
    except NotUnderstood:
        return False
    return True
