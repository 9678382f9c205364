"""Records in forms that other systems read: AuditEvents as NDJSON (R4 or R5), DICOM XML, CSV, MinLog 2, RIV-TA.

Records that are erased or purged have no content to export; `export_folder` exports their hashes.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from samspil_audit.log import Found
from samspil_audit.record import to_dicom, to_r5
from samspil_audit.report.rows import Row, row_of
from samspil_audit.subjects import subjects_of
from samspil_core import dumps

__all__ = ["FORMATS", "Format", "Identify", "export_records", "minlog", "store_log"]

Format = Literal["ndjson", "ndjson-r5", "dicom", "csv", "minlog", "riv-ta"]
"""A form records are exported in: FHIR R4 or R5, DICOM PS3.15 XML, a table, MinLog 2, RIV-TA StoreLog."""
FORMATS: tuple[Format, ...] = ("ndjson", "ndjson-r5", "dicom", "csv", "minlog", "riv-ta")
"""Every `Format`."""

Identify = Callable[[str], str]
"""The identity number of a person whom the log knows by a name or pseudonym: the log itself does not hold it."""

_COLUMNS = (
    "index",
    "time",
    "action",
    "outcome",
    "person",
    "organization",
    "patient",
    "categories",
    "resources",
    "origins",
    "purposes",
    "emergency",
)
_NOBODY: Mapping[str, Any] = {}
_RIV = "urn:riv:informationsecurity:auditing:log"


def export_records(found: Iterable[Found], form: Format, identify: Identify = str) -> Iterator[bytes]:
    """The readable records, one line each; CSV with a line of names first."""
    if form == "csv":
        yield _csv_line(_COLUMNS)
    for each in found:
        if each.event is not None:
            yield _line(each, each.event, form, identify)


def _line(found: Found, event: Mapping[str, Any], form: Format, identify: Identify) -> bytes:
    match form:
        case "ndjson":
            return dumps(event) + b"\n"
        case "ndjson-r5":
            return dumps(to_r5(event)) + b"\n"
        case "dicom":
            return to_dicom(event) + b"\n"
        case "csv":
            return _csv_line(_cells(found))
        case "minlog":
            return dumps(minlog(found, identify)) + b"\n"
        case "riv-ta":
            return store_log(found, identify) + b"\n"


def _csv_line(cells: Iterable[object]) -> bytes:
    """A line of RFC 4180; a cell that a spreadsheet would take for a formula gets a quote in front."""
    text = io.StringIO()
    safe = (f"'{cell}" if str(cell)[:1] in "=+-@\t" and str(cell) else cell for cell in cells)
    csv.writer(text, lineterminator="\r\n").writerow(safe)
    return text.getvalue().encode()


def _row(found: Found) -> Row:
    row = row_of(found)
    if row is None:
        raise ValueError(f"record {found.index} cannot be read")
    return row


def _patient(event: Mapping[str, Any] | None) -> str:
    return next((subject.name for subject in subjects_of(event or {})), "")


def _cells(found: Found) -> Iterator[object]:
    row, event = _row(found), found.event or {}
    yield from (row.index, row.time, row.action, event.get("outcome", ""), row.person, row.organization)
    yield _patient(event)
    yield " ".join(each.category for each in row.data)
    yield " ".join(reference for each in row.data for reference in each.references)
    yield " ".join(dict.fromkeys(origin for each in row.data for origin in each.origins))
    yield " ".join(row.purposes)
    yield "yes" if row.emergency else "no"


def minlog(found: Found, identify: Identify = str) -> dict[str, Any]:
    """A record in the registration fields of the Danish MinLog 2 (NSP); the local log stays the authority."""
    row, event = _row(found), found.event or {}
    user = _first(event["agent"], lambda each: bool(each.get("requestor")))
    provider = _first(event["agent"], lambda each: _has_code(each, "PROV"))
    organization = provider.get("who", {}).get("identifier", {})
    return {
        "SourceSystemName": _who(event["source"].get("observer", {})),
        "DestinationSystemName": _who(_first(event["agent"], lambda each: "network" in each).get("who", {})),
        "Activity": row.action,
        "Reason": ", ".join(row.purposes) or "TREAT",
        "Criticality": "emergency" if row.emergency else "normal",
        "Addition": ", ".join(each.category for each in row.data),
        "FromDateTime": row.time,
        "ToDateTime": row.time,
        "OrganisationId": organization.get("value", "") or row.organization,
        "OrganisationIdSource": organization.get("system", ""),
        "PersonIdentifier": identify(_patient(event)),
        "PersonIdentifierSource": "CPR",
        "UserPersonIdentifier": identify(_who(user.get("who", {}))),
        "UserPersonName": user.get("name", "") or user.get("who", {}).get("display", ""),
        "UserRole": next((c.get("code", "") for role in user.get("role", ()) for c in role.get("coding", ())), ""),
        "CorrelationId": _correlation(event),
    }


def store_log(found: Found, identify: Identify = str) -> bytes:
    """A record as a Log of the Swedish RIV-TA contract StoreLog (informationsecurity:auditing:log 2)."""
    row, event = _row(found), found.event or {}
    root = Element("Log", {"xmlns": f"{_RIV}:2"})
    _text(root, "LogId", event["id"])
    system = SubElement(root, "System")
    _text(system, "SystemId", _who(event["source"].get("observer", {})))
    activity = SubElement(root, "Activity")
    _text(activity, "ActivityType", _ACTIVITY.get(event.get("action", ""), "Läsa"))
    _text(activity, "ActivityLevel", ", ".join(each.category for each in row.data))
    _text(activity, "StartDate", row.time)
    _text(activity, "Purpose", "Nödåtkomst" if row.emergency else ", ".join(row.purposes) or "Vård och behandling")
    user = SubElement(root, "User")
    agent = _first(event["agent"], lambda each: bool(each.get("requestor")))
    _text(user, "UserId", _who(agent.get("who", {})))
    _text(user, "Name", row.person)
    provider = SubElement(user, "CareProvider")
    own = _first(event["agent"], lambda each: _has_code(each, "PROV"))
    _text(provider, "CareProviderId", _who(own.get("who", {})))
    _text(provider, "CareProviderName", row.organization)
    resource = SubElement(SubElement(root, "Resources"), "Resource")
    _text(resource, "ResourceType", ", ".join(each.category for each in row.data) or row.action)
    if patient := _patient(event):
        _text(SubElement(resource, "Patient"), "PatientId", identify(patient))
    return tostring(root, encoding="utf-8")


_ACTIVITY = {"R": "Läsa", "E": "Läsa", "C": "Skriva", "U": "Skriva", "D": "Radera"}


def _first(agents: Iterable[Mapping[str, Any]], test: Callable[[Mapping[str, Any]], bool]) -> Mapping[str, Any]:
    return next(filter(test, agents), _NOBODY)


def _text(parent: Element, name: str, value: str) -> None:
    SubElement(parent, name).text = value


def _has_code(agent: Mapping[str, Any], code: str) -> bool:
    return any(coding.get("code") == code for coding in agent.get("type", {}).get("coding", ()))


def _who(reference: Mapping[str, Any]) -> str:
    number = reference.get("identifier", {})
    return number.get("value") or reference.get("reference") or reference.get("display") or ""


def _correlation(event: Mapping[str, Any]) -> str:
    found = (each["what"]["identifier"]["value"] for each in event.get("entity", ()) if _is_request(each))
    return next(found, "")


def _is_request(entity: Mapping[str, Any]) -> bool:
    return entity.get("type", {}).get("code") == "XrequestId"
