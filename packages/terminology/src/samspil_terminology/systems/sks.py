"""SKS, the Danish classification of the health service, out of SKScomplete.txt: fixed width, Windows-1252, with history.

https://sundhedsdatastyrelsen.dk/da/rammer-og-retningslinjer/om-klassifikationer/sks-klassifikationer. Codes are joined with
`+`: a code and its additional codes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samspil_terminology.store.building import Row
from samspil_terminology.system import SystemFacts

from .tables import BadTable, code, text

__all__ = ["DIAGNOSES", "LICENSE", "URL", "facts", "read"]

URL = "urn:oid:1.2.208.176.2.4"
DIAGNOSES = "urn:oid:1.2.208.176.2.4.12"
LICENSE = (
    "SKS is (c) Sundhedsdatastyrelsen: free to use in IT solutions, not to be sold as such, and to be kept current "
    "(https://sundhedsdatastyrelsen.dk)"
)
_WIDTH = 167
_OPEN = "25000101"
_MAIN = {
    "A": "Administrative koder",
    "B": "Behandling",
    "D": "Sygdomme",
    "E": "Ydre årsager",
    "F": "Funktionsevne",
    "K": "Operationer",
    "M": "Lægemidler (ATC)",
    "N": "Anæstesi og intensiv",
    "R": "Resultater",
    "T": "Tillægskoder",
    "U": "Undersøgelser",
    "V": "Særlige koder",
    "W": "Klinisk fysiologi og nuklearmedicin",
    "Z": "Diverse",
}


def facts(version: str, *, diagnoses: bool = False) -> SystemFacts:
    """What SKS is as a code system. The file has no version: it is the date of the file."""
    return SystemFacts(
        url=DIAGNOSES if diagnoses else URL,
        version=version,
        name="SKS_D" if diagnoses else "SKS",
        title="SKS diagnoser" if diagnoses else "Sundhedsvæsenets Klassifikations System (SKS)",
        language="da",
        case_sensitive=False,
        properties=dict.fromkeys(("register", "validFrom", "validTo", "sex", "ageFrom", "ageTo", "icd10", "atc"), ""),
        license=LICENSE,
    )


def read(path: Path, *, diagnoses: bool = False, at: str = "") -> Iterator[Row]:
    """Every code with its latest text, and its earlier periods. Raises `BadTable` for a line of another layout.

    `at` is the day (2026-07-01) that decides which codes are over; without it every code with an end is.
    """
    held: dict[str, list[dict[str, str]]] = {}
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, 1):
            line = raw.rstrip(b"\r\n\x1a")
            if not line.strip():
                continue
            try:
                record = _record(line.decode("cp1252"))
            except UnicodeDecodeError as error:
                raise BadTable(path.name, number, error.start + 1, "a byte that is no Windows-1252") from None
            if record is None:
                raise BadTable(path.name, number, len(line) + 1, f"{len(line)} characters, not {_WIDTH} or more")
            _check(record, path.name, number)
            if not diagnoses or record["code"].startswith("D"):
                held.setdefault(record["code"], []).append(record)
    if diagnoses:
        held.setdefault("D", [_main("D")])
    else:
        for letter in {each[0] for each in held}:
            held.setdefault(letter, [_main(letter)])
    for each, records in held.items():
        yield _row(each, records, held, at.replace("-", ""))


def _check(record: dict[str, str], file: str, number: int) -> None:
    """Refuse a record whose fields are not where they should be."""
    if not record["code"] or " " in record["code"]:
        raise BadTable(file, number, 4, f"{record['code']!r} is no code")
    for name, column in (("from", 24), ("to", 40)):
        if record[name] and not (record[name].isdigit() and len(record[name]) == 8):  # noqa: PLR2004  yyyymmdd
            raise BadTable(file, number, column, f"{record[name]!r} is no date")


def _main(letter: str) -> dict[str, str]:
    return {"register": "", "code": letter, "from": "", "to": _OPEN, "text": _MAIN.get(letter, letter), "change": ""}


def _record(line: str) -> dict[str, str] | None:
    """The fields of a line by position; None when it is too short to hold a text."""
    if len(line) < 48:  # noqa: PLR2004  the text begins at 47
        return None
    return {
        "register": line[0:3].strip(),
        "code": line[3:23].strip(),
        "from": line[23:31].strip(),
        "changed": line[31:39].strip(),
        "to": line[39:47].strip(),
        "text": line[47:167].strip(),
        "sex": line[182:183].strip(),
        "ageFrom": line[183:185].strip(),
        "ageTo": line[185:187].strip(),
        "change": line[187:188].strip(),
        "additional": line[213:214].strip(),
    }


def _row(name: str, records: list[dict[str, str]], every: dict[str, list[dict[str, str]]], at: str) -> Row:
    ordered = sorted(records, key=lambda each: (each["to"], each["from"]))
    latest = ordered[-1]
    closed = latest["to"] not in {"", _OPEN} and not (at and latest["to"] >= at)
    return Row(
        name,
        latest["text"],
        [_parent(name, every)] if _parent(name, every) else [],
        designations=_earlier(ordered, latest["text"]),
        properties=list(_properties(name, latest)),
        inactive=closed,
        status="retired" if closed else "",
    )


def _parent(name: str, every: dict[str, list[dict[str, str]]]) -> str:
    """The nearest shorter code that there is."""
    return next((name[:length] for length in range(len(name) - 1, 0, -1) if name[:length] in every), "")


def _earlier(ordered: list[dict[str, str]], current: str) -> list[dict[str, Any]]:
    texts = dict.fromkeys(each["text"] for each in reversed(ordered[:-1]) if each["text"] and each["text"] != current)
    withdrawn = {
        "url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status",
        "valueCode": "withdrawn",
    }
    return [{"language": "da", "value": each, "extension": [withdrawn]} for each in texts]


def _properties(name: str, record: dict[str, str]) -> Iterator[dict[str, Any]]:
    for field, key in (("register", "register"), ("validFrom", "from"), ("validTo", "to")):
        if record.get(key):
            yield code(field, record[key])
    for field in ("sex", "ageFrom", "ageTo"):
        if record.get(field):
            yield text(field, record[field])
    if name.startswith("D") and len(name) >= 4 and name[1].isalpha() and name[2:4].isdigit():  # noqa: PLR2004  as in "DA00"
        yield code("icd10", icd10_of(name))
    if name.startswith("M") and len(name) > 1:
        yield code("atc", name[1:])


def icd10_of(name: str) -> str:
    """The ICD-10 code in a Danish diagnosis: DJ459A has J45.9, DA00 has A00."""
    plain = name[1:]
    digits = plain[:3]
    rest = plain[3:4]
    return f"{digits}.{rest}" if rest.isdigit() else digits
