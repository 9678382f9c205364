"""Run a campaign, write its report, and say whether the promises held. See the package's docstring."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from .campaign import Plan, campaign
from .disk import clear
from .page import page
from .verdict import Promise, figures, promises


def main() -> int:
    """Give 0 where every promise held, 1 where one is broken."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.soak", description="The fault campaign of the MLLP listener."
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=310.0, help="messages a second")
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("build/soak"), help="folder of the report; emptied")
    parser.add_argument("--own-disk", action="store_true", help="a file system of the inbox's own, filled up (root)")
    parser.add_argument("--untimed", action="store_true", help="judge what is lost or doubled, and no times")
    asked = parser.parse_args()
    plan = planned(asked.minutes * 60, asked.rate, asked.senders, asked.seed)._replace(own_disk=asked.own_disk)
    told = run(plan, asked.out, timed=not asked.untimed)
    return int(any(each.held is False for each in told))


def planned(seconds: float, rate: float, senders: int = 16, seed: int = 1) -> Plan:
    """A plan of that length: all faults in two minutes, and in an hour each of them two or three times, for longer."""
    gap = min(150.0, max(7.0, seconds / 12))
    return Plan(seconds, rate, senders, seed, min(30.0, seconds / 12), gap, min(12.0, gap / 4))


def run(plan: Plan, out: Path, *, timed: bool) -> list[Promise]:
    """Run it, and write the report into a folder; give the promises."""
    clear(out)
    out.mkdir(parents=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    made = asyncio.run(campaign(plan, out, lambda line: print(line, file=sys.stderr, flush=True)))
    found = promises(made, timed=timed)
    told = figures(made, found)
    (out / "report.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (out / "report.html").write_text(page(told), encoding="utf-8")
    text = "".join(f"{_WORD[each.held]}  {each.words}: {each.figure}\n" for each in found)
    rest = {name: value for name, value in told.items() if name not in {"seconds", "promises", "faults"}}
    text += "\n" + "".join(f"{name}: {json.dumps(value)}\n" for name, value in rest.items())
    (out / "report.txt").write_text(text, encoding="utf-8")
    print(text, end="")
    return found


_WORD = {True: "held     ", False: "BROKEN   ", None: "not told "}

if __name__ == "__main__":
    sys.exit(main())
