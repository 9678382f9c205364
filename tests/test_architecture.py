"""What a package imports is what its pyproject.toml declares: a workspace would hide the difference."""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

from tools.projects import ROOT, Project, projects

PROJECTS = projects()
MODULES = {project.distribution: project.module for project in PROJECTS}
each_project = pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.distribution)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*MODULES.values(), cache_dir=None)


@each_project
def test_imported_siblings_are_declared(project: Project, graph: grimp.ImportGraph) -> None:
    """A package imports every sibling it requires, and no sibling that it does not declare; the command is only run."""
    own = {module for module in graph.modules if module.split(".")[0] == project.module}
    imported = {to.split(".")[0] for module in own for to in graph.find_modules_directly_imported_by(module)}
    required = {MODULES[name] for name in project.required & MODULES.keys() - {"samspil"}}
    optional = {MODULES[name] for name in project.optional & MODULES.keys()}
    assert required <= imported - {project.module} <= required | optional


@each_project
def test_imported_libraries_are_declared(project: Project) -> None:
    """A package imports no library that it does not declare, as a dependency or in an extra."""
    installed = packages_distributions()
    declared = {_normal(name) for name in project.required | project.optional}
    for path in project.source.rglob("*.py"):
        for name in set(_imports(path)) - sys.stdlib_module_names - set(MODULES.values()):
            providers = {_normal(one) for one in installed.get(name, [])}
            assert providers & declared, f"{path.relative_to(ROOT)} imports {name}, which is not declared"


@each_project
def test_the_package_is_typed_and_told(project: Project) -> None:
    assert (project.source / "py.typed").exists()
    assert (project.folder / "README.md").exists()


def test_one_version_for_all() -> None:
    """Siblings are released together and pinned to one number."""
    texts = [(project.folder / "pyproject.toml").read_text(encoding="utf-8") for project in PROJECTS]
    versions = {line for text in texts for line in text.splitlines() if line.startswith("version = ")}
    assert len(versions) == 1


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
