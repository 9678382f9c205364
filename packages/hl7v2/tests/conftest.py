"""The corpora of messages, without which tests that need them skip, and waiting."""

import asyncio
import csv
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from samspil_hl7v2.reader import RawMessage, read_stream

ORIGINS = (
    "cdc-data-exchange",
    "cdc-phdi",
    "cdc-reportstream",
    "cdc-reportstream-mappinginventory",
    "google-simhospital",
    "google-whistle",
    "handmade-nasty",
    "hapi",
    "hl7-v2-to-fhir-ig",
    "hl7apy",
    "linuxforhealth",
    "microsoft",
    "nhapi",
    "nhapi-badinputs",
    "python-hl7",
)
ROOT = Path(__file__).resolve().parents[3]


class Corpus:
    """The folder `hl7v2` of the corpora."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables = folder / "ig-mappings"
        with (folder / "messages" / "MANIFEST.csv").open(encoding="utf-8", newline="") as lines:
            self.files = [(row["origin"], folder / row["path"]) for row in csv.DictReader(lines)]

    def messages(self, origin: str = "") -> Iterator[RawMessage]:
        """Messages of the files of one origin, or of all; a file that holds a batch gives several."""
        for name, path in self.files:
            if origin in {"", name}:
                with path.open("rb") as stream:
                    yield from read_stream(stream, f"{name}/{path.name}")


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or ROOT.parent / "shared" / "corpora") / "hl7v2"
    if not (folder / "messages" / "MANIFEST.csv").is_file():
        pytest.skip("corpora are absent: set SAMSPIL_CORPORA")
    return Corpus(folder)


@pytest.fixture(scope="session")
def origins() -> tuple[str, ...]:
    return ORIGINS


@pytest.fixture(scope="module", params=ORIGINS)
def origin(request) -> str:
    """One folder of the corpora after the other."""
    return request.param


@pytest.fixture(scope="session")
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait until something holds; a minute and a half is too long."""

    async def wait(done: Callable[[], object]) -> None:
        for _ in range(4500):
            if done():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it did not come")

    return wait
