"""The same feed at 1, 10 and 100 times its size, by every way there is: what a message costs, what it takes, how long it waits.

    python -m benchmarks.scale --messages 1000 --write

*convert*: a file by `samspil hl7v2 convert`, with one process and with two. *listen*: the feed over MLLP by sixteen senders,
each as fast as it is answered, into one listener with a file, and into two that share PostgreSQL. *Spark*: the file on
`local[2]`. A message's cost is the processor time of all processes that had to do with it, senders and FHIR server left out.
With `--write` the table goes into docs/explanation/scale.md, and the chart beside it.
"""

import argparse
import asyncio
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.postgres import Postgres, missing
from tools.soak.load import message
from tools.soak.processes import Program, free_port, gauges, samspil
from tools.soak.senders import Sender, Told
from tools.soak.verdict import percentile

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "scale.md"
BEGIN, END = "<!-- scale:begin -->", "<!-- scale:end -->"
SENDERS, SEED = 16, 1
TIMES = (1, 10, 100)
_WAITING = 'samspil_hl7v2_inbox{state="waiting"}'
SPARK = """
import resource, sys, time
from pyspark.sql import SparkSession
from samspil_hl7v2.spark import convert_frame
session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
session.sparkContext.setLogLevel("OFF")
frame = session.read.format("binaryFile").load(sys.argv[1])
begun = time.time()
convert_frame(frame).write.mode("overwrite").parquet(sys.argv[2])
print(time.time() - begun)
session.stop()
"""


@dataclass
class Measured:
    """A run: seconds, processor milliseconds a message, megabytes at most, answers' p99 in milliseconds (None: no answers)."""

    way: str
    messages: int
    seconds: float
    cost: float
    memory: float
    p99: float | None = None


def feed(count: int) -> Iterator[bytes]:
    """The messages of the fault campaign's senders, without what does not begin with MSH: such would join its neighbour."""
    for at in range(count):
        one = message(SEED, at % SENDERS, at // SENDERS)
        if one.kind not in {"no MSH", "odd"}:
            yield one.data


def converted(folder: Path, count: int, jobs: int) -> Measured:
    """Convert a file."""
    source = folder / "feed.hl7"
    sent = _written(source, count)
    command = samspil("hl7v2", "convert", str(source), "--jobs", str(jobs), "--report", str(folder / "report"))
    return _ended(f"convert --jobs {jobs}", [*command, "--out", str(folder / "out")], sent)


def on_spark(folder: Path, count: int) -> Measured:
    """Convert files on Spark, of a thousand messages each; the start of Spark counts."""
    parts = folder / "parts"
    parts.mkdir()
    messages = list(feed(count))
    for at in range(0, len(messages), 1000):
        (parts / f"{at:09}.hl7").write_bytes(b"".join(messages[at : at + 1000]))
    return _ended("Spark, local[2]", [sys.executable, "-c", SPARK, str(parts), str(folder / "rows")], len(messages))


def _written(file: Path, count: int) -> int:
    sent = 0
    with file.open("wb") as out:
        for each in feed(count):
            out.write(each)
            sent += 1
    return sent


def _ended(way: str, command: list[str], count: int) -> Measured:
    """Run a command to its end; its memory is that of all its processes together, looked at ten times a second."""
    begun, spent = time.perf_counter(), os.times()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    program, most = Program(command, 0, Path(os.devnull), running), 0
    while running.poll() is None:
        most = max(most, sum(program.measure()))
        time.sleep(0.1)
    seconds, after = time.perf_counter() - begun, os.times()
    if running.returncode not in {0, 1}:
        raise RuntimeError(f"{' '.join(command[:4])} ended with {running.returncode}")
    used = after.children_user + after.children_system - spent.children_user - spent.children_system
    return Measured(way, count, seconds, max(used, program.cpu) * 1000 / count, most / 1e6)


async def listened(folder: Path, count: int, listeners: int, inbox: str) -> Measured:
    """Send the feed over MLLP, and wait until all is delivered to a FHIR server."""
    port, tally = free_port(), folder / "tally"
    server = Program([sys.executable, "-m", "tools.soak.receiver", str(port), str(tally)], port, folder / "server.log")
    programs = [_listener(folder, inbox, port) for _ in range(listeners)]
    most = 0
    try:
        await server.start()
        for program, _ in programs:
            await program.start()
        told = Told(time.monotonic())
        each = count // SENDERS
        senders = [Sender(SEED, at, programs[at % listeners][0].port, 1e9, told) for at in range(SENDERS)]
        feeding = asyncio.gather(*(_send(sender, each) for sender in senders))
        while not feeding.done() or gauges(programs[0][1]).get(_WAITING) != 0:
            await asyncio.sleep(0.25)
            most = max(most, sum(size for program, _ in programs for size in program.measure()))
        seconds = told.now()
        cost = sum(program.cpu for program, _ in programs) * 1000 / count
    finally:
        for program in (server, *(program for program, _ in programs)):
            program.end()
    way = "listen, SQLite" if listeners == 1 else f"{listeners} listeners, PostgreSQL"
    return Measured(way, count, seconds, cost, most / 1e6, percentile(list(told.latency), 0.99))


async def _send(sender: Sender, count: int) -> None:
    for number in range(count):
        one = message(sender.seed, sender.sender, number)
        await sender._through(one.data, number, one.kind)  # noqa: SLF001  a sender without a schedule


def _listener(folder: Path, inbox: str, server: int) -> tuple[Program, int]:
    port, metrics = free_port(), free_port()
    given = (
        "--port",
        str(port),
        "--inbox",
        inbox,
        "--to",
        f"http://127.0.0.1:{server}/fhir",
        "--metrics-port",
        str(metrics),
    )
    return Program(samspil("hl7v2", "listen", *given), port, folder / f"listener-{port}.log"), metrics


def measured(count: int, say: Callable[[Measured], None]) -> list[Measured]:
    """Every way at every size, Spark and PostgreSQL where they are installed."""
    ways: list[Callable[[Path, int], Measured]] = [
        lambda folder, size: converted(folder, size, 1),
        lambda folder, size: converted(folder, size, 2),
    ]
    if importlib.util.find_spec("pyspark"):
        ways.append(on_spark)
    ways.append(lambda folder, size: asyncio.run(listened(folder, size, 1, str(folder / "inbox.db"))))
    found: list[Measured] = []
    database: AbstractContextManager[Postgres | None] = nullcontext() if missing() else Postgres()
    with database as server:
        if server:
            url = server.url
            ways.append(lambda folder, size: asyncio.run(listened(folder, size, 2, url)))
        for way in ways:
            for times in TIMES:
                folder = Path(tempfile.mkdtemp(prefix="samspil-scale-"))
                try:
                    found.append(way(folder, count * times))
                finally:
                    shutil.rmtree(folder)
                say(found[-1])
                if server and "PostgreSQL" in found[-1].way:
                    _emptied(server.url)
    return found


def _emptied(url: str) -> None:
    from samspil_hl7v2.mllp import Inbox

    inbox = Inbox(url)
    with inbox._database.transaction(writing=True) as run:  # noqa: SLF001  for the next size
        run("TRUNCATE inbox")
    inbox.close()


def table(found: list[Measured]) -> str:
    """The rows as Markdown."""
    head = "| way | messages | seconds | messages/s | processor ms a message | memory, MB | answers p99, ms |\n|---|---:|---:|---:|---:|---:|---:|"
    rows = [
        f"| {m.way} | {m.messages:,} | {m.seconds:.1f} | {m.messages / m.seconds:,.0f} | {m.cost:.2f} | {m.memory:.0f} "
        f"| {'' if m.p99 is None else f'{m.p99:.1f}'} |"
        for m in found
    ]
    return "\n".join([head, *rows])


def chart(found: list[Measured]) -> str:
    """Three panels side by side over the size of the feed: cost, memory, answers."""
    panels = [
        ("Processor ms a message", [(m.way, m.messages, m.cost) for m in found]),
        ("Memory, MB", [(m.way, m.messages, m.memory) for m in found]),
        ("Answers, p99 ms", [(m.way, m.messages, m.p99) for m in found if m.p99 is not None]),
    ]
    ways = list(dict.fromkeys(m.way for m in found))
    colours = dict(zip(ways, ("#1667b7", "#63a5e8", "#17703a", "#c2410c", "#8a3ffc", "#8896a6"), strict=False))
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 290" font-family="system-ui,sans-serif" font-size="12">'
    ]
    parts.append('<rect width="960" height="290" fill="#fff"/>')
    for at, (title, points) in enumerate(panels):
        parts += _panel(20 + at * 315, title, points, colours)
    for at, way in enumerate(ways):
        x = 20 + at * 185
        parts.append(
            f'<rect x="{x}" y="268" width="12" height="12" fill="{colours[way]}"/><text x="{x + 18}" y="279" fill="#333">{way}</text>'
        )
    return "".join(parts) + "</svg>\n"


def _panel(left: int, title: str, points: list[tuple[str, int, float]], colours: dict[str, str]) -> Iterator[str]:
    sizes = sorted({size for _, size, _ in points})
    top = max(value for _, _, value in points) * 1.1
    groups = [min(range(len(TIMES)), key=lambda at, size=size: abs(sizes[0] * TIMES[at] - size)) for size in sizes]
    x_of = {size: left + 50 + group * 105 for size, group in zip(sizes, groups, strict=True)}
    yield f'<text x="{left}" y="20" font-weight="600" fill="#222">{title}</text>'
    for share in (0.0, 0.5, 1.0):
        y = 230 - 190 * share
        yield f'<line x1="{left + 36}" x2="{left + 285}" y1="{y}" y2="{y}" stroke="#ddd"/>'
        yield f'<text x="{left + 32}" y="{y + 4}" text-anchor="end" fill="#666">{top * share:.3g}</text>'
    for group, times in enumerate(TIMES):
        yield f'<text x="{left + 50 + group * 105}" y="248" text-anchor="middle" fill="#666">{times}x</text>'
    for way in dict.fromkeys(way for way, _, _ in points):
        line = [(x_of[size], 230 - 190 * value / top) for each, size, value in points if each == way]
        yield f'<polyline points="{" ".join(f"{x},{y:.1f}" for x, y in line)}" fill="none" stroke="{colours[way]}" stroke-width="2"/>'
        yield from (f'<circle cx="{x}" cy="{y:.1f}" r="3" fill="{colours[way]}"/>' for x, y in line)


def write(found: list[Measured]) -> None:
    """Put table and chart into the page."""
    cores = os.cpu_count() or 1
    of = f"Measured on {cores} cores, {platform.system()}, Python {platform.python_version()}."
    text = PAGE.read_text(encoding="utf-8")
    block = f"{BEGIN}\n{of}\n\n![Cost, memory and answers by the size of the feed](scale.svg)\n\n{table(found)}\n{END}"
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: block, text, flags=re.DOTALL), encoding="utf-8")
    PAGE.with_suffix(".svg").write_text(chart(found), encoding="utf-8")


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--messages", type=int, default=1000, help="the size at 1x")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    found = measured(asked.messages, lambda m: print(json.dumps(asdict(m)), flush=True))
    print(table(found))
    if asked.write:
        write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
