"""The folder in which modules keep what can be made again: indexes, compiled plans, compiled tables."""

import os
import sys
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """The folder in `SAMSPIL_CACHE`, or `samspil` in the user's cache folder; it need not exist.

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    named = os.environ.get("SAMSPIL_CACHE")
    return Path(named) if named else _user_cache() / "samspil"


def _user_cache() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
