"""Every command and every Python block on every page does what the page says."""

import doctest
import os
import re
import subprocess
import sys
import types
from collections.abc import Callable
from importlib.metadata import requires
from pathlib import Path

import pytest

from samspil_definitions import PackageError, load_packages
from tools.pages import Block, Command, blocks, commands
from tools.soak.processes import free_port

ROOT = Path(__file__).parent.parent
PAGES = sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("packages/*/README.md"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
CORE = "definitions install --no-dependencies hl7.fhir.r4.core#4.0.1"
CHECKER = doctest.OutputChecker()
ENVIRONMENT = {
    **os.environ,
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "NO_COLOR": "1",
    "TERM": "dumb",
    "COLUMNS": "100",
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_that_runs_the_command_installs_it(page: Path) -> None:
    """`samspil` comes with the package `samspil`, not with a module alone."""
    text = page.read_text(encoding="utf-8")
    words = [word.strip("'") for line in re.findall(r"^pip install (.*)", text, re.MULTILINE) for word in line.split()]
    names = {re.split(r"[\[=<>~]", word)[0] for word in words}
    if not names or not re.search(r"^(\$ )?samspil ", text, re.MULTILINE):
        return
    needed = {re.split(r"[\[=<>~ ;]", each)[0] for name in names if "samspil" in name for each in requires(name) or ()}
    assert "samspil" in names | needed, f"{names} bring no samspil"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page run in order, in one fresh folder and one Python namespace."""
    if f"$ samspil {CORE}" in page.read_text(encoding="utf-8") and not installed():
        pytest.skip("corpora: hl7.fhir.r4.core is not installed")
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)
    ports = free_ports(page)
    for block in blocks(page):
        place = f"{page.relative_to(ROOT)}, line {block.line}"
        if block.language == "console":
            for command in commands(ports(block.text)):
                run_command(command, place)
        elif block.language == "python":
            run_python(block, place, module.__dict__)


def free_ports(page: Path) -> Callable[[str], str]:
    """Put free ports for those on which the commands of a page listen: another process may hold the page's own."""
    named = re.findall(r"^\$ .*--port (\d+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    free = {port: str(free_port()) for port in named}
    return lambda text: re.sub(r"\b\d+\b", lambda found: free.get(found[0], found[0]), text)


def installed() -> bool:
    """Tell whether the package that a page installs is in the cache, so that no test needs a network."""
    try:
        load_packages(["hl7.fhir.r4.core#4.0.1"])
    except PackageError:
        return False
    return True


def run_command(command: Command, place: str) -> None:
    """Run a console command and compare what it prints, as doctest does, with `...` for anything."""
    if re.match(r"make( |$)", command.text):
        assert set(re.findall(r" ([a-z-]+)", command.text)) <= TARGETS, f"{place}: no such target: {command.text}"
        return
    done = subprocess.run(["bash", "-c", command.text], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    story = f"{place}\n$ {command.text}\nstdout:\n{done.stdout}\nstderr:\n{done.stderr}\nexpected:\n{command.output}"
    assert done.returncode == command.status, story
    assert CHECKER.check_output(command.output, done.stdout, doctest.ELLIPSIS), story


def run_python(block: Block, place: str, namespace: dict[str, object]) -> None:
    """Run a Python block; one with prompts is a doctest."""
    if block.text.startswith(">>> "):
        test = doctest.DocTestParser().get_doctest(block.text, namespace, place, place, 0)
        problems: list[str] = []
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=problems.append, clear_globs=False)
        namespace.update(test.globs)
        assert not problems, "".join(problems)
    else:
        exec(compile("\n" * (block.line - 1) + block.text, place, "exec"), namespace)  # noqa: S102


def test_a_page_that_listens_is_tried_on_a_free_port(tmp_path: Path) -> None:
    """Of its commands and of what they print, the port on which it listens is another; a block that nobody runs has no port."""
    page = tmp_path / "page.md"
    page.write_text("```console\n$ serve --port 8080 &\n```\n```sh\nserve --port 9090\n```\n", encoding="utf-8")
    told = free_ports(page)("$ curl localhost:8080/18080 localhost:9090\non 8080\n")
    port = told.splitlines()[1].removeprefix("on ")
    assert port not in {"8080", "9090"}
    assert told == f"$ curl localhost:{port}/18080 localhost:9090\non {port}\n"


def test_a_command_may_span_lines_and_name_its_status() -> None:
    found = list(commands("$ cat <<X\n> a\n>\n> b\n> X\na\n\nb\n$ false # exit 1\n"))
    assert found == [
        Command("cat <<X\na\n\nb\nX", "a\n\nb\n", 0),
        Command("false # exit 1", "", 1),
    ]
