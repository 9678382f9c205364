"""Get an official FHIR package out of the npm index, checked by hash."""

import hashlib
from pathlib import Path

from samspil_definitions.sources import Fetch, Npm
from tools.core_archive import WrongArchiveError

CACHE = Path(__file__).parents[1] / "build" / "npm"


def fetch(name: str, version: str, sha256: str, cache: Path = CACHE) -> bytes:
    """Give the bytes of `name@version`, downloading it once into `cache`.

    Raises WrongArchiveError when the bytes do not match, and what the source raises when it cannot get them.
    """
    kept = cache / f"{name}-{version}.tgz"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        Npm().fetch(Fetch(name, version, kept, lambda _done, _total: None))
    data = kept.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        message = f"npm carries {name}@{version} with SHA-256 {found}, expected {sha256}"
        kept.unlink()
        raise WrongArchiveError(message)
    return data
