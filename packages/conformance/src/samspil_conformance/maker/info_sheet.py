"""The information sheet of an EHR system, with the five parts of Regulation (EU) 2025/327, Art. 38(2)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samspil_conformance import documents

from .sheet import Section, Sheet

__all__ = ["info_sheet"]

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Information sheet",
        "a": "Manufacturer",
        "b": "System",
        "c": "Intended purpose",
        "d": "Categories of data",
        "e": "Standards, formats and specifications",
        "name": "Name",
        "address": "Address",
        "contact": "Contact",
        "version": "Version",
        "released": "Released",
    },
    "da": {
        "title": "Informationsblad",
        "a": "Fabrikant",
        "b": "System",
        "c": "Erklæret formål",
        "d": "Datakategorier",
        "e": "Standarder, formater og specifikationer",
        "name": "Navn",
        "address": "Adresse",
        "contact": "Kontakt",
        "version": "Version",
        "released": "Udgivet",
    },
    "sv": {
        "title": "Informationsblad",
        "a": "Tillverkare",
        "b": "System",
        "c": "Avsett ändamål",
        "d": "Kategorier av uppgifter",
        "e": "Standarder, format och specifikationer",
        "name": "Namn",
        "address": "Adress",
        "contact": "Kontakt",
        "version": "Version",
        "released": "Utgiven",
    },
}


def info_sheet(path: Path, language: str) -> Sheet:
    """The sheet of a YAML file that keeps to the schema `info-sheet`. Raises `BadFile`, OSError."""
    told: dict[str, Any] = documents.read(path, "info-sheet")
    words = WORDS[language]
    maker, system = told["manufacturer"], told["system"]
    standards = tuple((one["name"], one["version"]) for one in told["standards"])
    return Sheet(
        title=f"{words['title']}: {system['name']} {system['version']}",
        language=language,
        date=system["released"],
        sections=(
            Section(f"(a) {words['a']}", rows=_rows(words, maker, "name", "address", "contact")),
            Section(f"(b) {words['b']}", rows=_rows(words, system, "name", "version", "released")),
            Section(f"(c) {words['c']}", (_in(told["purpose"], language),)),
            Section(f"(d) {words['d']}", tuple(_in(one, language) for one in told["categories"])),
            Section(f"(e) {words['e']}", rows=standards),
        ),
    )


def _rows(words: Mapping[str, str], part: Mapping[str, str], *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((words[name], part[name]) for name in names)


def _in(text: Mapping[str, str] | str, language: str) -> str:
    """A text in a language; the first one there is where it is not given in that."""
    return text if isinstance(text, str) else text.get(language) or next(iter(text.values()))
