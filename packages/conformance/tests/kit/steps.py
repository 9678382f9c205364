"""Steps of the kit's own suite."""

import pytest
from pytest_bdd import given, parsers, then, when

from samspil_conformance.checks import check, equal


@pytest.fixture
def patient(fixture_file):
    return fixture_file("patient.json")


@given("a patient on the server", target_fixture="stored")
def store(sut, patient):
    return sut.http.put("Patient/1", content=patient, headers={"content-type": "application/fhir+json"})


@when("the patient is read", target_fixture="answer")
def read(sut):
    return sut.http.get("Patient/1")


@when(parsers.parse("{path} is read with a secret"), target_fixture="answer")
def read_with(sut, path, seed):
    return sut.http.get(path, headers={"authorization": f"Bearer {seed.uuid('token')}"})


@then(parsers.parse("the status is {status:d}"))
def status_is(answer, status):
    equal(answer.status_code, status, "the status")


@then("a person sees the patient")
def seen(attested, answer):
    attested("Is the patient shown?", "The patient is shown")


@when("there are no two patients", target_fixture="answer")
def two(requires, answer=None):
    requires(not "one", "there is one patient")


@when("the system is asked to send a patient")
def send(sut):
    sut.inbox.answer_with(201)
    sut.trigger("send-patient", patient="Patient/1")


@then("the kit received a patient")
def received(sut):
    found = sut.inbox.wait(1)
    check(len(found) == 1, "one request arrives", observed=len(found))
    equal(found[0].json()["resourceType"], "Patient", "what arrives")


@when(parsers.parse('the command is given "{text}"'), target_fixture="done")
def command(sut, text):
    return sut.command(text.encode())


@then(parsers.parse('it gave "{text}"'))
def gave(done, text):
    equal(done.out.decode(), text, "the output")


@then("the patient should have a name")
def named(answer, warn, note):
    note("patient", answer.json())
    if "name" not in answer.json():
        warn("the patient has no name")
