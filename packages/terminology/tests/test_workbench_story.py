"""The whole way of 5,000 local codes by command: coverage, suggestions, review, export, round trips, a new release."""

import csv
import io
import random
from collections import Counter

import pytest
from click.testing import CliRunner

from samspil_core.jsontext import dumps, loads
from samspil_terminology.cli import group

LAB, STANDARD, MAP, NEW = (f"http://example.org/{each}" for each in ("lab", "standard", "map", "new"))
CODES, COVERED = 5_000, 4_000
STEMS = [
    "hæmo",
    "natri",
    "kali",
    "crea",
    "trop",
    "albu",
    "ferri",
    "lact",
    "calci",
    "glyc",
    "chlor",
    "magn",
    "phos",
    "bili",
    "urat",
    "lipo",
]
ENDINGS = ["globin", "um", "tinin", "onin", "min", "tin", "at", "ium", "ose", "id", "esium", "phat", "rubin"]


def label(dice):
    return " ".join(dice.choice(STEMS) + dice.choice(STEMS) + dice.choice(ENDINGS) for _ in range(3))


@pytest.fixture(scope="module")
def texts():
    dice = random.Random(11)
    return list(dict.fromkeys(label(dice) for _ in range(6_000)))[:CODES]


def standard(texts, version, *, gone=(), retired=()):
    concepts = [
        {
            "code": f"S{at:04}",
            "display": text,
            **({"property": [{"code": "inactive", "valueBoolean": True}]} if at in retired else {}),
        }
        for at, text in enumerate(texts)
        if at not in gone
    ]
    declared = [{"code": "inactive", "uri": "http://hl7.org/fhir/concept-properties#inactive", "type": "boolean"}]
    return {"resourceType": "CodeSystem", "url": STANDARD, "version": version, "status": "active",
            "content": "complete", "property": declared, "concept": concepts}  # fmt: skip


def old_map():
    """All but the last 1,000 codes; every 100th has no counterpart, every 100th but one points to two codes."""

    def element(at):
        if at % 100 == 1:
            return {"code": f"L{at:04}", "noMap": True}
        targets = [at, at + 1] if at % 100 == 2 else [at]
        return {
            "code": f"L{at:04}",
            "target": [{"code": f"S{each:04}", "relationship": "equivalent"} for each in targets],
        }

    elements = [element(at) for at in range(COVERED)]
    group_ = {"source": LAB, "target": STANDARD, "element": elements}
    return {"resourceType": "ConceptMap", "url": MAP, "status": "active", "group": [group_]}


def run(*args):
    return CliRunner().invoke(group, [str(each) for each in args], standalone_mode=False)


def rows_of(text, delimiter=","):
    lines = [each for each in text.split("\n") if each and not each.startswith("#")]
    return list(csv.DictReader(lines, delimiter=delimiter))


def edited(text, change):
    """The table of a file as a person edits it: `change` gives the new cells of a row."""
    head = [each for each in text.split("\n") if each.startswith("#")]
    rows = [{**row, **change(row)} for row in rows_of(text, "\t")]
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return "\n".join([*head, out.getvalue()])


def exported_and_back(table, release, folder):
    """The ConceptMap of a table, which made a table and a ConceptMap again is the same."""
    exported = run("map", "export", table, "--url", NEW, "--release", release)
    made, back = folder / f"{release}.json", folder / f"{release}.tsv"
    made.write_text(exported.stdout, encoding="utf-8")
    back.write_text(run("map", "import", made, "--author", "AB", "--reviewer", "CD").stdout, encoding="utf-8")
    again = run("map", "export", back, "--url", NEW, "--release", release)
    assert loads(again.stdout) == loads(exported.stdout)
    return made


def test_five_thousand_codes_all_the_way(texts, tmp_path) -> None:
    """Every step runs, every code stays in sight, and nothing is accepted by who proposed it."""
    dice = random.Random(3)
    first, second, lab = (tmp_path / name for name in ("first.ndjson", "second.json", "lab.csv"))
    first.write_bytes(b"\n".join(dumps(each) for each in (standard(texts, "1", retired=(7,)), old_map())))
    shuffled = [" ".join(dice.sample(text.split(), 3)) for text in texts]
    lines = [f"L{at:04},{text},{dice.randint(1, 500)}" for at, text in enumerate(shuffled)]
    lab.write_text("code,display,count\n" + "\n".join(lines) + "\n", encoding="utf-8")
    assert run("import", first, "--into", tmp_path / "store").return_value == 0
    source = ("--from", tmp_path / "store")

    covered = run("map", "coverage", lab, "--map", MAP, "--least", "90", *source)
    states = Counter(row["state"] for row in rows_of(covered.stdout))
    assert states == {"mapped": 3919, "ambiguous": 40, "retired-target": 1, "no-map": 40, "unmapped": 1000}
    assert covered.return_value == 1, "fewer than 90 of 100 uses are decided"

    asked = ("--target", STANDARD, "--system", LAB, "--author", "AB", "--map", MAP)
    suggested = run("map", "suggest", lab, *asked, *source)
    best: dict[str, str] = {}
    for row in rows_of(suggested.stdout, "\t"):
        assert row["review_state"] == "suggested"
        best.setdefault(row["subject_id"], row["object_id"])
    right = {f"local:L{at:04}": f"target:S{at:04}" for at in range(COVERED, CODES)}
    assert best.keys() == right.keys() | {"local:L0007"}, "what is unmapped, and what lost its target"
    assert sum(best[each] == right[each] for each in right) > 0.95 * len(right)

    def accepted_by(who):
        def change(row):
            if right.get(row["subject_id"]) != row["object_id"]:
                return {"review_state": "rejected", "reviewer_id": who}
            return {"review_state": "accepted", "reviewer_id": who}

        return change

    table = tmp_path / "lab.sssom.tsv"
    table.write_text(edited(suggested.stdout, accepted_by(" ab ")), encoding="utf-8")
    for command in (("review", table), ("export", table, "--url", NEW)):
        refused = run("map", *command)
        assert refused.return_value == 1
        assert "SAM-TRM-402" in refused.stderr
        assert "ConceptMap" not in refused.stdout
    table.write_text(edited(suggested.stdout, accepted_by("CD")), encoding="utf-8")
    assert run("map", "review", table).return_value == 0

    found = {(row["subject_id"], row["object_id"]) for row in rows_of(suggested.stdout, "\t")}
    accepted = len(found & set(right.items()))
    for release in ("R4", "R5"):
        found = exported_and_back(table, release, tmp_path)
        covered = run("map", "coverage", lab, "--map", NEW, "--from", found, *source)
        states = Counter(row["state"] for row in rows_of(covered.stdout))
        assert states == {"mapped": accepted, "unmapped": CODES - accepted}

    second.write_bytes(dumps(standard(texts, "2", gone=(4001,), retired=(4002,))))
    assert run("import", second, "--into", tmp_path / "newer").return_value == 0
    renewed = tmp_path / "renewed.tsv"
    changed = run("map", "reapply", table, "--from", tmp_path / "newer", "--codes", lab, "--write", renewed)
    assert changed.return_value == 1
    kinds = {(row["kind"], row["code"]) for row in rows_of(changed.stdout) if row["kind"] != "code-new"}
    assert kinds == {("target-gone", "L4001"), ("target-retired", "L4002")}
    assert run("map", "review", renewed).return_value == 0
    open_again = {
        row["subject_id"]
        for row in rows_of(renewed.read_text(encoding="utf-8"), "\t")
        if row["review_state"] == "proposed"
    }
    assert open_again == {"local:L4001", "local:L4002"}
    kept = loads(run("map", "export", renewed, "--url", NEW).stdout)["group"][0]["element"]
    assert {each["code"] for each in kept}.isdisjoint({"L4001", "L4002"})
