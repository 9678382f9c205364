"""FHIR packages: found, verified by hash, indexed once, with snapshots generated where absent."""

from .definitions import Definitions, Heading
from .errors import PackageError
from .known import Package
from .load import load_packages
from .manifest import Manifest
from .own import own_package

__all__ = ["Definitions", "Heading", "Manifest", "Package", "PackageError", "load_packages", "own_package"]
