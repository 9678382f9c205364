"""Enforcement on resources and bundles: what is not permitted is not there.

A resource is judged by the consents of every patient it speaks of. What speaks of nobody is let through only where its
type is one of a directory or of definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from samspil_core.outcome import Outcome, to_operation_outcome
from samspil_core.values import Coding

from .breakglass import BOUND_TO, refused
from .decision import limits
from .engine import Engine, Prepared
from .features import Data, outgoing, own_key
from .findings import ANNOUNCED
from .obligations import MASK, REDACT
from .parts import as_dict, as_list, is_object, objects, one_of
from .reference import GRANTS, trace
from .removal import labels_of_element, without_elements, without_references
from .request import Request
from .walk import INLINE_LABEL, look, patients_among, targets_of

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


def patients_of(resource: Mapping[str, Any] | object) -> tuple[str, ...]:
    """The patients a resource (dict or model) speaks of anywhere, as references; a Patient speaks of itself."""
    plain = as_dict(resource)
    return patients_among(look(plain)[0], plain)


_NO_DATA: Final = Data()


def _permits(opinion: int) -> bool:
    """Whether an opinion permits, whatever the data."""
    return bool(opinion) and not opinion & ~GRANTS


class _Sitting:
    """One sitting over some resources: the consents of each patient are asked for once.

    Consents that speak of labels alone are asked once for each set of labels.
    """

    __slots__ = ("by_labels", "enforcer", "ready")

    def __init__(self, enforcer: Enforcer) -> None:
        self.enforcer = enforcer
        self.ready: dict[str, tuple[Engine, Prepared]] = {}
        self.by_labels: dict[tuple[str, frozenset[str]], bool] = {}

    def seen(
        self, patient: str, found: Mapping[str, Any], so_far: Mapping[str, Any], *, labelled: bool
    ) -> Mapping[str, Any] | None:
        """What is left of a resource as the consents of one patient let it be seen; `so_far` is what others left."""
        ready = self.ready.get(patient)
        if ready is None:
            engine = self.enforcer.engine_of(patient)
            ready = (engine, engine.prepare(replace(self.enforcer.request, resource=None, patient=patient), _NO_DATA))
            self.ready[patient] = ready
        engine, prepared = ready
        data = engine.features(found)
        if not self._permitted(patient, engine, prepared, data):
            return so_far if self._opened(engine, patient) else None
        left = self._limited(engine, patient, found, so_far) if engine.has_limits else so_far
        if not labelled or left is None or "labels" not in engine.needs:
            return left

        def withheld(element: Mapping[str, Any]) -> bool:
            labels = labels_of_element(element)
            own = engine.labelled(data, labels)
            return _bears_label(element) and not (labels and _permits(engine.opinion_about(prepared, own)))

        return without_elements(left, withheld)

    def _permitted(self, patient: str, engine: Engine, prepared: Prepared, data: Data) -> bool:
        if not engine.by_labels:
            return _permits(engine.opinion_about(prepared, data))
        known = self.by_labels.get((patient, data.labels))
        if known is None:
            known = self.by_labels[patient, data.labels] = _permits(engine.opinion_about(prepared, data))
        return known

    def _opened(self, engine: Engine, patient: str) -> bool:
        """Whether a declared emergency opens the data of this patient, and nobody else's, and is recorded and told."""
        request = self.enforcer.request
        if request.emergency is None or request.patient != patient or refused(request, engine.profile):
            return False
        return self.enforcer.fulfils(BOUND_TO)

    def _limited(
        self, engine: Engine, patient: str, found: Mapping[str, Any], so_far: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """With the obligations of the rules that permitted: done here, by the caller, or the permission is none."""
        asked = replace(self.enforcer.request, resource=found, patient=patient)
        traces = trace(engine.consents, asked, engine.profile, engine.context)
        bound = {one for each in traces if each.root and each.opinion & GRANTS for one in limits(each.root)}
        if not self.enforcer.fulfils(bound):
            return None
        return _masked(found) if (MASK.system, MASK.code) in {(one.system, one.code) for one in bound} else so_far


def _bears_label(element: Mapping[str, Any]) -> bool:
    return any(one.get("url") == INLINE_LABEL for one in objects(element.get("extension")))


@dataclass(frozen=True, slots=True)
class Enforcer:
    """Applies decisions to resources, for one request.

    `engine_of` gives the engine with the consents of a patient (`Patient/1`), or of nobody (an empty text). `does`
    are obligations the caller fulfils, such as `LOG`: a permission bound to anything else is none. `within` is a further
    limit, such as the scopes of a token: what it refuses is not there either. An emergency that the request declares opens
    the data of the patient it names, where the caller does both `LOG` and `NOTIFY`.
    """

    engine_of: Callable[[str], Engine]
    request: Request
    does: tuple[Coding, ...] = ()
    within: Callable[[Mapping[str, Any]], bool] | None = None

    def resource(self, found: Mapping[str, Any] | object) -> Mapping[str, Any] | None:
        """The resource (a dict, or a fhir.resources model) as it may be seen: itself, in part, masked, or None.

        Raises ValueError for what is neither.
        """
        return self._seen(as_dict(found), _Sitting(self))[0]

    def fulfils(self, obligations: Iterable[Coding]) -> bool:
        """Whether each obligation is done here or by the caller."""
        done = {(one.system, one.code) for one in (*_DONE, *self.does)}
        return all((one.system, one.code) in done for one in obligations)

    def _seen(self, found: Mapping[str, Any], sitting: _Sitting) -> tuple[Mapping[str, Any] | None, set[str]]:
        """The resource as it may be seen, and what it refers to."""
        written, labelled = look(found)
        if found.get("resourceType") == "Bundle":
            return self._document(found, sitting), written
        if self.within is not None and not self.within(found):
            return None, written
        patients = patients_among(written, found)
        if not patients:  # whose it is cannot be told: a Provenance may speak of what is withheld
            return found if one_of(found.get("resourceType"), NOT_OF_A_PATIENT) else None, written
        seen: Mapping[str, Any] | None = found
        for patient in patients:
            if seen is not None:
                seen = sitting.seen(patient, found, seen, labelled=labelled)
        if labelled and seen is not None and self.within is not None:
            seen = without_elements(seen, lambda element: not self._within_element(found, element))
        return seen, written

    def _within_element(self, found: Mapping[str, Any], element: Mapping[str, Any]) -> bool:
        """Whether the further limit lets an element through, as if the whole resource bore its label."""
        labels = [{"system": one.system, "code": one.code} for one in labels_of_element(element)]
        if self.within is None or not _bears_label(element):
            return True
        meta = found.get("meta")
        own: Mapping[str, Any] = meta if is_object(meta) else {}
        labelled = {**found, "meta": {**own, "security": [*as_list(own.get("security")), *labels]}}
        return bool(labels) and self.within(labelled)

    def _document(self, found: Mapping[str, Any], sitting: _Sitting) -> Mapping[str, Any] | None:
        """A Bundle that is data itself, such as a document: all of it or nothing."""
        resources = [each.get("resource") for each in objects(found.get("entry"))]
        if all(is_object(one) and self._seen(one, sitting)[0] is one for one in resources):
            return found
        return None

    def bundle(self, found: Mapping[str, Any] | object, *, whole_only: bool = False) -> dict[str, Any]:
        """A searchset, history or collection without what may not be seen, its total and links as if that were not there.

        The total counts what is left and stands only where the bundle is whole; links to other pages are taken out, as
        pages of uneven length tell what was withheld: gather every page first (the middleware does). References to what
        was withheld go too. `whole_only` leaves out what may be seen in part: a search by it would tell the rest.
        A dict or a fhir.resources model is taken; ValueError is raised for what is neither.
        """
        found = as_dict(found)
        paged = any(one_of(each.get("relation"), {"next", "previous", "prev"}) for each in objects(found.get("link")))
        given = objects(found.get("entry"))
        entries = self._entries(given, whole_only=whole_only)
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

    def _entries(self, given: list[Mapping[str, Any]], *, whole_only: bool) -> list[Mapping[str, Any]]:
        """The entries that may be seen, without references to those that may not."""
        sitting = _Sitting(self)
        made: list[tuple[Mapping[str, Any], set[str]]] = []
        withheld: set[str] = set()
        for entry in given:
            found = entry.get("resource")
            if not is_object(found) or found.get("resourceType") == "OperationOutcome":
                continue  # a deletion, or words of the server, may tell of what is withheld
            seen, written = self._seen(found, sitting)
            if seen is None or (whole_only and seen is not found):
                withheld.add(own_key(found))
            else:
                made.append((entry if seen is found else {**entry, "resource": seen}, written))
        if not withheld:
            return [entry for entry, _ in made]
        withheld -= {own_key(entry["resource"]) for entry, _ in made}  # another version of it may be seen
        return [
            entry
            if targets_of(written).isdisjoint(withheld) or entry["resource"].get("resourceType") == "Bundle"
            else {**entry, "resource": without_references(entry["resource"], withheld)}
            for entry, written in made
        ]

    @property
    def announces(self) -> bool:
        """Whether the profile shows that something is withheld, and no more than that (Sweden's first step)."""
        return self.engine_of("").profile.visibility == "announced"


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
