"""Bundles and resources without what may not be seen; emergencies, rights, scopes, and consents that change."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from samspil_consent import Context, Directory, Engine, decide, load_profile, read_consent, read_request
from samspil_consent.breakglass import with_emergency
from samspil_consent.enforcement import Enforcer, patients_of
from samspil_consent.rights import delayed, of_age, opt_out, proxy
from samspil_consent.scopes import allows, read_scopes
from samspil_consent.store import Engines
from samspil_core.ports import find
from samspil_core.values import Access, Coding

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
OPEN = {
    "resourceType": "Consent",
    "id": "open",
    "status": "active",
    "patient": {"reference": "Patient/1"},
    "dateTime": "2026-01-01",
    "provision": {"type": "permit"},
}
CLOSED = {**OPEN, "id": "closed", "provision": {"type": "deny"}}


def observation(name, patient="Patient/1", **more):
    return {"resourceType": "Observation", "id": name, "subject": {"reference": patient}, **more}


def enforcer(treat, *consents, profile="typed", **more):
    engine = Engine([read_consent(one) for one in consents], load_profile(profile))
    return Enforcer(lambda _patient: engine, read_request(treat), **more)


def test_what_speaks_of_two_patients_needs_both(treat):
    engines = {"Patient/1": OPEN, "Patient/2": CLOSED}
    profile = load_profile("typed")
    guard = Enforcer(
        lambda name: Engine([read_consent({**engines[name], "patient": {"reference": name}})], profile),
        read_request(treat),
    )
    assert guard.resource(observation("a")) is not None
    both = observation("b", extension=[{"url": "urn:x", "valueReference": {"reference": "Patient/2"}}])
    assert set(patients_of(both)) == {"Patient/1", "Patient/2"}
    assert guard.resource(both) is None


@pytest.mark.parametrize(("kind", "seen"), [("Practitioner", True), ("Provenance", False), ("AuditEvent", False)])
def test_what_speaks_of_nobody_is_seen_only_if_it_is_of_a_directory(treat, kind, seen):
    assert (enforcer(treat, OPEN).resource({"resourceType": kind, "id": "1"}) is not None) == seen


def test_a_document_is_all_or_nothing(treat):
    document = {"resourceType": "Bundle", "type": "document", "entry": [{"resource": observation("a")}]}
    hidden = {**document, "entry": [*document["entry"], {"resource": observation("b", "Patient/2")}]}
    profile = load_profile("typed")
    guard = Enforcer(
        lambda name: Engine([read_consent(OPEN if name == "Patient/1" else CLOSED)], profile), read_request(treat)
    )
    assert guard.resource(document) is document
    assert guard.resource(hidden) is None


def test_an_included_resource_goes_with_what_led_to_it(treat):
    psy = {"meta": {"security": [{"system": ACT_CODE, "code": "PSY"}]}}
    consent = {
        **OPEN,
        "provision": {"type": "permit", "provision": [{"type": "deny", "securityLabel": psy["meta"]["security"]}]},
    }
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 2,
        "entry": [
            {"resource": observation("a", performer=[{"reference": "Practitioner/1"}]), "search": {"mode": "match"}},
            {
                "resource": observation("b", performer=[{"reference": "Practitioner/2"}], **psy),
                "search": {"mode": "match"},
            },
            *({"resource": {"resourceType": "Practitioner", "id": at}, "search": {"mode": "include"}} for at in "12"),
        ],
    }
    seen = enforcer(treat, consent).bundle(bundle)
    assert [entry["resource"]["id"] for entry in seen["entry"]] == ["a", "1"]
    assert seen["total"] == 1
    assert len(bundle["entry"]) == 4


def test_a_model_is_enforced_as_its_json(treat):
    bundles = pytest.importorskip("fhir.resources.R4B.bundle", reason="machine: fhir.resources is not installed")
    code = {"status": "final", "code": {"text": "x"}}
    entries = [{"resource": observation("a", **code)}, {"resource": observation("b", "Patient/2", **code)}]
    model = bundles.Bundle(type="collection", entry=entries)
    engines = {"Patient/1": OPEN, "Patient/2": CLOSED}
    guard = Enforcer(
        lambda name: Engine(
            [read_consent({**engines[name], "patient": {"reference": name}})] if name else [], load_profile("typed")
        ),
        read_request(treat),
    )
    assert [entry["resource"]["id"] for entry in guard.bundle(model)["entry"]] == ["a"]
    assert guard.resource(model.entry[1].resource) is None
    assert patients_of(model.entry[1].resource) == ("Patient/2",)
    asked = read_request({**treat, "resource": model.entry[0].resource})
    assert decide([read_consent(OPEN)], asked, "typed").effect == "permit"


def limited(code):
    rule = {"type": "permit", "limit": [{"control": [{"coding": [{"system": ACT_CODE, "code": code}]}]}]}
    return {"resourceType": "Permission", "id": "p", "status": "active", "combining": "deny-overrides", "rule": [rule]}


def test_an_obligation_that_nobody_does_is_a_refusal(treat):
    audit = Coding(ACT_CODE, "AUDIT")
    assert enforcer(treat, limited("AUDIT")).resource(observation("a")) is None
    assert enforcer(treat, limited("AUDIT"), does=(audit,)).resource(observation("a")) is not None


def test_masking_leaves_that_it_exists_and_no_more(treat):
    seen = enforcer(treat, limited("MASK")).resource(observation("a", valueString="secret"))
    assert set(seen) == {"resourceType", "id", "meta"}


def test_a_revocation_counts_at_once(treat):
    current = [OPEN]
    engines = Engines(lambda _patient: current, load_profile("typed"))
    guard = Enforcer(engines, read_request(treat))
    assert guard.resource(observation("a")) is not None
    assert engines("Patient/1") is engines("Patient/1")
    current[0] = {**OPEN, "status": "inactive"}
    assert guard.resource(observation("a")) is None


def test_a_source_of_consents_that_breaks_refuses(treat):
    def broken(_patient):
        raise OSError("no connection")

    assert Enforcer(Engines(broken, load_profile("ehds")), read_request(treat)).resource(observation("a")) is None


def test_the_port_decides(treat):
    decider = find("decider", "consent")([OPEN], "typed")
    access = Access("Practitioner/7", "Patient/1", Coding("", "access"), Coding(REASON, "TREAT"), NOW)
    decision = decider.decide(access)
    assert decision.permitted
    assert decision.because == ("Consent/open#Consent.provision",)


EMERGENCY = {
    "actor": "Practitioner/7",
    "role": {"system": "urn:r", "code": "doctor"},
    "purpose": "ETREAT",
    "action": "access",
    "patient": "Patient/1",
    "at": "2026-01-31T12:00:00Z",
    "emergency": {"reason": "unconscious", "because": "vital-interest-of-subject", "declared": "2026-01-31T11:30:00Z"},
}


def emergency(change, profile="ehds"):
    asked = {name: value for name, value in {**EMERGENCY, **change}.items() if value is not None}
    return with_emergency(decide([read_consent(CLOSED)], read_request(asked), profile))


@pytest.mark.parametrize("profile", ["ehds", "dk", "se"])
def test_an_emergency_opens_and_binds_to_record_and_notice(profile):
    answer = emergency({}, profile)
    assert answer.effect == "permit"
    assert [one.coding.code for one in answer.obligations] == ["AUDIT", "notify"]
    assert "unconscious" not in str([issue.text for issue in answer.outcome])


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "HMARKT"},
        {"role": None},
        {"patient": None},
        {"emergency": {**EMERGENCY["emergency"], "reason": " "}},
        {"emergency": {**EMERGENCY["emergency"], "because": "curiosity"}},
        {"emergency": {**EMERGENCY["emergency"], "because": "vital-interest-of-other"}},
        {"emergency": {**EMERGENCY["emergency"], "declared": "2026-01-31T10:59:59Z"}},
        {"emergency": {**EMERGENCY["emergency"], "declared": "2026-01-31T12:00:01Z"}},
        {"emergency": {**EMERGENCY["emergency"], "declared": "today"}},
    ],
    ids=str,
)
def test_an_emergency_without_its_conditions_opens_nothing(change):
    answer = emergency(change)
    assert answer.effect == "deny"
    assert "SAM-CON-212" in [issue.code for issue in answer.outcome]


def test_denmark_knows_the_vital_interest_of_another():
    change = {"emergency": {**EMERGENCY["emergency"], "because": "vital-interest-of-other"}}
    assert emergency(change, "dk").effect == "permit"


def test_a_profile_without_an_override_refuses_every_emergency():
    assert emergency({}, "pcf").effect == "deny"


def at(text, treat, purpose="TREAT", **more):
    return read_request({**treat, "purpose": purpose, "at": text, **more})


def test_an_opt_out_holds_until_it_is_taken_back(treat):
    out = opt_out("Patient/1", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    effects = [
        decide([out], at(each, treat), "ehds").effect
        for each in ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-31T23:59:59Z", "2026-02-01T00:00:00Z")
    ]
    assert effects == ["permit", "deny", "deny", "permit"]


def test_a_proxy_acts_for_the_time_and_the_data_granted(treat):
    grant = proxy(
        "Patient/1",
        "RelatedPerson/5",
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 2, 1, tzinfo=UTC),
        classes=(Coding("http://hl7.org/fhir/resource-types", "Observation"),),
    )

    def asked(kind, actor="RelatedPerson/5", when="2026-01-31T12:00:00Z"):
        resource = {"resourceType": kind, "id": "1", "subject": {"reference": "Patient/1"}}
        return decide([grant], at(when, treat, "PATRQT", actor=actor, resource=resource), "ehds").effect

    assert asked("Observation") == "permit"
    assert asked("Condition") == asked("Observation", "RelatedPerson/6") == "no-consent"
    assert asked("Observation", when="2026-02-01T00:00:00Z") == "no-consent"


def test_a_delay_holds_for_the_patient_and_not_for_care(treat):
    delay = delayed("Patient/1", "Observation/1", datetime(2026, 2, 1, tzinfo=UTC))
    resource = observation("1")
    mine = {"purpose": "PATRQT", "resource": resource}
    own = proxy("Patient/1", "Patient/1", datetime(2020, 1, 1, tzinfo=UTC))
    before, after = (
        at(each, treat, actor="Patient/1", **mine) for each in ("2026-01-31T12:00:00Z", "2026-02-01T00:00:00Z")
    )
    assert decide([own, delay], before, "ehds").effect == "deny"
    assert decide([own, delay], after, "ehds").effect == "permit"
    assert decide([own, delay], at("2026-01-31T12:00:00Z", treat, resource=resource), "ehds").effect == "permit"


def test_of_age_is_counted_by_birthdays():
    born = date(2010, 2, 28)
    assert not of_age(born, date(2025, 2, 27))
    assert of_age(born, date(2025, 2, 28))


def test_scopes_are_a_limit_beside_the_consents(treat):
    scopes = read_scopes("openid patient/Observation.rs?category=laboratory user/Condition.read")
    lab = observation("a", category=[{"coding": [{"code": "laboratory"}]}])
    guard = enforcer(treat, OPEN, within=lambda one: allows(scopes, one, "r", "Patient/1"))
    assert guard.resource(lab) is lab
    assert guard.resource(observation("b")) is None
    assert guard.resource({"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/1"}}) is not None
    assert not allows(read_scopes("patient/Observation.rs?odd=x"), lab, "r", "Patient/1")
    assert not allows(scopes, lab, "u", "Patient/1")
    assert not allows(scopes, lab, "r", "Patient/2")


ORGANISATIONS = Directory(
    [
        {"resourceType": "Organization", "id": "region"},
        {"resourceType": "Organization", "id": "ward", "partOf": {"reference": "Organization/region"}},
        {
            "resourceType": "PractitionerRole",
            "practitioner": {"reference": "Practitioner/7"},
            "organization": {"reference": "Organization/ward"},
            "id": "r",
        },
    ]
)


def for_actor(reference, effect="permit"):
    other = "deny" if effect == "permit" else "permit"
    rule = {"type": effect, "actor": [{"reference": {"reference": reference}}]}
    return {**OPEN, "provision": {"type": other, "provision": [rule]}}


def test_a_consent_to_a_region_reaches_its_wards(treat):
    asked = read_request(treat)
    consent = read_consent(for_actor("Organization/region"))
    assert decide([consent], asked, "typed", Context(ORGANISATIONS)).effect == "permit"
    assert (
        decide([consent], replace(asked, actors=("Practitioner/8",)), "typed", Context(ORGANISATIONS)).effect == "deny"
    )


@pytest.mark.parametrize("effect", ["permit", "deny"])
def test_an_unknown_organisation_never_widens_and_is_named(treat, effect):
    answer = decide([read_consent(for_actor("Organization/elsewhere", effect))], read_request(treat), "typed")
    assert answer.effect == "deny"
    assert "SAM-CON-202" in [issue.code for issue in answer.outcome]


def test_denmark_lets_a_named_recipient_through_a_refusal(treat):
    consents = [read_consent(CLOSED), read_consent({**for_actor("Practitioner/7"), "id": "named"})]
    named = read_request(treat)
    assert decide(consents[:1], named, "dk").effect == "deny"
    specific = [
        consents[0],
        read_consent(
            {
                **OPEN,
                "provision": {
                    "provision": [{"type": "permit", "actor": [{"reference": {"reference": "Practitioner/7"}}]}]
                },
            }
        ),
    ]
    assert decide(specific, named, "dk").effect == "permit"
    assert decide(specific, named, "se").effect == "deny"
    assert decide(specific, replace(named, actors=("Practitioner/8",)), "dk").effect == "deny"
