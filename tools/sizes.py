"""What a module costs, written into its README by machine: `python -m tools.release_check --write`."""

import re
from pathlib import Path
from typing import NamedTuple

BLOCK = re.compile(r"<!-- sizes:begin -->\n(?P<text>.*?)<!-- sizes:end -->\n", re.DOTALL)
FIGURE = re.compile(r"its wheel (?P<wheel>[\d,]+) kB")


class Cost(NamedTuple):
    """What a bare `pip install` of a distribution costs, times as processor seconds.

    `wheel` is in kB, `installed` in MB with all it needs; `install` and `first` (start and first use) have beside them what
    the same takes with nothing to install, and with nothing to run.
    """

    name: str
    wheel: float
    installed: float
    packages: int
    install: float
    first: float
    nothing_installed: float
    nothing_run: float


def sentence(cost: Cost) -> str:
    """Give the block of a README."""
    return (
        f"Measured by `make release-check`: its wheel {cost.wheel:,.0f} kB; installed, with the {cost.packages - 1} packages "
        f"it needs,\n{cost.installed:.1f} MB, in {cost.install:.1f} s; start and first use {cost.first:.2f} s, nothing in a "
        f"cache yet, where Python alone takes {cost.nothing_run:.2f} s:\nprocessor time of one core.\n"
    )


def write(readme: Path, cost: Cost) -> None:
    """Put the figures between the markers of a README, or at its end where it has none.

    Raises:
        OSError: the file cannot be read or written.
    """
    block = f"<!-- sizes:begin -->\n{sentence(cost)}<!-- sizes:end -->\n"
    text = readme.read_text(encoding="utf-8")
    if BLOCK.search(text):
        text = BLOCK.sub(lambda _: block, text)
    else:
        head, licence, tail = text.rpartition("Licence: Apache-2.0")
        text = f"{head}{block}\n{licence}{tail}" if licence else f"{text.rstrip()}\n\n{block}"
    readme.write_text(text, encoding="utf-8")


def wheel_of(readme: Path) -> float:
    """Give the size of the wheel that a README states, in kB.

    Raises:
        LookupError: it states none.
    """
    block = BLOCK.search(readme.read_text(encoding="utf-8"))
    found = FIGURE.search(block["text"]) if block else None
    if not found:
        raise LookupError(f"{readme} states no size: run `python -m tools.release_check --write`")
    return float(found["wheel"].replace(",", ""))
