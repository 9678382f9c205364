"""ATC out of a table of code and text, with or without the M that SKS writes before it; the hierarchy is in the code.

https://www.whocc.no/atc
"""

from collections.abc import Iterator
from pathlib import Path

from samspil_terminology.store.building import Row
from samspil_terminology.system import SystemFacts

from .tables import BadTable, delimiter_of, rows

__all__ = ["LICENSE", "URL", "facts", "read"]

URL = "http://www.whocc.no/atc"
LICENSE = (
    "ATC is (c) WHO Collaborating Centre for Drug Statistics Methodology (https://www.whocc.no/copyright_disclaimer/)"
)
_LEVELS = (1, 3, 4, 5, 7)


def facts(version: str, language: str) -> SystemFacts:
    """What ATC is as a code system."""
    return SystemFacts(
        url=URL,
        version=version,
        name="ATC",
        title="Anatomical Therapeutic Chemical classification",
        language=language,
        case_sensitive=False,
        license=LICENSE,
    )


def read(path: Path) -> Iterator[Row]:
    """Every code without the SKS prefix; the code with it is a designation. Raises `BadTable` for a row of one column."""
    delimiter = delimiter_of(path, ",;")
    held: dict[str, tuple[str, str]] = {}
    lines = list(rows(path, delimiter))
    prefixed = _is_prefixed([fields[0] for _, fields in lines[1:]])
    for line, fields in lines[1:]:
        if len(fields) < 2:  # noqa: PLR2004  code and text
            raise BadTable(path.name, line, 2, "there is no text in the second column")
        written = fields[0].strip()
        name = written[1:] if prefixed and written.startswith("M") else written
        if name:
            held.setdefault(name, (fields[1].strip(), written))
    for name, (title, written) in held.items():
        above = [name[:length] for length in _LEVELS if length < len(name) and name[:length] in held]
        properties = [{"code": "sks", "valueCode": written}] if written != name else []
        yield Row(name, title, above[-1:], properties=properties)


def _is_prefixed(codes: list[str]) -> bool:
    """Whether the table writes codes as SKS does: all with M, and then a letter of the first level."""
    some = [each.strip() for each in codes if len(each.strip()) > 1]
    return bool(some) and all(each.startswith("M") and each[1].isalpha() for each in some)
