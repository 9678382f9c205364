"""Make an RF2 release of any size out of nothing: `python -m tools.rf2_generator FOLDER [CONCEPTS]`.

The shape follows a real release: 1.7 parents a concept, 20 levels, 3 terms of 4 to 5 words a concept, 2.9 attributes. The
words are made up; nothing of SNOMED CT is in it but the identifiers that the format itself needs.
"""

import bisect
import itertools
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from samspil_terminology.snomed.known import (
    ACCEPTABLE,
    DEFINED,
    DIALECTS,
    FSN,
    INFERRED,
    IS_A,
    PREFERRED,
    ROOT,
    SYNONYM,
    check_digit,
)

__all__ = ["generate"]

DATE = "20260101"
MODULE = "900000000000207008"
PRIMITIVE = "900000000000074008"
VOCABULARY = 45_000
SYLLABLES = tuple(a + b + c for a in "bcdfghklmnprstvx" for b in "aeiouy" for c in ("", "n", "r", "s", "l"))


def generate(folder: Path, concepts: int = 400_000, seed: int = 1) -> None:
    """Write the files of a snapshot into a folder."""
    dice = random.Random(seed)  # noqa: S311  a generator of test data
    terminology, language = folder / "Snapshot" / "Terminology", folder / "Snapshot" / "Refset" / "Language"
    for each in (terminology, language):
        each.mkdir(parents=True, exist_ok=True)
    special = [ROOT, IS_A, MODULE, PRIMITIVE, DEFINED, FSN, SYNONYM, PREFERRED, ACCEPTABLE, DIALECTS["en-us"]]
    codes = special + [_identifier(number, "00") for number in range(len(special), concepts)]
    parents = list(_hierarchy(concepts, len(special), dice))
    with (terminology / f"sct2_Concept_Snapshot_GEN_{DATE}.txt").open("w", encoding="utf-8", newline="") as out:
        out.write("id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\r\n")
        out.writelines(f"{code}\t{DATE}\t1\t{MODULE}\t{dice.choice((PRIMITIVE, DEFINED))}\r\n" for code in codes)
    _relationships(terminology, codes, parents, dice)
    _terms(terminology, language, codes, dice)


def _identifier(number: int, partition: str) -> str:
    plain = f"{number + 500_000_000}{partition}"
    return plain + check_digit(plain)


def _hierarchy(count: int, special: int, dice: random.Random) -> Iterator[list[int]]:
    """Parents have smaller numbers; second and third parents are mostly siblings of the first."""
    first_of: list[int] = []
    children: list[list[int]] = [[] for _ in range(count)]
    for at in range(count):
        if at < special + 20:
            first_of.append(0)
            if at:
                children[0].append(at)
            yield [0] if at else []
            continue
        first = max(int(at * dice.betavariate(0.75, 1.7)), special)
        found = {first}
        for chance in (0.5, 0.36):
            if dice.random() >= chance:
                break
            siblings = children[first_of[first]]
            sibling = dice.random() < 0.85  # noqa: PLR2004  the shape
            found.add(dice.choice(siblings) if sibling and siblings else dice.randrange(special, at))
        first_of.append(first)
        children[first].append(at)
        yield sorted(found)


def _relationships(folder: Path, codes: list[str], parents: list[list[int]], dice: random.Random) -> None:
    names = "sourceId destinationId relationshipGroup typeId characteristicTypeId modifierId"
    header = "\t".join(["id", "effectiveTime", "active", "moduleId", *names.split()]) + "\r\n"
    kinds = codes[20:80]
    with (folder / f"sct2_Relationship_Snapshot_GEN_{DATE}.txt").open("w", encoding="utf-8", newline="") as out:
        out.write(header)
        number = itertools.count()
        tail = f"{INFERRED}\t900000000000451002\r\n"
        for at, above in enumerate(parents):
            for each in above:
                identifier = _identifier(next(number), "02")
                out.write(f"{identifier}\t{DATE}\t1\t{MODULE}\t{codes[at]}\t{codes[each]}\t0\t{IS_A}\t{tail}")
            for _ in range(dice.choice((0, 1, 2, 3, 4, 4, 6)) if at > 100 else 0):  # noqa: PLR2004  the shape
                identifier, kind = _identifier(next(number), "02"), kinds[int(len(kinds) * dice.random() ** 3)]
                target = codes[int(len(codes) * dice.random() ** 2)]
                group = dice.randint(0, 2)
                out.write(f"{identifier}\t{DATE}\t1\t{MODULE}\t{codes[at]}\t{target}\t{group}\t{kind}\t{tail}")


def _terms(folder: Path, language: Path, codes: list[str], dice: random.Random) -> None:
    vocabulary = sorted({"".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(VOCABULARY * 2)})
    dice.shuffle(vocabulary)
    weights = list(itertools.accumulate(1 / (rank + 1) ** 0.95 for rank in range(len(vocabulary))))
    total = weights[-1]

    def phrase() -> str:
        count = dice.choice((3, 4, 4, 5, 5, 6))
        return " ".join(vocabulary[bisect.bisect(weights, dice.random() * total)] for _ in range(count))

    with (
        (folder / f"sct2_Description_Snapshot-en_GEN_{DATE}.txt").open("w", encoding="utf-8", newline="") as out,
        (language / f"der2_cRefset_LanguageSnapshot-en_GEN_{DATE}.txt").open(
            "w", encoding="utf-8", newline=""
        ) as marks,
    ):
        out.write("id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\r\n")
        marks.write("id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\tacceptabilityId\r\n")
        number = itertools.count()
        for code in codes:
            term = phrase()
            for kind, text, mark in (
                (FSN, f"{term} (made up)", PREFERRED),
                (SYNONYM, term, PREFERRED),
                (SYNONYM, phrase(), ACCEPTABLE),
            ):
                at = next(number)
                identifier = _identifier(at, "01")
                out.write(f"{identifier}\t{DATE}\t1\t{MODULE}\t{code}\ten\t{kind}\t{text}\t900000000000448009\r\n")
                marks.write(
                    f"{at:08x}-0000-4000-8000-000000000000\t{DATE}\t1\t{MODULE}\t{DIALECTS['en-us']}\t{identifier}\t{mark}\r\n"
                )


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 400_000)  # noqa: PLR2004  the arguments
