"""The codes of HL7 v2's own tables, so that a site's own codes are not taken for HL7's.

Most tables are user-defined: a site may use any code where the standard suggests some (HL7 v2.9 chapter 2C). FHIR's code
system `v2-0069` holds the published codes alone, https://terminology.hl7.org/codesystems-v2.html.
"""

from __future__ import annotations

from functools import cache, lru_cache

from samspil_hl7v2 import facts

V2 = "http://terminology.hl7.org/CodeSystem/v2-"


@lru_cache(maxsize=4096)
def own_system(system: str, code: str) -> str:
    """The system that a code is of: `urn:id:HL70069` where the table's code system does not have the code.

    >>> own_system("http://terminology.hl7.org/CodeSystem/v2-0001", "F")
    'http://terminology.hl7.org/CodeSystem/v2-0001'
    >>> own_system("http://terminology.hl7.org/CodeSystem/v2-0001", "K")
    'urn:id:HL70001'
    """
    if not code or not system.startswith(V2):
        return system
    table = system.removeprefix(V2)
    known = _codes(table)
    if known is None or code in known or (table == "0203" and _is_national(code)):
        return system
    return f"urn:id:HL7{table}"


def _is_national(code: str) -> bool:
    """Whether a code is NNxxx of table 0203, the national person identifier of the country xxx (ISO 3166)."""
    return len(code) == 5 and code.startswith("NN") and code.isalpha() and code.isupper()  # noqa: PLR2004  NN and a country


@cache
def _codes(table: str) -> frozenset[str] | None:
    found = _lines().get(table)
    return None if found is None else frozenset(found.split("|"))


@cache
def _lines() -> dict[str, str]:
    return {table: codes for table, codes in facts.rows("samspil_hl7v2.v2", "table_codes.csv")}  # noqa: C416  lists to pairs
