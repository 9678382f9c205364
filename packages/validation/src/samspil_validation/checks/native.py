"""The commonest invariants as Python, by the text of their FHIRPath; the tests hold them equal to it.

A function gives True or False, or None where it leaves the answer to FHIRPath.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

__all__ = ["ANYTHING", "NATIVE", "Native"]

_NUMBERS = frozenset({int, float, Decimal})
_DAY, _SECOND = len("2020-12-31"), len("2020-12-31T23:59:59")

Native = Callable[[Any, Any], "bool | None"]
"""`native(node, run)` for a node that is a dict.

Asked of a node all of whose values are ANYTHING, with None for the run, it answers only what the keys alone decide.
"""

ANYTHING: Final = object()
"""Stands for a value that may be any."""


def _contained_is_there(node: dict[str, Any], run: Any) -> bool | None:
    """A reference to a contained resource (#id) leads to one."""
    reference = node.get("reference")
    if reference is None or (reference.__class__ is str and reference[:1] != "#"):
        return True
    if reference.__class__ is not str:
        return None
    if reference == "#":
        return True
    contained = run.root_resource.get("contained")
    if contained.__class__ is not list:
        return None
    return reference[1:] in run.contained_in(run.root_resource)


def _inner_reference_leads_out(node: dict[str, Any], run: Any) -> bool | None:
    """As above, and `#` alone stands only in a contained resource."""
    if node.get("reference") == "#":
        return run.root_resource is not run.resource
    return _contained_is_there(node, run)


def _low_is_not_above_high(node: dict[str, Any], _run: Any) -> bool | None:
    """Two quantities of one unit compare by value; others are for FHIRPath."""
    low, high = node.get("low"), node.get("high")
    if low is None or high is None:
        return True
    if low.__class__ is not dict or high.__class__ is not dict:
        return None
    same_unit = all(low.get(part) == high.get(part) for part in ("unit", "system", "code"))
    values = low.get("value"), high.get("value")
    if not same_unit or not all(each.__class__ in _NUMBERS for each in values):
        return None
    return values[0] <= values[1]


def _link_ids_differ(node: dict[str, Any], _run: Any) -> bool | None:
    """No two items of a questionnaire, at any depth, share a linkId."""
    seen: set[str] = set()
    waiting: list[Any] = [node]
    while waiting:
        items = waiting.pop().get("item", ())
        if items.__class__ is not list and items:
            return None
        for item in items:
            if item.__class__ is not dict:
                return None
            name = item.get("linkId")
            if name.__class__ is str:
                if name in seen:
                    return False
                seen.add(name)
            waiting.append(item)
    return True


def _starts_before_it_ends(node: dict[str, Any], _run: Any) -> bool | None:
    """Two dates of one length, and two times of one length and zone, compare as text; others are for FHIRPath."""
    start, end = node.get("start"), node.get("end")
    if start is None or end is None:
        return True
    if start.__class__ is not str or end.__class__ is not str or len(start) != len(end):
        return None
    if len(start) <= _DAY or (len(start) >= _SECOND and start[_SECOND:] == end[_SECOND:]):
        return start <= end
    return None


def _not_negative(name: str) -> Native:
    shadow = "_" + name

    def native(node: dict[str, Any], _run: Any) -> bool | None:
        value = node.get(name)
        if value is None:
            return True if shadow not in node else None
        return value >= 0 if value.__class__ in _NUMBERS else None

    return native


def _groups_have_items(node: dict[str, Any], _run: Any) -> bool | None:
    """A group has items, and a display has none."""
    kind = node.get("type")
    if kind.__class__ is not str:
        return None
    return kind not in {"group", "display"} or ("item" in node) == (kind == "group")


def _whole_ratio(node: dict[str, Any], _run: Any) -> bool | None:
    """Both parts or neither, and then an extension."""
    numerator = "numerator" in node
    return numerator == ("denominator" in node) and (numerator or "extension" in node)


def _component_of_its_own(node: dict[str, Any], run: Any) -> bool | None:
    """No component has a coding of the observation's own code; codings that are alike in part are for FHIRPath."""
    components = node.get("component", ())
    if not components or not any(key.startswith(("value", "_value")) for key in node):
        return True
    if components.__class__ is not list:
        return None
    own = _codings(run.resource)
    theirs = [each for component in components for each in _codings(component)]
    if any(each.get("code").__class__ is not str or "_code" in each for each in (*own, *theirs)):
        return None
    shared = {each["code"] for each in own} & {each["code"] for each in theirs}
    return None if shared else True


def _codings(holder: Any) -> list[dict[str, Any]]:
    """The codings of the code of an object; one that could be compared with nothing, where they are misshapen."""
    concept: Any = holder.get("code", {}) if holder.__class__ is dict else None
    codings: Any = concept.get("coding", []) if concept.__class__ is dict else None
    if codings.__class__ is list and all(each.__class__ is dict for each in codings):
        return codings
    return [{}]


def _at_once(native: Native) -> Native:
    """Only what holds as it stands; boundaries (R5) let more hold, which is for FHIRPath to say."""
    return lambda node, run: native(node, run) or None


def _needs(one: str, other: str) -> Native:
    """`one` is absent, or `other` is there."""
    shadow_one, shadow_other = "_" + one, "_" + other

    def native(node: dict[str, Any], _run: Any) -> bool | None:
        if other in node or shadow_other in node:
            return True
        return one not in node and shadow_one not in node

    return native


def _absent(name: str) -> Native:
    shadow = "_" + name
    return lambda node, _run: name not in node and shadow not in node


def _display_has_no(*names: str) -> Native:
    """A questionnaire's item of type display lacks these."""

    def native(node: dict[str, Any], _run: Any) -> bool | None:
        if not any(name in node or "_" + name in node for name in names):
            return True
        kind = node.get("type")
        return kind != "display" if kind.__class__ is str else None

    return native


def _only_for(types: str, *names: str) -> Native:
    """These are there only in items of the types."""
    allowed = frozenset(types.split())

    def native(node: dict[str, Any], _run: Any) -> bool | None:
        if not any(name in node or "_" + name in node for name in names):
            return True
        kind = node.get("type")
        return kind in allowed if kind.__class__ is str else None

    return native


def _any_of(*names: str) -> Native:
    keys = frozenset(names) | {"_" + name for name in names}
    return lambda node, _run: not keys.isdisjoint(node)


def _not_both(one: str, other: str) -> Native:
    def native(node: dict[str, Any], _run: Any) -> bool | None:
        return not ((one in node or "_" + one in node) and (other in node or "_" + other in node))

    return native


def _at_most_one(unless: str, *names: str) -> Native:
    """No more than one of these elements, none of which repeats, is there; or one that allows any number."""

    def native(node: dict[str, Any], _run: Any) -> bool | None:
        if unless in node:
            return True
        return sum(name in node or "_" + name in node for name in names) <= 1

    return native


def _both_or_neither(one: str, *others: str) -> Native:
    """One element is there just when some of the others are."""
    keys = frozenset(others) | {"_" + name for name in others}
    return lambda node, _run: (one in node or "_" + one in node) != keys.isdisjoint(node)


def _no_history_url(node: dict[str, Any], _run: Any) -> bool | None:
    url = node.get("fullUrl")
    return True if url is None else "/_history/" not in url if url.__class__ is str else None


def _only_in(attribute: str, types: str) -> Native:
    """Every entry of a bundle has the attribute just when the bundle is of one of these types."""
    with_it = frozenset(types.split())

    def native(node: dict[str, Any], _run: Any) -> bool | None:
        kind, entries = node.get("type"), node.get("entry", [])
        if kind.__class__ is not str or entries.__class__ is not list:
            return None
        wanted = kind in with_it
        return all(each.__class__ is not dict or (attribute in each) == wanted for each in entries)

    return native


NATIVE: Final[Mapping[str, Native]] = {
    "reference.empty() or reference.startsWith('#').not() or reference = '#' or (reference.substring(1) in "
    "%rootResource.contained.id)": _contained_is_there,
    "reference.empty() or reference.startsWith('#').not() or (reference.substring(1) in %rootResource.contained.id) or "
    "(reference = '#' and %rootResource != %resource)": _inner_reference_leads_out,
    "low.empty() or high.empty() or (low <= high)": _low_is_not_above_high,
    "low.value.empty() or high.value.empty() or low.lowBoundary().comparable(high.highBoundary()).not() or "
    "(low.lowBoundary() <= high.highBoundary())": _at_once(_low_is_not_above_high),
    "descendants().linkId.isDistinct()": _link_ids_differ,
    "start.hasValue().not() or end.hasValue().not() or (start <= end)": _starts_before_it_ends,
    "start.hasValue().not() or end.hasValue().not() or (start.lowBoundary() <= end.highBoundary())": _at_once(
        _starts_before_it_ends
    ),
    "duration.exists() implies duration >= 0": _not_negative("duration"),
    "period.exists() implies period >= 0": _not_negative("period"),
    "(type='group' implies item.empty().not()) and (type.trace('type')='display' implies item.trace('item').empty())": (
        _groups_have_items
    ),
    "(numerator.empty() xor denominator.exists()) and (numerator.exists() or extension.exists())": _whole_ratio,
    "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()": (
        _component_of_its_own
    ),
    "(identifier.count() + name.count()) > 0": _any_of("identifier", "name"),
    "low.exists() or high.exists() or text.exists()": _any_of("low", "high", "text"),
    "extension.exists() or (contentType.count() + expression.count() + headerField.count() + minimumId.count() + "
    "navigationLinks.count() + path.count() + requestMethod.count() + resource.count() + responseCode.count() + "
    "response.count()  + validateProfileId.count() <=1)": _at_most_one(
        "extension",
        *("contentType", "expression", "headerField", "minimumId", "navigationLinks", "path", "requestMethod"),
        *("resource", "responseCode", "response", "validateProfileId"),
    ),
    "compareToSourceId.empty() xor (compareToSourceExpression.exists() or compareToSourcePath.exists())": (
        _both_or_neither("compareToSourceId", "compareToSourceExpression", "compareToSourcePath")
    ),
    "code.empty() or system.exists()": _needs("code", "system"),
    "value.empty() or system.exists()": _needs("value", "system"),
    "comparator.empty()": _absent("comparator"),
    "period.empty() or periodUnit.exists()": _needs("period", "periodUnit"),
    "duration.empty() or durationUnit.exists()": _needs("duration", "durationUnit"),
    "expression.exists() or reference.exists()": _any_of("expression", "reference"),
    "resource.exists() or request.exists() or response.exists()": _any_of("resource", "request", "response"),
    "answerOption.empty() or answerValueSet.empty()": _not_both("answerOption", "answerValueSet"),
    "answerOption.empty() or initial.empty()": _not_both("answerOption", "initial"),
    "fullUrl.empty() or fullUrl.contains('/_history/').not()": _no_history_url,
    "type!='display' or code.empty()": _display_has_no("code"),
    "type!='display' or (required.empty() and repeats.empty())": _display_has_no("required", "repeats"),
    "type!='display' or readOnly.empty()": _display_has_no("readOnly"),
    "(type in ('boolean' | 'decimal' | 'integer' | 'string' | 'text' | 'url' | 'open-choice')) or maxLength.empty()": (
        _only_for("boolean decimal integer string text url open-choice", "maxLength")
    ),
    "(type ='choice' or type = 'open-choice' or type = 'decimal' or type = 'integer' or type = 'date' or type = "
    "'dateTime' or type = 'time' or type = 'string' or type = 'quantity') or (answerValueSet.empty() and "
    "answerOption.empty())": _only_for(
        "choice open-choice decimal integer date dateTime time string quantity", "answerValueSet", "answerOption"
    ),
    "entry.all(request.exists() = (%resource.type = 'batch' or %resource.type = 'transaction' or %resource.type = "
    "'history'))": _only_in("request", "batch transaction history"),
    "entry.all(response.exists() = (%resource.type = 'batch-response' or %resource.type = 'transaction-response' or "
    "%resource.type = 'history'))": _only_in("response", "batch-response transaction-response history"),
}
"""Invariants by their FHIRPath text (patched ones by the text that is evaluated)."""
