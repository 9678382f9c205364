"""The values of other converters' bundles that come from the message, and whether ours has them.

`python -m tools.values ORIGIN` prints the share per resource type, and the paths whose values ours lacks.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tools import golden, settled
from tools.suites import Case

OWN = "reportstream.cdc.gov"
"""Extensions of one converter's own, which say over again what the message says."""


def by_value(folder: Path, origin: str) -> Iterator[Case]:
    """Yield the values of the expected bundles of one converter; a case's id is `MESSAGE PATH NUMBER`."""
    for pair in golden.pairs(folder / "hl7v2" / "messages" / origin):
        said = {text for _, _, field in golden.fields(pair.message) for text in golden.texts(field)}
        ours = golden.ours(pair.message)
        values = {leaf.value for leaf in ours.leaves}
        counts: Counter[str] = Counter()
        for resource in golden.resources(pair.bundle):
            for leaf in golden.leaves(golden.without(resource, OWN), resource["resourceType"]):
                if leaf.value in said:
                    counts[leaf.path] += 1
                    lost = leaf.value not in values and not settled.reason(leaf, origin, ours)
                    yield f"{pair.name} {leaf.path} {counts[leaf.path]}", "not in our bundle" if lost else None


def absent(folder: Path, origin: str) -> Counter[str]:
    """Count the values that ours lack by the fields of the message where they stand: `PRT-8`, `OBR-28 PRT-5`."""
    found = Counter[str]()
    for pair in golden.pairs(folder / "hl7v2" / "messages" / origin):
        places: dict[str, set[str]] = {}
        for name, number, field in golden.fields(pair.message):
            for text in golden.texts(field):
                places.setdefault(text, set()).add(f"{name}-{number}")
        ours = golden.ours(pair.message)
        values = {leaf.value for leaf in ours.leaves}
        for resource in golden.resources(pair.bundle):
            for leaf in golden.leaves(golden.without(resource, OWN), resource["resourceType"]):
                if leaf.value in places and leaf.value not in values and not settled.reason(leaf, origin, ours):
                    found[" ".join(sorted(places[leaf.value]))] += 1
    return found


def main(origin: str) -> None:
    """Print the shares."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA", "../shared/corpora"))
    there, lost, paths = Counter[str](), Counter[str](), Counter[str]()
    for name, why in by_value(folder, origin):
        path = name.split(" ")[1]
        there[path.split(".")[0]] += 1
        lost[path.split(".")[0]] += why is not None
        paths[path] += why is not None
    for kind, total in sorted(there.items()):
        print(f"{kind} {total - lost[kind]}/{total}")
    for path, number in (+paths).most_common():
        print(f"{number} {path}")


if __name__ == "__main__":
    main(sys.argv[1])
