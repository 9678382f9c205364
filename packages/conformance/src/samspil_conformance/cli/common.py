"""What the commands share: the system, the clock, files, findings and exit status."""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from samspil_conformance.chance import Clock, moment
from samspil_conformance.documents import BadFile
from samspil_conformance.evidence.bundle import NotABundle, unpack
from samspil_conformance.evidence.exchanges import read_run
from samspil_conformance.evidence.signing import BadKey, Key
from samspil_conformance.record import BadRecord
from samspil_conformance.run import Run
from samspil_conformance.suite import suite_names
from samspil_conformance.sut import Sut
from samspil_core import Issue

__all__ = ["CouldNotRun", "bundle_run", "clock_of", "demo_sut", "key_of", "readable", "say", "show", "sut_of"]

Command = TypeVar("Command", bound=Callable[..., Any])

DEMO_START = "2026-01-01T09:00:00Z"


class CouldNotRun(click.ClickException):
    """Something stops the run; one sentence says what."""

    exit_code = 2


def readable(command: Command) -> Command:
    """Turns the faults of files and arguments into sentences."""

    @wraps(command)
    def run(*arguments: Any, **named: Any) -> Any:
        try:
            return command(*arguments, **named)
        except BadFile as fault:
            show(fault.issues)
            raise CouldNotRun(f"{len(fault.issues)} faults in files") from None
        except (BadKey, NotABundle, BadRecord) as fault:
            raise CouldNotRun(str(fault)) from None
        except FileNotFoundError as fault:
            raise CouldNotRun(f"{fault.filename} is not there") from None

    return run  # pyright: ignore[reportReturnType]  the same signature


def say(text: str) -> None:
    """A line of progress, on standard error."""
    click.echo(text, err=True)


def show(issues: Iterable[Issue]) -> None:
    """Findings, on standard error."""
    for issue in issues:
        say(f"{issue.severity} {issue.code} {issue.text} -> {issue.fix}")


def clock_of(text: str | None, *, demo: bool = False) -> Clock:
    """The clock that was asked for; that of the machine without one, and a fixed one for the demonstration."""
    if text is None:
        return Clock(moment(DEMO_START)) if demo else Clock()
    try:
        return Clock(moment(text))
    except ValueError as fault:
        raise click.BadParameter(f"a clock is a moment such as {DEMO_START}: {fault}") from None


def sut_of(told: str, suite: str, clock: Clock, seed: str) -> Sut:
    """The system: `demo`, `demo:FAULT`, a URL, or the path of a sut.yaml."""
    if told == "demo" or told.startswith("demo:"):
        return demo_sut(suite, clock, seed, told.partition(":")[2] or None)
    if told.startswith(("http://", "https://")):
        return Sut.at(told)
    return Sut.read(Path(told))


def demo_sut(suite: str, clock: Clock, seed: str, fault: str | None = None) -> Sut:
    """The demonstration system, with at most one seeded defect or lawful variant."""
    from samspil_conformance import demo

    known = {one.id: one for one in (*demo.FAULTS, *demo.VARIANTS)}
    if fault and fault not in known:
        raise CouldNotRun(f"the demonstration has no defect or variant {fault!r}")
    chosen = known[fault] if fault else None
    return Sut.of_parts(demo.identity(), demo.system(suite, clock=clock, seed=seed, fault=chosen))


def known_suite(name: str) -> str:
    """The name of a suite that is there."""
    if name not in suite_names():
        raise CouldNotRun(f"there is no suite {name!r}; there are {', '.join(suite_names())}")
    return name


def key_of(path: str | None) -> Key | None:
    """The signing key of a file."""
    return Key.read(Path(path).read_bytes()) if path else None


def bundle_run(path: Path) -> tuple[dict[str, bytes], Run]:
    """The files and the run of a bundle."""
    files = unpack(path.read_bytes())
    return files, read_run(files)
