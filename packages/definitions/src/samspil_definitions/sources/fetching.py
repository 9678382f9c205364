"""What a source of packages is, and how bytes come from one into a file."""

import hashlib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol, cast

from samspil_core import NotJson, loads

__all__ = ["Fetch", "Open", "Opened", "Progress", "Source", "SourceFailed", "open_address", "read_json", "save"]

TIMEOUT = 20.0
MAX_ARCHIVE = 1024**3
MAX_METADATA = 64 * 1024**2
_CHUNK = 1 << 18

Progress = Callable[[int, int], None]
"""Told now and then how many bytes have come, and how many there will be (0: not known)."""


class SourceFailed(Exception):
    """A source does not give a package; the text says why, in a few words."""


class Opened(Protocol):
    """An open answer: its bytes, and its headers."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; Content-Length is used for progress."""
        ...

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, none at the end."""
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...


Open = Callable[[str], Opened]
"""Opens an address for reading; raises OSError (urllib.error.URLError is one) when it cannot."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """What to fetch, the file to write it to, and whom to tell about progress."""

    name: str
    version: str
    target: Path
    progress: Progress


class Source(Protocol):
    """One place that packages come from."""

    @property
    def title(self) -> str:
        """How it is called in messages."""
        ...

    def versions(self, name: str) -> list[str]:
        """The versions it has of a package. Raises `SourceFailed`."""
        ...

    def fetch(self, wanted: Fetch) -> None:
        """Write the archive of a package to the target. Raises `SourceFailed`."""
        ...


def open_address(address: str) -> Opened:
    """Open an http or https address with the proxies and certificates of this machine."""
    if urllib.parse.urlsplit(address).scheme not in {"http", "https"}:
        raise OSError(f"{address} is no web address")
    return urllib.request.urlopen(address, timeout=TIMEOUT)  # noqa: S310  the scheme is looked at above


def read_json(open_: Open, address: str) -> dict[str, Any]:
    """The JSON object at an address. Raises `SourceFailed`."""
    try:
        opened = open_(address)
        try:
            data = opened.read(MAX_METADATA)
        finally:
            opened.close()
        value = loads(data)
    except urllib.error.HTTPError as error:
        error.close()
        raise SourceFailed(f"HTTP status {error.code}") from None
    except (OSError, NotJson) as error:
        raise SourceFailed(_why(error)) from None
    if not isinstance(value, dict):
        raise SourceFailed("the answer is no JSON object")
    return cast("dict[str, Any]", value)


def save(open_: Open, address: str, wanted: Fetch, shasum: str = "") -> None:
    """Write what is at an address to the target; `shasum` is the SHA-1 that a registry states. Raises `SourceFailed`."""
    digest = hashlib.sha1(usedforsecurity=False)
    try:
        opened = open_(address)
        try:
            total = int(opened.headers.get("Content-Length") or 0)
            with wanted.target.open("wb") as file:
                done = _copy(opened, file, digest.update, lambda count: wanted.progress(count, total))
        finally:
            opened.close()
    except urllib.error.HTTPError as error:
        error.close()
        raise SourceFailed(f"HTTP status {error.code}") from None
    except (OSError, ValueError) as error:
        raise SourceFailed(_why(error)) from None
    if total and done != total:
        raise SourceFailed(f"the download stopped at {done:,} of {total:,} bytes")
    if shasum and digest.hexdigest() != shasum.lower():
        raise SourceFailed("the archive does not have the checksum that the registry states")


def _copy(opened: Opened, file: IO[bytes], digest: Callable[[bytes], None], progress: Callable[[int], None]) -> int:
    done = 0
    while chunk := opened.read(_CHUNK):
        done += len(chunk)
        if done > MAX_ARCHIVE:
            raise SourceFailed(f"the archive is larger than {MAX_ARCHIVE:,} bytes")
        file.write(chunk)
        digest(chunk)
        progress(done)
    return done


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
