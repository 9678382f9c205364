"""Validation beside its peers, one core: FHIR's own examples up to 60 kB, Danish examples with their profiles, start-up.

The R4 examples are checked by their base types with invariants, bindings and all rules. `fhir.resources` parses the same
resources into models (types and cardinality alone); Pyrofile checks them by hl7.fhir.r4.core. Both run when they are
installed: PYTHONS names further interpreters to look in. The floor is reading the same JSON, by turns with ours, and
times are those of one core (CPU time), so that other work on the machine changes little.

Needs hl7.fhir.r4.core#4.0.1 and hl7.fhir.r4.examples in the package cache, and the corpora for the Danish part.
"""

import gc
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.result import Result

NAME = "validation"
CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or Path(__file__).parents[2] / "shared" / "corpora")
PYTHONS = [each for each in os.environ.get("PYTHONS", "").split(os.pathsep) if each]
MOST = 60_000
REPEATS = 7
PATIENTS = 100
CONFORMANCE = frozenset(
    {
        "CapabilityStatement",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "ExampleScenario",
        "GraphDefinition",
        "ImplementationGuide",
        "MessageDefinition",
        "NamingSystem",
        "OperationDefinition",
        "SearchParameter",
        "StructureDefinition",
        "StructureMap",
        "TerminologyCapabilities",
        "ValueSet",
    }
)
START = """
import time
from samspil_validation import Validator
Validator(["hl7.fhir.r4.core#4.0.1"]).validate({"resourceType": "Patient", "id": "p", "name": [{"family": "Hansen"}]})
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(time.process_time(), int(most.split()[1]) / 1024)
"""
PEER = """
import json, sys, time
texts = [line for line in open(sys.argv[1])]
resources = [json.loads(line) for line in texts]
{make}
def some():
    start = time.process_time()
    for done, each in enumerate(resources, 1):
        check(each)
        if time.process_time() - start > 15:
            break
    return done / (time.process_time() - start)
print(max(some(), some()))
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


def run() -> list[Result]:
    """Measure once."""
    from samspil_definitions import load_packages
    from samspil_validation import Validator

    texts = examples()
    resources = [json.loads(each) for each in texts]
    validator = Validator(load_packages(["hl7.fhir.r4.core#4.0.1"]))
    ours, reading = best_of(
        lambda: [validator.validate(each) for each in resources], lambda: list(map(json.loads, texts))
    )
    count, size = len(texts), sum(map(len, texts)) / len(texts)
    found = [
        Result("R4 examples up to 60 kB", count, "", f"mean {size:,.0f} bytes"),
        Result("types, invariants, bindings, rules", count / ours, "resources/s", "target 8,000"),
        Result("  the floor: json.loads", count / reading, "resources/s"),
        Result("  times the floor", ours / reading, "x"),
    ]
    found += _peers(texts, count / ours)
    found += _danish()
    bundle = _patients()
    seconds = best(lambda: validator.validate(bundle))
    found.append(Result(f"{PATIENTS} patients in one bundle", seconds * 1000, "ms", "target 100"))
    starts = [_start() for _ in range(REPEATS)]
    wall, work, memory = (min(each) for each in zip(*starts, strict=True))
    found.append(Result("process to first verdict, warm cache", wall * 1000, "ms", "from start to end; target 100"))
    found.append(Result("  of one core", work * 1000, "ms"))
    found.append(Result("  memory", memory, "MB", "target 60"))
    return found


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
    with tarfile.open(_archive("hl7.fhir.r4.examples")) as archive:
        for member in archive:
            if member.name.endswith(".json") and member.size <= MOST and not member.name.endswith("package.json"):
                stream = archive.extractfile(member)
                data = stream.read() if stream else b"{}"
                kind = json.loads(data).get("resourceType", "")
                if kind and kind not in CONFORMANCE:
                    found.append(data)
    return found


def _archive(name: str) -> Path:
    from samspil_definitions.places import package_cache

    found = sorted(package_cache().glob(f"{name}*.tgz"))
    if not found:
        raise FileNotFoundError(
            f"{name} is no archive in {package_cache()}: name a folder of archives in SAMSPIL_PACKAGES"
        )
    return found[0]


def _danish() -> list[Result]:
    from samspil_core import dumps
    from tools.suites import dk_oracle

    cases = json.loads((CORPORA / "validation" / "dk-oracle" / "cases.json").read_text(encoding="utf-8"))["cases"]
    pairs: list[tuple[Any, Any]] = []
    for case in cases:
        if case["profiles"]:
            resource = dk_oracle._examples(CORPORA / "packages" / case["package"])[case["path"]]  # noqa: SLF001  the suite's own
            pairs.append((dk_oracle._validator(CORPORA, case["package"]), resource))  # noqa: SLF001
    texts = [dumps(resource) for _, resource in pairs]
    seconds, reading = best_of(
        lambda: [validator.validate(resource) for validator, resource in pairs], lambda: list(map(json.loads, texts))
    )
    return [
        Result("Danish examples with their profiles", len(pairs) / seconds, "resources/s", "target 2,000"),
        Result("  times json.loads of them", seconds / reading, "x"),
    ]


def _patients() -> dict[str, Any]:
    profile = "http://hl7.org/fhir/StructureDefinition/Patient"
    patient = {
        "resourceType": "Patient",
        "meta": {"profile": [profile]},
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


def _peers(texts: list[bytes], ours: float) -> list[Result]:
    file = Path(os.environ.get("TMPDIR", "/tmp")) / f"samspil-bench-{os.getpid()}.ndjson"  # noqa: S108  our own name
    file.write_text("\n".join(json.dumps(json.loads(each)) for each in texts) + "\n", encoding="utf-8")
    found: list[Result] = []
    try:
        for name, make in (("fhir.resources (types alone)", FHIR_RESOURCES), ("Pyrofile", PYROFILE)):
            figure = next((each for python in (sys.executable, *PYTHONS) if (each := _peer(python, make, file))), None)
            if figure is None:
                continue
            found += [Result(name, figure, "resources/s"), Result("  times as fast", ours / figure, "x")]
    finally:
        file.unlink()
    return found


def _peer(python: str, make: str, file: Path) -> float | None:
    done = subprocess.run(
        [python, "-c", PEER.replace("{make}", make), str(file), str(_archive("hl7.fhir.r4.core"))],
        capture_output=True,
        text=True,
        check=False,
    )
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None
