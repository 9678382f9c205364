"""Puts the suites into what is built: the wheel carries them inside the package, the source archive beside it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Finds the suites in the repository, or in the source archive that is unpacked."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folder; an installation for development reads it where it lies."""
        if version == "editable":
            return
        here = Path(self.root)
        beside = here / "conformance"
        suites = beside if beside.is_dir() else here.parent.parent / "conformance"
        target = "samspil_conformance/data" if self.target_name == "wheel" else "conformance"
        if not (self.target_name == "sdist" and suites == beside):
            build_data["force_include"][str(suites)] = target
