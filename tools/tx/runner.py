"""Run tests of the suite against anything that answers: the engine in this process, or a server."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools.tx.cases import Test, read
from tools.tx.compare import Rules, differs
from tools.tx.tidy import tidy

__all__ = ["Asked", "check", "run"]

Asked = Callable[[Test], tuple[dict[str, Any], int]]
"""Send a test; give the resource that came back, and the HTTP status."""


def run(tests: Iterator[Test], ask: Asked, rules: Rules) -> Iterator[tuple[Test, str | None]]:
    """Give every test and why it failed, or None."""
    for test in tests:
        try:
            yield test, check(test, ask, rules)
        except Exception as error:  # noqa: BLE001  whatever a test does, the next one runs
            yield test, f"{type(error).__name__}: {error}"


def check(test: Test, ask: Asked, rules: Rules) -> str | None:
    """Say why a test failed, or None."""
    actual, status = ask(test)
    actual = tidy(actual)
    messages = _messages(test.folder)
    why: str | None = "no expected file"
    for answer in test.answers:
        file = test.folder / answer
        if not file.exists():
            continue
        pattern = test.operation in {"metadata", "term-caps"}
        here = replace(rules, externals=messages.get(answer, {}), pattern=pattern)
        why = differs(read(file), actual, here)
        if why is None:
            break
    if why is None and not str(status).startswith(test.status.rstrip("x")):
        return f"HTTP status {status}, not {test.status}"
    return why


def _messages(folder: Path) -> dict[str, dict[str, str]]:
    """The reference server's own messages, which ours are worded after."""
    file = folder / "messages-tx.fhir.org.json"
    if folder not in _held:
        _held[folder] = read(file) if file.exists() else {}
    return _held[folder]


_held: dict[Path, dict[str, dict[str, str]]] = {}
