"""Who somebody is: the references, identifiers, groups, care teams, organisations and roles of an actor.

Built once from Practitioner, PractitionerRole, Organization, Group, CareTeam, RelatedPerson, Patient and Device
resources; asked for the keys that a request's actor goes by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from samspil_core.values import Coding

from . import parts
from .codes import key
from .model import Reference

__all__ = ["Directory", "identifier_key", "role_key"]

COLLECTIVE = ("Group/", "CareTeam/", "Organization/", "HealthcareService/", "PractitionerRole/")
"""Types whose members are only known from the directory."""


def identifier_key(system: str, value: str) -> str:
    """The key of an identifier; systems are compared without a trailing slash."""
    return f"identifier {system.rstrip('/')}|{value}"


def role_key(coding: Coding) -> str:
    """The key of a role."""
    return f"role {key(coding)}"


class Directory:
    """The actors known, and what each belongs to. Immutable once made; resources are dicts or models."""

    def __init__(self, resources: Iterable[Any] = ()) -> None:
        self._identifiers: defaultdict[str, set[str]] = defaultdict(set)
        self._holders: defaultdict[str, set[str]] = defaultdict(set)
        self._above: defaultdict[str, set[str]] = defaultdict(set)
        self._known: set[str] = set()
        for each in resources:
            self._add(parts.as_dict(each))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not self._known

    def knows(self, reference: str) -> bool:
        """Whether the resource itself was passed in."""
        return reference in self._known

    def identifiers_of(self, reference: str) -> frozenset[str]:
        """The identifier keys of a resource."""
        return frozenset(self._identifiers.get(reference, ()))

    def leaves_open(self, references: Iterable[str], identifiers: Iterable[str], *, by_identifier: bool) -> bool:
        """Whether a requester may be somebody that a rule names otherwise.

        So it is with a role whose holder is not known, and, where the rule names an identifier, with a reference of which
        no identifier is known.
        """
        missing = [one for one in references if one not in self._known]
        if any(one.startswith("PractitionerRole/") for one in missing):
            return True
        return by_identifier and bool(missing) and not any(True for _ in identifiers)

    def keys(self, references: Iterable[str], identifiers: Iterable[str]) -> frozenset[str]:
        """Every key that an actor goes by: itself, its identifiers, and what it belongs to, upwards."""
        found = set(identifiers)
        waiting = set(references)
        for identifier in tuple(found):
            waiting |= self._holders.get(identifier, set())
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            found |= {one, *self._identifiers.get(one, ())}
            waiting |= self._above.get(one, set()) - found
        return frozenset(found)

    def _add(self, found: Mapping[str, Any]) -> None:
        given = found.get("reference")
        own = parts.tail(given) if isinstance(given, str) else f"{found.get('resourceType')}/{found.get('id')}"
        self._known.add(own)
        for each in parts.objects(found.get("identifier")):
            one = identifier_key(str(each.get("system") or ""), str(each.get("value") or ""))
            self._identifiers[own].add(one)
            self._holders[one].add(own)
        match found.get("resourceType"):
            case "Organization":
                self._organization(own, found)
            case "PractitionerRole":
                self._role(own, found)
            case "Group":
                self._group(own, found)
            case "CareTeam":
                self._care_team(own, found)
            case _:
                pass

    def _belongs(self, member: Reference, to: str) -> None:
        if member.key:
            self._above[member.key].add(to)
        if member.value:
            self._holders[identifier_key(member.system, member.value)].add(to)

    def _organization(self, own: str, found: Mapping[str, Any]) -> None:
        above = parts.reference(found.get("partOf"))
        if above.key:
            self._above[own].add(above.key)

    def _role(self, own: str, found: Mapping[str, Any]) -> None:
        if found.get("active") is False:
            return
        holder = parts.reference(found.get("practitioner"))
        self._belongs(holder, own)
        organization = parts.reference(found.get("organization"))
        if organization.key:
            self._above[own].add(organization.key)
        for coding in parts.codings(found.get("code")):
            self._above[own].add(role_key(coding))

    def _group(self, own: str, found: Mapping[str, Any]) -> None:
        if found.get("active") is False or found.get("actual") is False or found.get("membership") == "definitional":
            self._known.discard(own)  # a definition names no members: who belongs to it is not known
            return
        for each in parts.objects(found.get("member")):
            if each.get("inactive") is not True:
                self._belongs(parts.reference(each.get("entity")), own)

    def _care_team(self, own: str, found: Mapping[str, Any]) -> None:
        if found.get("status", "active") != "active":
            return
        for each in parts.objects(found.get("participant")):
            self._belongs(parts.reference(each.get("member")), own)
