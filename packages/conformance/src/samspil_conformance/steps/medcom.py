"""Steps about MedCom messages: what the system sends, what it answers to what it receives, and what a person has to see.

The system is asked by two actions: `send` with `kind` (new, reply, forward), `content` and `format`, and `receive` with `name`
and `content`, the text of a message. A reply or forward is about the message received last.
"""

import os
import re
from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, then, when

from samspil_conformance.checks import check, equal
from samspil_conformance.medcom import ACKNOWLEDGEMENT_RULES, RULES, THREAD_RULES, Message, NotAMessage, read_message
from samspil_conformance.medcom.acknowledging import code_of
from samspil_conformance.medcom.message import codes, parts
from samspil_conformance.medcom.threads import activity
from samspil_conformance.medcom.validating import faults
from samspil_conformance.medcom.variants import varied

__all__: list[str] = []

_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@when(parsers.parse('the system sends a new message with "{content}"'))
def _sends(sut: Any, world: Any, content: str) -> None:
    _asked(sut, world, "new", content, "json")


@when(parsers.parse('the system sends a new message with "{content}" in {form}'))
def _sends_in(sut: Any, world: Any, content: str, form: str) -> None:
    _asked(sut, world, "new", content, form.lower())


@when(parsers.parse('the system answers it by a {kind} with "{content}"'))
def _answers(sut: Any, world: Any, kind: str, content: str) -> None:
    _asked(sut, world, kind, content, "json")


def _asked(sut: Any, world: Any, kind: str, content: str, form: str) -> None:
    before = len(sut.inbox.received)
    sut.trigger("send", kind=kind, content=content, format=form)
    arrived = sut.inbox.wait(before + 1)[before:]
    check(len(arrived) == 1, "one message is sent", observed=len(arrived))
    world["sent"] = [*world.get("sent", []), _read(arrived[0].body)]
    world["request"] = arrived[0]


@given(parsers.parse('the message "{name}" is received'), target_fixture="former")
@when(parsers.parse('the message "{name}" is received'), target_fixture="former")
def _received(sut: Any, world: Any, fixture_file: Any, seed: Any, name: str) -> Message:
    return _deliver(sut, world, name, _renewed(fixture_file(f"{name}.json"), seed))


@when(parsers.parse('the message "{name}" is received as "{variant}"'), target_fixture="former")
def _received_as(  # noqa: PLR0913, PLR0917  what the step has to do with
    sut: Any, world: Any, fixture_file: Any, seed: Any, name: str, variant: str
) -> Message:
    return _deliver(sut, world, f"{name}, {variant}", varied(_renewed(fixture_file(f"{name}.json"), seed), variant))


def _renewed(message: bytes, seed: Any) -> bytes:
    """The message with UUIDs of this scenario, so that it is no duplicate of what another one sent."""
    return _UUID.sub(lambda found: str(seed.uuid(found[0].decode())).encode(), message)


@when(parsers.parse("MedCom's example {name} is received"), target_fixture="former")
@given(parsers.parse("MedCom's example {name} is received"), target_fixture="former")
def _example(sut: Any, world: Any, requires: Any, name: str) -> Message:
    folder = _examples(sut)
    found = sorted(folder.glob(f"*/Bundle-{name}-*")) if folder.is_dir() else []
    found = [each for each in found if re.match(rf"Bundle-{re.escape(name)}-(?:[a-zA-Z]+-)*[0-9a-f]{{8}}-", each.name)]
    requires(
        bool(found), f"corpora: MedCom's example {name} is not at hand; the setting medcom-examples names its folder"
    )
    return _deliver(sut, world, name, found[0].read_bytes())


def _examples(sut: Any) -> Path:
    stated = sut.settings.get("medcom-examples")
    corpora = os.environ.get("SAMSPIL_CORPORA", "")
    return Path(str(stated)) if stated else Path(corpora or "none") / "conformance" / "medcom-examples"


def _deliver(sut: Any, world: Any, name: str, data: bytes) -> Message:
    before = len(sut.inbox.received)
    sut.trigger("receive", name=name, content=data.decode("utf-8"))
    world["answers"] = [_read(each.body) for each in sut.inbox.wait(before + 1)[before:]]
    world["answer bytes"] = [each.body for each in sut.inbox.received[before:]]
    return _read(data)


def _read(data: bytes) -> Message:
    try:
        return read_message(data)
    except NotAMessage as fault:
        check(False, "the content is a Bundle in FHIR JSON or XML", observed=str(fault))  # noqa: FBT003  the truth
        raise


@then(parsers.parse('the message keeps the rule "{rule}"'))
def _keeps(world: Any, rule: str) -> None:
    found = list(RULES[rule](world["sent"][-1]))
    check(not found, _sentence(RULES[rule]), observed=found)


@then(parsers.parse('the message keeps the rule "{rule}" after the one before'))
def _keeps_after(world: Any, former: Message, rule: str) -> None:
    found = list(THREAD_RULES[rule](world["sent"][-1], former))
    check(not found, _sentence(THREAD_RULES[rule]), observed=found)


@then("the two messages have ids of their own")
def _own(world: Any) -> None:
    found = list(THREAD_RULES["fresh"](world["sent"][1], world["sent"][0]))
    check(not found, "each message has an id, a header and a timestamp of its own", observed=found)


@then(parsers.parse("its activity is {code}"))
def _activity(world: Any, code: str) -> None:
    equal(activity(world["sent"][-1]), code, "Provenance.activity of the message")


@then(parsers.parse("its content is in {form}"))
def _form(world: Any, form: str) -> None:
    equal(world["sent"][-1].media, form.lower(), "the form of the content")
    kind = str(world["request"].headers.get("content-type", "")).partition(";")[0]
    equal(kind, f"application/fhir+{form.lower()}", "Content-Type")


@then(parsers.parse('the category is "{code}"'))
def _category(world: Any, code: str) -> None:
    found = [one for each in parts(world["sent"][-1].communication, "category") for one in codes(each)]
    equal(found, [code], "Communication.category")


@then(parsers.parse('the Communication has the element "{name}"'))
def _has(world: Any, name: str) -> None:
    check(name in world["sent"][-1].communication, f"Communication.{name} is there")


@then(parsers.parse("a segment holds a file with {part}"))
def _file(world: Any, part: str) -> None:
    found = [each.get("contentAttachment", {}) for each in world["sent"][-1].segments]
    check(any(part in each for each in found), f"a segment has contentAttachment.{part}")


@then("the message conforms to its profile")
def _conforms(sut: Any, world: Any, requires: Any) -> None:
    found = faults(world["request"].body, "carecommunication", sut.settings.get("packages"))
    requires(
        found is not None, "the package medcom.fhir.dk.carecommunication is not at hand; the setting packages names it"
    )
    check(not found, "the message conforms to the profile of CareCommunication", observed=found)


@then("it is acknowledged once")
def _once(world: Any) -> None:
    found = [code_of(each) for each in world["answers"]]
    check(len(found) == 1 and found[0], "one Acknowledgement is sent", observed=found)


@then(parsers.parse("the acknowledgement says {code}"))
def _says(world: Any, code: str) -> None:
    equal([code_of(each) for each in world["answers"]], [code], "the codes of what is sent in answer")


@then("it is accepted, or refused with a reason")
def _accepted_or_refused(world: Any, former: Message) -> None:
    found = [code_of(each) for each in world["answers"]]
    check(found in (["ok"], ["fatal-error"]), "one Acknowledgement: ok, or fatal-error", observed=found)
    why = list(ACKNOWLEDGEMENT_RULES["explained"](world["answers"][0], former))
    check(not why, "a refusal says what was wrong", observed=why)


@then(parsers.parse('the acknowledgement keeps the rule "{rule}"'))
def _keeps_acknowledging(world: Any, former: Message, rule: str) -> None:
    check(bool(world["answers"]), "an Acknowledgement is sent")
    found = list(ACKNOWLEDGEMENT_RULES[rule](world["answers"][-1], former))
    check(not found, _sentence(ACKNOWLEDGEMENT_RULES[rule]), observed=found)


@then("the acknowledgement conforms to its profile")
def _acknowledgement_conforms(sut: Any, world: Any, requires: Any) -> None:
    found = faults(world["answer bytes"][-1], "acknowledgement", sut.settings.get("packages"))
    requires(
        found is not None, "the package medcom.fhir.dk.acknowledgement is not at hand; the setting packages names it"
    )
    check(not found, "the message conforms to the profile of Acknowledgement", observed=found)


@then(parsers.parse('a person confirms: "{question}" It is expected that {expected}'))
def _confirmed(attested: Any, question: str, expected: str) -> None:
    attested(question, expected)


def _sentence(rule: Any) -> str:
    return str(rule.__doc__).partition("\n")[0].rstrip(".")
