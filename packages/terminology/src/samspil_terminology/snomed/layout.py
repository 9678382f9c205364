"""The layout of RF2 files: which columns, and what each may hold. A file of another layout is refused where it differs.

https://confluence.ihtsdotools.org/display/DOCRELFMT
"""

import re
from dataclasses import dataclass

__all__ = ["DamagedFile", "Layout"]

_COMPONENT = ("id", "effectiveTime", "active", "moduleId")
_RELATION = (*_COMPONENT, "sourceId", "{}", "relationshipGroup", "typeId", "characteristicTypeId", "modifierId")
_HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sct2_Concept_", (*_COMPONENT, "definitionStatusId")),
    ("sct2_Description_", (*_COMPONENT, "conceptId", "languageCode", "typeId", "term", "caseSignificanceId")),
    ("sct2_TextDefinition_", (*_COMPONENT, "conceptId", "languageCode", "typeId", "term", "caseSignificanceId")),
    ("sct2_RelationshipConcreteValues_", tuple(each.format("value") for each in _RELATION)),
    ("sct2_Relationship_", tuple(each.format("destinationId") for each in _RELATION)),
    ("der2_", (*_COMPONENT, "refsetId", "referencedComponentId")),
)
"""The columns that the files begin with, by the beginning of their names."""

_IDENTIFIER = (rb"\d{6,18}+", "an identifier of SNOMED CT")
_TEXT = (rb"[^\t\n]*+", "text")
_KINDS: dict[str, tuple[bytes, str]] = {
    "effectiveTime": (rb"\d{8}", "a date such as 20260101"),
    "active": (rb"[01]", "0 or 1"),
    "relationshipGroup": (rb"\d{1,9}+", "a number"),
    "languageCode": (rb"[A-Za-z-]{2,17}+", "a language"),
}
_IDENTIFIERS = frozenset({"acceptabilityId", *(name for _, names in _HEADERS for name in names if name.endswith("Id"))})


class DamagedFile(ValueError):
    """A file of a release is not what it should be: names the file, line and column (both from 1), and what is wrong."""

    def __init__(self, file: str, line: int, column: int, why: str) -> None:
        super().__init__(f"{file}, line {line}, column {column}: {why}")
        self.file = file
        self.line = line
        self.column = column
        self.why = why


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file, and the pattern of many rows at once."""

    file: str
    names: tuple[str, ...]
    fields: tuple[tuple[bytes, str], ...]
    rows: re.Pattern[bytes]

    @classmethod
    def of(cls, file: str, start: bytes) -> "tuple[Layout, bytes]":
        """The layout by the name and the header of a file, and what comes after the header. Raises `DamagedFile`."""
        head, _, rest = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
        names = tuple(head.decode("utf-8", "replace").rstrip("\r").split("\t"))
        wanted = next((columns for begin, columns in _HEADERS if file.removeprefix("x").startswith(begin)), ("id",))
        for column, name in enumerate(wanted, 1):
            found = names[column - 1] if column <= len(names) else ""
            if found != name:
                raise DamagedFile(file, 1, column, f"the header has {found[:40]!r} where {name} belongs")
        fields = tuple(_kind(name, of_refset="refsetId" in names) for name in names)
        line = rb"\t".join(pattern for pattern, _ in fields)
        return cls(file, names, fields, re.compile(rb"(?:(?:" + line + rb")?+\r?+\n)*+(?:" + line + rb"\r?+)?+")), rest

    def check(self, block: bytes, first: int) -> None:
        """Refuse a block of rows when one of them is of another layout; `first` is the number of its first line."""
        found = self.rows.match(block)
        at = found.end() if found else 0
        if at == len(block):
            return
        at = block.rfind(b"\n", 0, at) + 1
        row = block[at:].partition(b"\n")[0].rstrip(b"\r").split(b"\t")
        line = first + block.count(b"\n", 0, at)
        if len(row) != len(self.names):
            column = min(len(row), len(self.names)) + 1
            raise DamagedFile(self.file, line, column, f"{len(row)} columns, not {len(self.names)}")
        for column, (value, name, (pattern, kind)) in enumerate(zip(row, self.names, self.fields, strict=False), 1):
            if not re.fullmatch(pattern, value):
                shown = value[:40].decode("utf-8", "replace")
                raise DamagedFile(self.file, line, column, f"{name} is {shown!r}, not {kind}")
        raise DamagedFile(self.file, line, 1, "a row that ends in the middle")


def _kind(name: str, *, of_refset: bool) -> tuple[bytes, str]:
    """The pattern of a column, and what it holds in words. Members of reference sets have UUIDs."""
    if name == "id":
        return (rb"[0-9A-Za-z-]{1,40}+", "an identifier") if of_refset else _IDENTIFIER
    return _IDENTIFIER if name in _IDENTIFIERS else _KINDS.get(name, _TEXT)
