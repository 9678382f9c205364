"""HL7 v2 to FHIR beside its peers: the corpus's ADT and ORU messages of 1,000 to 2,000 bytes, all of them, one core.

`convert` is parse + convert + loss report + JSON. The peers only parse. The floor is what no converter in this language can
undercut: splitting into components, building the same bundle from a literal, and orjson.dumps.

Three feeds. *Repeated*: the messages of the corpus, over and over. *Varied*: no message comes twice; each has the shape of
one of the corpus, with other persons, numbers, times and values (benchmarks/feed.py). *First sight*: every message of the
corpus once, in a new process, with what was compiled of the tables in the cache. The first two are steady: messages of these
shapes came before.

The start of a process, from nothing to the JSON of the first message, is measured with compiled tables in the cache and
with nothing there yet; its floor is a Python that does nothing. The processes that are measured find the bytecode of all
modules, as they do where a package is installed, and before them one ran that is not measured.

Times are those of one core (CPU time). Converter, lineage, floor and peers take turns, and each does a stretch of the feed
in its turn: several messages of every shape, one shape after the other. A steady feed has nothing between its messages
but more messages; were another kind of work done after each round, all of them would be measured with the caches of the
processor full of another's code and data. Every message of a stretch counts, for every kind alike: of those of a shape the
best.
"""

import base64
import gc
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.feed import varied
from benchmarks.result import Result

NAME = "hl7v2"
CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or Path(__file__).parents[2] / "shared" / "corpora")
REPEATS = 5
STRETCH = 5
"""Messages of each shape that a kind of work does before it is another's turn."""
TIMED = REPEATS * STRETCH
BEFORE = 40
"""Messages of each shape that came before the steady feeds are measured."""
ZONE = "Europe/Copenhagen"
DOCUMENT = 500_000
FIRST_SIGHT = """
import sys, time
from benchmarks.bench_hl7v2 import ZONE, chosen
from samspil_hl7v2 import convert, load_mapping
from samspil_hl7v2.engine import message_type
from samspil_hl7v2.v2.structures import structure_of
mapping, messages = load_mapping(), chosen()
for data in messages:
    code, trigger, declared = message_type(data.split(b"|", 9)[8].decode("ascii"))
    program = mapping.program(structure_of(code, trigger, declared), code, traced=False)
    program.complete(line[:3].decode("ascii", "replace") for line in data.splitlines())
start = time.process_time()
for data in messages:
    conversion = convert(data, mapping=mapping, timezone=ZONE)
    conversion.json()
    conversion.report.as_dict()
print(time.process_time() - start)
"""
START = """
from samspil_hl7v2 import convert
convert(DATA, timezone="Europe/Copenhagen").json()
"""
Work = Callable[[int, int], object]


def run() -> list[Result]:
    """Measure once: every shape in turn, the best of its messages each, summed."""
    messages = chosen()
    texts = [data.decode("latin-1").replace("\r\n", "\r").replace("\n", "\r") for data in messages]
    count, size = len(messages), sum(map(len, messages)) / len(messages)
    repeated = measure([[text] * (BEFORE + 2 * TIMED) for text in texts])
    steady = measure([_feed(text, at) for at, text in enumerate(texts)])
    first = _first_sight()
    return [
        Result("messages", count, "", f"mean {size:,.0f} bytes"),
        *_figures("repeated", repeated, count),
        *_figures("varied", steady, count),
        Result(
            "first sight: convert, loss report, JSON", count / first, "messages/s", "each message once, new process"
        ),
        Result("  times as fast as hl7apy", repeated["hl7apy"] / first, "x"),
        Result("  times as fast as python-hl7", repeated["python-hl7"] / first, "x"),
        Result("a document of 500 kB in base64", _document(), "MB/s", "target 100"),
        *_start(messages[0]),
    ]


def _figures(feed: str, times: dict[str, float], count: int) -> list[Result]:
    seconds = times["convert"]
    return [
        Result(f"{feed}: convert, loss report, JSON", count / seconds, "messages/s"),
        Result("  hl7apy, parse alone", count / times["hl7apy"], "messages/s"),
        Result("  python-hl7, parse alone", count / times["python-hl7"], "messages/s"),
        Result("  floor", count / times["floor"], "messages/s"),
        Result("  times as fast as hl7apy", times["hl7apy"] / seconds, "x", "targets 60, 120"),
        Result("  times as fast as python-hl7", times["python-hl7"] / seconds, "x", "targets 1, 5"),
        Result("  times the floor", seconds / times["floor"], "x", "target 3"),
        Result("  lineage costs", times["lineage"] / seconds, "x", "target 1.3"),
    ]


def _feed(text: str, at: int) -> list[str]:
    chance = random.Random(at)  # noqa: S311  the same feed every time
    return [varied(text, chance) for _ in range(BEFORE + 2 * TIMED)]


def measure(feed: list[list[str]]) -> dict[str, float]:
    """Seconds by kind of work for a feed of messages of each shape; the first are not timed, the last are for lineage."""
    import hl7
    import orjson
    from hl7apy.parser import parse_message

    from samspil_hl7v2 import convert

    data = [[each.encode("latin-1") for each in messages] for messages in feed]
    literals: dict[tuple[int, int], Callable[[], object]] = {}

    def ours(at: int, turn: int) -> None:
        conversion = convert(data[at][turn], timezone=ZONE)
        conversion.json()
        conversion.report.as_dict()

    def traced(at: int, turn: int) -> None:
        conversion = convert(data[at][turn], timezone=ZONE, with_lineage=True)
        conversion.json()
        conversion.report.as_dict()

    def floor(at: int, turn: int) -> None:
        [[field.split("^") for field in line.split("|")] for line in feed[at][turn].split("\r")]
        orjson.dumps(literals[at, turn](), default=str)

    def set_out(turns: range) -> None:
        """Not timed, and not before the converter has seen the messages itself."""
        literals.clear()
        for turn in turns:
            for at, messages in enumerate(data):
                literals[at, turn] = _literal(convert(messages[turn], timezone=ZONE).bundle)

    works: dict[str, Work] = {
        "convert": ours,
        "lineage": lambda at, turn: traced(at, turn + TIMED),
        "floor": floor,
        "python-hl7": lambda at, turn: hl7.parse(feed[at][turn]),
        "hl7apy": lambda at, turn: _tolerant(parse_message, feed[at][turn]),
    }
    for turn in range(BEFORE):
        for at in range(len(feed)):
            ours(at, turn)
            traced(at, turn)
    return total(works, len(feed), {"floor": set_out})


def total(works: dict[str, Work], count: int, before: dict[str, Callable[[range], None]]) -> dict[str, float]:
    """Seconds for all shapes by kind of work, each shape the best of its messages; in its turn, a kind does a stretch.

    `before` sets out what a kind needs for a stretch.
    """
    gc.collect()
    best = {name: [float("inf")] * count for name in works}
    for start in range(BEFORE, BEFORE + TIMED, STRETCH):
        stretch = range(start, start + STRETCH)
        for name, work in works.items():
            if name in before:
                before[name](stretch)
            _stretch(work, stretch, best[name])
    return {name: sum(each) for name, each in best.items()}


def _stretch(work: Work, stretch: range, best: list[float]) -> None:
    for turn in stretch:
        for at, known in enumerate(best):
            start = time.process_time()
            work(at, turn)
            best[at] = min(known, time.process_time() - start)


def _first_sight() -> float:
    with tempfile.TemporaryDirectory() as bytecode:
        _first_process(bytecode)
        return _first_process(bytecode)


def _first_process(bytecode: str) -> float:
    command, env = [sys.executable, "-c", FIRST_SIGHT], _installed(bytecode)
    return float(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)


def _installed(folder: str) -> dict[str, str]:
    """The environment of a process that finds the bytecode of all modules, as it is where a package is installed."""
    return {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}


def _start(data: bytes) -> list[Result]:
    """CPU time of a process that imports the package and converts one message, the best of some."""
    code = START.replace("DATA", repr(data))
    with tempfile.TemporaryDirectory() as bytecode, tempfile.TemporaryDirectory() as cache:
        _process(code, bytecode, cache)
        warm = min(_process(code, bytecode, cache) for _ in range(REPEATS))
        cold = min(_without_cache(code, bytecode) for _ in range(REPEATS))
        bare = min(_without_cache("pass", bytecode) for _ in range(REPEATS))
    return [
        Result("import and first conversion, compiled tables in the cache", warm, "s", "target 0.3"),
        Result("  nothing in the cache yet", cold, "s", "target 0.3"),
        Result("  floor: python -c pass", bare, "s"),
    ]


def _without_cache(code: str, bytecode: str) -> float:
    with tempfile.TemporaryDirectory() as cache:
        return _process(code, bytecode, cache)


def _process(code: str, bytecode: str, cache: str) -> float:
    """CPU time of a process with a cache folder, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], env=_installed(bytecode) | {"SAMSPIL_CACHE": cache}, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _document() -> float:
    """Megabytes a second of a result whose value is a long document."""
    from samspil_hl7v2 import convert

    content = base64.b64encode(random.Random(1).randbytes(DOCUMENT * 3 // 4)).decode()  # noqa: S311  any content
    lines = [
        "MSH|^~\\&|LAB|NORD|||20240131120000||ORU^R01|1|P|2.5",
        "PID|1||44871^^^NORD",
        "OBR|1|1|2|11502-2^Report^LN",
        f"OBX|1|ED|11502-2^Report^LN||^application^pdf^Base64^{content}||||||F",
    ]
    message = "\r".join(lines).encode()
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        convert(message, timezone=ZONE).json()
        best = min(best, time.process_time() - start)
    return len(message) / best / 1e6


def chosen() -> list[bytes]:
    """The ADT and ORU messages of the corpus between 1,000 and 2,000 bytes."""
    files = sorted((CORPORA / "hl7v2" / "messages").rglob("*.hl7"))
    if not files:
        raise FileNotFoundError(f"no messages below {CORPORA}: name the corpora with SAMSPIL_CORPORA")
    found: list[bytes] = []
    for file in files:
        data = file.read_bytes()
        fields = data.split(b"|", 9)
        kind = fields[8][:3] if data.startswith(b"MSH|") and len(fields) > 9 else b""  # noqa: PLR2004  MSH-9
        if kind in {b"ADT", b"ORU"} and 1000 <= len(data) <= 2000:  # noqa: PLR2004  the set's bounds
            found.append(data)
    return found


def _literal(bundle: object) -> Callable[[], object]:
    """A function that builds the bundle from a literal; its decimals as text, which cost the floor less."""
    source = repr(bundle).replace("Decimal(", "str(")
    return eval(f"lambda: {source}")  # noqa: S307  a literal made above


def _tolerant(parse: Callable[..., object], text: str) -> None:
    try:
        parse(text, find_groups=True)
    except Exception:
        return
