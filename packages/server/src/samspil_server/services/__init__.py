"""The faces of the modules, one file each; each is imported only where its part of the settings is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from samspil_server.service import Service
from samspil_server.settings import Settings

MODULES = {
    "convert": ("convert", "samspil-hl7v2"),
    "validation": ("validate", "samspil-validation"),
    "terminology": ("terminology", "samspil-terminology"),
    "consent": ("consent", "samspil-consent"),
    "audit": ("audit", "samspil-audit"),
}
"""The file and the distribution behind each part of the settings."""


class NotInstalled(LookupError):
    """A part of the settings needs a package that is not there; says which."""


def services_of(settings: Settings, clock: Callable[[], datetime]) -> list[Service]:
    """Make the services that the settings ask for. Raises NotInstalled, and what a module raises for its own settings."""
    made: list[Service] = []
    for part, (name, distribution) in MODULES.items():
        chosen: Any = getattr(settings, part)
        if chosen is None:
            continue
        try:
            module: Any = import_module(f"{__name__}.{name}")
        except ModuleNotFoundError as missing:
            message = f"[{name}] needs {missing.name}: pip install {distribution}, with what serves it"
            raise NotInstalled(message) from None
        made.append(module.service(chosen, settings, clock))
    return made
