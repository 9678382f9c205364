"""List where we and HL7's validator cases differ: `python -m tools.validator_misses [R4|R4B|R5|all] [json|xml|all] [WORD]`.

For each check that is missed, by module: the errors expected (with `*` where one was found at that place) and those found.
WORD limits the list to the cases whose id or module holds it. The figures come last: verdict (V), all places found (L), some
place found (S), places equal (P), errors on valid ones (F).
"""

import os
import sys
from collections import defaultdict
from pathlib import Path

from tools.corpora import DEFAULT
from tools.validator_cases import Check, checks, located, perfect, places, plain, verdict


def main(release: str = "all", form: str = "all", word: str = "") -> None:
    """Print the misses and the figures."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)
    versions = ("R4", "R4B", "R5") if release == "all" else tuple(release.split(","))
    done = list(checks(folder, versions, "" if form == "all" else form))
    chosen = [each for each in done if word in each.name or word == each.case["module"]]
    by_module: dict[str, list[Check]] = defaultdict(list)
    for check in chosen:
        if verdict(check) or located(check) or word:
            by_module[check.case["module"]].append(check)
    for module in sorted(by_module):
        print(f"\n######## {module}")
        for check in by_module[module]:
            show(check)
    print("\n" + figures(chosen))


def show(check: Check) -> None:
    """Print one check."""
    marks = ("V" if verdict(check) else "-") + ("L" if located(check) else "-")
    print(f"\n== {marks} {check.name} {check.case['file']} {check.case.get('options', '')}")
    found = places(check)[1]
    for each in check.expected:
        star = "*" if plain(each["expression"] or "") in found else " "
        print(f"   want{star} {each['expression']} | {each['text'][:180]}")
    for issue in check.errors[:12]:
        print(f"   have  {issue.where} | {issue.code} {issue.text[:150]}")


def figures(chosen: list[Check]) -> str:
    """The figures of some checks on one line."""
    invalid = [each for each in chosen if not each.valid]
    valid = [each for each in chosen if each.valid]
    parts = [
        ("V", sum(not verdict(each) for each in chosen), len(chosen)),
        ("L", sum(not located(each) for each in invalid), len(invalid)),
        ("S", sum(bool(places(each)[0] & places(each)[1]) for each in invalid), len(invalid)),
        ("P", sum(perfect(each) for each in invalid), len(invalid)),
        ("F", sum(bool(each.errors) for each in valid), len(valid)),
    ]
    return "  ".join(f"{name} {count}/{total} {100 * count / max(total, 1):.1f} %" for name, count, total in parts)


if __name__ == "__main__":
    main(*sys.argv[1:4])
