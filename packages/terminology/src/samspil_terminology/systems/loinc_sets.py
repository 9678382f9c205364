"""The value sets that LOINC implies: https://terminology.hl7.org/LOINC.html#loinc-implicit-value-sets."""

from typing import Any

__all__ = ["LICENSE", "LOINC", "loinc_value_set"]

LOINC = "http://loinc.org"
LICENSE = (
    "This material contains content from LOINC (http://loinc.org). LOINC is (c) Regenstrief Institute, Inc. and the LOINC "
    "Committee, available at no cost under the licence at http://loinc.org/license"
)


def loinc_value_set(url: str, version: str) -> dict[str, Any] | None:
    """The value sets that LOINC implies: all of it, an answer list (`LL...`), a group (`LG...`), what is below a part (`LP...`)."""
    rest = url.removeprefix("http://loinc.org/vs")
    if rest == url:
        return None
    name = rest.removeprefix("/")
    include: dict[str, Any] = {"system": "http://loinc.org"}
    if name.startswith("LL"):
        include["filter"] = [{"property": "AnswerList", "op": "=", "value": name}]
    elif name.startswith("LG"):
        include["filter"] = [{"property": "group", "op": "=", "value": name}]
    elif name.startswith("LP"):
        include["filter"] = [{"property": "concept", "op": "is-a", "value": name}]
    elif name:
        return None
    made = {"resourceType": "ValueSet", "url": url, "name": f"LOINC{name}", "status": "active"}
    return {**made, "version": version, "copyright": LICENSE, "compose": {"include": [include]}}
