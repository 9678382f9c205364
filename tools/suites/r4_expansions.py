"""The expansions that HL7 published with FHIR R4: what the engine makes of the same value sets.

A case is a value set: its codes, in their order, and its displays. What the package cannot be asked for again is not held
against it: displays of code systems that are not free (they are not there), and the language it chose for a display that
the value set has in several. docs/explanation tells the differences that remain, by class.

Both packages lie in a folder of FHIR packages: FHIR_PACKAGES, or the cache of packages in the home folder.
"""

import os
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from samspil_core.jsontext import loads
from samspil_terminology import Catalog, Expansion, OperationFailed, Options, expand, open_catalog
from samspil_terminology.options import VersionRule
from tools.suites import Case

NAME = "r4-expansions"
GROUP = "terminology"

_LIMITED = 1000
"""The package cuts large expansions here."""

_TOO_COSTLY = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly"

Row = tuple[str, str, str]


def packages() -> tuple[Path, Path] | None:
    """Where the core package and the package of expansions lie; None when they are not there."""
    found = [_package(name) for name in ("hl7.fhir.r4.core", "hl7.fhir.r4.expansions")]
    return (found[0], found[1]) if found[0] and found[1] else None


def _package(name: str) -> Path | None:
    folder = Path(os.environ.get("FHIR_PACKAGES") or Path.home() / ".fhir" / "packages")
    for each in (f"{name}.tgz", f"{name}-4.0.1.tgz", f"{name}#4.0.1"):
        if (folder / each).exists():
            return folder / each
    return None


def run(_folder: Path) -> Iterator[Case]:
    """Expand every value set of the package; a case is a value set."""
    found = packages()
    if found is None:
        yield "hl7.fhir.r4.expansions", "the packages are not there; name their folder with FHIR_PACKAGES"
        return
    core, expansions = found
    catalog, _ = open_catalog([core])
    for value_set in sorted(_value_sets(expansions), key=lambda each: str(each["url"])):
        yield str(value_set["url"]), difference(catalog, value_set)


def _value_sets(path: Path) -> Iterator[dict[str, Any]]:
    if path.is_dir():
        for file in sorted((path / "package").glob("ValueSet-*.json")):
            yield loads(file.read_bytes())
        return
    with tarfile.open(path) as archive:
        for member in archive:
            if "/ValueSet-" in member.name and member.name.endswith(".json"):
                stream = archive.extractfile(member)
                yield loads(stream.read()) if stream else {}


def difference(catalog: Catalog, published: Mapping[str, Any]) -> str | None:
    """Say how our expansion differs from the published one, by class; None when it does not."""
    expansion = published["expansion"]
    wanted = list(_rows(expansion.get("contains", ())))
    source = {name: value for name, value in published.items() if name != "expansion"}
    options = Options(exclude_nested=True, exclude_not_for_ui=True, incomplete_ok=True, rules=_versions(expansion))
    limited = any(each.get("url") == _TOO_COSTLY for each in expansion.get("extension", ()))
    try:
        made = expand(catalog, source, options, limit=100_000)
    except OperationFailed as failed:
        return None if limited and not wanted and failed.issue.code == "too-costly" else f"failed: {failed}"
    return _compared(made, wanted, limited=limited)


def _compared(made: Expansion, wanted: list[Row], *, limited: bool) -> str | None:
    entries = made.entries[:_LIMITED] if limited else made.entries
    has = {(each.system, each.concept.code): {text.value.strip() for text in each.texts} for each in entries}
    codes = list(dict.fromkeys((system, code) for system, code, _ in wanted))
    absent = {value for name, value in made.parameters if name == "warning-unknown"}
    if codes != list(has):
        missing, more = [each for each in codes if each not in has], [each for each in has if each not in codes]
        why = "code system not there" if missing and absent else "codes"
        return f"{why}: {len(missing)} missing, {len(more)} more, of {len(codes)}"
    other = [code for system, code, display in wanted if has[system, code] and display.strip() not in has[system, code]]
    return f"displays: {other[:5]}" if other else None


def _rows(contains: Any) -> Iterator[Row]:
    for each in contains:
        if "code" in each:
            yield str(each.get("system", "")), str(each["code"]), str(each.get("display", ""))
        yield from _rows(each.get("contains", ()))


def _versions(expansion: Mapping[str, Any]) -> tuple[VersionRule, ...]:
    """The versions of HL7's own code systems that the published expansion says it used."""
    made: list[VersionRule] = []
    for each in expansion.get("parameter", ()):
        named = str(each.get("valueUri", each.get("valueString", ""))).replace("?version=", "|")
        url, _, version = named.partition("|")
        if each["name"] == "version" and url.startswith("http://hl7.org/fhir/CodeSystem/"):
            made.append(VersionRule("force-system-version", "force", url, version))
    return tuple(made)
