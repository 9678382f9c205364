"""The npm registry that this machine is set up to use: by its own `npm`, or by its settings where npm is not installed."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, cast

from samspil_core import NotJson, loads

from .fetching import Fetch, Open, SourceFailed, open_address
from .registry import Registry

__all__ = ["Npm"]

_SECONDS = 600


class Npm:
    """`npm view` and `npm pack`; without npm, the registry in `npm_config_registry` or `~/.npmrc`."""

    title = "npm"

    def __init__(self, program: str | None = None, open_: Open = open_address) -> None:
        self._program = shutil.which("npm") if program is None else program
        self._open = open_

    def versions(self, name: str) -> list[str]:
        """The versions of a package. Raises `SourceFailed`."""
        if not self._program:
            return Registry(_configured(), self._open).versions(name)
        found = _parsed(self._run("view", name, "versions", "--json"))
        return [str(each) for each in cast("list[Any]", found)] if isinstance(found, list) else [str(found)]

    def fetch(self, wanted: Fetch) -> None:
        """Write the archive of a package to the target. Raises `SourceFailed`."""
        if not self._program:
            Registry(_configured(), self._open).fetch(wanted)
            return
        folder = wanted.target.with_name(f"{wanted.target.name}.npm")
        folder.mkdir()
        try:
            self._run("pack", f"{wanted.name}@{wanted.version}", "--silent", "--pack-destination", str(folder))
            found = list(folder.glob("*.tgz"))
            if not found:
                raise SourceFailed("npm pack wrote no archive")
            found[0].replace(wanted.target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run(self, *arguments: str) -> bytes:
        try:
            command = [str(self._program), *arguments]
            done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603  npm itself
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SourceFailed(type(error).__name__) from None
        if done.returncode:
            raise SourceFailed(_reason(done.stderr + done.stdout))
        return done.stdout


def _parsed(text: bytes) -> object:
    try:
        return loads(text)
    except NotJson:
        raise SourceFailed("npm gave an answer that is no JSON") from None


def _reason(text: bytes) -> str:
    words = text.decode(errors="replace")
    return "npm does not have it" if "E404" in words or "ETARGET" in words else "npm failed"


def _configured() -> str:
    named = os.environ.get("npm_config_registry") or os.environ.get("NPM_CONFIG_REGISTRY")  # noqa: SIM112  npm's own name
    registry = named or _in_settings(Path.home() / ".npmrc")
    if not registry:
        raise SourceFailed("npm is not installed, and no npm settings name a registry")
    return registry


def _in_settings(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    pairs = (line.partition("=") for line in lines if not line.lstrip().startswith(("#", ";")))
    return next((value.strip() for key, _, value in pairs if key.strip() == "registry"), "")
