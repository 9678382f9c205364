"""Fuzz the converter: `python -m tools.fuzz [SECONDS] [SEED]`. No exception, no hang, and the loss identity holds.

Messages of the demonstration, and of the corpora where they are, are changed at random: bytes, separators, escapes, lines,
lengths. What goes wrong is written to build/fuzz/ and named; the exit status is then 1. The seed gives the same run again.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from samspil_hl7v2.batch import Options, convert_one
from samspil_hl7v2.reader import RawMessage
from tools.projects import ROOT
from tools.suites.hl7v2_identity import SECONDS, account

KEPT = ROOT / "build" / "fuzz"
OPTIONS = Options(timezone="Europe/Copenhagen")
_SIGNS = [
    b"|",
    b"^",
    b"~",
    b"&",
    b"\\",
    b"\r",
    b"\n",
    b'""',
    b"\\F\\",
    b"\\X",
    b"\\C",
    b"\x00",
    b"\xff",
    b"\x0b",
    b"  ",
    b"\xc3\xa6",
]
_LONGEST = 20_000

Change = Callable[[random.Random, bytes], bytes]


def seeds() -> list[bytes]:
    """Give the messages to begin with, the same ones in the same order."""
    folders = [ROOT / "packages/hl7v2/src/samspil_hl7v2/demo_messages"]
    folders.append(Path(os.environ.get("SAMSPIL_CORPORA", ROOT.parent / "shared" / "corpora")) / "hl7v2" / "messages")
    files = [file for folder in folders for file in sorted(folder.rglob("*.hl7"))]
    return [data for file in files if len(data := file.read_bytes()) < _LONGEST]


def _at(chance: random.Random, data: bytes) -> int:
    return chance.randrange(len(data) + 1)


def _insert(chance: random.Random, data: bytes) -> bytes:
    at = _at(chance, data)
    return data[:at] + chance.choice(_SIGNS) * chance.choice([1, 1, 2, 40]) + data[at:]


def _flip(chance: random.Random, data: bytes) -> bytes:
    at = _at(chance, data)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _cut(chance: random.Random, data: bytes) -> bytes:
    first, last = sorted((_at(chance, data), _at(chance, data)))
    return data[:first] + data[last:] if last - first < len(data) // 2 else data[first:last]


def _repeat(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    at = chance.randrange(len(lines))
    return b"".join([*lines[:at], lines[at] * chance.choice([2, 3, 30]), *lines[at + 1 :]])


def _shuffle(chance: random.Random, data: bytes) -> bytes:
    first, *rest = data.splitlines(keepends=True) or [b""]
    chance.shuffle(rest)
    return b"".join([first, *rest])


def _swap_fields(chance: random.Random, data: bytes) -> bytes:
    fields = data.split(b"|")
    one, other = chance.randrange(len(fields)), chance.randrange(len(fields))
    fields[one], fields[other] = fields[other], fields[one]
    return b"|".join(fields)


CHANGES: tuple[Change, ...] = (_insert, _insert, _flip, _cut, _repeat, _shuffle, _swap_fields)


def messages(seed: int) -> Iterator[bytes]:
    """Give changed messages without end."""
    chance = random.Random(seed)  # noqa: S311  the same run for the same seed is wanted
    begun = seeds()
    while True:
        data = chance.choice(begun)
        for _ in range(chance.choice([1, 1, 2, 3, 8])):
            data = chance.choice(CHANGES)(chance, data)
        yield data[: 10 * _LONGEST]


def fault(data: bytes) -> str | None:
    """Say what is wrong with the conversion of a message, else None."""
    start = time.process_time()
    line = convert_one(RawMessage(data, "fuzz", 0), OPTIONS)
    seconds = time.process_time() - start
    if why := account(json.loads(line.report), line.bundle):
        return why
    return f"{seconds:.1f} s of processor time" if seconds > SECONDS * (1 + len(data) / _LONGEST) else None


def main(seconds: float, seed: int) -> int:
    """Fuzz for so long; give the number of faults."""
    end, done, faults = time.monotonic() + seconds, 0, 0
    for data in messages(seed):
        if time.monotonic() > end:
            break
        done += 1
        if why := fault(data):
            faults += 1
            KEPT.mkdir(parents=True, exist_ok=True)
            kept = KEPT / f"{seed}-{done}.hl7"
            kept.write_bytes(data)
            print(f"{kept}: {why}", flush=True)
    print(f"seed {seed}: {done:,} messages, {faults} faults")
    return faults


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:3]]
    sys.exit(1 if main(*(given + [600, 1][len(given) :])) else 0)
