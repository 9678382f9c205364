"""The tests of filters as functions: on the row of a concept, of a description, of a member of a reference set.

https://confluence.ihtsdotools.org/display/DOCECL/6.8+Description+Filters
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from samspil_terminology.snomed.known import DEFINITION, DIALECTS, FSN, SYNONYM

from .filters import compare_numbers, compare_times, term_test
from .tree import Test

__all__ = ["ACTIVE", "concept_check", "description_check", "field_of", "member_check"]

Codes = Callable[[Iterable[Any]], frozenset[str]]
"""The codes of constraints."""

_TYPES = {"SYN": SYNONYM, "FSN": FSN, "DEF": DEFINITION}
ACTIVE = frozenset({"1", "3"})
"""The flags of an active description."""


def concept_check(test: Test, codes_of: Codes) -> Callable[[tuple[int, int, int]], bool]:
    """Whether (flags, module, time) of a concept passes."""
    equal = test.comparison == "="
    match test.name:
        case "active":
            return lambda row: (("0" if row[0] & 1 else "1") in test.values) is equal
        case "definitionStatus":
            wanted = {str(each).lower() for each in test.values}
            return lambda row: (("defined" if row[0] & 4 else "primitive") in wanted) is equal
        case "definitionStatusId":
            codes = codes_of(test.values)
            return lambda row: (("900000000000073002" if row[0] & 4 else "900000000000074008") in codes) is equal
        case "moduleId":
            modules = codes_of(test.values)
            return lambda row: (str(row[1]) in modules) is equal
        case _:
            return lambda row: any(compare_times(str(row[2]), test.comparison, str(each)) for each in test.values)


def description_check(test: Test, codes_of: Codes) -> Callable[[tuple[str, ...]], bool]:  # noqa: PLR0911  one return a test
    """Whether a text, as `Snapshot.terms` gives it, passes."""
    equal = test.comparison == "="
    match test.name:
        case "term":
            some = [term_test(each) for each in test.values]
            return lambda row: any(each(row[0]) for each in some) is equal
        case "language":
            wanted = {str(each).lower() for each in test.values}
            return lambda row: (row[2].lower() in wanted) is equal
        case "type":
            kinds = {_TYPES.get(str(each).upper(), "") for each in test.values}
            return lambda row: (row[3] in kinds) is equal
        case "typeId":
            types = codes_of(test.values)
            return lambda row: (row[3] in types) is equal
        case "id":
            return lambda row: (row[1] in test.values) is equal
        case "active":
            return lambda row: (("1" if row[4] in ACTIVE else "0") in test.values) is equal
        case "moduleId":
            modules = codes_of(test.values)
            return lambda row: (row[6] in modules) is equal
        case "effectiveTime":
            return lambda row: any(compare_times(row[7], test.comparison, str(each)) for each in test.values)
        case _:
            marks = list(_dialect_marks(test, codes_of))
            return lambda row: any(mark in row[5] for mark in marks) is equal


def _dialect_marks(test: Test, codes_of: Codes) -> Iterator[str]:
    """What the store writes for a description in these dialects."""
    shared = next((each[1] for each in test.values if isinstance(each, tuple) and not each[0]), ())
    for each in test.values:
        if isinstance(each, tuple):
            name, accepted = each
            codes = [DIALECTS.get(name.lower(), name)] if name else []
        else:
            codes, accepted = list(codes_of([each])), shared
        for code in codes:
            yield from (f" {code}{mark} " for mark in accepted) if accepted else (f" {code}P ", f" {code}A ")


def member_check(test: Test, codes_of: Codes) -> Callable[[dict[str, Any]], bool]:  # noqa: PLR0911  one return a test
    """Whether a member of a reference set passes."""
    equal = test.comparison == "="
    if test.name == "active":
        return lambda row: (row[" active"] in test.values) is equal
    if test.name == "effectiveTime":
        return lambda row: any(compare_times(row[" effective"], test.comparison, str(each)) for each in test.values)
    if test.name == "moduleId":
        modules = codes_of(test.values)
        return lambda row: (row[" module"] in modules) is equal
    name = test.name.lstrip("#")
    if test.name.startswith("#"):
        return lambda row: compare_numbers(field_of(row, name), test.comparison, str(test.values[0]))
    texts = [term_test(each, whole=True) for each in test.values if not isinstance(each, str) and hasattr(each, "wild")]
    if texts:
        return lambda row: any(each(field_of(row, name)) for each in texts) is equal
    if isinstance(test.values[0], str):
        return lambda row: (field_of(row, name).lower() in test.values) is equal
    wanted = codes_of(test.values)
    return lambda row: (field_of(row, name) in wanted) is equal


def field_of(row: dict[str, Any], name: str) -> str:
    """What a member has in a field, by its name in any case."""
    if name in row:
        return str(row[name])
    lowered = name.lower()
    return next((str(value) for key, value in row.items() if key.lower() == lowered), "")
