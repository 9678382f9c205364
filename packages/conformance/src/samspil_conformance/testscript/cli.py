"""`samspil conformance testscript`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import httpx

from samspil_conformance.cli.common import CouldNotRun
from samspil_core import dumps
from samspil_definitions import PackageError
from samspil_definitions.places import package_cache

from . import demo
from .clients import ListeningClient, PlayingClient
from .examples import Examples
from .profiles import Profiles
from .proposals import proposals
from .reading import BadScript, read_scripts
from .report import as_test_report
from .results import ScriptReport
from .run import Client, Settings, Target, run_script
from .script import Operation, Script
from .stand_ins import stand_ins as examples_for
from .transport import sender

__all__ = ["testscript"]

_CORE = "hl7.fhir.r4.core#4.0.1"
_EXAMPLES = "hl7.fhir.r4.examples#4.0.1"
_HELD = 5


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), metavar="FILE|DIR")
@click.option(
    "--sut",
    default="demo",
    show_default=True,
    metavar="URL|demo",
    help="Base URL of the server; demo is one in this process.",
)
@click.option(
    "--destination",
    "others",
    multiple=True,
    metavar="INDEX=URL",
    help="A server for another destination of the script.",
)
@click.option("--listen", default="", metavar="HOST:PORT", help="Wait here for the requests of a client under test.")
@click.option(
    "--wait", default=60.0, show_default=True, metavar="SECONDS", help="How long to wait for each request of a client."
)
@click.option(
    "--fixtures", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="DIR", help="Folder of fixtures."
)
@click.option(
    "--examples",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="DIR|TGZ",
    help="Resources that fixtures name as TYPE/ID, and that a playing client sends.",
)
@click.option(
    "--stand-ins",
    is_flag=True,
    help="Let examples stand in for fixtures that cannot be reached; the report names them.",
)
@click.option(
    "--package",
    "packages",
    multiple=True,
    metavar="NAME#VERSION",
    help="FHIR package whose profiles the script asserts.",
)
@click.option("--variable", "given", multiple=True, metavar="NAME=VALUE", help="Value of a variable.")
@click.option("--go-on", is_flag=True, help="Run tests after a setup that failed.")
@click.option(
    "--now", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), default=None, metavar="INSTANT", help="The clock of the run."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--verbose", "-v", is_flag=True, help="List the asserts that passed too.")
def testscript(  # noqa: PLR0913, PLR0917  the options of the command
    path: Path,
    sut: str,
    others: tuple[str, ...],
    listen: str,
    wait: float,
    fixtures: tuple[Path, ...],
    examples: tuple[Path, ...],
    stand_ins: bool,  # noqa: FBT001  click gives it so
    packages: tuple[str, ...],
    given: tuple[str, ...],
    go_on: bool,  # noqa: FBT001  click gives it so
    now: datetime | None,
    form: str,
    verbose: bool,  # noqa: FBT001  click gives it so
) -> None:
    """Run FHIR R4 TestScripts against a server, or judge what a client sends.

    A script that judges a client is run against the client that sends to --listen; without it, a playing client sends the
    examples. Exit status 0: every assert passed or warned; 1: something failed, or was inconclusive; 2: could not run.

    Example: samspil conformance testscript patient-read.json --sut https://server.example.org/fhir
    """
    places = [*examples, *([core] if (core := package_cache() / _EXAMPLES / "package").is_dir() else [])]
    known = Examples(places)
    scripts = list(read_scripts(path))
    settings = Settings(
        folders=fixtures,
        examples=known,
        profiles=_profiles(packages),
        given=_pairs(given, "--variable"),
        library={each.name: each for each in scripts if isinstance(each, Script)},
        stand_in=examples_for(known) if stand_ins else None,
        go_on=go_on,
        now=now or datetime.now(UTC),
    )
    reports = list(_reports(scripts, settings, _Systems(sut, _pairs(others, "--destination"), listen, wait)))
    for report in reports:
        if form == "json":
            click.echo(dumps(as_test_report(report, issued=settings.now, system=sut)).decode())
        else:
            _text(report, verbose=verbose)
    broken = [each for each in scripts if isinstance(each, BadScript)]
    for each in broken:
        click.echo(str(each), err=True)
    good = sum(each.verdict in {"pass", "warning"} for each in reports)
    judged = sum(each.evaluated for each in reports)
    click.echo(f"{len(reports)} scripts: {good} passed; in {judged} every assert was judged", err=True)
    if faults := sum(each.script_faults for each in reports):
        click.echo(f"asserts that failed by a fault of their script, not of the system: {faults}", err=True)
    if not reports:
        raise CouldNotRun(f"{path} holds no TestScript that can be run")
    if good < len(reports) or broken:
        raise SystemExit(1)


class _Systems:
    """The systems of a run: who serves, and who sends."""

    def __init__(self, sut: str, others: Mapping[str, str], listen: str, wait: float) -> None:
        self.sut = sut
        self.listen = listen
        self.wait = wait
        try:
            self.others = {int(index): url for index, url in others.items()}
        except ValueError:
            raise CouldNotRun("--destination takes INDEX=URL, the index a number") from None

    def targets(
        self, script: Script, settings: Settings, stack: ExitStack
    ) -> tuple[Mapping[int, Target] | Target, Settings]:
        """The destinations of a script, and the settings with what the demonstration server gives."""
        if self.sut != "demo":
            servers = {1: self.sut, **self.others}
            client = stack.enter_context(httpx.Client(timeout=30, follow_redirects=False))
            made = {index: Target(url.rstrip("/"), sender(client)) for index, url in servers.items()}
            return (made if self.others else made[1]), settings
        held = list(_held(script, settings.examples))
        target = stack.enter_context(demo.target_of(demo.application(held)))
        return target, replace(settings, given={**proposals(script, held), **settings.given})

    def client(
        self, script: Script, settings: Settings, target: Mapping[int, Target] | Target, stack: ExitStack
    ) -> Client | None:
        """Who sends what the script judges; None where it judges a server."""
        if not script.judges_client:
            return None
        server = target if isinstance(target, Target) else target[1]
        if not self.listen:
            return PlayingClient(settings.examples)
        host, _, port = self.listen.rpartition(":")
        if not port.isdigit():
            raise CouldNotRun("--listen takes HOST:PORT")
        told: Callable[[str], None] = lambda text: click.echo(text, err=True)  # noqa: E731  a name for the lines below
        try:
            client = ListeningClient(host or "127.0.0.1", int(port), server, wait=self.wait, told=told)
        except OSError as error:
            raise CouldNotRun(f"cannot listen at {self.listen}: {error.strerror}") from None
        stack.callback(client.close)
        return client


def _reports(scripts: Iterable[Script | BadScript], settings: Settings, systems: _Systems) -> Iterator[ScriptReport]:
    for script in scripts:
        if isinstance(script, BadScript):
            continue
        with ExitStack() as stack:
            target, own = systems.targets(script, settings, stack)
            client = systems.client(script, settings, target, stack)
            yield run_script(script, target, own, client)


def _held(script: Script, examples: Examples) -> Iterator[dict[str, object]]:
    """What the demonstration server holds: some examples of each type that the script names."""
    for kind in dict.fromkeys(
        each.resource for each in script.actions if isinstance(each, Operation) and each.resource
    ):
        found = sorted(examples.of(kind), key=lambda each: not each[0].endswith("/example"))
        yield from (content.json for _, content in found[:_HELD] if content.json)


def _profiles(packages: tuple[str, ...]) -> Profiles:
    core = (_CORE,) if (package_cache() / _CORE).is_dir() else ()
    try:
        made = Profiles([*packages, *(each for each in core if each not in packages)])
        made.load()
    except PackageError as error:
        raise CouldNotRun(str(error)) from None
    return made


def _pairs(said: tuple[str, ...], option: str) -> dict[str, str]:
    made: dict[str, str] = {}
    for each in said:
        name, sign, value = each.partition("=")
        if not sign:
            raise CouldNotRun(f"{option} takes NAME=VALUE, not {each}")
        made[name] = value
    return made


def _text(report: ScriptReport, *, verbose: bool) -> None:
    script = report.script
    counted = {kind: sum(each.verdict == kind for each in report.asserts) for kind in ("pass", "fail", "warning")}
    faults = f"; {report.script_faults} failed by a fault of the script" if report.script_faults else ""
    click.echo(f"{report.verdict:12} {script.path}: {counted['pass']} of {len(report.asserts)} asserts passed{faults}")
    for name, stand_in in report.stand_ins:
        click.echo(f"  stand-in     {name}: {stand_in}")
    for each in report.results:
        if verbose or each.verdict != "pass":
            verdict = f"{each.verdict} (script)" if each.script_fault else each.verdict
            click.echo(
                f"  {verdict:12} {each.place}{f' {each.label}' if each.label else ''}: {each.message}".rstrip(": ")
            )
