"""The words of the report, in Danish, Swedish and English."""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal

__all__ = ["Language", "word"]

Language = Literal["en", "da", "sv"]


def word(key: str, language: Language, **filled: object) -> str:
    """The wording of a key; a code that has none stays as it is."""
    return _words().get(key, {}).get(language, key).format(**filled)


@cache
def _words() -> dict[str, dict[str, str]]:
    text = (files("samspil_audit.report") / "words.csv").read_text(encoding="utf-8")
    return {row["key"]: row for row in csv.DictReader(text.splitlines())}
