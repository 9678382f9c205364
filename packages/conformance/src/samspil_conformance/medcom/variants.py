"""Legal variants of a message, and some that certified systems are known to send: what a receiver meets in practice."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from samspil_conformance.testscript.xmlform import xml_bytes
from samspil_core import dumps, loads

from . import names

__all__ = ["VARIANTS", "varied"]

Json = dict[str, Any]


def varied(message: bytes, variant: str) -> bytes:
    """A message in JSON as a variant of it, in JSON, or in XML for the variant `XML`. Raises KeyError."""
    made = VARIANTS[variant](loads(message))
    return xml_bytes(made) if variant == "XML" else dumps(made)


def _same(message: Json) -> Json:
    return message


def _times(message: Json, put: str) -> Json:
    return loads(re.sub(rb"(T\d\d:\d\d:\d\d)\+00:00", rb"\1" + put.encode(), dumps(message)))


def _ids(message: Json) -> Json:
    """Ids that are no UUIDs: the ends of the others."""
    text = dumps(message).decode()
    for each in message["entry"]:
        identifier = each["resource"]["id"]
        text = text.replace(identifier, f"n{identifier[-8:]}.x")
    return loads(text.encode())


def _added(message: Json) -> Json:
    message["entry"][1]["resource"]["telecom"] = [{"system": "phone", "value": "12345678"}]
    message["entry"][2]["resource"]["note"] = [{"text": "Mere end standarden kræver."}]
    return message


def _unnamed(message: Json) -> Json:
    for each in message["entry"]:
        if each["resource"]["resourceType"] == "Organization":
            each["resource"].pop("name", None)
    return message


def _second_number(message: Json) -> Json:
    message["entry"][1]["resource"]["identifier"].append({"system": f"{names.REPLACEMENT}3", "value": "2512484VK9"})
    return message


def _bare_system(message: Json) -> Json:
    for each in message["entry"][1]["resource"]["identifier"]:
        each["system"] = str(each["system"]).removeprefix("urn:oid:")
    return message


def _older_definition(message: Json) -> Json:
    message["entry"][0]["resource"]["definition"] = f"{names.DEFINITION}|4.0.0"
    return message


def _absolute(message: Json) -> Json:
    """References by absolute URL, to two servers."""
    text = dumps(message).decode()
    return loads(
        re.sub(r'"reference":"(Organization|Patient)/', r'"reference":"https://sender.example/fhir/\1/', text).encode()
    )


VARIANTS: Mapping[str, Callable[[Json], Json]] = {
    "JSON": _same,
    "XML": _same,
    "Zulu time": lambda message: _times(message, "Z"),
    "Danish time": lambda message: _times(message, "+02:00"),
    "foreign offset": lambda message: _times(message, "+05:30"),
    "nanoseconds": lambda message: _times(message, ".123456789+00:00"),
    "ids that are no UUIDs": _ids,
    "more than the standard": _added,
    "organisations without name": _unnamed,
    "two numbers of the patient": _second_number,
    "identifier system without urn": _bare_system,
    "definition of version 4": _older_definition,
    "absolute references": _absolute,
}
"""Variants by name."""
