"""Whether an answer is of the type, among the options and within the limits that its question asks for.

https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.type
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from samspil_core import Issue
from samspil_validation.context import OUT, UNKNOWN, Context
from samspil_validation.findings_rules import (
    ANSWER_NOT_AN_OPTION,
    ANSWER_NOT_IN_VALUE_SET,
    ANSWER_REFERENCE_TYPE,
    ANSWER_TYPE,
    ANSWER_TYPE_UNKNOWN,
    ANSWER_UNDECIDED,
)
from samspil_validation.shape import as_node, choice, nodes, text

from .contained import membership
from .items import extension_values
from .limits import limits

__all__ = ["Steps", "check_answer"]

Steps = tuple["str | int", ...]

_ALLOWED = {
    "boolean": ("Boolean",),
    "decimal": ("Decimal", "Integer"),
    "integer": ("Integer",),
    "date": ("Date",),
    "dateTime": ("DateTime",),
    "time": ("Time",),
    "string": ("String",),
    "text": ("String",),
    "url": ("Uri",),
    "choice": ("Coding", "Date", "Time", "Integer", "String"),
    "open-choice": ("Coding", "Date", "Time", "Integer", "String"),
    "coding": ("Coding",),
    "attachment": ("Attachment",),
    "reference": ("Reference",),
    "quantity": ("Quantity",),
}
_ANY = ("Coding", "String")
_RELATIVE = re.compile(r"(?:.*/)?([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?")


def check_answer(
    questionnaire: dict[str, Any], item: dict[str, Any], answer: dict[str, Any], context: Context, at: Steps
) -> Iterator[Issue]:
    """What is wrong with one answer to a question; `at` is where the answer stands below the response."""
    key, value = choice(answer, "value")
    kind, name = text(item, "type"), key.removeprefix("value")
    if not key or kind not in _ALLOWED:
        return
    if name not in _allowed(item, kind):
        if name in _KNOWN:
            yield ANSWER_TYPE.at(context.where(*at, "value"), wanted=kind, found=name)
        return
    yield from _options(item, key, value, context, at)
    if text(item, "answerValueSet") and key in {"valueCoding", "valueString"}:
        yield from _in_value_set(questionnaire, item, value, context, at)
    if kind == "reference":
        yield from _target(item, value, context, (*at, "value"))
    yield from limits(item, key, value, context, at)


_KNOWN = frozenset(name for names in _ALLOWED.values() for name in names)


def _allowed(item: dict[str, Any], kind: str) -> tuple[str, ...]:
    """The types an answer may have; a question of R5 may take others beside its options."""
    constraint = text(item, "answerConstraint")
    return (*_ALLOWED[kind], "String") if constraint == "optionsOrString" else _ALLOWED[kind]


def _open(item: dict[str, Any], name: str) -> bool:
    """Whether other answers than the options are welcome."""
    constraint = text(item, "answerConstraint")
    if constraint:
        return constraint == "optionsOrType" or (constraint == "optionsOrString" and name == "String")
    return text(item, "type") == "open-choice"


def _options(item: dict[str, Any], key: str, value: Any, context: Context, at: Steps) -> Iterator[Issue]:
    name = key.removeprefix("value")
    options = nodes(item, "answerOption")
    if options and not _open(item, name):
        of_kind = [each[key] for each in options if key in each]
        if (of_kind or name in _ANY) and not any(_is_option(value, each) for each in of_kind):
            place = at if isinstance(value, dict) else (*at, "value")
            yield ANSWER_NOT_AN_OPTION.at(context.where(*place), link=text(item, "linkId"))


def _is_option(value: Any, option: Any) -> bool:
    if isinstance(value, dict) and isinstance(option, dict):
        one, other = cast("dict[str, Any]", value), cast("dict[str, Any]", option)
        if "reference" in other:
            return text(one, "reference") == text(other, "reference")
        if text(other, "code"):
            return text(one, "code") == text(other, "code") and text(one, "system") == text(other, "system")
        return text(one, "display") == text(other, "display")
    return value == option


def _in_value_set(
    questionnaire: dict[str, Any], item: dict[str, Any], value: Any, context: Context, at: Steps
) -> Iterator[Issue]:
    """Whether the answer is in the value set that the options come from; strings are its codes."""
    canonical = text(item, "answerValueSet")
    if isinstance(value, str):
        plain = text(item, "type") in {"string", "text"} and not canonical.startswith("#")
        if plain and context.run.terminology.ask_plain(value, canonical).membership == OUT:
            yield ANSWER_NOT_IN_VALUE_SET.at(context.where(*at, "value"), value_set=canonical)
        return
    coding = as_node(value)
    system, code = text(coding, "system"), text(coding, "code")
    if _open(item, "Coding"):
        return
    if not code:
        yield ANSWER_NOT_IN_VALUE_SET.at(context.where(*at), value_set=canonical)
        return
    if canonical.startswith("#"):
        found = membership(questionnaire, canonical[1:], system, code, context)
    else:
        found = context.validate_code(system, code, canonical).membership
    if found == OUT:
        yield ANSWER_NOT_IN_VALUE_SET.at(context.where(*at), value_set=canonical)
    elif found == UNKNOWN:
        yield context.undecided(ANSWER_UNDECIDED, *at, value_set=canonical)


def _target(item: dict[str, Any], value: Any, context: Context, at: Steps) -> Iterator[Issue]:
    """Whether a reference leads to one of the types of resource that the question takes."""
    allowed = [each for each in extension_values(item, "questionnaire-referenceResource") if isinstance(each, str)]
    reference = text(cast("dict[str, Any]", value), "reference") if isinstance(value, dict) else ""
    found = _RELATIVE.fullmatch(reference)
    if not found:
        return
    if not context.is_resource_type(found[1]):
        yield ANSWER_TYPE_UNKNOWN.at(context.where(*at), type=found[1])
    elif allowed and found[1] not in allowed:
        yield ANSWER_REFERENCE_TYPE.at(context.where(*at), found=found[1], allowed=", ".join(allowed))
