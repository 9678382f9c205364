"""The limits that extensions set to answers: length, least and greatest value, decimal places, size and kind of files.

https://hl7.org/fhir/extensions/extension-registry.html
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

from samspil_core import Issue
from samspil_fhirpath.errors import FhirPathError, too_deep
from samspil_fhirpath.regex import pattern
from samspil_validation.context import OUT, Context
from samspil_validation.findings_rules import (
    ANSWER_MEDIA_TYPE,
    ANSWER_PATTERN,
    ANSWER_PATTERN_UNDECIDED,
    ANSWER_PLACES,
    ANSWER_SIZE,
    ANSWER_TOO_GREAT,
    ANSWER_TOO_LONG,
    ANSWER_TOO_SHORT,
    ANSWER_TOO_SMALL,
    ANSWER_UNIT,
    ANSWER_UNITS_DIFFER,
)
from samspil_validation.shape import as_node, integer, number, text

from .compare import compare, units_differ
from .items import extension_value, extension_values

__all__ = ["limits"]

Steps = tuple["str | int", ...]

_WORK = 10_000_000_000
"""What the regular expressions of one response may take at most, in nanoseconds or thereabouts."""


def limits(item: dict[str, Any], key: str, value: Any, context: Context, at: Steps) -> Iterator[Issue]:
    """What of an answer lies beyond a limit of its question."""
    if isinstance(value, str):
        yield from _length(item, value, context, (*at, "value"))
    if key == "valueAttachment" and isinstance(value, dict):
        yield from _file(item, cast("dict[str, Any]", value), context, at)
    yield from _bounds(item, value, context, (*at, "value"))
    yield from _places(item, value, context, (*at, "value"))
    if key == "valueQuantity" and isinstance(value, dict):
        yield from _unit(item, cast("dict[str, Any]", value), context, (*at, "value"))


def _length(item: dict[str, Any], value: str, context: Context, at: Steps) -> Iterator[Issue]:
    least, most = extension_value(item, "minLength"), integer(item, "maxLength")
    if isinstance(least, int) and len(value) < least:
        yield ANSWER_TOO_SHORT.at(context.where(*at), limit=least, found=len(value))
    if most is not None and len(value) > most:
        yield ANSWER_TOO_LONG.at(context.where(*at), limit=most, found=len(value))
    regex = extension_value(item, "regex")
    if isinstance(regex, str):
        yield from _form(regex, value, context, at)


def _form(regex: str, value: str, context: Context, at: Steps) -> Iterator[Issue]:
    """The whole answer is of the form; who asks and who answers may be the same, so all answers share a measure of work."""
    try:
        form = pattern(regex)
        context.run.work += form.work(value)
        if context.run.work > _WORK:
            raise too_deep("the regular expressions of all answers together")
        if not form.fullmatch(value):
            yield ANSWER_PATTERN.at(context.where(*at))
    except FhirPathError as error:
        yield context.undecided(ANSWER_PATTERN_UNDECIDED, *at, why=error.why)


def _bounds(item: dict[str, Any], value: Any, context: Context, at: Steps) -> Iterator[Issue]:
    least = extension_value(item, "questionnaire-minQuantity", "minValue")
    most = extension_value(item, "questionnaire-maxQuantity", "maxValue")
    for limit, kind, sign in ((least, ANSWER_TOO_SMALL, -1), (most, ANSWER_TOO_GREAT, 1)):
        if limit is None:
            continue
        if isinstance(value, dict) and isinstance(limit, dict):
            yield from _quantity(cast("dict[str, Any]", value), cast("dict[str, Any]", limit), sign, context, at)
        elif compare(value, limit) == sign:
            yield kind.at(context.where(*at), limit=str(limit))


def _quantity(value: dict[str, Any], limit: dict[str, Any], sign: int, context: Context, at: Steps) -> Iterator[Issue]:
    if not (number(value.get("value")) and number(limit.get("value"))):
        return
    kind = ANSWER_TOO_SMALL if sign < 0 else ANSWER_TOO_GREAT
    shown = f"{limit['value']} {text(limit, 'code') or text(limit, 'unit')}".strip()
    if not (text(value, "code") and text(limit, "code")):
        yield ANSWER_UNITS_DIFFER.at(context.where(*at), limit=shown)
        return
    order = compare(value, limit) if not units_differ(value, limit) else _converted(value, limit, context)
    if order is None:
        yield ANSWER_UNITS_DIFFER.at(context.where(*at), limit=shown)
    elif order == sign:
        yield kind.at(context.where(*at), limit=shown)


def _converted(value: dict[str, Any], limit: dict[str, Any], context: Context) -> int | None:
    """The order of two quantities in UCUM units that measure the same, or None."""
    if not text(value, "system") == text(limit, "system") == "http://unitsofmeasure.org":
        return None
    one, other = (f"{each['value']} '{text(each, 'code')}'" for each in (value, limit))
    if "'" in text(value, "code") + text(limit, "code"):
        return None
    for order, sign in ((-1, "<"), (0, "="), (1, ">")):
        try:
            result = context.evaluate(f"{one} {sign} {other}")
        except ValueError:
            return None
        if result == [True]:
            return order
    return None


def _places(item: dict[str, Any], value: Any, context: Context, at: Steps) -> Iterator[Issue]:
    most = extension_value(item, "maxDecimalPlaces")
    amount = cast("dict[str, Any]", value).get("value") if isinstance(value, dict) else value
    if not isinstance(most, int) or not isinstance(amount, Decimal):
        return
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > most:
        yield ANSWER_PLACES.at(context.where(*at), limit=most, found=-exponent)


def _file(item: dict[str, Any], value: dict[str, Any], context: Context, at: Steps) -> Iterator[Issue]:
    allowed = [each for each in extension_values(item, "mimeType") if isinstance(each, str)]
    stated = text(value, "contentType").partition(";")[0].strip().lower()
    if allowed and stated and not any(_fits(stated, each.lower()) for each in allowed):
        yield ANSWER_MEDIA_TYPE.at(context.where(*at), allowed=", ".join(allowed))
    most, size = extension_value(item, "maxSize"), integer(value, "size")
    if number(most) and size is not None and size > most * 1_000_000:
        yield ANSWER_SIZE.at(context.where(*at), limit=str(most))


def _fits(stated: str, allowed: str) -> bool:
    return stated == allowed or (allowed.endswith("/*") and stated.startswith(allowed[:-1]))


def _unit(item: dict[str, Any], value: dict[str, Any], context: Context, at: Steps) -> Iterator[Issue]:
    canonical = extension_value(item, "questionnaire-unitValueSet")
    code, system = text(value, "code"), text(value, "system")
    options = [as_node(each) for each in extension_values(item, "questionnaire-unitOption")]
    if not code:
        return
    if isinstance(canonical, str) and not canonical.startswith("#"):
        wrong = context.validate_code(system, code, canonical).membership == OUT
    else:
        wrong = bool(options) and (system, code) not in {(text(each, "system"), text(each, "code")) for each in options}
    if wrong:
        yield ANSWER_UNIT.at(context.where(*at))
