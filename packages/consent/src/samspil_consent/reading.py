"""FHIR Consent of R4, R4B and R5 to the normal form. Nothing is passed over: what is not understood is named.

https://hl7.org/fhir/R4/consent.html, https://hl7.org/fhir/R4B/consent.html, https://hl7.org/fhir/R5/consent.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Literal, cast

from samspil_core.values import Coding

from . import parts
from .codes import RESOURCE_TYPES
from .findings import UNREADABLE
from .model import Actor, Consent, DataReference, Effect, Reference, Rule
from .parts import Faults, is_object

__all__ = ["Release", "read_consent", "read_consents", "unreadable"]

Release = Literal["R4", "R4B", "R5"]

_COMMON = parts.DOMAIN_RESOURCE | frozenset(
    [
        "identifier",
        "status",
        "category",
        "organization",
        "sourceAttachment",
        "sourceReference",
        "verification",
        "policy",
        "provision",
    ]
)
_R4 = _COMMON | frozenset(["scope", "patient", "dateTime", "performer", "policyRule"])
_R5 = _COMMON | frozenset(
    [
        "subject",
        "date",
        "period",
        "grantor",
        "grantee",
        "manager",
        "controller",
        "regulatoryBasis",
        "policyBasis",
        "policyText",
        "decision",
    ]
)
_ONLY_R4, _ONLY_R5 = _R4 - _R5, _R5 - _R4
_RULE_COMMON = frozenset(
    [
        "id",
        "extension",
        "period",
        "actor",
        "action",
        "securityLabel",
        "purpose",
        "code",
        "dataPeriod",
        "data",
        "provision",
    ]
)
_RULE_R4 = _RULE_COMMON | frozenset({"type", "class"})
_RULE_R5 = _RULE_COMMON | frozenset({"documentType", "resourceType", "expression", "class"})
_ACTOR = frozenset({"id", "extension", "role", "reference"})
_DATA = frozenset({"id", "extension", "meaning", "reference"})
_MEANINGS = frozenset({"instance", "related", "dependents", "authoredby"})
_STATUSES = frozenset(
    ["draft", "proposed", "active", "rejected", "inactive", "entered-in-error", "not-done", "unknown"]
)
_BASES: dict[str, Effect] = {"OPTIN": "permit", "OPTOUT": "deny", "OPTINR": "deny", "OPTOUTE": "permit"}
_BASES_WITH_EXCEPTIONS = frozenset({"OPTINR", "OPTOUTE"})
_DEEPEST = 64
_CONDITIONS = {
    "period": ("period",),
    "purposes": ("purpose",),
    "actors": ("actor",),
    "actions": ("action",),
    "labels": ("securityLabel",),
    "classes": ("class", "resourceType", "documentType"),
    "codes": ("code",),
    "data_period": ("dataPeriod",),
    "data": ("data",),
}
"""The conditions of a rule in normal form, and the elements they are read from."""


def unreadable(source: str, why: str, where: str = "") -> Consent:
    """What stands in for a consent that cannot be read: it denies every access."""
    issue = UNREADABLE.at(where, source=source, why=why)
    root = Rule(path=where or "Consent", effect="deny")
    return Consent(
        name=source,
        release="",
        active=True,
        base="deny",
        base_source="unreadable",
        root=root,
        readable=False,
        issues=(issue,),
    )


def read_consents(values: Sequence[Any], release: Release | None = None, zone: tzinfo = UTC) -> tuple[Consent, ...]:
    """Every consent in order; one that cannot be read stands as a refusal with a finding."""
    return tuple(read_consent(value, release, f"consent[{at}]", zone) for at, value in enumerate(values))


def read_consent(value: Any, release: Release | None = None, source: str = "consent", zone: tzinfo = UTC) -> Consent:
    """One Consent (or R6 Permission) as dict or fhir.resources model in normal form. Never raises.

    Without `release` the elements tell it: `decision`, `subject`, `date`, `period` and others are of R5. `source` names
    the input in findings; `zone` is that of dates that have none. What cannot be read denies every access.
    """
    try:
        found = parts.as_dict(value)
    except ValueError as error:
        return unreadable(source, str(error))
    if found.get("resourceType") == "Permission":
        from .permission import read_permission

        return read_permission(found, source, zone)
    if found.get("resourceType") != "Consent":
        return unreadable(source, "its resourceType is not Consent", "Consent.resourceType")
    mixed = release is None and any(each in found for each in _ONLY_R4) and [one for one in _ONLY_R5 if one in found]
    if mixed:
        return unreadable(source, "it has elements of R4 and of R5", f"Consent.{min(mixed)}")
    try:
        return _Reader(found, release or _release(found), source, Faults(zone)).read()
    except RecursionError:
        return unreadable(source, "it is nested too deeply", "Consent.provision")


def _release(found: Mapping[str, Any]) -> Release:
    return "R5" if any(name in found for name in _ONLY_R5) else "R4"


@dataclass
class _Reader:
    """Reads one Consent; collects what it does not understand on the way."""

    found: Mapping[str, Any]
    release: Release
    source: str
    faults: Faults

    @property
    def is_r5(self) -> bool:
        return self.release == "R5"

    def read(self) -> Consent:
        """The consent in normal form."""
        found, faults = self.found, self.faults
        status = found.get("status")
        if not parts.one_of(status, _STATUSES):
            return unreadable(self.source, "its status is missing or no code of FHIR", "Consent.status")
        faults.unknown(found, _R5 if self.is_r5 else _R4, "Consent")
        patient = self._patient()
        root = self._root_r5() if self.is_r5 else self._root_r4()
        base, source = self._base(root)
        dated = parts.moment(found.get("date" if self.is_r5 else "dateTime"), faults.zone)
        root_unknown = (*root.unknown, *faults.take("Consent"))
        return Consent(
            name=self._name(),
            release=self.release,
            active=status == "active",
            base=base,
            base_source=source,
            root=parts.replace(root, unknown=root_unknown, effect=base),
            dated=dated.last if dated else None,
            categories=tuple(parts.codings(found.get("category"))),
            scopes=tuple(parts.codings(found.get("scope"))),
            patient=patient,
            policies=self._policies(),
            issues=tuple(faults.issues),
        )

    def _name(self) -> str:
        identifier = self.found.get("id")
        return f"Consent/{identifier}" if isinstance(identifier, str) and identifier else self.source

    def _patient(self) -> Reference:
        """Whose consent it is. Where that is said otherwise than by a reference, it may be of somebody else."""
        name = "subject" if self.is_r5 else "patient"
        found = parts.reference(self.found.get(name))
        if self.found.get(name) is not None and not found.key:
            self.faults.bad(f"Consent.{name}", "Reference.reference", "Consent")
        return found

    def _policies(self) -> tuple[str, ...]:
        listed = parts.objects(self.found.get("policy"))
        return tuple(each["uri"] for each in listed if isinstance(each.get("uri"), str))

    def _base(self, root: Rule) -> tuple[Effect | None, str]:
        if self.is_r5:
            decision = self.found.get("decision")
            if parts.one_of(decision, {"permit", "deny"}):
                return cast("Effect", decision), "decision"
            if decision is not None:
                self.faults.bad("Consent.decision", "permit|deny", "Consent")
                return "deny", "decision"
            return None, "none"
        if root.effect is not None:
            return root.effect, "root type"
        for coding in parts.codings(self.found.get("policyRule")):
            if coding.code in _BASES and not (coding.code in _BASES_WITH_EXCEPTIONS and not root.rules):
                return _BASES[coding.code], "policyRule"
        return None, "none"

    def _root_r4(self) -> Rule:
        provision = self.found.get("provision")
        if provision is None:
            return Rule("Consent.provision")
        if not is_object(provision):
            self.faults.bad("Consent.provision", "object", "Consent")
            return Rule("Consent.provision", effect="deny")
        return self._rule(provision, "Consent.provision", 0)

    def _root_r5(self) -> Rule:
        period = parts.period(self.found.get("period"), self.faults, "Consent.period", "Consent")
        return Rule("Consent", period=period, rules=self._nested(self.found, "Consent", 0))

    def _rule(self, found: Mapping[str, Any], path: str, depth: int) -> Rule:
        faults = self.faults
        if depth > _DEEPEST:
            raise RecursionError
        faults.unknown(found, _RULE_R5 if self.is_r5 else _RULE_R4, path)
        if depth and not found.keys() - {"id", "extension"}:  # ele-1: an exception to everything must say so
            faults.bad(path, "ele-1", path)
        effect = None if self.is_r5 else self._type(found, path)
        return parts.without_lost(
            Rule(
                path=path,
                effect=effect,
                period=parts.period(found.get("period"), faults, f"{path}.period", path),
                purposes=self._codes(found, path, "purpose"),
                actors=self._actors(found, path),
                actions=self._codes(found, path, "action"),
                labels=self._codes(found, path, "securityLabel"),
                classes=self._classes(found, path),
                codes=self._codes(found, path, "code"),
                data_period=parts.period(found.get("dataPeriod"), faults, f"{path}.dataPeriod", path),
                data=self._data(found, path),
                expressions=self._expressions(found, path),
                rules=self._nested(found, path, depth),
                unknown=faults.take(path),
            ),
            {name: tuple(f"{path}.{one}" for one in elements) for name, elements in _CONDITIONS.items()},
            faults,
            path,
        )

    def _codes(self, found: Mapping[str, Any], path: str, name: str) -> tuple[Coding, ...]:
        return tuple(parts.codings(found.get(name), self.faults, f"{path}.{name}", path))

    def _type(self, found: Mapping[str, Any], path: str) -> Effect | None:
        given = found.get("type")
        if parts.one_of(given, {"permit", "deny"}):
            return cast("Effect", given)
        if given is not None:
            self.faults.bad(f"{path}.type", "permit|deny", path)
            return "deny"
        return None

    def _nested(self, found: Mapping[str, Any], path: str, depth: int) -> tuple[Rule, ...]:
        """The exceptions of a rule. One that cannot be read may be a refusal, and is one."""
        given = found.get("provision")
        if given is None:
            return ()
        if not isinstance(given, list):
            self.faults.bad(f"{path}.provision", "array", path)
        listed: list[Any] = parts.as_list(given) if isinstance(given, list) else [given]
        return tuple(self._exception(each, f"{path}.provision[{at}]", depth) for at, each in enumerate(listed))

    def _exception(self, given: Any, path: str, depth: int) -> Rule:
        if is_object(given):
            return self._rule(given, path, depth + 1)
        self.faults.bad(path, "object", path)
        return Rule(path, effect="deny", unknown=self.faults.take(path))

    def _actors(self, found: Mapping[str, Any], path: str) -> tuple[Actor, ...]:
        made: list[Actor] = []
        for at, each in enumerate(self.faults.array(found.get("actor"), f"{path}.actor", path)):
            place = f"{path}.actor[{at}]"
            self.faults.unknown(each, _ACTOR, place, owner=path)
            reference = parts.reference(each.get("reference"))
            roles = tuple(parts.codings(each.get("role"), self.faults, f"{place}.role", path))
            named = parts.named_actors(reference, self.found.get("contained"))
            if not named and (reference != Reference() or not roles or "reference" in each):
                self.faults.bad(place, "reference|role", path)
            made += [Actor(one, roles) for one in named or (reference,)]
        return tuple(made)

    def _classes(self, found: Mapping[str, Any], path: str) -> tuple[Coding, ...]:
        made: list[Coding] = []
        for name in ("class", "resourceType", "documentType"):
            for coding in parts.codings(found.get(name), self.faults, f"{path}.{name}", path):
                default = RESOURCE_TYPES if name == "resourceType" and not coding.system else coding.system
                made.append(Coding(default, coding.code))
        return tuple(made)

    def _data(self, found: Mapping[str, Any], path: str) -> tuple[DataReference, ...]:
        made: list[DataReference] = []
        for at, each in enumerate(self.faults.array(found.get("data"), f"{path}.data", path)):
            place = f"{path}.data[{at}]"
            self.faults.unknown(each, _DATA, place, owner=path)
            meaning = each.get("meaning")
            reference = parts.reference(each.get("reference"))
            if not parts.one_of(meaning, _MEANINGS) or not parts.is_resolvable(reference):
                self.faults.bad(place, "meaning, reference", path)
            else:
                made.append(DataReference(meaning, reference))
        return tuple(made)

    def _expressions(self, found: Mapping[str, Any], path: str) -> tuple[str, ...]:
        given = found.get("expression")
        if given is None:
            return ()
        if not is_object(given):
            self.faults.bad(f"{path}.expression", "object", path)
            return ()
        value = given
        text = value.get("expression")
        if value.get("language") != "text/fhirpath" or not isinstance(text, str):
            self.faults.bad(f"{path}.expression", "text/fhirpath", path)
            return ()
        return (text,)
