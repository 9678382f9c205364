"""FHIRPath beside fhirpathpy, in one run: invariants of the R4 definitions and a path, compiled once, on one core.

The data are made here. `floor` is the same question asked in plain Python by hand.
"""

import gc
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

from benchmarks.result import Result

NAME = "fhirpath"

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": "1"}],
    "active": True,
    "name": [
        {"use": "official", "family": "A", "given": ["B", "C"]},
        {"use": "usual", "given": ["D"]},
        {"use": "maiden", "family": "E", "given": ["B", "C"], "period": {"end": "2002"}},
    ],
    "telecom": [{"system": "phone", "value": "1", "use": "work"}],
    "gender": "male",
    "birthDate": "1974-12-25",
    "contact": [{"name": {"family": "F"}, "telecom": [{"system": "phone", "value": "2"}]}],
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "subject": {"reference": "Patient/p"},
    "valueQuantity": {"value": Decimal(185), "unit": "lbs", "system": "http://unitsofmeasure.org", "code": "[lb_av]"},
}
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "searchset",
    "entry": [
        {"fullUrl": f"urn:uuid:{at}", "resource": {"resourceType": "Basic", "meta": {"versionId": str(at)}}}
        for at in range(3)
    ],
}
DOM_3 = (
    "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | "
    "%resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() "
    "or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not())"
    ".trace('unmatched', id).empty()"
)
BDL_7 = "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()"
REF_1 = (
    "reference.startsWith('#').not() or "
    "(reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"
)
OBS_7 = "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()"
PERIOD = {"start": "2001-05-06", "end": "2002-05-06"}
PERIOD_TEXT = "start.hasValue().not() or end.hasValue().not() or (start <= end)"


def distinct(bundle: Any) -> bool:
    """bdl-7 by hand."""
    return len({e["fullUrl"] + e["resource"]["meta"]["versionId"] for e in bundle["entry"]}) == len(bundle["entry"])


def in_order(period: Any) -> bool:
    """per-1 by hand."""
    return "start" not in period or "end" not in period or period["start"] <= period["end"]


def valued(node: Any) -> bool:
    """Whether there is a value, by hand."""
    return any(key.startswith("value") for key in node)


CASES: tuple[tuple[str, str, str, Any, Callable[[Any], object]], ...] = (
    (
        "ele-1",
        "hasValue() or (children().count() > id.count())",
        "HumanName",
        PATIENT["name"][0],
        lambda node: any(key != "id" for key in node),
    ),
    ("dom-3, nothing contained", DOM_3, "Patient", PATIENT, lambda node: not node.get("contained")),
    ("per-1", PERIOD_TEXT, "Period", PERIOD, in_order),
    ("bdl-7, 3 entries", BDL_7, "Bundle", BUNDLE, distinct),
    (
        "ext-1",
        "extension.exists() != value.exists()",
        "Extension",
        {"url": "urn:x", "valueString": "y"},
        lambda node: ("extension" in node) != valued(node),
    ),
    ("obs-7", OBS_7, "Observation", OBSERVATION, lambda node: not valued(node) or "component" not in node),
    (
        "ref-1",
        REF_1,
        "Reference",
        OBSERVATION["subject"],
        lambda node: not node.get("reference", "").startswith("#"),
    ),
    (
        "Patient.name.given",
        "Patient.name.given",
        "Patient",
        PATIENT,
        lambda node: [given for name in node["name"] for given in name["given"]],
    ),
)


def run() -> list[Result]:
    """Measure once: each expression, the best of some repeats, in microseconds."""
    start = time.perf_counter()
    from samspil_fhirpath import compile_expression

    imported = time.perf_counter() - start
    from fhirpathpy import compile as peer_compile
    from fhirpathpy.models import models

    results = [Result("import samspil_fhirpath, the first of this process", imported * 1e3, "ms", "target 40")]
    for name, text, context, node, by_hand in CASES:
        ours = compile_expression(text, release="R4", context=context)
        theirs = peer_compile(text, models["r4"], {"traceFn": _silent})
        own = micro(lambda ours=ours, node=node: ours(node, resource=node))
        floor = micro(lambda by_hand=by_hand, node=node: by_hand(node))
        target = 4.5 if name.startswith("bdl-7") else 2.0
        results += [
            Result(name, own, "us", f"target {target:g}"),
            Result("  times the floor by hand", own / floor, "x"),
            _peer(theirs, node, own),
        ]
    fresh = count()  # a text of its own each time, so that nothing is known of it
    compiling = micro(lambda: compile_expression(BDL_7 + " " * (next(fresh) % 5000), release="R4", context="Bundle"))
    peer = micro(lambda: peer_compile(BDL_7, models["r4"], {"traceFn": _silent}), slow=True)
    return [
        *results,
        Result("compile bdl-7", compiling, "us"),
        Result("  fhirpathpy takes", peer / compiling, "x as long"),
    ]


def _silent(*_told: object) -> None:
    """The peer prints what trace() tells unless it is given somewhere to put it."""


def _peer(theirs: Callable[[Any], object], node: Any, own: float) -> Result:
    try:
        theirs(node)
    except Exception as error:
        return Result("  fhirpathpy", float("nan"), "", f"raises {type(error).__name__}")
    return Result("  fhirpathpy takes", micro(lambda: theirs(node)) / own, "x as long")


def micro(work: Callable[[], object], *, slow: bool = False) -> float:
    """Microseconds of one call, the best of five rounds of about 20 ms each."""
    gc.collect()
    work()
    start = time.perf_counter()
    work()
    once = max(time.perf_counter() - start, 1e-7)
    rounds = max(1, int((0.005 if slow else 0.02) / once))
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(rounds):
            work()
        best = min(best, (time.perf_counter() - start) / rounds)
    return best * 1e6


if __name__ == "__main__":
    for result in run():
        print(result, file=sys.stdout)
