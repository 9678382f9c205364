"""Validation beside its peers, one core: FHIR's own examples up to 60 kB, Danish examples with their profiles, start-up.

The R4 examples are checked by their base types with invariants, bindings and all rules. `fhir.resources` parses the same
resources into models (types and cardinality alone); Pyrofile checks them by hl7.fhir.r4.core. All work by turns with ours,
as does the floor, which is reading the same JSON; times are those of one core (CPU time), and a figure is the median
of the turns, so that other work on the machine changes the ratios little. The inputs are set aside from the
garbage collector, in every process.

Needs hl7.fhir.r4.core#4.0.1 and hl7.fhir.r4.examples in the package cache, and the corpora for the Danish part.
"""

import gc
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers import peers
from benchmarks.result import Result
from samspil_definitions.archive import read_files
from tools.package_sets import CONFORMANCE, cached

NAME = "validation"
CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or Path(__file__).parents[2] / "shared" / "corpora")
MOST = 60_000
REPEATS = 7
PATIENTS = 100
DANISH = "hl7.fhir.dk.core-3.7.0.tgz"
PROFILE = "http://hl7.dk/fhir/core/StructureDefinition/dk-core-patient"
MEGABYTES = 100
START = """
import time
from samspil_validation import Validator
Validator(["hl7.fhir.r4.core#4.0.1"]).validate({"resourceType": "Patient", "id": "p", "name": [{"family": "Hansen"}]})
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(time.process_time(), int(most.split()[1]) / 1024)
"""
FHIR_RESOURCES = """
from importlib import import_module
models = {}
def check(resource):
    name = resource["resourceType"]
    try:
        if name not in models:
            models[name] = getattr(import_module("fhir.resources.R4B." + name.lower()), name)
        models[name].model_validate(resource)
    except Exception:
        pass
"""
PYROFILE = """
from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig
validator = Validator(ValidatorConfig(local_package_paths=[sys.argv[2]]))
check = validator.validate_resource
"""
PEERS = {
    "fhir.resources (types alone)": ("fhir.resources", FHIR_RESOURCES),
    "Pyrofile": ("pyrofile-validator", PYROFILE),
}
LARGE = """
import sys, time
from samspil_validation import Validator
from samspil_validation.large import validate_large
count = 0
start = time.process_time()
for report in validate_large(Validator(["hl7.fhir.r4.core#4.0.1"]), lambda: open(sys.argv[1], "rb")):
    assert report.outcome.ok
    count += 1
spent = time.process_time() - start
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(count - 1, int(most.split()[1]) / 1024, spent)
"""


def run() -> list[Result]:
    """Measure once."""
    texts = examples()
    found = _beside_peers(texts)
    found += _danish()
    found += _bundles()
    starts = [_start() for _ in range(REPEATS)]
    wall, work, memory = (min(each) for each in zip(*starts, strict=True))
    found.append(Result("process to first verdict, warm cache", wall * 1000, "ms", "from start to end; target 100"))
    found.append(Result("  of one core", work * 1000, "ms"))
    found.append(Result("  memory", memory, "MB", "target 60"))
    return found


def _beside_peers(texts: list[bytes]) -> list[Result]:
    """Resources a second: ours, the floor and the peers by turns, medians of the turns."""
    from samspil_definitions import load_packages
    from samspil_validation import Validator

    resources = [json.loads(each) for each in texts]
    validator = Validator(load_packages(["hl7.fhir.r4.core#4.0.1"]))
    own: list[float] = []
    floor: list[float] = []
    others: dict[str, list[float]] = {}
    with _folder() as folder:
        file, core = folder / "examples.ndjson", _archive("hl7.fhir.r4.core", folder)
        file.write_text("\n".join(map(json.dumps, resources)) + "\n", encoding="utf-8")
        with peers(PEERS, str(file), str(core)) as running:
            for resource in resources:
                validator.validate(resource)
            gc.collect()
            gc.freeze()
            for _ in range(REPEATS):
                own.append(len(texts) / timed(lambda: [validator.validate(each) for each in resources]))
                floor.append(len(texts) / timed(lambda: list(map(json.loads, texts))))
                for peer in running:
                    others.setdefault(peer.name, []).append(peer.turn())
            gc.unfreeze()
    ours, reading = median(own), median(floor)
    found = [
        Result("R4 examples up to 60 kB", len(texts), "", f"mean {sum(map(len, texts)) / len(texts):,.0f} bytes"),
        Result("types, invariants, bindings, rules", ours, "resources/s", "target 8,000"),
        Result("  the floor: json.loads", reading, "resources/s"),
        Result("  times the floor", reading / ours, "x"),
    ]
    for name, figures in others.items():
        found.append(Result(name, median(figures), "resources/s"))
        found.append(Result("  ours is as many times as fast", ours / median(figures), "x"))
    return found


def timed(work: Callable[[], object]) -> float:
    """Seconds of one core."""
    start = time.process_time()
    work()
    return time.process_time() - start


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="samspil-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _bundles() -> list[Result]:
    """A small bundle as a whole, and one of 100 MB entry by entry."""
    from samspil_validation import Validator
    from tools.package_sets import definitions_for

    validator = Validator(definitions_for(CORPORA / "packages", DANISH))
    bundle = _patients()
    found = [
        Result(
            f"{PATIENTS} patients of dk-core in one bundle",
            best(lambda: validator.validate(bundle)) * 1000,
            "ms",
            "target 100",
        )
    ]
    with _folder() as folder:
        less, _ = _large(folder, MEGABYTES // 5)
        (entries, most, seconds), size = _large(folder, MEGABYTES)
    found.append(Result(f"a bundle of {MEGABYTES} MB: entries", entries, "", f"{size / 1e6:,.0f} MB"))
    found.append(Result("  entries a second", entries / seconds, "entries/s"))
    found.append(Result("  memory of the process", most, "MB", f"{less[1]:.0f} MB for a fifth of it"))
    found.append(
        Result("  for each entry", (most - less[1]) * 1024 / (entries - less[0]), "kB", "its names alone are held")
    )
    return found


def _large(folder: Path, megabytes: int) -> tuple[tuple[int, float, float], int]:
    """Entries, megabytes of memory and seconds of one core for a bundle of this size, made of valid patients."""
    narrative = '<div xmlns="http://www.w3.org/1999/xhtml"><p>' + "Text. " * 400 + "</p></div>"
    patient = {
        **_patients()["entry"][0]["resource"],
        "meta": {"versionId": "1"},
        "text": {"status": "generated", "div": narrative},
    }
    file = folder / "bundle.json"
    with file.open("w", encoding="utf-8") as stream:
        stream.write('{"resourceType": "Bundle", "type": "collection", "entry": [')
        number = 0
        while stream.tell() < megabytes * 1_000_000:
            url = f"urn:uuid:6a0f0f5e-6f37-4d0f-9c6c-{number:012d}"
            resource = json.dumps({**patient, "id": f"p{number}"})
            stream.write(f'{"," if number else ""}\n{{"fullUrl": "{url}", "resource": {resource}}}')
            number += 1
        stream.write("]}\n")
    done = subprocess.run([sys.executable, "-c", LARGE, str(file)], capture_output=True, text=True, check=True)
    entries, memory, seconds = map(float, done.stdout.split())
    return (int(entries), memory, seconds), file.stat().st_size


def best(work: Callable[[], object]) -> float:
    """Seconds of one core, the best of some repeats, after one that compiles."""
    return best_of(work)[0]


def best_of(*works: Callable[[], object]) -> list[float]:
    """Seconds of one core for each of several works, done by turns: the best of some repeats, after one that compiles."""
    for work in works:
        work()
    gc.collect()
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, each in zip(works, seconds, strict=True):
            start = time.process_time()
            work()
            each.append(time.process_time() - start)
    return [min(each) for each in seconds]


def examples() -> list[bytes]:
    """The clinical examples of FHIR R4 that are small enough, from the package in the cache."""
    found: list[bytes] = []
    for name, data in read_files(cached("hl7.fhir.r4.examples")):
        if name.endswith(".json") and len(data) <= MOST and not name.endswith("package.json"):
            kind = json.loads(data).get("resourceType", "")
            if kind and kind not in CONFORMANCE:
                found.append(data)
    return found


def _archive(name: str, folder: Path) -> Path:
    """The archive of a package of the cache, made in a folder where the cache has it unpacked."""
    held = cached(name)
    if held.is_file():
        return held
    with tarfile.open(folder / f"{name}.tgz", "w:gz", compresslevel=1) as archive:
        archive.add(held / "package", "package")
    return folder / f"{name}.tgz"


def _danish() -> list[Result]:
    from samspil_core import dumps
    from tools.suites import dk_oracle

    cases = json.loads((CORPORA / "validation" / "dk-oracle" / "cases.json").read_text(encoding="utf-8"))["cases"]
    pairs = [
        (dk_oracle.validator(CORPORA, case["package"]), dk_oracle.example(CORPORA, case))
        for case in cases
        if case["profiles"]
    ]
    texts = [dumps(resource) for _, resource in pairs]
    seconds, reading = best_of(
        lambda: [validator.validate(resource) for validator, resource in pairs], lambda: list(map(json.loads, texts))
    )
    return [
        Result("Danish examples with their profiles", len(pairs) / seconds, "resources/s", "target 2,000"),
        Result("  times json.loads of them", seconds / reading, "x"),
    ]


def _patients() -> dict[str, Any]:
    patient = {
        "resourceType": "Patient",
        "meta": {"profile": [PROFILE]},
        "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": "2509479989"}],
        "name": [{"use": "official", "family": "Hansen", "given": ["Karen"]}],
        "gender": "female",
        "birthDate": "1947-09-25",
    }
    entries = [
        {"fullUrl": f"urn:uuid:6a0f0f5e-6f37-4d0f-9c6c-{number:012d}", "resource": {**patient, "id": f"p{number}"}}
        for number in range(PATIENTS)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _start() -> tuple[float, float, float]:
    """Seconds from start to end, seconds of one core, megabytes; modules are compiled as they are where they are installed."""
    shell = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True, env=shell)
    work, memory = map(float, done.stdout.split())
    return time.perf_counter() - began, work, memory
