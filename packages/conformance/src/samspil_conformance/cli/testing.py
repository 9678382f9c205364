"""`selftest`: the suites against the seeded defects and lawful variants of the demonstration system."""

import json

import click

from samspil_conformance.selftest import Figures, measure, settled, write_figures
from samspil_conformance.suite import suite_names
from samspil_conformance.sut import Sut

from .common import clock_of, demo_sut, known_suite, readable, say

__all__ = ["selftest"]


@click.command()
@click.argument("suites", nargs=-1)
@click.option("--write", is_flag=True, help="Keep the figures beside the suites, so that every bundle holds them.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
@readable
def selftest(suites: tuple[str, ...], write: bool, shape: str) -> int:  # noqa: FBT001  a flag of the command line
    """Run SUITES, or all, against every seeded defect and every lawful variant of the demonstration system.

    Exit status 1 where fewer than 95 % of the defects are found, or a lawful variant raises an alarm.

    Example: samspil conformance selftest ehds-logging
    """
    from samspil_conformance import demo

    clock = clock_of(None, demo=True)

    def make(name: str, fault: object) -> Sut:
        return demo_sut(name, clock, "0", getattr(fault, "id", None))

    found: list[Figures] = []
    for name in suites or suite_names():
        found.append(measure(known_suite(name), make, demo.FAULTS, demo.VARIANTS, clock=clock))
        say(f"{name}: {len(found[-1].killed)} defects found")
    found = settled(found)
    for one in found:
        _tell(one, shape)
    if write:
        write_figures(found)
    killed, survived = sum(len(one.killed) for one in found), sum(len(one.survived) for one in found)
    alarms = sum(len(one.alarms) for one in found)
    say(f"{killed} of {killed + survived} defects found, {alarms} false alarms")
    return 1 if alarms or killed < 0.95 * (killed + survived) else 0


def _tell(one: Figures, shape: str) -> None:
    if shape == "json":
        click.echo(json.dumps(one.as_json()))
        return
    lawful = len(one.alarms) + len(one.silent)
    defects = len(one.killed) + len(one.survived)
    click.echo(f"{one.suite}: {len(one.killed)} of {defects} defects, {len(one.alarms)} alarms on {lawful} variants")
    for name in one.survived:
        click.echo(f"  survived {name}")
    for name, scenarios in one.alarms.items():
        click.echo(f"  false alarm {name}: {' '.join(scenarios)}")
    for name in one.never_failed:
        click.echo(f"  never red {name}")
