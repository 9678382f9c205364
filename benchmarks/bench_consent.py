"""Consent decisions beside a peer and a bare floor, one core.

`prepared` is a decision on a prepared request with compiled consents; `JSON` starts at the bytes of a request. The peer,
cedarpy, gets its policies and entities parsed beforehand where it can take them so. The floor is what no engine in this
language can undercut: nine set look-ups. All is counted in processor time of one core, which other work on the machine
disturbs less than the time on the wall.
"""

import gc
import json
import statistics
import time
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from benchmarks.result import Result

NAME = "consent"
REPEATS = 7
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
LABEL = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACTION = "http://terminology.hl7.org/CodeSystem/consentaction"
ASKED = {"actor": "Practitioner/9", "purpose": "TREAT", "action": "access", "patient": "Patient/1"}
POLICIES = 20


def run() -> list[Result]:
    """Measure once: each figure the best of some repeats."""
    from samspil_consent import Engine, load_profile, read_consent, read_consents, read_request
    from samspil_consent.enforcement import Enforcer
    from samspil_core.jsontext import loads

    asked = {**ASKED, "at": "2026-01-31T12:00:00Z"}
    profile = load_profile("typed")
    engines = {count: Engine(read_consents([consent(at) for at in range(count)]), profile) for count in (3, 100)}
    request = read_request({**asked, "resource": observation(1)})
    ready = {count: engine.prepare(request) for count, engine in engines.items()}
    open_request = engines[3].prepare(read_request(asked))
    raw = json.dumps(asked).encode()
    one = consent(1)
    normal = read_consent(one)
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": observation(at)} for at in range(1000)],
    }
    enforcer = Enforcer(lambda _patient: engines[3], read_request(asked))
    prepared = rate(lambda: engines[3].effect(ready[3]), 20_000)
    figures = [
        Result("prepared, 3 consents of 3 rules", prepared, "decisions/s", "target 300,000"),
        Result("  without data", rate(lambda: engines[3].effect(open_request), 10_000), "decisions/s"),
        Result(
            "JSON",
            rate(lambda: engines[3].effect(engines[3].prepare(read_request(loads(raw)))), 4000),
            "decisions/s",
            "target 50,000",
        ),
        Result("bundle of 1,000 entries", 1000 / rate(lambda: enforcer.bundle(bundle), 3), "ms", "target 10"),
        Result("compile a consent", 1e6 / rate(lambda: Engine([normal], profile), 500), "us", "target 200"),
        Result("  reading it as well", 1e6 / rate(lambda: Engine([read_consent(one)], profile), 500), "us"),
        Result("100 consents, 99 of 100 within", p99(lambda: engines[100].effect(ready[100])), "ms", "target 1"),
        Result("floor: nine set look-ups", rate(floor(), 20_000), "decisions/s"),
    ]
    return figures + peer(prepared) + timing()


def timing() -> list[Result]:
    """How much longer what is withheld takes than what is absent, through the middleware in front of the test server.

    Reads are asked in turn, so that what disturbs one disturbs the other. A search must gather what is withheld.
    """
    medians = {each: statistics.median(times) for each, times in asked_in_turn(["h1", "none"], 1500).items()}
    plain, among = (statistics.median(asked_in_turn([""], 60, hidden)[""]) for hidden in (0, 100))
    return [
        Result("read of what is absent", 1e6 * medians["none"], "us", "median, through the middleware"),
        Result("  longer where it is withheld", 1e6 * (medians["h1"] - medians["none"]), "us", "bound 250"),
        Result("search, 100 seen", 1000 * plain, "ms", "median"),
        Result("  longer with 100 withheld", 1000 * (among - plain), "ms", "bound 5; `pace` covers it"),
    ]


def asked_in_turn(names: list[str], count: int, hidden: int = 100) -> dict[str, list[float]]:
    """Seconds of each of some requests on Observation, asked again and again."""
    import asyncio

    from samspil_consent import Engine, load_profile, read_consents, read_request
    from samspil_consent.enforcement import Enforcer
    from samspil_consent.middleware import ConsentMiddleware
    from samspil_testserver import Store, TestServer

    server = TestServer(Store(lambda: datetime(2026, 1, 31, tzinfo=UTC)), "http://clinic")
    server.load([{**observation(0), "id": f"o{at}"} for at in range(100)])
    server.load([{**observation(1), "id": f"h{at}"} for at in range(hidden)])
    rule = {"type": "deny", "securityLabel": [{"system": LABEL, "code": "R"}]}
    consents = [{**consent(1), "provision": {"type": "permit", "provision": [rule]}}]
    engine = Engine(read_consents(consents), load_profile("typed"))
    request = read_request({**ASKED, "at": "2026-01-31T12:00:00Z"})
    app = ConsentMiddleware(server, lambda _scope: Enforcer(lambda _patient: engine, request))

    async def one(name: str) -> float:
        path = f"/Observation/{name}" if name else "/Observation"
        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        start = time.process_time()
        await app(scope, nothing_more, drop)
        return time.process_time() - start

    async def all_of_them() -> dict[str, list[float]]:
        times: dict[str, list[float]] = {each: [] for each in names}
        for _ in range(count):
            for each in names:
                times[each].append(await one(each))
        return times

    return asyncio.run(all_of_them())


async def nothing_more() -> dict[str, Any]:
    """An empty body."""
    return {"type": "http.request", "body": b""}


async def drop(_message: MutableMapping[str, Any]) -> None:
    """Send nowhere."""


def peer(prepared: float) -> list[Result]:
    """Cedar with 20 policies that ask the same: who, what for, to do what, with which label."""
    import cedarpy

    policies = "\n".join(policy(at) for at in range(POLICIES))
    entities = [{"uid": {"type": "Practitioner", "id": "9"}, "attrs": {}, "parents": []}]
    asked = {
        "principal": 'Practitioner::"9"',
        "action": 'Action::"access"',
        "resource": 'Observation::"1"',
        "context": {"purpose": "TREAT", "label": "N"},
    }
    given = (cedarpy.PolicySet.from_str(policies), cedarpy.Entities.from_json_str(json.dumps(entities)))
    speed = rate(lambda: cedarpy.is_authorized(asked, *given), 300)
    return [
        Result("cedarpy, 20 policies", speed, "decisions/s", "policies and entities parsed beforehand"),
        Result("times as fast as cedarpy", prepared / speed, "x", "target 10"),
    ]


def policy(at: int) -> str:
    """One Cedar policy."""
    effect = "permit" if at % 3 == 0 else "forbid"
    who = "principal" if at % 3 == 0 else f'principal == Practitioner::"{at}"'
    return (
        f'{effect} ({who}, action == Action::"access", resource) '
        f'when {{ context.purpose == "TREAT" && context.label != "V{at}" }};'
    )


def consent(at: int) -> dict[str, object]:
    """A consent of three rules: treatment, but not by two practitioners, one of them for restricted data alone."""

    def exception(number: int) -> dict[str, object]:
        label = {"securityLabel": [{"system": LABEL, "code": "R"}]} if number else {}
        actor = {"role": {"coding": [{"code": "IRCP"}]}, "reference": {"reference": f"Practitioner/{at}-{number}"}}
        return {
            "type": "deny",
            "actor": [actor],
            "action": [{"coding": [{"system": ACTION, "code": "access"}]}],
            **label,
        }

    return {
        "resourceType": "Consent",
        "id": f"c{at}",
        "status": "active",
        "patient": {"reference": "Patient/1"},
        "dateTime": f"20{10 + at % 15}-01-01",
        "provision": {
            "type": "permit",
            "period": {"start": "2019-01-01", "end": "2030-01-01"},
            "purpose": [{"system": REASON, "code": "TREAT"}],
            "provision": [exception(0), exception(1)],
        },
    }


def observation(at: int) -> dict[str, object]:
    """A laboratory result of usual size."""
    return {
        "resourceType": "Observation",
        "id": str(at),
        "meta": {"security": [{"system": LABEL, "code": "R" if at % 4 else "N"}]},
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2025-05-01",
        "performer": [{"reference": "Organization/1"}],
        "valueQuantity": {"value": 7, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"},
    }


def floor() -> Callable[[], object]:
    """Nine look-ups of one set in another."""
    wanted = [frozenset({f"a{at}"}).isdisjoint for at in range(9)]
    given = frozenset({"b"})
    return lambda: [each(given) for each in wanted]


def rate(work: Callable[[], object], count: int) -> float:
    """How often a second, the best of some repeats."""
    gc.collect()
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        for _ in range(count):
            work()
        best = min(best, time.process_time() - start)
    return count / best


def p99(work: Callable[[], object], count: int = 5000) -> float:
    """Milliseconds within which 99 of 100 calls are done."""
    times: list[float] = []
    for _ in range(count):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1000 * sorted(times)[int(count * 0.99)]
