"""What a permission is bound to, and its renderings: LEAP's REDACT codes and the residual of an IHE PCF token.

https://profiles.ihe.net/ITI/PCF/other.html (section 3.71.4.2.2.1.4)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from samspil_core.outcome import Issue
from samspil_core.values import Coding

from .codes import ACT_CODE
from .findings import RESIDUAL_NARROWED
from .model import Rule
from .profile import Profile
from .reference import GRANTS, RuleTrace, Trace

__all__ = ["LOG", "NOTIFY", "REDACT", "Obligation", "codes_obligations", "residual_of", "token_extension"]

OBLIGATIONS = "urn:samspil:obligation"
REDACT = Coding(ACT_CODE, "REDACT", "redact")
MASK = Coding(ACT_CODE, "MASK", "mask")
LOG = Coding(ACT_CODE, "AUDIT", "audit")
NOTIFY = Coding(OBLIGATIONS, "notify", "notify the patient")


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something the enforcer must do. `rules` is the residual of a redaction: what to withhold and what to let through."""

    coding: Coding
    rules: tuple[Residual, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        made: dict[str, Any] = {"id": _coding(self.coding)}
        if self.rules:
            made["residual"] = [one.as_dict() for one in self.rules]
        return made


@dataclass(frozen=True, slots=True)
class Residual:
    """One residual rule: a permit overrides a forbid, and what none matches is allowed."""

    type: Literal["forbid", "permit"]
    rule: Rule | None = None

    def as_dict(self, base: str = "") -> dict[str, Any]:
        """As the ITI-71 token has it; `base` makes references absolute."""
        made: dict[str, Any] = {"type": self.type}
        rule = self.rule
        if rule is None:
            return made
        if rule.labels:
            made["securityLabel"] = [_coding(one) for one in rule.labels]
        if rule.classes:
            made["class"] = [_coding(one) for one in rule.classes]
        if rule.codes:
            made["code"] = [_coding(one) for one in rule.codes]
        if rule.data_period:
            names = zip(("start", "end"), rule.data_period.text, strict=True)
            made["dataPeriod"] = {name: text for name, text in names if text}
        if rule.data:
            made["data"] = [
                {"meaning": one.meaning, "reference": {"reference": _absolute(one.reference.key, base)}}
                for one in rule.data
            ]
        return made


def _coding(one: Coding) -> dict[str, str]:
    return {name: value for name, value in (("system", one.system), ("code", one.code)) if value}


def _absolute(key: str, base: str) -> str:
    return f"{base.rstrip('/')}/{key}" if base and not key.startswith(("urn:", "#")) else key


def residual_of(traces: Sequence[Trace], profile: Profile) -> tuple[Residual, ...]:
    """What remains to be enforced on the data, of the consents that speak, in the order of their rules.

    In a residual a permit overrides a forbid. Where the profile lets a refusal win, or several consents speak, permits
    that could undo a refusal are left out: the residual then forbids more than the consents do, never less.
    """
    made: list[Residual] = []
    speaking = [one for one in traces if one.root is not None]
    for one in speaking:
        if one.root is not None:
            made += _of_rule(one.root)
    overridable = profile.within == "permit-overrides" and len(speaking) == 1
    if not overridable and any(one.type == "forbid" and one.rule is not None for one in made):
        made = [one for one in made if one.type == "forbid"]
    return tuple(dict.fromkeys(made))


def _of_rule(found: RuleTrace) -> Iterator[Residual]:
    if found.effect == "permit" and found.rule.has_data:
        yield Residual("forbid")
        yield Residual("permit", found.rule)
    elif found.effect == "deny":
        yield Residual("forbid", found.rule if found.rule.has_data else None)
    for inner in found.inner:
        yield from _of_exception(inner)


def _of_exception(found: RuleTrace) -> Iterator[Residual]:
    if found.request is False or found.data is False:
        return
    if found.effect == "deny":
        yield Residual("forbid", found.rule if found.rule.has_data else None)
    elif found.request is True:
        yield Residual("permit", found.rule)
    for inner in found.inner:
        yield from _of_exception(inner)


def token_extension(
    traces: Sequence[Trace], residual: Sequence[Residual], base: str
) -> tuple[dict[str, Any], tuple[Issue, ...]]:
    """The `ihe_pcf` extension of an ITI-71 token, and findings where the residual must forbid more than the consents do.

    The token knows securityLabel, dataPeriod and data alone. A permission that needs more is left out; a refusal that
    needs more forbids everything.
    """
    used = [one for one in traces if one.root is not None and one.opinion & GRANTS]
    issues: list[Issue] = []
    rules: list[dict[str, Any]] = []
    for one in residual:
        rule = one.rule
        beyond = rule is not None and bool(rule.classes or rule.codes or rule.expressions)
        if rule is not None and beyond:
            issues.append(RESIDUAL_NARROWED.at(rule.path))
            if one.type == "forbid":
                rules.append({"type": "forbid"})
            continue
        rules.append(one.as_dict(base))
    made: dict[str, Any] = {
        "patient_id": next((_absolute(one.consent.patient.key, base) for one in used if one.consent.patient.key), ""),
        "doc_id": [_absolute(one.consent.name, base) for one in used],
    }
    policies = list(dict.fromkeys(each for one in used for each in one.consent.policies))
    if policies:
        made["acp"] = policies[0] if len(policies) == 1 else policies
    if rules:
        made["residual"] = rules
    return {"ihe_pcf": made}, tuple(issues)


def codes_obligations(traces: Iterable[Trace], classes: Sequence[Coding]) -> tuple[list[dict[str, Any]], bool]:
    """LEAP's form: REDACT what bears `codes`, or all but what bears `exceptAnyOfCodes`; and whether that is all asked.

    https://github.com/asushares/cds: obligations of the hook patient-consent-consult.
    """
    codes: list[Coding] = []
    only: list[Coding] = []
    for one in traces:
        if one.root is None or not one.opinion & GRANTS:
            continue
        target = codes if one.root.effect == "permit" else only
        for inner in one.root.inner:
            if inner.request is not False and inner.data is not False:
                rule = inner.rule
                target += [each for each in (*rule.labels, *rule.classes, *rule.codes) if each not in target]
    asked = {(one.system, one.code) for one in classes}
    everything = any((one.system, one.code) in asked for one in codes)
    listed = {"codes": codes} if codes else {"exceptAnyOfCodes": only} if only else {}
    parameters: Mapping[str, Any] = {name: [_coding(one) for one in each] for name, each in listed.items()}
    return ([{"id": _coding(REDACT), "parameters": dict(parameters)}] if parameters else []), everything
