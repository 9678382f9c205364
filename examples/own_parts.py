"""Other parts at the same ports: a translator over a table of your own, an audit sink of your own, in the hospital's feed.

A port is a protocol of one method. There is nothing to inherit and nothing to register: an object that has the method is the
part, and a type checker says so where it is handed over.
"""

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hospital_feed import Feed

from samspil_core import Coding, Match, Receipt, Recorder, ResourceValidator, Translation, Translator, dumps
from samspil_hl7v2 import mllp


@dataclass
class TableTranslator:
    """A `Translator` over a CSV file: system, code, target_system, target_code."""

    path: Path
    rows: dict[tuple[str, str], Coding] = field(default_factory=dict[tuple[str, str], Coding])

    def __post_init__(self) -> None:
        with self.path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self.rows[row["system"], row["code"]] = Coding(row["target_system"], row["target_code"])

    def translate(self, coding: Coding, _map_url: str, /) -> Translation:
        target = self.rows.get((coding.system, coding.code))
        return Translation((Match(target, "equivalent"),) if target else ())


@dataclass
class FileRecorder:
    """A `Recorder` that adds a line to a file, and returns when it is on disk. It proves nothing, as samspil-audit does."""

    path: Path

    def record(self, event: Mapping[str, Any], /) -> Receipt:
        with self.path.open("ab") as file:
            index = file.tell()
            file.write(dumps(event) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return Receipt(str(self.path), index)


def feed(folder: Path, validator: ResourceValidator) -> Feed:
    """The same feed with these parts, and a folder instead of a FHIR server."""
    translator: Translator = TableTranslator(folder / "codes.csv")
    recorder: Recorder = FileRecorder(folder / "audit.ndjson")
    return Feed(mllp.Folder(folder), translator, validator, recorder)
