"""The suite dk-medcom, its rules, and MedCom's own examples and protocols."""

import csv
import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from samspil_conformance.chance import Clock
from samspil_conformance.demo import FAULTS, VARIANTS, fault, identity, system
from samspil_conformance.elements import foreign
from samspil_conformance.executor import run_suite
from samspil_conformance.medcom import ACKNOWLEDGEMENT_RULES, RULES, THREAD_RULES, read_message
from samspil_conformance.medcom.acknowledging import code_of
from samspil_conformance.medcom.demo import MedComSystem
from samspil_conformance.medcom.numbers import is_cpr, is_gln, is_person, is_sor
from samspil_conformance.medcom.variants import VARIANTS as RECEIVED
from samspil_conformance.medcom.variants import varied
from samspil_conformance.suite import load_suite
from samspil_conformance.sut import Sut
from samspil_conformance.testscript.exchange import Content
from samspil_conformance.testscript.profiles import Profiles
from samspil_definitions.places import package_cache

SUITE = load_suite("dk-medcom")
START = datetime(2026, 1, 1, 9, tzinfo=UTC)
DEFECTS = [each for each in FAULTS if "dk-medcom" in each.suites]
FIXTURES = sorted((SUITE.folder / "fixtures").glob("*.json"))
WRONG = {"without-category": "category", "unknown-category": "category", "segment-without-source": "provenance"}
BEFORE = {"answered", "thread"}
"""Rules of replies alone."""


def run(seeded=None, only=None, **settings):
    clock = Clock(START)
    parts = system("dk-medcom", clock=clock, fault=seeded)
    parts = replace(parts, settings={**parts.settings, **settings})
    return run_suite(SUITE, Sut.of_parts(identity(), parts), clock=clock, only=only)


@pytest.fixture
def medcom():
    """A conformant system and what it sends."""
    sent = []

    def keep(request):
        sent.append(request.read())
        return httpx.Response(201)

    client = httpx.Client(base_url="http://kit.example/fhir", transport=httpx.MockTransport(keep))
    return MedComSystem(START), client, sent


def test_the_demonstration_fails_nothing_and_leaves_people_their_questions():
    results = {name: one.result for name, one in run().scenarios.items()}
    assert {name for name, result in results.items() if result not in {"pass", "skipped", "pending"}} == set()
    assert {name for name, result in results.items() if result == "pending"} == {
        each.id for each in SUITE.scenarios if "attest" in each.tags
    }


def test_the_catalogue_is_rich():
    assert len(DEFECTS) >= 60
    assert len([each for each in VARIANTS if "dk-medcom" in each.suites]) >= 6


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_fixture_keeps_every_rule_but_the_one_it_is_there_to_break(path):
    message = read_message(path.read_bytes())
    broken = {name for name, rule in RULES.items() if list(rule(message))}
    assert broken == ({WRONG[path.stem]} if path.stem in WRONG else set())


@pytest.mark.parametrize("variant", RECEIVED)
def test_a_variant_is_a_message_that_says_the_same(variant):
    original = (SUITE.folder / "fixtures" / "new.json").read_bytes()
    message = read_message(varied(original, variant))
    assert message.segments[0]["contentString"] == read_message(original).segments[0]["contentString"]
    assert (varied(original, variant) != varied(original, "JSON")) == (variant != "JSON")


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (is_gln, ["5790002631818", "5790001353308"], ["5790002631819", "579000263181", "", "57900026318a8"]),
        (is_sor, ["1382601000016006", "330461000016004"], ["1382601000017006", "1000016006", "", "x"]),
        (
            is_cpr,
            ["2512489996", "0101004001", "8512489996", "2902004000"],
            ["2513489996", "251248-9996", "2902990000", "0000000000"],
        ),
    ],
)
def test_danish_numbers(check, good, bad):
    assert all(map(check, good))
    assert not any(map(check, bad))


def test_a_person_is_named_by_cpr_or_replacement_number():
    assert is_person("urn:oid:1.2.208.176.1.2", "2512489996")
    assert is_person("urn:oid:1.2.208.176.1.6.1.3.177", "2512484VK9")
    assert not is_person("1.2.208.176.1.2", "2512489996")
    assert not is_person("urn:oid:1.2.208.176.1.2", "2512484VK9")


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_of_a_message_is_broken_by_an_empty_one(name):
    """Rules about parts that may be absent keep silent; all others speak."""
    found = list(RULES[name](read_message(b'{"resourceType": "Bundle"}')))
    assert bool(found) != (name in {"urls", "references", "elements", "attachments", "narratives", "episode"})


def test_findings_hold_no_value_of_the_message():
    """Words about a wrong message name places, never numbers or names of persons."""
    text = (
        (SUITE.folder / "fixtures" / "new.json")
        .read_text(encoding="utf-8")
        .replace("2512489996", "2512489996x")
        .replace("Testesen", "")
    )
    words = " ".join(word for rule in RULES.values() for word in rule(read_message(text.encode())))
    assert words
    assert "2512489996" not in words


# ------------------------------------------------------------------------------------------------ MedCom's own
@pytest.fixture(scope="module")
def corpora():
    root = Path(os.environ.get("SAMSPIL_CORPORA") or Path(__file__).parents[4] / "shared" / "corpora")
    if not (root / "conformance" / "medcom-examples").is_dir():
        pytest.skip("corpora are absent: set SAMSPIL_CORPORA")
    return root


@pytest.fixture(scope="module")
def examples(corpora: Path):
    return sorted((corpora / "conformance" / "medcom-examples").glob("*/*"))


def test_every_example_is_acknowledged_and_answered_by_the_rules(examples, medcom):
    """As a conformant system would: one acknowledgement each, and a reply and a forward of each that is accepted."""
    own, client, sent = medcom
    assert len(examples) >= 30
    for path in examples:
        before = len(sent)
        own.send("receive", {"content": path.read_text(encoding="utf-8")}, client)
        former, answer = read_message(path.read_bytes()), read_message(sent[-1])
        assert len(sent) == before + 1
        assert [word for rule in ACKNOWLEDGEMENT_RULES.values() for word in rule(answer, former)] == []
        assert (code_of(answer) == "fatal-error") == ("dublicate-inv" in path.name), path.name
        for kind in ("reply", "forward") if code_of(answer) == "ok" else ():
            own.send("send", {"kind": kind, "content": "plain"}, client)
            made = read_message(sent[-1])
            rules = {name: rule for name, rule in THREAD_RULES.items() if kind == "reply" or name not in BEFORE}
            assert [word for rule in rules.values() for word in rule(made, former)] == [], path.name


def test_the_examples_for_senders_keep_every_rule(examples):
    """MedCom's own messages raise no alarm."""
    for path in examples:
        if path.parent.name == "SendExamples":
            message = read_message(path.read_bytes())
            assert [word for rule in RULES.values() for word in rule(message)] == [], path.name


def test_the_examples_run_through_the_suite(examples):
    """All scenarios about MedCom's examples are judged, and the demonstration passes them."""
    names = {each.id for each in SUITE.scenarios if "MedCom's" in each.title}
    assert len(names) >= 30
    settings = {"medcom-examples": str(examples[0].parents[1])}
    assert {one.result for one in run(only=names, **settings).scenarios.values()} == {"pass"}


def test_every_step_of_the_protocols_has_a_scenario_that_takes_it(corpora: Path):
    """Automatic, attested by a person, or both; a step that MedCom changed is noticed by its digest."""
    known = {each.id.partition("[")[0] for each in SUITE.scenarios} | {"testscripts"}
    rows = list(csv.DictReader((SUITE.folder / "protocol.csv").read_text(encoding="utf-8").splitlines()))
    for protocol, file in (("send", "Send"), ("receive", "Receive")):
        path = corpora / "conformance" / "medcom-protocols" / f"CareCommunication_Testprotocol_{file}.json"
        steps = json.loads(path.read_text(encoding="utf-8"))
        own = [row for row in rows if row["protocol"] == protocol]
        assert [row["digest"] for row in own] == [_digest(each) for each in steps]
        for row in own:
            assert row["how"] in {"automatic", "attested", "both", "heading"}
            assert bool(row["scenarios"]) == (row["how"] != "heading")
            assert set(row["scenarios"].split()) <= known


def _digest(step):
    return hashlib.sha256(f"{step['section']}|{step['Action']}".encode()).hexdigest()[:12]


def test_what_the_demonstration_sends_conforms_to_medcom_s_profiles(corpora: Path, medcom):
    """Messages and acknowledgements validate without an error, and a spoiled one does not."""
    from tools.package_sets import definitions_for

    own, client, sent = medcom
    own.send("receive", {"content": (SUITE.folder / "fixtures" / "without-category.json").read_text()}, client)
    own.send("receive", {"content": (SUITE.folder / "fixtures" / "with-file.json").read_text()}, client)
    for kind, content in (("new", "referral"), ("new", "episode"), ("reply", "plain"), ("forward", "file")):
        own.send("send", {"kind": kind, "content": content}, client)
    care = Profiles(definitions_for(corpora / "packages", "medcom.fhir.dk.carecommunication-5.0.2.tgz"))
    acknowledgement = Profiles(definitions_for(corpora / "packages", "medcom.fhir.dk.acknowledgement-2.0.3.tgz"))
    for data in sent[:2]:
        profile = "http://medcomfhir.dk/ig/acknowledgement/StructureDefinition/medcom-messaging-acknowledgement"
        assert acknowledgement.faults(Content(data), profile) == []
    profile = "http://medcomfhir.dk/ig/carecommunication/StructureDefinition/medcom-careCommunication-message"
    for data in sent[2:]:
        assert care.faults(Content(data), profile) == []
    assert care.faults(Content(sent[2].replace(b'"regarding-referral"', b'"nonsense"')), profile)


def test_the_scenarios_about_profiles_pass_and_fail_where_the_packages_are_at_hand(corpora: Path):
    """With the packages of the setting the demonstration conforms, and a fault that breaks a profile is found."""
    if not (package_cache() / "hl7.fhir.r4.core#4.0.1").is_dir():
        pytest.skip("machine: the package hl7.fhir.r4.core#4.0.1 is not installed")
    names = (
        "medcom.fhir.dk.carecommunication-5.0.2",
        "medcom.fhir.dk.acknowledgement-2.0.3",
        "medcom.fhir.dk.messaging-3.0.0",
        "medcom.fhir.dk.core-3.0.1",
        "medcom.fhir.dk.terminology-2.0.1",
        "medcom.fhir.dk.messagedefinitions-1.0.0",
        "hl7.fhir.dk.core-2.0.0",
    )
    packages = [str(corpora / "packages" / f"{name}.tgz") for name in names]
    only = {"dk-medcom-110", "dk-medcom-209", "dk-medcom-313"}
    good = run(only=only, packages=[*packages, "hl7.fhir.r4.core#4.0.1"])
    assert {one.result for one in good.scenarios.values()} == {"pass"}, [
        each.reason for each in good.scenarios.values()
    ]
    for name, scenario in (("medcom-local-category", "dk-medcom-110"), ("medcom-no-timestamp", "dk-medcom-313")):
        bad = run(fault(name), only=only, packages=[*packages, "hl7.fhir.r4.core#4.0.1"])
        assert bad.scenarios[scenario].result == "fail", name


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"emne": "x"}, "Patient.emne is no element"),
        ({"active": "true"}, "Patient.active is not in the form of a boolean"),
        ({"birthDate": 1948}, "Patient.birthDate is not in the form of a date"),
        ({"multipleBirthInteger": True}, "Patient.multipleBirthInteger is not in the form of a integer"),
        ({"name": {"family": "Lind"}}, "Patient.name is one value"),
        ({"gender": ["female"]}, "Patient.gender is a list"),
        ({"name": ["Lind"]}, "Patient.name is no object"),
        ({"contained": [{"resourceType": "Patinet"}]}, "a resource is of no type"),
        ({"name": [{"given": ["Ida", None], "_given": [None, {"id": "a"}]}], "_gender": {"id": "b"}}, ""),
        ({"contained": [{"resourceType": "Patient", "active": True}], "multipleBirthInteger": 2}, ""),
        ({"extension": [{"url": "http://a.example/x", "valueDecimal": 1.5}]}, ""),
    ],
)
def test_an_element_that_r4_does_not_have_in_that_form_is_told_by_its_place(change, place):
    found = list(foreign({"resourceType": "Patient", **change}))
    assert [each.startswith(place) for each in found] == ([True] if place else [])


def test_an_assertion_about_profiles_is_red_for_a_fault_that_a_profile_forbids(corpora: Path, monkeypatch):
    """Where SAMSPIL_CORPORA names MedCom's packages, the suite's own test sees every assertion red and no variant blamed."""
    if not (package_cache() / "hl7.fhir.r4.core#4.0.1").is_dir():
        pytest.skip("machine: the package hl7.fhir.r4.core#4.0.1 is not installed")
    monkeypatch.setenv("SAMSPIL_CORPORA", str(corpora))
    only = {"dk-medcom-110", "dk-medcom-209", "dk-medcom-313"}
    assert {one.result for one in run(only=only).scenarios.values()} == {"pass"}
    for name, red in (
        ("medcom-no-status", {"dk-medcom-110", "dk-medcom-209"}),
        ("medcom-no-message-type", {"dk-medcom-313"}),
    ):
        found = run(fault(name), only=only).scenarios
        assert {key for key, one in found.items() if one.result == "fail"} == red, name
    for variant in VARIANTS:
        if "dk-medcom" in variant.suites:
            assert {one.result for one in run(variant, only=only).scenarios.values()} == {"pass"}, variant.id
