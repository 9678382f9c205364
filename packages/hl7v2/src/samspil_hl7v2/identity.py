"""Ids that follow from content, merging of what is the same, and the elements R4 requires of a finished resource.

An id is a version 5 UUID (RFC 4122, section 4.3) of what identifies the resource: the elements that resources.csv calls
its key, or else the message and the content. The same message gives the same ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from samspil_core.identity import name_uuid
from samspil_core.jsontext import dumps

from .bundle import SHARED, is_local
from .context import Context, Made, Resource
from .findings import SAME_KEY
from .mapping.compiled import Program
from .r4.elements import r4

LAST = 99
RANK = {
    type_: rank
    for rank, type_ in enumerate(
        [
            "Patient",
            "RelatedPerson",
            "Account",
            "Coverage",
            "EpisodeOfCare",
            "Encounter",
            "Condition",
            "Procedure",
            "AllergyIntolerance",
            "Specimen",
            "ServiceRequest",
            "Observation",
            "DiagnosticReport",
            "DocumentReference",
            "CareTeam",
            "Basic",
            "MessageHeader",
            "Provenance",
        ]
    )
}
"""Referred-to types first, so that ids in references are known when the id of what refers is made."""

EVENTS = frozenset({"Observation", "ChargeItem", "MedicationAdministration", "MedicationDispense"})
"""What a second segment that says the same tells once more: two measurements, two charges, two doses."""


def finish(made: list[Made], program: Program, x: Context, message_key: str, sender: str) -> list[Made]:
    """Complete, identify and merge the resources of a message; returns those that stand, references filled in."""
    standing: dict[tuple[str, str], Made] = {}
    again: Counter[str] = Counter()
    kept: list[Made] = []
    for each in sorted(made, key=_order):
        complete(each, program)
        name, keyed = _name(each, program, message_key, sender)
        each.id = known_uuid(each.type, name) if keyed and each.type in SHARED else name_uuid(each.type, name)
        twin = standing.get((each.type, each.id))
        if twin is not None and not keyed and each.type in EVENTS and each.segment is not twin.segment:
            again[each.id] += 1
            each.id = name_uuid(each.type, each.id, str(again[each.id]))
            twin = None
        if twin is not None and not _merge(twin, each, x):
            x.issue(each.segment.base if each.segment else 0, SAME_KEY.at(type=each.type))
            each.id = name_uuid(each.type, each.id, message_key, text_of(each.body))
            twin = standing.get((each.type, each.id))
            if twin is not None:
                _merge(twin, each, x)
        if twin is None:
            standing[each.type, each.id] = each
            kept.append(each)
        url = "urn:uuid:" + each.id
        for reference in each.references:
            reference["reference"] = url
    kept.sort(key=_number)
    return kept


known_uuid = lru_cache(maxsize=8192)(name_uuid)
"""As `name_uuid`, remembered: for what recurs from message to message, such as organizations and practitioners."""


def _order(made: Made) -> int:
    """Parts made on the way first, in the order they were made; then the resources of segments by rank."""
    return (RANK.get(made.type, LAST) + 1 << 32 if made.label else 0) + made.number


def _number(made: Made) -> int:
    return made.number


def _name(made: Made, program: Program, message_key: str, sender: str) -> tuple[str, bool]:
    """What identifies a resource, and whether that is a key, by which other messages name it too."""
    body = made.body
    for path in program.keys.get(made.type, ()):
        first = _part(body, path[0])
        if first is None:
            continue
        text = text_of([first, *[_part(body, name) for name in path[1:]]])
        return text if _is_global(first) else sender + " " + text, True
    return message_key + " " + text_of(body), False


def _is_global(identifier: Any) -> bool:
    """Whether no other sender can mean something else by an identifier: its system is the same everywhere."""
    system = identifier.get("system") if isinstance(identifier, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return bool(system) and not is_local(system)  # pyright: ignore[reportUnknownArgumentType]


def text_of(value: Any) -> str:
    """A JSON value as text, of which ids are made."""
    return dumps(value, sure=True).decode()


def _part(body: Resource, name: str) -> Any:
    value = body.get(name)
    if value is None and name.startswith("extension("):
        return next((each for each in body.get("extension", ()) if each["url"] == name[10:-1]), None)
    return value[0] if name == "identifier" and value else value


def complete(made: Made, program: Program) -> None:
    """Fill what R4 requires and no row has filled: by the rules of resources.csv, else as absent for an unknown reason."""
    body = made.body
    if made.type == "Organization":
        _without_home(body)
    for name, beside, key, value in program.fillers_of(made.type):
        if name not in body and beside not in body:
            body[key] = copy(value)


def _without_home(body: Resource) -> None:
    """Keep what was sent as home beside the use: an organization has none (org-2 and org-3).

    https://hl7.org/fhir/R4/organization.html#invs
    """
    for name in ("address", "telecom"):
        for each in body.get(name, ()):
            if each.get("use") == "home":
                del each["use"]
                each["_use"] = {"extension": [{"url": "urn:samspil:v2:use", "valueCode": "home"}]}


def copy(value: Any) -> Any:
    """A JSON value of its own."""
    if isinstance(value, dict):
        return {key: copy(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [copy(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _merge(into: Made, other: Made, x: Context) -> bool:
    """Join two bodies of one identity where nothing contradicts: single elements agree, lists are united."""
    one, two = into.body, other.body
    for key in two.keys() & one.keys():
        if not (isinstance(one[key], list) or one[key] == two[key]):
            return False
    if _choose_twice(into.type, one.keys() - two.keys(), two.keys() - one.keys()):
        return False
    x.moved[id(two)] = (two, one)
    for key, value in two.items():
        if key not in one:
            one[key] = value
        elif isinstance(value, list):
            for item in value:  # pyright: ignore[reportUnknownVariableType]
                x.join(one[key], item)
        else:
            x.equal(value, one[key])
    return True


def _choose_twice(type_: str, mine: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether two bodies give one choice element different types: `effectiveDateTime` and `effectivePeriod`."""
    slots = {slot for name in theirs if (slot := r4().slot(type_, name)).endswith("[x]")}
    return bool(slots) and any(r4().slot(type_, name) in slots for name in mine)
