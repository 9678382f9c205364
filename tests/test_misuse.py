"""A user's mistake, of whatever command: a sentence that says what is wrong, status 1 or 2, never a traceback."""

import gzip
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from samspil_cli import app
from samspil_core.findings import load_all
from tools.commands import Leaf, leaves

LEAVES = list(leaves())
WORDS = {"FILE", "DIR", "FOLDER", "PATH", "STORE", "BUNDLE"}
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
FIRST = ("name --", ": --", "audit.db is not there")
"""What a command may ask for before it looks at the file in question."""
ids = pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.path)


class Standard(io.TextIOWrapper):
    """A standard input that says next to nothing."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(b"{}"), encoding="utf-8")


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run the command in an empty folder; the status, and what it says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", Standard())

    def serves(*_: object, **__: object) -> None:
        raise click.ClickException("it serves")

    monkeypatch.setattr("uvicorn.run", serves)
    monkeypatch.setattr("uvicorn.Server.run", serves)

    def call(*words: str) -> tuple[int, str]:
        status = app.run(words)
        said = capfd.readouterr()
        return status, said.err + said.out

    return call


def told(status: int, error: str, *names: str) -> None:
    """Hold what every answer to a mistake must be."""
    assert status in (1, 2), error
    assert "Traceback" not in error
    assert "a fault in samspil" not in error, error
    assert any(name in error for name in names), f"says none of {names}:\n{error}"


@ids
def test_an_unknown_option(leaf: Leaf, run) -> None:
    status, error = run(*leaf.words[1:], "--nonsense")
    told(status, error, "--nonsense")
    assert status == 2
    assert error.strip().splitlines()[-1].startswith("Error: ")


CHOICES = [
    (leaf, option)
    for leaf in LEAVES
    for option in leaf.context.command.get_params(leaf.context)
    if isinstance(option, click.Option) and isinstance(option.type, click.Choice | click.types.IntParamType)
]


@pytest.mark.parametrize(("leaf", "option"), CHOICES, ids=[f"{leaf.path} {option.opts[0]}" for leaf, option in CHOICES])
def test_an_unknown_value(leaf: Leaf, option: click.Option, run, tmp_path: Path) -> None:
    """The sentence names the option, and the choices there are."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there.json").write_text("{}", encoding="utf-8")
    required = [each for each in leaf.context.command.get_params(leaf.context) if each.required]
    folders = any(isinstance(each.type, click.Path) and not each.type.file_okay for each in required)
    there = "there" if folders else "there.json"
    status, error = run(*leaf.words[1:], *needs(leaf, there, besides=option), option.opts[0], "nonsense")
    told(status, error, "nonsense")
    assert status == 2
    if isinstance(option.type, click.Choice):
        assert all(str(choice).casefold() in error.casefold() for choice in option.type.choices)


def needs(
    leaf: Leaf, path: str, besides: click.Parameter | None = None, filled: click.Parameter | None = None
) -> list[str]:
    """Fill what a command must be given, files with a path; and one parameter more, if asked."""
    words: list[str] = []
    for each in leaf.context.command.get_params(leaf.context):
        if each is filled or (each.required and each is not besides):
            value = path
            if isinstance(each.type, click.Choice):
                value = str(each.type.choices[0])
            elif isinstance(each.type, click.types.IntParamType):
                value = "1"
            words += [each.opts[0], value] if isinstance(each, click.Option) else [value]
    return words


def takes_file(parameter: click.Parameter) -> bool:
    """Tell whether a parameter is a file or folder that is read: by its type, or by the word that stands for it."""
    written = {"--cache", "--out", "--report", "--write", "--into", "--inbox", "--log", "--keys", "--to"}
    if isinstance(parameter.type, click.Choice) or (
        isinstance(parameter, click.Option) and written & {*parameter.opts}
    ):
        return False
    word = (parameter.metavar or parameter.name or "").upper()
    return isinstance(parameter.type, click.Path) or bool(WORDS & {*re.split(r"[^A-Z]+", word)})


FILES = [
    (leaf, parameter)
    for leaf in LEAVES
    for parameter in leaf.context.command.get_params(leaf.context)
    if takes_file(parameter) and leaf.words[-1] not in {"forward", "notify"}
]
"""The parameters that name what is read; `forward` and `notify` write to the file they are given, and a cache is made."""
file_ids = pytest.mark.parametrize(
    ("leaf", "parameter"), FILES, ids=[f"{leaf.path} {parameter.opts[0]}" for leaf, parameter in FILES]
)


def with_file(leaf: Leaf, parameter: click.Parameter, path: str) -> list[str]:
    """Give the line of a command whose file, and every other file it needs, is a path."""
    return [*leaf.words[1:], *needs(leaf, path, filled=parameter)]


@file_ids
def test_a_file_that_is_not_there(leaf: Leaf, parameter: click.Parameter, run) -> None:
    status, error = run(*with_file(leaf, parameter, "absent/none.json"))
    told(status, error, "absent", *FIRST)


@file_ids
def test_a_file_below_a_file(leaf: Leaf, parameter: click.Parameter, run, tmp_path: Path) -> None:
    """The system refuses it with another error than that of a missing file. What else must be named may be told first."""
    (tmp_path / "plain.txt").write_text("x", encoding="utf-8")
    status, error = run(*with_file(leaf, parameter, "plain.txt/none.json"))
    told(status, error, "plain.txt", *FIRST)


@file_ids
def test_a_folder_where_a_file_is_due(leaf: Leaf, parameter: click.Parameter, run, tmp_path: Path) -> None:
    word = (parameter.metavar or parameter.name or "").upper()
    if leaf.path == "samspil hl7v2 parse" or {"DIR", "FOLDER", "STORE", "PATH"} & {*re.split(r"[^A-Z]+", word)}:
        return  # a folder is right here
    (tmp_path / "folder.json").mkdir()
    status, error = run(*with_file(leaf, parameter, "folder.json"))
    told(status, error, "folder", "directory", "Directory", *FIRST)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="machine: no users")
@pytest.mark.parametrize(
    "words",
    [
        ("hl7v2", "convert"),
        ("hl7v2", "parse"),
        ("validate",),
        ("fhirpath", "Patient.name"),
        ("consent", "lint"),
        ("conformance", "verify"),
        ("terminology", "lookup", "a#b", "--from"),
        ("audit", "append"),
    ],
    ids=" ".join,
)
def test_a_file_that_may_not_be_read(
    words: tuple[str, ...], run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused by the system; where the tests run as a user who may read everything, refused by us in its place."""
    secret = tmp_path / "secret.json"
    secret.write_text("{}", encoding="utf-8")
    secret.chmod(0)
    if os.geteuid() == 0:
        refuse(secret, monkeypatch)
    status, error = run(*words, "secret.json")
    told(status, error, "secret.json")


def refuse(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the opening of a file fail as it does for a user without the right to."""
    plain, plain_io = open, io.open

    def guarded(opener):
        def opened(file, *arguments, **named):
            if isinstance(file, str | Path) and Path(file).name == path.name:
                raise PermissionError(13, "Permission denied", str(file))
            return opener(file, *arguments, **named)

        return opened

    monkeypatch.setattr("builtins.open", guarded(plain))
    monkeypatch.setattr(io, "open", guarded(plain_io))


NAME = "Geheimsen"
RUBBISH = {
    "nothing": b"",
    "every byte": bytes(range(256)) * 20,
    "a string": b'"text"',
    "utf-16": f'{{"resourceType": "Patient", "name": [{{"family": "{NAME}"}}]}}'.encode("utf-16"),
    "latin-1": f'{{"resourceType": "Patient", "name": [{{"family": "{NAME}Å"}}]}}'.encode("latin-1"),
    "packed": gzip.compress(NAME.encode()),
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "another resource": f'[{{"resourceType": "Patient", "name": [{{"family": "{NAME}"}}]}}]'.encode(),
    "a type that is none": b'{"resourceType": ["Patient"]}',
    "a long number": b'{"years": ' + b"9" * 5000 + b"}",
    "one line": NAME.encode(),
    "a long cell": b'code\t"' + b"x" * 200_000,
}


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
@file_ids
def test_a_file_that_holds_something_else(
    leaf: Leaf,
    parameter: click.Parameter,
    rubbish: bytes,
    run,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """No fault of ours, a line of a length that can be read, and no word of what the file holds."""
    (tmp_path / "rubbish.json").write_bytes(rubbish)
    words = with_file(leaf, parameter, "rubbish.json")
    status = app.run(words)
    error = capfd.readouterr().err
    assert status in (0, 1, 2), error
    assert "Traceback" not in error
    assert "a fault in samspil" not in error, error
    assert NAME not in error
    assert all(len(line) < 2000 for line in error.splitlines()), error[:300]


MESSAGE = b"MSH|^~\\&|ADT|NORD|||20240202||ADT^A08|1|P|2.5\rPID|||44871^^^NORD||Hansen^Karen\r"


@pytest.mark.parametrize(
    "line",
    [
        "samspil --help",
        "samspil plugins",
        "samspil completion bash",
        "samspil conformance matrix",
        "samspil hl7v2 export conceptmaps",
        "samspil hl7v2 convert many.hl7 --report loss.ndjson",
        "samspil hl7v2 parse many.hl7",
        "samspil hl7v2 show many.hl7",
        "samspil fhirpath 1+1 patient.json",
        "samspil demo hl7v2",
        "samspil consent lint consent.json",
        "samspil consent page consent.json",
        "samspil definitions list",
        "samspil conformance soup",
        "samspil terminology lookup http://example.org/c#a --from codes.json",
        "samspil terminology import codes.json --into store",
    ],
)
def test_a_reader_that_has_had_enough(line: str, tmp_path: Path) -> None:
    """As in `samspil ... | head -1`: no complaint, and no status that means findings."""
    (tmp_path / "many.hl7").write_bytes(b"".join(MESSAGE.replace(b"|1|P", b"|%d|P" % at) for at in range(50)))
    given(tmp_path)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        line.split(), stdout=writer, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env={"PATH": PATH}, check=False
    )
    os.close(writer)
    assert done.returncode == 0, done.stderr
    assert not re.search("Traceback|Broken|Exception|Error", done.stderr), done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="machine: no device that is full")
@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "hl7v2 parse m.hl7",
        "hl7v2 convert m.hl7",
        "hl7v2 convert m.hl7 --report /dev/full",
        "hl7v2 show m.hl7",
        "fhirpath 1+1 patient.json",
        "demo hl7v2",
        "consent page consent.json",
        "conformance matrix",
        "validate patient.json --format json",
        "terminology lookup http://example.org/c#a --from codes.json",
        "terminology import codes.json --into store",
        "completion bash",
        "plugins",
    ],
)
def test_an_output_that_is_full(line: str, tmp_path: Path) -> None:
    """Status 2, and a sentence that says what to do."""
    given(tmp_path)
    done = shell(f"samspil {line} > /dev/full", tmp_path)
    assert done.returncode == 2, done.stderr
    assert re.search(r"^Error: No space left on device: .*run again", done.stderr, re.MULTILINE), done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("hl7v2 convert m.hl7 <&-", 0),
        ("hl7v2 parse m.hl7 <&-", 0),
        ("validate patient.json <&-", 0),
        ("fhirpath 1+1 patient.json <&-", 0),
        ("fhirpath 1+1 patient.json 2>&-", 0),
        ("consent page <&-", 1),
        ("plugins >&-", 2),
        ("fhirpath 1+1 patient.json >&- 2>&-", 2),
    ],
)
def test_a_standard_stream_that_is_closed(line: str, status: int, tmp_path: Path) -> None:
    given(tmp_path)
    done = shell(f"samspil {line}", tmp_path)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert "a fault in samspil" not in done.stderr
    assert status == 0 or "2>&-" in line or "error" in done.stderr.lower()


def given(folder: Path) -> None:
    """A message and resources."""
    (folder / "m.hl7").write_bytes(MESSAGE)
    resources = {
        "patient": {"resourceType": "Patient"},
        "consent": {"resourceType": "Consent", "status": "active", "patient": {"reference": "Patient/1"}},
        "codes": {
            "resourceType": "CodeSystem",
            "url": "http://example.org/c",
            "status": "active",
            "content": "complete",
        },
    }
    resources["codes"]["concept"] = [{"code": "a", "display": "A"}]
    for name, resource in resources.items():
        (folder / f"{name}.json").write_text(json.dumps(resource), encoding="utf-8")


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line as a shell does."""
    environment = {"PATH": PATH, "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, text=True, cwd=folder, env=environment, check=False
    )


HEEDS = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
"""Becomes a command that heeds Control-C, which what runs in the background of a shell does not."""


@pytest.mark.parametrize(
    "line", ["hl7v2 convert -", "hl7v2 parse", "validate -", "fhirpath name -", "audit append", "consent page"]
)
def test_a_command_that_waits_is_stopped_by_the_keyboard(line: str, tmp_path: Path) -> None:
    """Control-C: one line, status 2."""
    process = subprocess.Popen(
        [sys.executable, "-c", HEEDS, str(shutil.which("samspil", path=PATH)), *line.split()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={"PATH": PATH},
    )
    try:
        assert process.stderr
        assert reads(process), "it does not wait"
        process.send_signal(signal.SIGINT)
        status = process.wait(60)
        error = process.stderr.read()
        assert status == 2, error
    finally:
        process.kill()
        process.communicate()
    assert "Traceback" not in error
    assert error.strip().endswith("Error: stopped")


def reads(process: subprocess.Popen[str]) -> bool:
    """Wait until a command has started and waits for its input; where the system does not tell, long enough."""
    until = time.monotonic() + 30
    place = Path(f"/proc/{process.pid}/wchan")
    while process.poll() is None and time.monotonic() < until:
        if place.exists() and "pipe" in place.read_text(encoding="ascii"):
            return True
        time.sleep(0.1)
    return process.poll() is None


def test_a_demonstration_that_there_is_not(run) -> None:
    """What is installed is not asked to be installed; the demonstrations that there are have names."""
    status, error = run("demo", "fhirpath")
    told(status, error, "hl7v2")
    assert "pip install" not in error


@pytest.mark.parametrize("finding", load_all(), ids=lambda finding: finding.code)
def test_every_finding_says_what_to_do_in_two_languages(finding) -> None:
    for wording in (finding.text, finding.fix, finding.text_da, finding.fix_da):
        assert len(wording.strip()) > 5
        assert not re.search(r"\b(TODO|TBD|FIXME)\b|\?\?\?", wording)
    assert finding.text != finding.text_da
    assert finding.fix != finding.fix_da
    names = [set(re.findall(r"\{(\w+)\}", wording)) for wording in (finding.text, finding.text_da)]
    assert names[0] == names[1], "the two languages tell different facts"
