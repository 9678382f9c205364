"""One sitting over some resources: each judged by the consents of a patient, and left whole, in part, masked, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from samspil_core.values import Coding

from .breakglass import BOUND_TO, refused
from .decision import limits
from .engine import Engine, Prepared
from .features import Data
from .obligations import MASK, REDACT
from .parts import objects
from .reference import GRANTS, trace
from .removal import labels_of_element, without_elements
from .request import Request
from .walk import INLINE_LABEL

__all__ = ["EngineOf", "Sitting", "bears_label"]

EngineOf = Callable[[str], Engine]
"""Gives the engine with the consents of a patient (`Patient/1`), or of nobody (an empty text)."""

_DONE: Final = (REDACT, MASK)
"""Obligations that are done here; any other must be named as done by whoever sets it up."""
_MASKED: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "MASKED"}


_NO_DATA: Final = Data()


def _permits(opinion: int) -> bool:
    """Whether an opinion permits, whatever the data."""
    return bool(opinion) and not opinion & ~GRANTS


class Sitting:
    """One sitting over some resources: the consents of each patient are asked for once.

    Consents that speak of labels alone are asked once for each set of labels.
    """

    __slots__ = ("by_labels", "does", "engine_of", "ready", "request")

    def __init__(self, engine_of: EngineOf, request: Request, does: Iterable[Coding]) -> None:
        self.engine_of = engine_of
        self.request = request
        self.does = {(one.system, one.code) for one in (*_DONE, *does)}
        self.ready: dict[str, tuple[Engine, Prepared]] = {}
        self.by_labels: dict[tuple[str, frozenset[str]], bool] = {}

    def seen(
        self, patient: str, found: Mapping[str, Any], so_far: Mapping[str, Any], *, labelled: bool
    ) -> Mapping[str, Any] | None:
        """What is left of a resource as the consents of one patient let it be seen; `so_far` is what others left."""
        ready = self.ready.get(patient)
        if ready is None:
            engine = self.engine_of(patient)
            ready = (engine, engine.prepare(replace(self.request, resource=None, patient=patient), _NO_DATA))
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
            return bears_label(element) and not (labels and _permits(engine.opinion(prepared, own)))

        return without_elements(left, withheld)

    def _permitted(self, patient: str, engine: Engine, prepared: Prepared, data: Data) -> bool:
        if not engine.by_labels:
            return _permits(engine.opinion(prepared, data))
        known = self.by_labels.get((patient, data.labels))
        if known is None:
            known = self.by_labels[patient, data.labels] = _permits(engine.opinion(prepared, data))
        return known

    def _opened(self, engine: Engine, patient: str) -> bool:
        """Whether a declared emergency opens the data of this patient, and nobody else's, and is recorded and told."""
        request = self.request
        if request.emergency is None or request.patient != patient or refused(request, engine.profile):
            return False
        return self._fulfils(BOUND_TO)

    def _fulfils(self, obligations: Iterable[Coding]) -> bool:
        """Whether each obligation is done here or by the caller."""
        return all((one.system, one.code) in self.does for one in obligations)

    def _limited(
        self, engine: Engine, patient: str, found: Mapping[str, Any], so_far: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """With the obligations of the rules that permitted: done here, by the caller, or the permission is none."""
        asked = replace(self.request, resource=found, patient=patient)
        traces = trace(engine.consents, asked, engine.profile, engine.context)
        bound = {one for each in traces if each.root and each.opinion & GRANTS for one in limits(each.root)}
        if not self._fulfils(bound):
            return None
        return _masked(found) if (MASK.system, MASK.code) in {(one.system, one.code) for one in bound} else so_far


def bears_label(element: Mapping[str, Any]) -> bool:
    """Whether an element bears a label of its own, also one that cannot be read."""
    return any(one.get("url") == INLINE_LABEL for one in objects(element.get("extension")))


def _masked(found: Mapping[str, Any]) -> dict[str, Any]:
    """That a resource exists, and nothing of what it says."""
    return {
        "resourceType": found.get("resourceType"),
        "id": found.get("id"),
        "meta": {"security": [_MASKED]},
    }
