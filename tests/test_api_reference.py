"""Every public name says what it is, stands in the API reference, and is all that the pages ask a reader to import."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from tools import api_reference
from tools.pages import blocks
from tools.projects import ROOT, projects
from tools.public import PUBLIC, modules

NAMES = [(module, name, thing) for package in PUBLIC for module, name, thing in api_reference.all_names(package)]
CALLERS = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/tutorials/*.md")),
    *sorted(ROOT.glob("docs/how-to/*.md")),
    *sorted(ROOT.glob("docs/reference/*.md")),
    *sorted(ROOT.glob("packages/*/README.md")),
    *sorted(ROOT.glob("tests/typing/*.py")),
    *sorted(ROOT.glob("examples/**/*.py")),
]


def test_every_package_has_a_page() -> None:
    assert set(PUBLIC) == {project.module for project in projects()}


@pytest.mark.parametrize(("module", "name", "thing"), NAMES, ids=[f"{module}.{name}" for module, name, _ in NAMES])
def test_a_public_name_says_what_it_is(module: str, name: str, thing: api_reference.Thing) -> None:
    """With its public methods. A dataclass's made-up docstring is none, because the sources are read and not run."""
    assert thing.docstring, f"{module}.{name} has no docstring"
    for each, member in api_reference.members(thing) if thing.is_class else ():
        assert member.docstring or not member.is_function, f"{module}.{name}.{each} has no docstring"


def test_the_pages_are_current() -> None:
    assert api_reference.stale_pages(api_reference.pages()) == [], "run `make pages`"


@pytest.mark.parametrize("package", PUBLIC)
def test_every_public_name_stands_on_its_page(package: str) -> None:
    page = (api_reference.FOLDER / f"{package}.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^### `(\w+)`$", page, flags=re.MULTILINE))
    assert {name for module in modules(package) for name, _ in api_reference.names(module)} == told


@pytest.mark.parametrize("caller", CALLERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_callers_import_public_names_alone(caller: Path) -> None:
    """What a page tells a reader to import is in the reference; explanations may look inside."""
    texts = [caller.read_text(encoding="utf-8")] if caller.suffix == ".py" else list(python_of(caller))
    public = {(module, name) for package in PUBLIC for module in modules(package) for name in offered(module)}
    assert [each for text in texts for each in imports(text) if each not in public] == []


def offered(module: str) -> set[str]:
    """Give what may be imported from a module: its names, and the public modules below it."""
    below = {each.removeprefix(f"{module}.") for each in modules(module.partition(".")[0])}
    return {"", *(name for name, _ in api_reference.names(module)), *below}


def python_of(page: Path) -> list[str]:
    """Give the Python of a page: its blocks, and its doctests without prompts."""
    found = [block.text for block in blocks(page) if block.language == "python"]
    return [
        "\n".join(line[4:] for line in text.splitlines() if line.startswith((">>> ", "... ")))
        if text.startswith(">>> ")
        else text
        for text in found
    ]


def imports(text: str) -> list[tuple[str, str]]:
    """Give each import of ours as module and name; `import module` has the name ''."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("samspil_"):
            found += [(node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names if alias.name.startswith("samspil_")]
    return found


@pytest.mark.parametrize("package", PUBLIC)
def test_nothing_that_a_module_exports_is_left_out(package: str) -> None:
    """The sources as they are read know the names that the modules have when they run."""
    for module in modules(package):
        held = importlib.import_module(module)
        told = {name for name, _ in api_reference.names(module)}
        assert set(getattr(held, "__all__", told)) == told, module
        assert all(hasattr(held, name) for name in told)
