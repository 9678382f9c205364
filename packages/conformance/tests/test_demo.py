"""The demonstration passes its suites, and the suites tell its faults. The whole of it is `make selftest`."""

from datetime import UTC, datetime
from typing import Any

import pytest

from samspil_conformance import demo
from samspil_conformance.chance import Clock
from samspil_conformance.demo.changes import ANSWER, REQUEST
from samspil_conformance.executor import run_suite
from samspil_conformance.requirements import requirements
from samspil_conformance.run import Run
from samspil_conformance.selftest import measure
from samspil_conformance.suite import load_suite
from samspil_conformance.sut import Sut

CLOCK = Clock(datetime(2026, 1, 1, 9, tzinfo=UTC))
SUITES = sorted({name for each in (*demo.FAULTS, *demo.VARIANTS) for name in each.suites})
OURS = [name for name in SUITES if name != "dk-medcom"]


def make(suite: str, fault: Any) -> Sut:
    return Sut.of_parts(demo.identity(), demo.system(suite, clock=CLOCK, seed="0", fault=fault))


def run(suite: str, fault: Any = None) -> Run:
    return run_suite(suite, make(suite, fault), clock=CLOCK, seed="0")


def test_there_are_at_least_120_defects_and_30_lawful_variants() -> None:
    assert len(demo.FAULTS) >= 120
    assert len(demo.VARIANTS) >= 30
    ids = [each.id for each in (*demo.FAULTS, *demo.VARIANTS)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("suite", SUITES)
def test_a_fault_names_a_requirement_of_its_suite(suite: str) -> None:
    known = requirements(load_suite(suite).requirements)
    strange = [
        each.id for each in (*demo.FAULTS, *demo.VARIANTS) if suite in each.suites and each.requirement not in known
    ]
    assert strange == []


@pytest.mark.parametrize("suite", OURS)
def test_the_conformant_system_passes_some_defects_are_found_and_a_variant_is_let_pass(suite: str) -> None:
    defects = [each for each in demo.FAULTS if suite in each.suites]
    variants = [each for each in demo.VARIANTS if suite in each.suites]
    found = measure(suite, make, defects[:: len(defects) // 2], variants[:1], clock=CLOCK)
    assert (found.clean, found.survived, dict(found.alarms), dict(found.errors)) == (True, (), {}, {})
    assert found.holds


def test_the_same_clock_and_seed_give_the_same_record() -> None:
    assert run("audit-balp").lines() == run("audit-balp").lines()


def test_a_self_test_that_finds_too_little_does_not_hold() -> None:
    harmless = [each for each in demo.VARIANTS if "terminology" in each.suites]
    found = measure("terminology", make, harmless, (), clock=CLOCK)
    assert found.survived == tuple(each.id for each in harmless)
    assert not found.holds


def test_a_false_alarm_does_not_hold() -> None:
    harmful = [each for each in demo.FAULTS if each.id == "tx-validate-always-true"]
    found = measure("terminology", make, (), harmful, clock=CLOCK)
    assert set(found.alarms) == {"tx-validate-always-true"}
    assert not found.holds


def test_every_change_of_the_catalogue_is_known() -> None:
    from samspil_conformance.demo.converter import _OUTPUT
    from samspil_conformance.demo.doors import DOOR
    from samspil_conformance.demo.journal import _ON_EVENTS
    from samspil_conformance.demo.keeping import AROUND, STORE
    from samspil_conformance.demo.transacting import TRANSACTION

    elsewhere = {
        "answer",
        "unaudited",
        "answer unrecorded",
        "tamper",
        "fresh export",
        "forget deleted",
        "report of all",
    }
    known = {
        *ANSWER,
        *REQUEST,
        *STORE,
        *AROUND,
        *TRANSACTION,
        *DOOR,
        *_ON_EVENTS,
        *_OUTPUT,
        "input",
        "as",
        "retention",
        "hold tests",
    }
    told = {row["op"] for each in (*demo.FAULTS, *demo.VARIANTS) if each.at != "medcom" for row in each.do}
    assert told - known - elsewhere == set()
