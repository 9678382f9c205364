"""Check what a release would hold: `python -m tools.release_check`. Status 1 where something does not hold.

Wheels and source archives are built twice and must be the same bytes; each wheel has its licence, its README and its types,
and its siblings pinned to its version; each installs alone from the folder of wheels into a bare environment, where the
first example of its README runs; callers' types hold under pyright and mypy. Sizes and times are printed as a table.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import NamedTuple

from tools.pages import blocks
from tools.projects import ROOT, Project, projects

BUILD = ROOT / "build" / "release"
UV = Path(sys.executable).with_name("uv")
BUILT_AT = "1767225600"
"""SOURCE_DATE_EPOCH of the builds: https://reproducible-builds.org/specs/source-date-epoch/."""


class Row(NamedTuple):
    """A line of the table: distribution, kB of its wheel, MB installed with all it needs, seconds of install and first use."""

    name: str
    wheel: float
    installed: float
    install: float
    first: float


def main() -> int:
    """Run every check; give the number of faults."""
    shutil.rmtree(BUILD, ignore_errors=True)
    known = projects()
    one, other = (build(known, BUILD / name) for name in ("1", "2"))
    faults = [f"{name} is built otherwise the second time" for name in one if one[name] != other.get(name)]
    wheels = sorted((BUILD / "1").glob("*.whl"))
    faults += [f"{wheel.name}: {why}" for wheel in wheels for why in metadata_faults(wheel)]
    rows = [alone(project, wheels) for project in known]
    faults += [f"types: {why}" for why in type_faults(wheels)]
    print(table(rows))
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


def alone(project: Project, wheels: list[Path]) -> Row:
    """Install one package into a bare environment, and run the first example of its README there."""
    python = environment(BUILD / "alone" / project.distribution)
    start = time.perf_counter()
    install(python, wheels, project.distribution)
    installed = time.perf_counter() - start
    example = next((block.text for block in blocks(project.folder / "README.md") if block.language == "python"), "")
    used = f"import {project.module}\n{example if runs_alone(example) else ''}"
    times = [_seconds(python, used, BUILD / "alone") for _ in range(3)]
    size = sum(file.stat().st_size for file in (python.parents[1] / "lib").rglob("*") if file.is_file())
    wheel = next(each for each in wheels if each.name.startswith(project.distribution.replace("-", "_") + "-"))
    return Row(project.distribution, wheel.stat().st_size / 1e3, size / 1e6, installed, sorted(times)[1])


def runs_alone(example: str) -> bool:
    """Tell whether an example needs the package and the standard library alone."""
    return not re.search(r"^(?:import|from) (?:httpx|starlette|fhir)\b", example, re.MULTILINE)


def _seconds(python: Path, text: str, folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run([python, "-I", "-c", text], check=True, cwd=folder, capture_output=True)
    return time.perf_counter() - start


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


def table(rows: list[Row]) -> str:
    """Give the table in Markdown."""
    head = "| package | wheel | installed, with all it needs | install | start and first use |\n|---|---|---|---|---|\n"
    return head + "\n".join(
        f"| `{row.name}` | {row.wheel:,.0f} kB | {row.installed:,.1f} MB | {row.install:.1f} s | {row.first:.2f} s |"
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
