"""HL7 v2 to FHIR beside its peers: the corpus's ADT and ORU messages of 1,000 to 2,000 bytes, all of them, one core.

`convert` is parse + convert + loss report + JSON. The peers only parse. The floor is what no converter in this language can
undercut: splitting into components, building the same bundle from a literal, and orjson.dumps.
"""

import gc
import os
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.result import Result

NAME = "hl7v2"
CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or Path(__file__).parents[2] / "shared" / "corpora")
REPEATS = 5


def run() -> list[Result]:
    """Measure once: every message in turn, the best of some repeats each, summed."""
    import hl7
    import orjson
    from hl7apy.parser import parse_message

    from samspil_hl7v2 import convert

    messages = chosen()
    texts = [data.decode("latin-1").replace("\r\n", "\r").replace("\n", "\r") for data in messages]
    bundles = [convert(data, timezone="Europe/Copenhagen").bundle for data in messages]
    literals = [_literal(bundle) for bundle in bundles]

    def ours(at: int) -> None:
        conversion = convert(messages[at], timezone="Europe/Copenhagen")
        conversion.json()
        conversion.report.as_dict()

    def traced(at: int) -> None:
        conversion = convert(messages[at], timezone="Europe/Copenhagen", with_lineage=True)
        conversion.json()

    def floor(at: int) -> None:
        [[field.split("^") for field in line.split("|")] for line in texts[at].split("\r")]
        orjson.dumps(literals[at](), default=str)

    count = len(messages)
    times = {
        "convert": total(ours, count, REPEATS),
        "with lineage": total(traced, count, REPEATS),
        "floor": total(floor, count, REPEATS),
        "python-hl7": total(lambda at: hl7.parse(texts[at]), count, 2),
        "hl7apy": total(lambda at: _tolerant(parse_message, texts[at]), count, 1),
    }
    size = sum(map(len, messages)) / count
    seconds = times["convert"]
    return [
        Result("messages", count, "", f"mean {size:,.0f} bytes"),
        Result("convert, loss report, JSON", count / seconds, "messages/s"),
        Result("  with lineage", count / times["with lineage"], "messages/s"),
        Result("hl7apy, parse alone", count / times["hl7apy"], "messages/s"),
        Result("python-hl7, parse alone", count / times["python-hl7"], "messages/s"),
        Result("floor", count / times["floor"], "messages/s"),
        Result("times as fast as hl7apy", times["hl7apy"] / seconds, "x", "target 60"),
        Result("times as fast as python-hl7", times["python-hl7"] / seconds, "x", "target 1"),
        Result("times the floor", seconds / times["floor"], "x"),
        Result("lineage costs", times["with lineage"] / seconds, "x"),
    ]


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


def total(work: Callable[[int], object], count: int, repeats: int) -> float:
    """Seconds for all cases, each the best of its repeats."""
    gc.collect()
    seconds = 0.0
    for at in range(count):
        best = float("inf")
        for _ in range(repeats):
            start = time.perf_counter()
            work(at)
            best = min(best, time.perf_counter() - start)
        seconds += best
    return seconds


def _literal(bundle: object) -> Callable[[], object]:
    """A function that builds the bundle from a literal; its decimals as text, which cost the floor less."""
    source = repr(bundle).replace("Decimal(", "str(")
    return eval(f"lambda: {source}")  # noqa: S307  a literal made above


def _tolerant(parse: Callable[..., object], text: str) -> None:
    try:
        parse(text, find_groups=True)
    except Exception:
        return
