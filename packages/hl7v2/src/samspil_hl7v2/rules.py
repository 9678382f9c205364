"""The named rules that table rows refer to as `@name`: the guide's narrative, as functions.

A rule in a `value` takes the context and the texts of its positions, and returns the FHIR value or None. A rule in a `when`
takes the context, in a segment map also the segment, and the text of its argument, and returns whether it holds.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from .context import Context

__all__ = ["coding_system", "now", "universal_id"]

_TABLE = re.compile(r"HL7(\d{1,4})$")
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+$")


def coding_system(x: Context, name: str) -> str | None:
    """URI of a coding system from its name in HL7 table 0396, an OID, or as it stands; `urn:id:NAME` for a local one.

    https://terminology.hl7.org/CodeSystem-v2-0396.html
    """
    name = name.strip()
    if not name:
        return None
    known = x.coding_systems.get(name.upper())
    if known:
        return known
    if table := _TABLE.match(name.upper()):
        return f"http://terminology.hl7.org/CodeSystem/v2-{int(table[1]):04}"
    if _OID.match(name):
        return f"urn:oid:{name}"
    return name if _URI.match(name) else f"urn:id:{quote(name, safe='')}"


def now(x: Context, _text: str = "") -> str | None:
    """The time of conversion, where the caller gave it."""
    return x.now


def universal_id(x: Context, identifier: str, kind: str = "ISO") -> str | None:
    """URI of a universal id (HD.2, EI.3) by its type (HD.3, EI.4): ISO, UUID or GUID, URI, DNS; None for any other."""
    del x
    identifier, kind = identifier.strip(), kind.strip().upper()
    if kind == "ISO" and _OID.match(identifier):
        return f"urn:oid:{identifier}"
    if kind in {"UUID", "GUID"} and _UUID.match(identifier):
        return f"urn:uuid:{identifier.lower()}"
    if kind == "URI" and _URI.match(identifier):
        return identifier
    return None
