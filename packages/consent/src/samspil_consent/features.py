"""What a rule can ask of data: labels, classes, codes, dates, and the references it is, has and was authored by.

Only what the consents at hand ask for is taken from a resource.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any, Final, cast

from samspil_core.values import Coding

from . import parts
from .codes import RESOURCE_TYPES, above, canonical, highest_only
from .parts import is_object

__all__ = ["ALL", "Data", "Surroundings", "features", "with_labels"]

ALL: Final = frozenset({"labels", "classes", "codes", "dates", "references", "authors"})

_NOT_INDIVIDUAL: Final = ("Group", "Bundle", "Binary", "Parameters", "OperationOutcome")
_DATES: Final = [
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "onsetDateTime",
    "onsetPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "performedDateTime",
    "performedPeriod",
    "occurredDateTime",
    "occurredPeriod",
    "period",
    "date",
    "authoredOn",
    "dateAsserted",
    "recordedDate",
    "issued",
    "created",
    "started",
    "dateWritten",
    "recorded",
    "dateRecorded",
    "whenHandedOver",
    "whenPrepared",
    "context",
    "servicedDate",
    "servicedPeriod",
    "billablePeriod",
    "identifiedDateTime",
    "identifiedPeriod",
    "receivedTime",
]
_AUTHORS: Final = ("author", "recorder", "asserter", "performer", "requester", "agent")
_CODED: Final = [
    "code",
    "type",
    "vaccineCode",
    "medicationCodeableConcept",
    "medication",
    "valueCodeableConcept",
    "class",
    "reasonCode",
    "procedureCode",
    "category",
    "serviceType",
    "substanceCodeableConcept",
    "productCodeableConcept",
]


@dataclass(frozen=True, slots=True)
class Data:
    """The features of one resource; `first` and `last` are microseconds since 1970 UTC, None where it bears no date."""

    labels: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    first: int | None = None
    last: int | None = None
    references: frozenset[str] = frozenset()
    resource: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The resources a reference may lead to, by `Type/id`: which of them point at which.

    `pointed_at` gives, for a resource, those that refer to it among what is known.
    """

    pointed_at: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    @staticmethod
    def of(resources: Iterable[Mapping[str, Any] | object]) -> Surroundings:
        """What refers to what among some resources, dicts or models."""
        made: dict[str, set[str]] = {}
        for each in map(parts.as_dict, resources):
            own = own_key(each)
            for target in outgoing(each):
                made.setdefault(target, set()).add(own)
        return Surroundings({target: frozenset(sources) for target, sources in made.items()})


_NOWHERE: Final = Surroundings()


def features(
    resource: Mapping[str, Any],
    needs: frozenset[str] = ALL,
    *,
    hierarchy: bool = True,
    around: Surroundings = _NOWHERE,
    zone: tzinfo = UTC,
) -> Data:
    """The features of a resource that are needed; with `hierarchy` a code also counts as those above it.

    `zone` is that of dates that have none.
    """
    if needs == _LABELS_ALONE:
        return Data(_labels(resource, hierarchy=hierarchy), resource=resource)
    first, last = _dates(resource, zone) if "dates" in needs else (None, None)
    references: set[str] = set()
    if "references" in needs:
        references |= _references(resource, around)
    if "authors" in needs:
        references |= {f"authoredby {each}" for each in _authors(resource)}
    return Data(
        labels=_labels(resource, hierarchy=hierarchy) if "labels" in needs else frozenset(),
        classes=_classes(resource) if "classes" in needs else frozenset(),
        codes=_codes(resource) if "codes" in needs else frozenset(),
        first=first,
        last=last,
        references=frozenset(references),
        resource=resource,
    )


def with_labels(data: Data, labels: Iterable[Coding], *, hierarchy: bool) -> Data:
    """The same features with further labels: those of a single element."""
    more = data.labels | _labels_of(tuple([(one.system, one.code) for one in labels]), hierarchy)
    return replace(data, labels=highest_only(more) if hierarchy else more)


def own_key(resource: Mapping[str, Any]) -> str:
    """`Type/id` of a resource."""
    return f"{resource.get('resourceType')}/{resource.get('id')}"


_LABELS_ALONE: Final = frozenset({"labels"})
_NO_LABELS: Final[frozenset[str]] = frozenset()


def _labels(resource: Mapping[str, Any], *, hierarchy: bool) -> frozenset[str]:
    meta = resource.get("meta")
    given = meta.get("security") if meta is not None and is_object(meta) else None
    more = resource.get("securityLabel")
    confidentiality = resource.get("confidentiality")
    contained = resource.get("contained")
    if not (given or more or confidentiality or contained):
        return _NO_LABELS
    if not (more or confidentiality or contained):
        return _labels_of(_written(given), hierarchy)
    found = [(one.system, one.code) for part in (given, more) for one in parts.codings(part)]
    if isinstance(confidentiality, str):
        found.append(("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", confidentiality))
    keys = set(_labels_of(tuple(found), hierarchy))
    for inner in parts.objects(contained):
        keys |= _labels(inner, hierarchy=hierarchy)
    return highest_only(keys) if hierarchy else frozenset(keys)


def _written(given: Any) -> tuple[tuple[str, str], ...]:
    """The labels as system and code; one plain label, as most data bear, is read at once."""
    listed = cast("list[Any]", given) if type(given) is list else []
    if len(listed) == 1 and type(listed[0]) is dict:
        one = cast("dict[str, Any]", listed[0])
        if "coding" not in one:
            system, code = one.get("system", ""), one.get("code")
            if type(code) is str and code and type(system) is str:
                return ((system, code),)
    return tuple([(one.system, one.code) for one in parts.codings(given)])


@lru_cache(maxsize=4096)
def _labels_of(found: tuple[tuple[str, str], ...], hierarchy: bool) -> frozenset[str]:  # noqa: FBT001  a cache's key
    """The keys of some labels; few sets of labels recur in all of a hospital's data."""
    own = [(canonical(system), code) for system, code in found]
    if not hierarchy:
        return frozenset(f"{system}|{code}" for system, code in own)
    return highest_only(f"{system}|{each}" for system, code in own for each in (code, *above(system, code)))


def _classes(resource: Mapping[str, Any]) -> frozenset[str]:
    kind = str(resource.get("resourceType"))
    found = {f"{RESOURCE_TYPES}|{kind}", f"{RESOURCE_TYPES}|Resource"}
    if kind not in _NOT_INDIVIDUAL:
        found.add(f"{RESOURCE_TYPES}|DomainResource")
    if kind in {"DocumentReference", "Composition", "DiagnosticReport"}:
        for name in ("type", "category", "code"):
            found |= {_key(one) for one in parts.codings(resource.get(name))}
    meta = resource.get("meta")
    profiles = meta.get("profile") if is_object(meta) else None
    if isinstance(profiles, list):
        found |= {f"urn:ietf:rfc:3986|{each}" for each in cast("list[Any]", profiles)}
    for content in parts.objects(resource.get("content")):
        found |= {_key(one) for one in parts.codings(content.get("format"))}
        attachment = content.get("attachment")
        if is_object(attachment):
            found.add(f"urn:ietf:bcp:13|{attachment.get('contentType')}")
    return frozenset(found)


def _key(one: Coding) -> str:
    return f"{canonical(one.system)}|{one.code}"


def codes_of(resource: Mapping[str, Any]) -> Iterator[Coding]:
    """The codings that say what a resource is about."""
    for name in _CODED:
        value = resource.get(name)
        if value is not None:
            inner = value.get("concept", value) if is_object(value) else value
            yield from parts.codings(inner)
    for component in parts.objects(resource.get("component")):
        yield from parts.codings(component.get("code"))
    for inner in parts.objects(resource.get("contained")):
        yield from codes_of(inner)


def _codes(resource: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(_key(one) for one in codes_of(resource))


def _dates(resource: Mapping[str, Any], zone: tzinfo) -> tuple[int | None, int | None]:
    firsts: list[int] = []
    lasts: list[int] = []
    for name in _DATES:
        value = resource.get(name)
        if isinstance(value, str):
            bounds: tuple[Any, Any] = (value, value)
        elif is_object(value):
            given = value
            inner = given.get("period", given)
            span = inner if is_object(inner) else given
            bounds = (span.get("start"), span.get("end", span.get("start")))
        else:
            continue
        start, end = parts.moment(bounds[0], zone), parts.moment(bounds[1], zone)
        firsts += [one.first for one in (start, end) if one and one.first is not None]
        lasts += [one.last for one in (start, end) if one and one.last is not None]
    return (min(firsts), max(lasts)) if firsts and lasts else (None, None)


def _references(resource: Mapping[str, Any], around: Surroundings) -> set[str]:
    own = own_key(resource)
    out = set(outgoing(resource))
    made = {f"instance {own}", f"related {own}", f"dependents {own}"}
    made |= {f"dependents {target}" for target in out}
    made |= {f"related {other}" for other in out | set(around.pointed_at.get(own, ()))}
    return made


def outgoing(value: Any) -> Iterator[str]:
    """Every reference that stands anywhere in a resource, as `Type/id`."""
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if is_object(one):
            given = one
            target = given.get("reference")
            if isinstance(target, str) and not target.startswith("#"):
                yield parts.tail(target)
            waiting += [each for each in given.values() if isinstance(each, (Mapping, list))]
        elif isinstance(one, list):
            waiting += cast("list[Any]", one)


def _authors(resource: Mapping[str, Any]) -> Iterator[str]:
    for name in _AUTHORS:
        value = resource.get(name)
        for each in cast("list[Any]", value) if isinstance(value, list) else [value]:
            if is_object(each):
                given = each
                for inner in (given, given.get("actor"), given.get("who"), given.get("onBehalfOf")):
                    key = parts.reference(inner).key
                    if key:
                        yield key
