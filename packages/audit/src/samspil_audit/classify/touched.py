"""What an answer holds: each resource with its category, its origins and its patients."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from samspil_audit.subjects import relative

from .tables import Category, Tables, objects_at, values_at

__all__ = ["Touched", "touched", "touched_type"]

UNKNOWN = "unknown"
NO_CONTENT = "the answer holds no content"
LEFT_OUT = "the answer leaves it out"
_NOT_NAMED = "the resource names none"
_SENT = frozenset({"batch", "transaction"})
_ENVELOPES = _SENT | {"searchset", "history", "collection", "batch-response", "transaction-response"}


@dataclass(frozen=True, slots=True)
class Touched:
    """One resource that left or was written: its reference, category, origins, and references to its patients.

    `patient_evidence` says why there is no patient, or where they are known from when the resource does not name them.
    """

    type: str
    reference: str
    category: Category
    origins: tuple[Category, ...]
    patients: tuple[Mapping[str, Any], ...]
    patient_evidence: str = ""


def touched(body: Mapping[str, Any], tables: Tables, default_origin: str = "") -> list[Touched]:
    """The resources in an answer: those of a searchset, history, collection or Parameters one by one, others as one.

    A document is one resource. OperationOutcomes are none. A resource that names no origin has `default_origin`, or
    is of unknown origin; nothing is left out for want of a category or an origin.
    """
    names = _names(body)
    found = [(_renamed(resource, names) if names else resource, url) for resource, url in _resources(body)]
    by_provenance = _provenance(found)
    return [_touched(resource, full_url, tables, by_provenance, default_origin) for resource, full_url in found]


def touched_type(kind: str, reference: str, tables: Tables) -> Touched:
    """A resource of which only type and reference are known, such as one deleted: classified by its type."""
    category = tables.category({"resourceType": kind})
    unknown = Category(UNKNOWN, NO_CONTENT)
    patient = ({"reference": relative(reference)},) if kind == "Patient" and reference else ()
    return Touched(kind, reference, category, (unknown,), patient, "" if patient else NO_CONTENT)


def _names(body: Mapping[str, Any]) -> dict[str, str]:
    """What the entries of a batch or transaction call each other, and the ids that they ask to be updated under."""
    names: dict[str, str] = {}
    if body.get("resourceType") != "Bundle" or body.get("type") not in _SENT:
        return names
    for entry in body.get("entry", ()):
        asked = cast("Mapping[str, Any]", entry.get("request") or {})
        if entry.get("fullUrl") and asked.get("method") == "PUT" and "?" not in str(asked.get("url")):
            names[str(entry["fullUrl"])] = str(asked["url"])
    return names


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    """A resource whose references name what the server will know."""
    if isinstance(node, list):
        return [_renamed(each, names) for each in cast("list[Any]", node)]
    if not isinstance(node, Mapping):
        return node
    made = {name: _renamed(value, names) for name, value in cast("Mapping[str, Any]", node).items()}
    if isinstance(reference := made.get("reference"), str) and reference in names:
        made["reference"] = names[reference]
    return made


def _resources(body: Mapping[str, Any], full_url: str = "") -> Iterator[tuple[Mapping[str, Any], str]]:
    kind = body.get("resourceType")
    if kind == "OperationOutcome" or not kind:
        return
    if kind == "Bundle" and body.get("type") in _ENVELOPES:
        for entry in body.get("entry", ()):
            if isinstance(entry.get("resource"), Mapping):
                yield from _resources(entry["resource"], str(entry.get("fullUrl", "")))
            elif body["type"] == "history":
                yield from _deleted(entry)
    elif kind == "Parameters":
        for parameter in body.get("parameter", ()):
            yield from _parameter(parameter)
    else:
        yield body, full_url


def _deleted(entry: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The resource of an entry of a history that holds none: its type and id, by its URL."""
    request = cast("Mapping[str, Any]", entry.get("request") or {})
    kind, _, number = relative(str(entry.get("fullUrl") or request.get("url", ""))).partition("/")
    if kind and number:
        yield {"resourceType": kind, "id": number}, ""


def _parameter(parameter: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    if isinstance(parameter.get("resource"), Mapping):
        yield from _resources(parameter["resource"])
    for part in parameter.get("part", ()):
        yield from _parameter(part)


def _provenance(found: Sequence[tuple[Mapping[str, Any], str]]) -> dict[str, str]:
    """The organisation that each Provenance in the same answer names for its targets."""
    told: dict[str, str] = {}
    for resource, _ in found:
        if resource.get("resourceType") == "Provenance":
            paths = ("agent.who", "agent.onBehalfOf")
            names = [str(who.get("reference", "")) for path in paths for who in objects_at(resource, path)]
            organization = next((name for name in names if "Organization/" in name), "")
            for target in values_at(resource, "target.reference"):
                if organization:
                    told[relative(str(target))] = organization
    return told


def _touched(
    resource: Mapping[str, Any], full_url: str, tables: Tables, by_provenance: Mapping[str, str], default_origin: str
) -> Touched:
    kind = str(resource["resourceType"])
    reference = _reference(resource, kind, full_url)
    origins = tables.origin(resource)
    if (named := by_provenance.get(relative(reference))) and all(named != origin.code for origin in origins):
        origins.append(Category(named, "Provenance"))
    if not origins:
        known = Category(default_origin, "this system") if default_origin else Category(UNKNOWN, "nothing names one")
        origins = [known]
    patients: dict[str, Mapping[str, Any]] = {}
    for patient in tables.patient(resource):
        plain = _plain(patient)
        patients.setdefault(str(plain.get("reference") or plain.get("identifier")), plain)
    if kind == "Patient" and not patients and full_url:
        patients[full_url] = {"reference": relative(full_url)}
    why = "" if patients else LEFT_OUT if _is_subset(resource) else _NOT_NAMED
    return Touched(kind, reference, tables.category(resource), tuple(origins), tuple(patients.values()), why)


def _is_subset(resource: Mapping[str, Any]) -> bool:
    """Whether a resource says that elements were left out. https://hl7.org/fhir/R4/search.html#summary."""
    return "SUBSETTED" in values_at(resource, "meta.tag.code")


def _reference(resource: Mapping[str, Any], kind: str, full_url: str) -> str:
    if not resource.get("id"):
        return full_url
    version = cast("Mapping[str, Any]", resource.get("meta") or {}).get("versionId")
    return f"{kind}/{resource['id']}" + (f"/_history/{version}" if version else "")


def _plain(patient: Mapping[str, Any]) -> Mapping[str, Any]:
    """The reference without version and display: who it is, not what they are called."""
    made = {name: patient[name] for name in ("reference", "identifier") if name in patient}
    if "reference" in made:
        made["reference"] = relative(made["reference"])
    return made
