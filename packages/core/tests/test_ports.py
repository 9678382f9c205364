"""Finding implementations of ports, the one that is never available, and the fakes."""

from datetime import UTC, datetime
from importlib.metadata import EntryPoint

import pytest

from samspil_core import ports
from samspil_core.kinds import PORT_NOT_AVAILABLE
from samspil_core.not_available import NOT_AVAILABLE
from samspil_core.outcome import Outcome
from samspil_core.ports import (
    CodeValidator,
    Decider,
    Evaluator,
    PortNotFound,
    Recorder,
    ResourceValidator,
    Translator,
    available,
    find,
)
from samspil_core.testing import (
    FakeCodeValidator,
    FakeDecider,
    FakeEvaluator,
    FakeRecorder,
    FakeResourceValidator,
    FakeTranslator,
    blow_up,
)
from samspil_core.values import Access, CodeValidity, Coding, Decision, Match, Receipt, Translation

TRANSLATORS: list[Translator] = [NOT_AVAILABLE, FakeTranslator()]
CODE_VALIDATORS: list[CodeValidator] = [NOT_AVAILABLE, FakeCodeValidator()]
RESOURCE_VALIDATORS: list[ResourceValidator] = [NOT_AVAILABLE, FakeResourceValidator()]
EVALUATORS: list[Evaluator] = [NOT_AVAILABLE, FakeEvaluator()]
DECIDERS: list[Decider] = [NOT_AVAILABLE, FakeDecider()]
RECORDERS: list[Recorder] = [NOT_AVAILABLE, FakeRecorder()]

MALE = Coding("http://terminology.hl7.org/CodeSystem/v2-0001", "M")
ACCESS = Access(
    "Practitioner/7", "Patient/9", Coding(code="access"), Coding(code="TREAT"), datetime(2026, 1, 1, tzinfo=UTC)
)


@pytest.fixture
def _installed(monkeypatch):
    points = [
        EntryPoint("translator.b", "samspil_core.testing:FakeTranslator", ports.GROUP),
        EntryPoint("translator.a", "samspil_core.testing:FakeTranslator", ports.GROUP),
        EntryPoint("recorder.memory", "samspil_core.testing:FakeRecorder", ports.GROUP),
    ]

    def entry_points(group, name=None):
        return [point for point in points if group == ports.GROUP and name in (None, point.name)]

    monkeypatch.setattr(ports, "entry_points", entry_points)


@pytest.mark.usefixtures("_installed")
def test_find():
    """An implementation is found by the name of its port and its own."""
    assert find("translator", "a") is FakeTranslator
    assert find("recorder", "memory") is FakeRecorder
    assert available("translator") == ("a", "b")
    assert available("decider") == ()


@pytest.mark.usefixtures("_installed")
def test_not_found():
    """The error for a missing implementation says what is installed and what to install."""
    with pytest.raises(PortNotFound) as caught:
        find("translator", "c")
    assert str(caught.value) == (
        "translator 'c' not found: it is misspelled or not installed (installed: a, b); "
        "`pip install samspil-terminology` brings one"
    )
    assert caught.value.package == "samspil-terminology"


@pytest.mark.parametrize("ask", [lambda: find("translater", "a"), lambda: available("translater")])
def test_no_such_port(ask):
    """The error for a port that does not exist names those that do."""
    with pytest.raises(PortNotFound, match="there is no port 'translater'; the ports are code-validator, decider"):
        ask()


@pytest.mark.parametrize(
    ("outcome", "port"),
    [
        (NOT_AVAILABLE.translate(MALE, "map").outcome, "translator"),
        (NOT_AVAILABLE.validate_code(MALE).outcome, "code-validator"),
        (NOT_AVAILABLE.validate({}), "resource-validator"),
        (NOT_AVAILABLE.decide(ACCESS).outcome, "decider"),
    ],
)
def test_not_available_says_so(outcome, port):
    """A port that is not available answers with the package that would bring it."""
    (issue,) = outcome
    assert issue.kind is PORT_NOT_AVAILABLE
    assert port in issue.text
    assert f"pip install {ports.PACKAGES[port]}" in issue.fix


def test_not_available_lets_nothing_through():
    """A port that is not available finds, permits and keeps nothing."""
    assert not NOT_AVAILABLE.translate(MALE, "map").found
    assert not NOT_AVAILABLE.validate_code(MALE).valid
    assert not NOT_AVAILABLE.validate({}).ok
    assert not NOT_AVAILABLE.decide(ACCESS).permitted
    with pytest.raises(PortNotFound, match="samspil-fhirpath"):
        NOT_AVAILABLE.evaluate("id", {})
    with pytest.raises(PortNotFound, match="samspil-audit"):
        NOT_AVAILABLE.record({})


@pytest.mark.parametrize(
    ("equivalences", "found", "same"),
    [([], False, None), (["unmatched"], False, None), (["wider"], True, None), (["wider", "equal"], True, "1")],
)
def test_translation(equivalences, found, same):
    """A translation is found when a match is one, and the same when a match means the same."""
    matches = tuple(Match(Coding(code=str(n)), equivalence) for n, equivalence in enumerate(equivalences))
    translation = Translation(matches)
    assert translation.found is found
    assert translation.same == (Coding(code=same) if same else None)


def test_access_repr():
    """The repr of an access names nobody."""
    assert "Practitioner/7" not in repr(ACCESS)
    assert "Patient/9" not in repr(ACCESS)


@pytest.mark.parametrize(("effect", "permitted"), [("permit", True), ("deny", False), ("no-consent", False)])
def test_decision(effect, permitted):
    """Nothing but permit permits."""
    assert Decision(effect).permitted is permitted


def test_fake_translator():
    """The fake translates what its dict has, and remembers what it was asked."""
    target = Coding("http://hl7.org/fhir/administrative-gender", "male")
    fake = FakeTranslator({("map", MALE.system, "M"): target})
    assert fake.translate(MALE, "map").same == target
    assert fake.translate(MALE, "other") == Translation()
    assert fake.asked == [(MALE, "map"), (MALE, "other")]


def test_fake_code_validator():
    """The fake knows the codes of its dict."""
    fake = FakeCodeValidator({("", MALE.system, "M"): "Male"})
    assert fake.validate_code(MALE) == CodeValidity(valid=True, display="Male")
    assert fake.validate_code(MALE, "vs") == CodeValidity(valid=False)
    assert fake.asked == [(MALE, ""), (MALE, "vs")]


def test_fake_resource_validator():
    """The fake answers by resource type, and is else content."""
    bad = Outcome((PORT_NOT_AVAILABLE.at(),))
    fake = FakeResourceValidator({"Patient": bad})
    assert fake.validate({"resourceType": "Patient"}) is bad
    assert fake.validate({}, ["profile"]).ok
    assert fake.asked == [({"resourceType": "Patient"}, ()), ({}, ("profile",))]


def test_fake_evaluator():
    """The fake answers by expression."""
    fake = FakeEvaluator({"id": ["1"]})
    assert fake.evaluate("id", {}) == ["1"]
    assert fake.evaluate("name", {}) == []
    assert fake.asked == [("id", {}), ("name", {})]


def test_fake_decider():
    """The fake denies all that its dict does not have."""
    fake = FakeDecider({("Practitioner/7", "access"): Decision("permit")})
    assert fake.decide(ACCESS).permitted
    assert not FakeDecider().decide(ACCESS).permitted
    assert fake.asked == [ACCESS]


def test_fake_recorder():
    """The fake keeps its events in order."""
    fake = FakeRecorder()
    assert [fake.record({"id": name}) for name in "ab"] == [Receipt("memory", 0), Receipt("memory", 1)]
    assert fake.events == [{"id": "a"}, {"id": "b"}]


def test_blow_up():
    """What must never be called says so."""
    with pytest.raises(AssertionError, match="never be called"):
        blow_up(1, a=2)
