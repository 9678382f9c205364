"""Enforcement on resources and bundles: what is not permitted is not there.

A resource is judged by the consents of every patient it speaks of. What speaks of nobody is let through only where its
type is one of a directory or of definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from samspil_core.outcome import Outcome, to_operation_outcome
from samspil_core.values import Coding

from .features import own_key
from .findings import ANNOUNCED
from .inclusion import is_match, without_orphans
from .parts import as_dict, as_list, is_object, objects, one_of
from .removal import labels_of_element, without_elements, without_references
from .request import Request
from .sitting import EngineOf, Sitting, bears_label
from .walk import look, patients_among, targets_of

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


def patients_of(resource: Mapping[str, Any] | object) -> tuple[str, ...]:
    """The patients a resource (dict or model) speaks of anywhere, as references; a Patient speaks of itself."""
    plain = as_dict(resource)
    return patients_among(look(plain)[0], plain)


@dataclass(frozen=True, slots=True)
class Enforcer:
    """Applies decisions to resources, for one request.

    `engine_of` gives the engine with the consents of a patient (`Patient/1`), or of nobody (an empty text). `does`
    are obligations the caller fulfils, such as `LOG`: a permission bound to anything else is none. `within` is a further
    limit, such as the scopes of a token: what it refuses is not there either. An emergency that the request declares opens
    the data of the patient it names, where the caller does both `LOG` and `NOTIFY`.
    """

    engine_of: EngineOf
    request: Request
    does: tuple[Coding, ...] = ()
    within: Callable[[Mapping[str, Any]], bool] | None = None

    def resource(self, found: Mapping[str, Any] | object) -> Mapping[str, Any] | None:
        """The resource (a dict, or a fhir.resources model) as it may be seen: itself, in part, masked, or None.

        Raises ValueError for what is neither.
        """
        return self._seen(as_dict(found), self._sitting())[0]

    def _sitting(self) -> Sitting:
        return Sitting(self.engine_of, self.request, self.does)

    def _seen(self, found: Mapping[str, Any], sitting: Sitting) -> tuple[Mapping[str, Any] | None, set[str]]:
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
        if self.within is None or not bears_label(element):
            return True
        meta = found.get("meta")
        own: Mapping[str, Any] = meta if is_object(meta) else {}
        labelled = {**found, "meta": {**own, "security": [*as_list(own.get("security")), *labels]}}
        return bool(labels) and self.within(labelled)

    def _document(self, found: Mapping[str, Any], sitting: Sitting) -> Mapping[str, Any] | None:
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
            made["total"] = sum(map(is_match, entries))
        if self.announces and sum(not _is_outcome(each) for each in given) > kept:
            entries.append(_ANNOUNCEMENT)
        if entries:
            made["entry"] = entries
        return made

    def _entries(self, given: list[Mapping[str, Any]], *, whole_only: bool) -> list[Mapping[str, Any]]:
        """The entries that may be seen, without references to those that may not."""
        sitting = self._sitting()
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
