"""Random consents and requests over a small world, so that rules meet requests often. Shared by tests and the campaign."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from samspil_consent import Context, Directory, Request
from samspil_consent.codes import ACT_REASON, CONFIDENTIALITY, RESOURCE_TYPES
from samspil_consent.model import Actor, Consent, DataReference, Reference, Rule, Span
from samspil_core.values import Coding

ACTION = "http://terminology.hl7.org/CodeSystem/consentaction"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PURPOSES = tuple(Coding(ACT_REASON, code) for code in ("TREAT", "ETREAT", "HRESCH", "CLINTRCH", "HMARKT"))
ACTIONS = tuple(Coding(ACTION, code) for code in ("access", "disclose"))
LABELS = (*(Coding(CONFIDENTIALITY, code) for code in "NRV"), Coding(ACT_CODE, "PSY"), Coding(ACT_CODE, "SPI"))
CLASSES = tuple(Coding(RESOURCE_TYPES, code) for code in ("Observation", "Condition", "Resource"))
CODES = (
    Coding("http://loinc.org", "1-1"),
    Coding("http://example.org/ValueSet/v", "x"),
    Coding("http://loinc.org", "2-2"),
)
NAMED = (
    "Practitioner/a",
    "Practitioner/b",
    "Organization/top",
    "Group/g",
    "Group/unknown",
    "CareTeam/c",
    "PractitionerRole/r",
)
ACTORS = (
    *(Actor(Reference(each)) for each in NAMED),
    Actor(Reference("", "urn:s", "7")),
    Actor(roles=(Coding("urn:r", "doctor"),)),
    Actor(Reference("Practitioner/a"), (Coding("urn:r", "doctor"),)),
)
REQUESTERS = ("Practitioner/a", "Practitioner/b", "Practitioner/z", "PractitionerRole/r", "PractitionerRole/unknown")
DATA = tuple(
    DataReference(meaning, reference)
    for meaning, reference in (
        ("instance", Reference("Observation/1")),
        ("related", Reference("Encounter/1")),
        ("authoredby", Reference("Practitioner/a")),
        ("dependents", Reference("Encounter/1")),
        ("instance", Reference("", "urn:s", "8")),
    )
)
YEAR = 31_536_000_000_000
DAY = 1_577_836_800_000_000  # 2020-01-01
SPANS = (Span(DAY, DAY + YEAR), Span(None, DAY), Span(DAY + YEAR, None), Span(None, None))
DIRECTORY = Directory(
    [
        {"resourceType": "Practitioner", "id": "a", "identifier": [{"system": "urn:s", "value": "7"}]},
        {"resourceType": "Practitioner", "id": "b"},
        {"resourceType": "Organization", "id": "top"},
        {"resourceType": "Organization", "id": "ward", "partOf": {"reference": "Organization/top"}},
        {
            "resourceType": "PractitionerRole",
            "id": "r",
            "practitioner": {"reference": "Practitioner/b"},
            "organization": {"reference": "Organization/ward"},
            "code": [{"coding": [{"system": "urn:r", "code": "doctor"}]}],
        },
        {"resourceType": "Group", "id": "g", "member": [{"entity": {"reference": "Practitioner/a"}}]},
        {"resourceType": "CareTeam", "id": "c", "participant": [{"member": {"reference": "Practitioner/b"}}]},
    ]
)
CONTEXTS = (Context(DIRECTORY), Context())
RESOURCES = tuple(
    {
        "resourceType": kind,
        "id": "1",
        **({"meta": {"security": [{"system": one.system, "code": one.code} for one in labels]}} if labels else {}),
        **({"code": {"coding": [{"system": "http://loinc.org", "code": code}]}} if code else {}),
        **({"effectiveDateTime": date} if date else {}),
        **({"encounter": {"reference": "Encounter/1"}} if encounter else {}),
        **({"performer": [{"reference": "Practitioner/a"}]} if author else {}),
    }
    for kind, labels, code, date, encounter, author in (
        ("Observation", (LABELS[0],), "1-1", "2020-05-01", True, True),
        ("Observation", (LABELS[1], LABELS[3]), "2-2", "2019", False, True),
        ("Condition", (), "", "", False, False),
        ("Condition", (LABELS[2],), "1-1", "2021-06", True, False),
        ("Patient", (LABELS[4],), "", "", False, False),
    )
)


def some(source: random.Random, values: tuple, likely: float = 0.3) -> tuple:
    """None of the values mostly, else one or two."""
    if source.random() > likely:
        return ()
    return tuple(source.sample(values, min(len(values), source.choice((1, 1, 2)))))


def a_rule(source: random.Random, depth: int, path: str = "Consent") -> Rule:
    inner = 0 if depth == 0 else source.choice((0, 1, 2, 3))
    return Rule(
        path=path,
        effect=source.choice(("permit", "deny", None)),
        period=source.choice(SPANS) if source.random() < 0.2 else None,
        purposes=some(source, PURPOSES),
        actors=some(source, ACTORS),
        actions=some(source, ACTIONS, 0.2),
        labels=some(source, LABELS, 0.2),
        classes=some(source, CLASSES, 0.15),
        codes=some(source, CODES, 0.1),
        data_period=source.choice(SPANS) if source.random() < 0.1 else None,
        data=some(source, DATA, 0.1),
        expressions=("true",) if source.random() < 0.03 else (),
        unknown=("odd",) if source.random() < 0.05 else (),
        rules=tuple(a_rule(source, depth - 1, f"{path}.provision[{at}]") for at in range(inner)),
    )


def a_consent(source: random.Random, name: str) -> Consent:
    root = a_rule(source, source.choice((0, 1, 1, 2)))
    combining = source.choice(("", "", "", "deny-overrides", "permit-unless-deny", "deny-unless-permit"))
    base = {"permit-unless-deny": "permit", "deny-unless-permit": "deny", "deny-overrides": None}.get(combining)
    return Consent(
        name=name,
        release="R4",
        active=source.random() < 0.95,
        base=base if combining else source.choice(("permit", "deny", None)),
        base_source="root type",
        root=root,
        dated=source.choice((None, DAY, DAY + 1)),
        categories=some(source, (Coding("urn:c", "privacy"),), 0.2),
        combining=combining,
    )


def a_request(source: random.Random) -> Request:
    return Request(
        at=datetime(source.choice((2019, 2020, 2022)), 6, 1, tzinfo=UTC),
        actors=source.choice(((), *((each,) for each in REQUESTERS))),
        identifiers=source.choice(((), (), ("identifier urn:s|7",))),
        roles=source.choice(((), (), ("role urn:r|doctor",), ("role urn:r|nurse",))),
        purposes=source.choice(((), (PURPOSES[0],), (PURPOSES[1],), (PURPOSES[3],), (PURPOSES[0], PURPOSES[4]))),
        actions=source.choice(((), (ACTIONS[0],), (ACTIONS[0],))),
        categories=source.choice(((), (), (Coding("urn:c", "privacy"),), (Coding("urn:c", "other"),))),
        classes=source.choice(((), (), (CLASSES[0],))),
        resource=source.choice((None, *RESOURCES)),
    )
