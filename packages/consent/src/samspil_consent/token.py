"""An access token's consent: the residual of its `ihe_pcf` extension, enforced on resources.

https://profiles.ihe.net/ITI/PCF/other.html: a permit overrides a forbid, and what none matches is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import parts
from .codes import label_range
from .features import Data, features
from .model import Effect
from .parts import Faults, is_object, objects

__all__ = ["residual_allows", "residual_of_token"]

_MEMBERS = frozenset({"type", "securityLabel", "dataPeriod", "data"})
_NEEDS = frozenset({"labels", "dates", "references", "authors"})

Allows = Callable[[Mapping[str, Any]], bool]


def residual_of_token(claims: Mapping[str, Any]) -> Allows:
    """What the token's claims let through, as a function of a resource; for `Enforcer.within`.

    A token without the extension lets nothing through: it is no token of a consent.
    """
    extensions = claims.get("extensions")
    found = extensions.get("ihe_pcf") if is_object(extensions) else None
    if not is_object(found):
        return lambda _resource: False
    return residual_allows(found.get("residual", []))


def residual_allows(residual: Any) -> Allows:
    """What a residual lets through. A rule that is not understood forbids everything, or permits nothing."""
    rules = objects(residual)
    broken = not isinstance(residual, list) or len(rules) != len(parts.as_list(residual))

    def allows(resource: Mapping[str, Any]) -> bool:
        data = features(resource, _NEEDS)
        if broken or not all(parts.one_of(one.get("type"), {"forbid", "permit"}) for one in rules):
            return False
        if any(one["type"] == "permit" and _matches(one, data) for one in rules):
            return True
        return not any(one["type"] == "forbid" and _matches(one, data) for one in rules)

    return allows


def _matches(rule: Mapping[str, Any], data: Data) -> bool:
    """Whether a rule speaks of data; in doubt a forbid does, and a permit does not."""
    effect: Effect = "permit" if rule["type"] == "permit" else "deny"
    faults = Faults()
    labels = list(parts.codings(rule.get("securityLabel"), faults, "securityLabel", "x"))
    period = parts.period(rule.get("dataPeriod"), faults, "dataPeriod", "x")
    references = [
        f"{each.get('meaning')} {parts.reference(each.get('reference')).key}" for each in objects(rule.get("data"))
    ]
    if faults.take("x") or not _MEMBERS.issuperset(rule) or ("data" in rule and not references):
        return effect == "deny"
    if labels and not any(label_range(one, effect) & data.labels for one in labels):
        return False
    if references and data.references.isdisjoint(references):
        return False
    if period is None:
        return True
    if data.first is None or data.last is None:
        return effect == "deny"
    lower, upper = (data.first, data.last) if effect == "permit" else (data.last, data.first)
    return (period.first is None or period.first <= lower) and (period.last is None or upper <= period.last)
