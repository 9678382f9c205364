"""Print what the oracle of rows found: `python -m tools.rows`; with a word, the rows of that state."""

import os
import sys
from collections import Counter
from pathlib import Path

from tools.corpora import DEFAULT
from tools.rows.reasons import KINDS
from tools.rows.running import run


def main(state: str = "") -> None:
    """Print a line for each kind of map, and the rows of a state with their reason."""
    counts: dict[str, Counter[str]] = {}
    for each in run(Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)):
        counts.setdefault(each.id.partition("/")[0], Counter())[each.state] += 1
        if each.state == state:
            print(f"{each.id}: {each.why}")
    for kind, found in counts.items():
        told = ", ".join(f"{found[name]} {name}" for name in ("agrees", *KINDS, "differs"))
        print(f"{kind} {found.total()} rows: {told}")


if __name__ == "__main__":
    main(*sys.argv[1:])
