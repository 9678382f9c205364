"""A home folder for the Java validator: the packages at hand under the names and versions that it asks for.

The validator looks for packages in `.fhir/packages` of its home, and has versions of its own of HL7's terminology and
extensions in mind. What it finds here are links to the package cache and to the corpora, with no dependencies of their own:
what a job needs, it names.
"""

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

from samspil_definitions.own import own_package
from samspil_definitions.places import package_cache

__all__ = ["home"]

ASKED = {
    "hl7.terminology.r4": ("6.5.0", "7.0.0", "7.1.0", "7.2.0"),
    "hl7.terminology.r5": ("6.5.0", "7.0.0", "7.1.0", "7.2.0"),
    "hl7.fhir.uv.extensions.r4": ("1.0.0", "5.1.0", "5.2.0", "5.3.0"),
    "hl7.fhir.uv.extensions.r5": ("1.0.0", "5.1.0", "5.2.0", "5.3.0"),
}
"""Other versions under which a package is found."""

EMPTY = ("hl7.fhir.xver-extensions#0.1.0", "4.0.1")
"""A package that the validator insists on, and whose content no case here needs."""


def home(folder: Path, archives: Path) -> Path:
    """Make the home folder anew: the packages of the cache, the archives of a folder, our own package."""
    shutil.rmtree(folder, ignore_errors=True)
    packages = folder / ".fhir" / "packages"
    packages.mkdir(parents=True)
    (packages / "packages.ini").write_text("[cache]\nversion = 4\n", encoding="utf-8")
    for held in sorted(package_cache().iterdir()):
        if held.is_dir() and (held / "package" / "package.json").is_file():
            _link(held / "package", packages)
    for archive in sorted([*package_cache().glob("*.tgz"), *archives.glob("*.tgz"), own_package()]):
        _unpack(archive, packages)
    _alias(packages)
    name, release = EMPTY
    _write(packages / name / "package", {"name": name.partition("#")[0], "version": "0.1.0", "fhirVersions": [release]})
    settings = {"prohibitNetworkAccess": True, "ignoreDefaultPackageServers": True}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def _link(held: Path, packages: Path) -> None:
    manifest = json.loads((held / "package.json").read_text(encoding="utf-8"))
    target = packages / f"{manifest['name']}#{manifest['version']}" / "package"
    _write(target, manifest)
    for each in held.iterdir():
        if each.is_file() and each.name not in {"package.json", ".index.db"}:
            (target / each.name).symlink_to(each)


def _unpack(archive: Path, packages: Path) -> None:
    with tarfile.open(archive) as opened:
        member = opened.extractfile("package/package.json")
        manifest = json.load(member) if member else {}
        target = packages / f"{manifest['name']}#{manifest['version']}"
        if not target.exists():
            opened.extractall(target, filter="data")
            _write(target / "package", manifest)


def _write(package: Path, manifest: dict[str, Any]) -> None:
    package.mkdir(parents=True, exist_ok=True)
    (package / "package.json").write_text(json.dumps({**manifest, "dependencies": {}}), encoding="utf-8")


def _alias(packages: Path) -> None:
    for name, versions in ASKED.items():
        for held in sorted(packages.glob(f"{name}#*"))[:1]:
            for version in versions:
                if not (packages / f"{name}#{version}").exists():
                    (packages / f"{name}#{version}").symlink_to(held)
