"""Completion in a shell: the script a user installs, and how little is loaded while the user waits."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
PATH = os.pathsep.join([str(BIN), os.environ["PATH"]])
HEAVY = {"cryptography", "fhir", "httpx", "lxml", "numpy", "pydantic", "pytest", "starlette", "uvicorn"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="machine: no bash")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("samspil hl", {"hl7v2"}),
        ("samspil hl7v2 con", {"convert"}),
        ("samspil hl7v2 co", {"convert", "coverage"}),
        ("samspil hl7v2 convert --time", {"--timezone"}),
        ("samspil hl7v2 convert --bundle tr", {"transaction"}),
        ("samspil terminology map ex", {"export"}),
        ("samspil conformance li", {"list"}),
        ("samspil completion z", {"zsh"}),
        ("samspil nonsense x", set()),
    ],
)
def test_bash_completes(typed: str, expected: set[str], tmp_path: Path) -> None:
    """As bash does it: the script is read, and its function asked with the words on the line."""
    words = " ".join(f"'{word}'" for word in typed.split())
    script = f"""
        source <(samspil completion bash)
        COMP_WORDS=({words})
        COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
        _samspil_completion "${{COMP_WORDS[0]}}" "${{COMP_WORDS[COMP_CWORD]}}"
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PATH": PATH, "HOME": str(tmp_path)},
    )
    assert set(done.stdout.split()) == expected, done.stderr


@pytest.mark.parametrize(
    ("shell", "word"), [("bash", "complete -o"), ("zsh", "#compdef samspil"), ("fish", "complete ")]
)
def test_each_shell_has_a_script(shell: str, word: str) -> None:
    done = subprocess.run(
        ["samspil", "completion", shell], capture_output=True, text=True, check=True, env={"PATH": PATH}
    )
    assert word in done.stdout
    assert "_SAMSPIL_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        ("samspil ", {"samspil_cli", "samspil_core"}),
        ("samspil conformance ", {"samspil_cli", "samspil_conformance", "samspil_core"}),
        ("samspil consent ", {"samspil_cli", "samspil_consent", "samspil_core"}),
    ],
)
def test_what_is_loaded_to_complete_is_little(words: str, ours: set[str]) -> None:
    """Names of commands come without the modules behind them, and without anything heavy."""
    code = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr))
from samspil_cli.app import main
main()
"""
    environment = {
        "PATH": PATH,
        "_SAMSPIL_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    loaded = set(json.loads(done.stderr))
    assert done.stdout
    assert loaded & HEAVY == set()
    assert {name for name in loaded if name.startswith("samspil_")} == ours
