"""Run the HL7 Java validator over the corpora, and print where it and ours differ: `python -m tools.java_validator [CORPUS]...`.

The corpora are cases, danish, examples, balp, mutants and hl7v2; without a name, all of them. Maven fetches the validator
(org.hl7.fhir.validation); it runs without network and without a terminology server. Each line is a class of differences:
the side that finds errors which the other does not have near the same place, the rule, the corpus, how many, in how
many texts the other finds no error at all, and why (explained.csv). Where the Java
validator's own outcome was recorded with a terminology server, and says what ours says, the difference is settled and
makes no class. Everything goes to build/java-validator.json.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from tools.corpora import DEFAULT
from tools.java_validator.compare import Difference, differences, of_java, of_ours
from tools.java_validator.home import home
from tools.java_validator.work import BUILD, FHIR, WORK, Job
from tools.projects import ROOT

HERE = Path(__file__).parent
RESULT = ROOT / "build" / "java-validator.json"
EXPLAINED = HERE / "explained.csv"
MEMORY = "-Xmx8g"
COUNTS = (
    "texts",
    "judged alike",
    "settled for ours by a recorded outcome",
    "errors only by Java",
    "errors only by ours",
    "Java failed",
    "refused by Java",
    "refused by ours",
)
COMMON = 2
"""So many packages of a job are shared by all of its release: HL7's terminology and extensions."""


def main(wanted: list[str]) -> None:
    """Ask both, compare, print."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)
    if reason := absent(folder):
        print(f"the Java validator was not run: {reason}")
        return
    path = classpath()
    house = home(BUILD / "home", folder / "packages")
    classes: dict[tuple[str, str, str], Difference] = {}
    totals: dict[str, dict[str, int]] = {}
    for corpus in wanted or list(WORK):
        jobs = list(WORK[corpus](folder))
        answers = ask(path, house, corpus, jobs)
        totals[corpus] = tally(jobs, answers)
        for job in jobs:
            answer = answers.get(job.name, {})
            if "issues" in answer and not job.settled:
                differences(classes, corpus, job.name, of_ours(job.found), of_java(answer["issues"]))
        print(f"{corpus}: " + ", ".join(f"{count} {what}" for what, count in totals[corpus].items()), flush=True)
    report(list(classes.values()), totals)


def absent(folder: Path) -> str | None:
    """Why the comparison cannot run here, else None."""
    for tool in ("java", "javac", "mvn"):
        if shutil.which(tool) is None:
            return f"machine has no {tool}"
    return None if folder.is_dir() else f"corpora are not at {folder}"


def classpath() -> str:
    """The class path of the validator, which Maven fetches where it is not there yet."""
    target = BUILD / "classpath.txt"
    BUILD.mkdir(parents=True, exist_ok=True)
    asked = [
        "mvn",
        "-q",
        "-B",
        "-f",
        str(HERE / "pom.xml"),
        "dependency:build-classpath",
        f"-Dmdep.outputFile={target}",
    ]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"Maven could not fetch the validator: {done.stdout[-500:]}", file=sys.stderr)
        sys.exit(2)
    return target.read_text(encoding="utf-8").strip()


def compiled(path: str) -> Path:
    """The folder of the compiled driver."""
    target = BUILD / "classes"
    sources = [str(each) for each in sorted(HERE.glob("*.java"))]
    subprocess.run(["javac", "-nowarn", "-d", str(target), "-cp", path, *sources], check=True, capture_output=True)
    return target


def ask(path: str, house: Path, corpus: str, jobs: list[Job]) -> dict[str, dict[str, Any]]:
    """The answers of the Java validator by the name of the job."""
    asked, answered, texts = (BUILD / f"{corpus}{end}" for end in (".jobs.ndjson", ".answers.ndjson", ""))
    shutil.rmtree(texts, ignore_errors=True)
    texts.mkdir(parents=True)
    with asked.open("w", encoding="utf-8") as lines:
        ordered = sorted(enumerate(jobs), key=lambda pair: (pair[1].release, pair[1].packages))
        for (release, packages), some in groupby(ordered, key=lambda pair: (pair[1].release, pair[1].packages)):
            core, version = FHIR[release]
            setting = {"core": core, "release": version, "common": packages[:COMMON], "packages": packages[COMMON:]}
            lines.write(json.dumps(setting) + "\n")
            for number, job in some:
                file = texts / f"{number}.{job.options.get('format', 'json')}"
                file.write_bytes(job.data)
                lines.write(json.dumps({"id": job.name, "file": str(file), "format": "json", **job.options}) + "\n")
    command = ["java", MEMORY, f"-Duser.home={house}", "-cp", os.pathsep.join([str(compiled(path)), path]), "Driver"]
    with (BUILD / f"{corpus}.log").open("w", encoding="utf-8") as log:
        subprocess.run(
            [*command, str(house / "settings.json"), str(asked), str(answered)], check=True, stdout=log, stderr=log
        )
    with answered.open(encoding="utf-8") as lines:
        return {each["id"]: each for each in map(json.loads, lines)}


def tally(jobs: list[Job], answers: dict[str, dict[str, Any]]) -> dict[str, int]:
    """How many texts, on how many both say the same, and where only one finds errors."""
    counts = dict.fromkeys(COUNTS, 0)
    for job in jobs:
        answer = answers.get(job.name, {})
        counts["texts"] += 1
        if "issues" not in answer:
            counts["Java failed"] += 1
            continue
        ours, java = bool(of_ours(job.found)), bool(of_java(answer["issues"]))
        counts["refused by Java"] += java
        counts["refused by ours"] += ours
        if ours == java:
            counts["judged alike"] += 1
        elif job.settled:
            counts["settled for ours by a recorded outcome"] += 1
        else:
            counts["errors only by Java" if java else "errors only by ours"] += 1
    return counts


def report(classes: list[Difference], totals: dict[str, dict[str, int]]) -> None:
    """Print a line a class, and keep everything."""
    reasons = explained()
    classes.sort(key=lambda each: (each.side, -each.verdicts, -each.count, each.rule))
    open_ones = 0
    for each in classes:
        why = reasons.get((each.side, each.rule, each.corpus)) or reasons.get((each.side, each.rule, "*"))
        open_ones += why is None
        reason = why or f"NOT EXPLAINED: {each.examples[0]}"
        print(f"{each.side:4} {each.rule} [{each.corpus}] {each.count} ({each.verdicts}): {reason}")
    print(f"{len(classes)} classes of differences, {open_ones} not explained")
    kept = [{name: getattr(each, name) for name in Difference.__dataclass_fields__} for each in classes]
    RESULT.write_text(
        json.dumps({"totals": totals, "differences": kept}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def explained() -> dict[tuple[str, str, str], str]:
    """Why a class of differences is there: by side, rule and corpus (or `*`)."""
    with EXPLAINED.open(encoding="utf-8", newline="") as file:
        return {(row["side"], row["rule"], row["corpus"]): row["why"] for row in csv.DictReader(file)}


if __name__ == "__main__":
    main(sys.argv[1:])
