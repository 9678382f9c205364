"""Check what a release would hold: `python -m tools.release_check`. Status 1 where something does not hold.

Wheels and source archives are built twice and must be the same bytes; each wheel has its licence, its README and its types,
and its siblings pinned to its version; each installs alone from a folder of wheels into a bare environment, without a
package index, where the first example of its README runs; its bill of materials (CycloneDX, in build/release/sbom) names
what is installed there, under no licence that binds; callers' types hold under pyright and mypy. Sizes and times are
printed as a table, beside those of nothing; `--write` puts them into each README.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from importlib.metadata import distributions
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from samspil_conformance.components import licence_of
from samspil_conformance.evidence.sbom import bill_of_materials
from tools.pages import blocks
from tools.projects import ROOT, Project, projects
from tools.sizes import Cost, write

BUILD = ROOT / "build" / "release"
UV = Path(sys.executable).with_name("uv")
BUILT_AT = "1767225600"
"""SOURCE_DATE_EPOCH of the builds: https://reproducible-builds.org/specs/source-date-epoch/."""


PROMISED = {"samspil-hl7v2", "samspil-consent", "samspil-audit", "samspil-terminology"}
MOST_INSTALL, MOST_FIRST = 5.0, 0.3
"""What the PROMISED may take to install and to use first: processor seconds, as a busy machine says nothing of us."""
BINDING = ("GPL", "GNU", "BUSL")


def main() -> int:
    """Run every check; give the number of faults."""
    shutil.rmtree(BUILD, ignore_errors=True)
    known = projects()
    one, other = (build(known, BUILD / name) for name in ("1", "2"))
    faults = [f"{name} is built otherwise the second time" for name in one if one[name] != other.get(name)]
    wheels = sorted((BUILD / "1").glob("*.whl"))
    faults += [f"{wheel.name}: {why}" for wheel in wheels for why in metadata_faults(wheel)]
    gather(wheels)
    floor = nothing()
    costs = [alone(project, wheels, floor) for project in known]
    faults += [why for cost in costs for why in cost_faults(cost)]
    faults += [f"{project.distribution}: {why}" for project in known for why in material_faults(project.distribution)]
    faults += [f"types: {why}" for why in type_faults(wheels)]
    print(table(costs))
    if "--write" in sys.argv:
        for project, cost in zip(known, costs, strict=True):
            write(project.folder / "README.md", cost)
    for fault in faults:
        print(fault, file=sys.stderr)
    return len(faults)


def build(known: list[Project], out: Path) -> dict[str, str]:
    """Build a wheel and a source archive of every package; give their SHA-256 by file name."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": BUILT_AT}
    for project in known:
        command = [
            UV,
            "build",
            "--quiet",
            "--python",
            sys.executable,
            "--no-build-isolation",
            "--out-dir",
            out,
            project.folder,
        ]
        subprocess.run(command, check=True, env=environment)
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in out.iterdir()
        if file.suffix != ".gitignore"
    }


def metadata_faults(wheel: Path) -> Iterator[str]:
    """Say what the metadata of a wheel lacks."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        told = message_from_bytes(archive.read(next(name for name in names if name.endswith(".dist-info/METADATA"))))
    version = told["Version"]
    if told["License-Expression"] != "Apache-2.0":
        yield "no licence"
    if not str(told.get_payload()).startswith("# "):
        yield "its page is not its README"
    if not any(name.endswith("/py.typed") for name in names):
        yield "no py.typed"
    if tests := [name for name in names if "/tests/" in name]:
        yield f"tests travel with it: {tests[0]}"
    for need in told.get_all("Requires-Dist") or []:
        sibling = need.startswith("samspil") and not need.startswith(f"{told['Name']}[")
        if sibling and f"~={version}" not in need.replace(" ", ""):
            yield f"a sibling is not pinned: {need}"


def gather(wheels: list[Path]) -> None:
    """Lay the wheels of what our packages need beside ours, so that installing asks no package index."""
    pins = BUILD / "pins.txt"
    pins.write_text("".join(f"{each.name}=={each.version}\n" for each in distributions()), encoding="utf-8")
    folder = wheels[0].parent
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--find-links", folder, "--dest", folder]
    subprocess.run([*command, "--constraint", pins, *map(_distribution, wheels)], check=True)


def _distribution(wheel: Path) -> str:
    return wheel.name.partition("-")[0].replace("_", "-")


def nothing() -> tuple[float, float]:
    """Give the processor seconds of installing nothing and of running nothing."""
    python = environment(BUILD / "alone" / "nothing")
    (BUILD / "nothing.txt").write_text("", encoding="utf-8")
    installs = _seconds(_pip(python, "-r", BUILD / "nothing.txt"))
    return installs, sorted(_seconds([python, "-I", "-c", "pass"]) for _ in range(3))[1]


def alone(project: Project, wheels: list[Path], floor: tuple[float, float]) -> Cost:
    """Install one package into a bare environment, and run the first example of its README there."""
    python = environment(BUILD / "alone" / project.distribution)
    installed = _seconds(_pip(python, "--no-index", "--find-links", wheels[0].parent, project.distribution))
    example = next((block.text for block in blocks(project.folder / "README.md") if block.language == "python"), "")
    used = f"import {project.module}\n{example if runs_alone(example) else ''}"
    times = [_first([python, "-I", "-c", used]) for _ in range(3)]
    size = sum(file.stat().st_size for file in (python.parents[1] / "lib").rglob("*") if file.is_file())
    wheel = next(each for each in wheels if _distribution(each) == project.distribution)
    count = len(_installed(project.distribution))
    kilobytes, megabytes = wheel.stat().st_size / 1e3, size / 1e6
    return Cost(project.distribution, kilobytes, megabytes, count, installed, sorted(times)[1], *floor)


def _first(command: list[str | Path]) -> float:
    """Run a command as the first one of a user, in whose cache folder there is nothing yet; the processor seconds it took."""
    with tempfile.TemporaryDirectory() as empty:
        return _seconds(command, SAMSPIL_CACHE=empty)


def _pip(python: Path, *words: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "pip", "--quiet", "--python", python, "install", "--no-cache-dir", *words]


def _installed(distribution: str) -> dict[str, dict[str, str]]:
    """Give version and licence of what stands in the bare environment of a distribution."""
    (packages,) = (BUILD / "alone" / distribution / "lib").glob("python*/site-packages")
    found = {re.sub(r"[-_.]+", "-", each.name).lower(): each for each in distributions(path=[str(packages)])}
    return {name: {"version": each.version, "licence": licence_of(each)} for name, each in sorted(found.items())}


def cost_faults(cost: Cost) -> Iterator[str]:
    """Say where a module that is promised to be light is not."""
    if cost.name in PROMISED and cost.install > MOST_INSTALL:
        yield f"{cost.name} takes {cost.install:.1f} s to install"
    if cost.name in PROMISED and cost.first > MOST_FIRST:
        yield f"{cost.name} takes {cost.first:.2f} s to start and be used first"


def material_faults(distribution: str) -> Iterator[str]:
    """Write the bill of materials of a distribution, and say what is wrong with it."""
    parts = _installed(distribution)
    folder = BUILD / "sbom"
    folder.mkdir(exist_ok=True)
    text = bill_of_materials(distribution, parts, "2026-01-01T00:00:00Z", distribution).decode()
    (folder / f"{distribution}.cdx.json").write_text(text, encoding="utf-8")
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        yield f"its bill of materials is no CycloneDX: {error}"
    for name, part in parts.items():
        if not part["licence"] or any(word in part["licence"] for word in BINDING):
            yield f"{name} stands under the licence {part['licence'] or 'that it does not state'}"


def runs_alone(example: str) -> bool:
    """Tell whether an example needs the package and the standard library alone; a server alone has nothing to serve."""
    return not re.search(r"^(?:import|from) (?:httpx|starlette|fhir|samspil_server)\b", example, re.MULTILINE)


def _seconds(command: list[str | Path], **variables: str) -> float:
    """Run a command in the folder of the environments; the processor seconds it took."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, check=True, cwd=BUILD / "alone", capture_output=True, env=os.environ | variables)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def environment(folder: Path) -> Path:
    """Make a bare environment; give its Python."""
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    return folder / "bin" / "python"


def install(python: Path, wheels: list[Path], *requirements: str) -> None:
    """Install from the folder of wheels; what is not ours comes from the package index, at the pinned versions."""
    folder = ["--find-links", wheels[0].parent, "--constraint", ROOT / "requirements.lock"]
    subprocess.run([UV, "pip", "install", "--quiet", "--python", python, *folder, *requirements], check=True)


def type_faults(wheels: list[Path]) -> Iterator[str]:
    """Check the callers of tests/typing under two checkers."""
    python = environment(BUILD / "typing")
    install(python, wheels, *(project.distribution for project in projects()), "mypy", "httpx", "click")
    callers = ROOT / "tests" / "typing"
    checkers = [
        [Path(sys.executable).with_name("pyright"), "--pythonpath", python, callers],
        [python.with_name("mypy"), "--strict", "--cache-dir", BUILD / "mypy", callers],
    ]
    for command in checkers:
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=BUILD)
        if done.returncode:
            yield done.stdout


def table(costs: list[Cost]) -> str:
    """Give the table in Markdown."""
    head = "| package | wheel | installed, with all it needs | install | start and first use |\n|---|---:|---:|---:|---:|\n"
    floor = f"| nothing | | | {costs[0].nothing_installed:.1f} s | {costs[0].nothing_run:.2f} s |\n"
    return (
        head
        + floor
        + "\n".join(
            f"| `{cost.name}` | {cost.wheel:,.0f} kB | {cost.installed:,.1f} MB | {cost.install:.1f} s | {cost.first:.2f} s |"
            for cost in costs
        )
    )


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
