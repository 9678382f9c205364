"""Enforcement on resources and bundles: what is not permitted is not there.

A resource is judged by the consents of every patient it speaks of. What speaks of nobody is let through only where its
type is one of a directory or of definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from samspil_core.outcome import Outcome, to_operation_outcome
from samspil_core.values import Coding

from .decision import limits
from .engine import Engine, Prepared
from .features import Data, outgoing, own_key
from .findings import ANNOUNCED
from .obligations import MASK, REDACT
from .parts import as_list, is_object, objects, one_of, tail
from .reference import GRANTS, trace
from .request import Request

__all__ = ["NOT_OF_A_PATIENT", "Enforcer", "patients_of"]

NOT_OF_A_PATIENT: Final = frozenset(
    [
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Location",
        "HealthcareService",
        "Endpoint",
        "Medication",
        "Substance",
        "MedicationKnowledge",
        "CodeSystem",
        "ValueSet",
        "ConceptMap",
        "StructureDefinition",
        "CapabilityStatement",
        "SearchParameter",
        "OperationDefinition",
        "NamingSystem",
        "ImplementationGuide",
        "Questionnaire",
        "PlanDefinition",
        "ActivityDefinition",
    ]
)
"""Types that are let through where they refer to no patient."""

_DONE: Final = (REDACT, MASK)
"""Obligations that this enforcer itself does; any other must be named as done by whoever sets it up."""
_MASKED: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "MASKED"}


def patients_of(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """The patients a resource speaks of anywhere, as references; a Patient speaks of itself."""
    found: dict[str, None] = {}
    if resource.get("resourceType") == "Patient":
        found[own_key(resource)] = None
    waiting: list[Any] = [resource]
    while waiting:
        one = waiting.pop()
        if type(one) is not dict and not is_object(one):
            waiting += as_list(one)
            continue
        given = cast("Mapping[str, Any]", one)
        target = given.get("reference")
        if type(target) is str and "Patient/" in target:
            named = tail(target)
            if named.startswith("Patient/"):
                found[named] = None
        for value in given.values():
            if type(value) is str:
                continue
            if type(value) is list:
                waiting += value
            else:
                waiting.append(value)
    return tuple(found)


_NO_DATA: Final = Data()


class _Sitting:
    """One sitting over some resources: the consents of each patient are asked for once."""

    __slots__ = ("enforcer", "ready")

    def __init__(self, enforcer: Enforcer) -> None:
        self.enforcer = enforcer
        self.ready: dict[str, tuple[Engine, Prepared]] = {}

    def seen(self, patient: str, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The resource as the consents of one patient let it be seen."""
        ready = self.ready.get(patient)
        if ready is None:
            engine = self.enforcer.engine_of(patient)
            ready = (engine, engine.prepare(replace(self.enforcer.request, resource=None, patient=patient), _NO_DATA))
            self.ready[patient] = ready
        engine, prepared = ready
        opinion = engine.opinion_about(prepared, engine.features(found))
        if opinion & ~GRANTS or not opinion:
            return None
        return self._limited(engine, patient, found) if engine.has_limits else found

    def _limited(self, engine: Engine, patient: str, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """With the obligations of the rules that permitted: done here, by the caller, or the permission is none."""
        asked = replace(self.enforcer.request, resource=found, patient=patient)
        traces = trace(engine.consents, asked, engine.profile, engine.context)
        bound = {one for each in traces if each.root and each.opinion & GRANTS for one in limits(each.root)}
        keys = {(one.system, one.code) for one in bound}
        if keys - {(one.system, one.code) for one in (*_DONE, *self.enforcer.does)}:
            return None
        return _masked(found) if (MASK.system, MASK.code) in keys else found


@dataclass(frozen=True, slots=True)
class Enforcer:
    """Applies decisions to resources, for one request.

    `engine_of` gives the engine with the consents of a patient (`Patient/1`), or of nobody (an empty text). `does`
    are obligations the caller fulfils, such as `LOG`: a permission bound to anything else is none. `within` is a further
    limit, such as the scopes of a token: what it refuses is not there either.
    """

    engine_of: Callable[[str], Engine]
    request: Request
    does: tuple[Coding, ...] = ()
    within: Callable[[Mapping[str, Any]], bool] | None = None

    def resource(self, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The resource as it may be seen: itself, masked, or None."""
        return self._seen(found, _Sitting(self))

    def _seen(self, found: Mapping[str, Any], sitting: _Sitting) -> Mapping[str, Any] | None:
        if found.get("resourceType") == "Bundle":
            return self._document(found, sitting)
        if self.within is not None and not self.within(found):
            return None
        patients = patients_of(found)
        if not patients:  # whose it is cannot be told: a Provenance may speak of what is withheld
            return found if one_of(found.get("resourceType"), NOT_OF_A_PATIENT) else None
        seen: Mapping[str, Any] | None = found
        for patient in patients:
            if seen is not None:
                one = sitting.seen(patient, found)
                seen = one if one is not found else seen
        return seen

    def _document(self, found: Mapping[str, Any], sitting: _Sitting) -> Mapping[str, Any] | None:
        """A Bundle that is data itself, such as a document: all of it or nothing."""
        resources = [each.get("resource") for each in objects(found.get("entry"))]
        if all(is_object(one) and self._seen(one, sitting) is one for one in resources):
            return found
        return None

    def bundle(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """A searchset, history or collection without what may not be seen, its total and links as if that were not there.

        The total counts what is left and stands only where the bundle is whole; links to other pages are taken out, as
        pages of uneven length tell what was withheld: gather every page first (the middleware does).
        """
        paged = any(one_of(each.get("relation"), {"next", "previous", "prev"}) for each in objects(found.get("link")))
        given = objects(found.get("entry"))
        sitting = _Sitting(self)
        entries = [each for each in (self._entry(one, sitting) for one in given) if each is not None]
        kept = len(entries)
        if found.get("type") == "searchset":
            entries = without_orphans(entries)
        made = {name: value for name, value in found.items() if name not in {"entry", "total", "link"}}
        links = [each for each in objects(found.get("link")) if each.get("relation") == "self"]
        if links:
            made["link"] = links
        if one_of(found.get("type"), {"searchset", "history"}) and not paged:
            made["total"] = sum(_mode(each) == "match" for each in entries)
        if self.announces and sum(not _is_outcome(each) for each in given) > kept:
            entries.append(_ANNOUNCEMENT)
        if entries:
            made["entry"] = entries
        return made

    @property
    def announces(self) -> bool:
        """Whether the profile shows that something is withheld, and no more than that (Sweden's first step)."""
        return self.engine_of("").profile.visibility == "announced"

    def _entry(self, entry: Mapping[str, Any], sitting: _Sitting) -> Mapping[str, Any] | None:
        found = entry.get("resource")
        if not is_object(found) or found.get("resourceType") == "OperationOutcome":
            return None  # a deletion, or words of the server, may tell of what is withheld
        seen = self._seen(found, sitting)
        if seen is None:
            return None
        return entry if seen is found else {**entry, "resource": seen}


def _is_outcome(entry: Mapping[str, Any]) -> bool:
    resource = entry.get("resource")
    return is_object(resource) and resource.get("resourceType") == "OperationOutcome"


_ANNOUNCEMENT: Final[Mapping[str, Any]] = {
    "resource": to_operation_outcome(Outcome((ANNOUNCED.at(),))),
    "search": {"mode": "outcome"},
}


def _mode(entry: Mapping[str, Any]) -> str:
    search = entry.get("search")
    return str(search.get("mode", "match")) if is_object(search) else "match"


def without_orphans(entries: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Included resources only where something that is left leads to them, or they lead to it."""
    waiting = [each for each in entries if _mode(each) == "include"]
    if not waiting:
        return entries
    kept = {own_key(each["resource"]) for each in entries if _mode(each) in {"match", "outcome"}}
    linked = {target for each in entries if _mode(each) == "match" for target in outgoing(each["resource"])}
    grown = True
    while grown:
        grown = False
        for each in tuple(waiting):
            own, out = own_key(each["resource"]), set(outgoing(each["resource"]))
            if own in linked or out & kept:
                kept.add(own)
                linked |= out
                waiting.remove(each)
                grown = True
    return [each for each in entries if _mode(each) != "include" or own_key(each["resource"]) in kept]


def _masked(found: Mapping[str, Any]) -> dict[str, Any]:
    """That a resource exists, and nothing of what it says."""
    return {
        "resourceType": found.get("resourceType"),
        "id": found.get("id"),
        "meta": {"security": [_MASKED]},
    }
