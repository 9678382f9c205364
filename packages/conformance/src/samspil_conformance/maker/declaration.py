"""The EU declaration of conformity, with the seven parts of Regulation (EU) 2025/327, Annex IV.

It is a draft: nobody has declared anything until the maker has signed it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samspil_conformance import documents

from .sheet import Section, Sheet

__all__ = ["declaration"]

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "EU declaration of conformity",
        "1": "System",
        "2": "Manufacturer or authorised representative",
        "3": "Responsibility",
        "4": "Conformity",
        "5": "Harmonised standards",
        "6": "Common specifications",
        "7": "Signature",
        "responsibility": "This declaration of conformity is issued under the sole responsibility of the manufacturer.",
        "conformity": "The system named above is in conformity with Chapter III of Regulation (EU) 2025/327.",
        "other": "It is also in conformity with: {acts}.",
        "result": "Result of the testing environment (Art. 40): {result}.",
        "none": "none",
        "sign": "Place, date: {place}, {date}. Name, function: {name}, {function}. Signature: ____________________",
        "draft": "This is a draft until it is signed.",
        "name": "Name",
        "version": "Version",
        "reference": "Unambiguous reference",
        "address": "Address",
    },
    "da": {
        "title": "EU-overensstemmelseserklæring",
        "1": "System",
        "2": "Fabrikant eller bemyndiget repræsentant",
        "3": "Ansvar",
        "4": "Overensstemmelse",
        "5": "Harmoniserede standarder",
        "6": "Fælles specifikationer",
        "7": "Underskrift",
        "responsibility": "Denne overensstemmelseserklæring udstedes på fabrikantens eneansvar.",
        "conformity": "Systemet nævnt ovenfor er i overensstemmelse med kapitel III i forordning (EU) 2025/327.",
        "other": "Det er også i overensstemmelse med: {acts}.",
        "result": "Resultat fra testmiljøet (artikel 40): {result}.",
        "none": "ingen",
        "sign": "Sted, dato: {place}, {date}. Navn, stilling: {name}, {function}. Underskrift: ____________________",
        "draft": "Dette er et udkast, indtil det er underskrevet.",
        "name": "Navn",
        "version": "Version",
        "reference": "Entydig reference",
        "address": "Adresse",
    },
    "sv": {
        "title": "EU-försäkran om överensstämmelse",
        "1": "System",
        "2": "Tillverkare eller auktoriserad representant",
        "3": "Ansvar",
        "4": "Överensstämmelse",
        "5": "Harmoniserade standarder",
        "6": "Gemensamma specifikationer",
        "7": "Underskrift",
        "responsibility": "Denna försäkran om överensstämmelse utfärdas på tillverkarens eget ansvar.",
        "conformity": "Systemet som nämns ovan överensstämmer med kapitel III i förordning (EU) 2025/327.",
        "other": "Det överensstämmer också med: {acts}.",
        "result": "Resultat från testmiljön (artikel 40): {result}.",
        "none": "inga",
        "sign": "Ort, datum: {place}, {date}. Namn, befattning: {name}, {function}. Underskrift: ____________________",
        "draft": "Detta är ett utkast tills det har undertecknats.",
        "name": "Namn",
        "version": "Version",
        "reference": "Entydig referens",
        "address": "Adress",
    },
}


def declaration(path: Path, language: str) -> Sheet:
    """The declaration of a YAML file that keeps to the schema `declaration`. Raises `BadFile`, OSError."""
    told: dict[str, Any] = documents.read(path, "declaration")
    words = WORDS[language]
    acts = (words["other"].format(acts=", ".join(told["other_acts"])),) if told["other_acts"] else ()
    conformity = (words["conformity"], *acts, words["result"].format(result=told["testing_environment"]["result"]))
    return Sheet(
        title=words["title"],
        language=language,
        date=told["signature"]["date"],
        sections=(
            Section(f"1. {words['1']}", rows=_rows(words, told["system"], "name", "version", "reference")),
            Section(f"2. {words['2']}", rows=_rows(words, told["manufacturer"], "name", "address")),
            Section(f"3. {words['3']}", (words["responsibility"],)),
            Section(f"4. {words['4']}", conformity),
            Section(f"5. {words['5']}", tuple(told["harmonised_standards"]) or (words["none"],)),
            Section(f"6. {words['6']}", tuple(told["common_specifications"]) or (words["none"],)),
            Section(f"7. {words['7']}", (words["sign"].format_map(told["signature"]), words["draft"]), open=True),
        ),
    )


def _rows(words: Mapping[str, str], part: Mapping[str, str], *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((words[name], part[name]) for name in names)
