"""Each package installs and starts alone: built as a wheel, in an environment that holds nothing else."""

import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools import sizes
from tools.projects import ROOT, Project, projects

PROJECTS = projects()
UV = Path(sys.executable).with_name("uv")
pytestmark = pytest.mark.xdist_group("isolation")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build every package; the wheels by distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    here = ("--python", sys.executable, "--no-build-isolation")
    for project in PROJECTS:
        run(UV, "build", "--quiet", "--wheel", *here, "--out-dir", folder, project.folder)
    return {
        project.distribution: next(folder.glob(project.distribution.replace("-", "_") + "-[0-9]*.whl"))
        for project in PROJECTS
    }


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.distribution)
def test_a_package_starts_alone(project: Project, wheels: dict[str, Path], tmp_path: Path) -> None:
    python = install(project.distribution, wheels, tmp_path)
    run(python, "-I", "-c", f"import {project.module}")


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.distribution)
def test_a_readme_tells_the_size_of_its_wheel(project: Project, wheels: dict[str, Path]) -> None:
    """Within a third: it says whether a module is small, not how many bytes it has today."""
    told = sizes.wheel_of(project.folder / "README.md")
    assert told == pytest.approx(wheels[project.distribution].stat().st_size / 1e3, rel=0.33)


def test_the_command_starts_without_modules(wheels: dict[str, Path], tmp_path: Path) -> None:
    python = install("samspil", wheels, tmp_path)
    assert "plugins" in run(python.with_name("samspil"), "--help")


def test_the_command_starts_with_all_modules(wheels: dict[str, Path], tmp_path: Path) -> None:
    python = install("samspil[all]", wheels, tmp_path)
    listed = run(python.with_name("samspil"), "plugins")
    for line in listed.splitlines():
        kind, name, *_ = line.split()
        if kind == "command":
            run(python.with_name("samspil"), name, "--help")


def install(requirement: str, wheels: dict[str, Path], folder: Path) -> Path:
    """Make a bare environment with one requirement; our own packages come from the wheels, others from the lock."""
    own = folder / "own.txt"
    own.write_text("".join(f"{name} @ {wheel.as_uri()}\n" for name, wheel in wheels.items()), encoding="utf-8")
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / "bin" / "python"
    constraints = ["--constraint", own, "--constraint", ROOT / "requirements.lock"]
    run(UV, "pip", "install", "--quiet", "--python", python, *constraints, requirement)
    return python


def run(*command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None, most: int = 0) -> str:
    """Run a command and give what it prints; a status above `most` shows what it said."""
    words = [str(part) for part in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=cwd, env=env)
    assert done.returncode <= most, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_suite_runs_from_a_wheel(wheels: dict[str, Path], tmp_path: Path) -> None:
    """`pip install samspil-conformance` is enough: the command, the suites, the demonstration and the papers travel with it."""
    command = install("samspil-conformance", wheels, tmp_path).with_name("samspil")
    stranger = {"cwd": tmp_path, "env": {"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}}
    suites = [line.split()[0] for line in run(command, "conformance", "list", **stranger).splitlines()]
    assert set(suites) == {each.parent.name for each in (ROOT / "conformance" / "suites").glob("*/suite.yaml")}
    for suite in suites:
        job = ["conformance", "run", suite, "--sut", "demo", "--out", suite]
        bundle = run(command, *job, **stranger, most=1).strip()  # 1: some questions wait for a person
        assert "is as it was written" in run(command, "conformance", "verify", bundle, **stranger)
        with zipfile.ZipFile(tmp_path / bundle) as files:
            papers = [name for name in files.namelist() if name.startswith("report")]
        assert sorted(papers) == ["report.da.html", "report.da.pdf", "report.en.html", "report.en.pdf"]
