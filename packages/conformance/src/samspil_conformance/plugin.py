"""A pytest plugin that gives the steps what they ask for, so that a suite also runs under pytest-bdd.

    pytest -p samspil_conformance.plugin --sut sut.yaml test_suite.py

where `test_suite.py` imports the step modules and calls pytest-bdd's `scenarios`. It is meant for people who write steps;
evidence is made by `samspil conformance run` alone.
"""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from .chance import Clock, Seed, moment
from .checks import Inapplicable, Skipped
from .executor import Room
from .features import Scenario
from .masking import Masker
from .record import Recorder
from .suite import Suite, read_suite
from .sut import Session, Sut

__all__ = ["ASKED"]

ASKED = (
    "attested",
    "clock",
    "fixture_file",
    "note",
    "requires",
    "scenario",
    "seed",
    "sut",
    "warn",
    "world",
)
"""What steps ask for by name."""

_SCENARIO = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run."""
    group = parser.getgroup("samspil conformance")
    group.addoption("--sut", metavar="FILE", help="sut.yaml or the URL of a FHIR server")
    group.addoption("--seed", default="0", help="the same seed gives the same chance")
    group.addoption("--clock", metavar="INSTANT", help="time of the run")


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str) -> bool | None:
    """Tags of a suite are no marks of pytest."""
    return True if ":" in tag or tag == "attest" else None


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, scenario: Any) -> None:
    """Remember which scenario a test is."""
    request.node.stash[_SCENARIO] = scenario


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    """What is not claimed, and what has no precondition, is skipped."""
    try:
        return (yield)
    except (Skipped, Inapplicable) as fault:
        pytest.skip(str(fault))


@pytest.fixture(scope="session")
def conformance_sut(request: pytest.FixtureRequest) -> Sut:
    """The system of the option `--sut`; a conftest.py may give another."""
    told: str | None = request.config.getoption("--sut")
    if not told:
        pytest.fail("give the system: --sut FILE")
    return Sut.at(told) if told.startswith(("http://", "https://")) else Sut.read(Path(told))


@pytest.fixture(scope="session")
def conformance_clock(request: pytest.FixtureRequest) -> Clock:
    """The clock of the option `--clock`."""
    told: str | None = request.config.getoption("--clock")
    return Clock(moment(told) if told else None)


@pytest.fixture(scope="session")
def conformance_session(conformance_sut: Sut, conformance_clock: Clock) -> Iterator[Session]:
    """One conversation with the system."""
    masker = Masker(conformance_sut.mask.headers, conformance_sut.mask.json_keys, conformance_sut.mask.patterns)
    claims = conformance_sut.claims or frozenset()
    with Session(conformance_sut, Recorder(conformance_clock, masker), claims) as session:
        yield session


@pytest.fixture
def conformance_room(
    request: pytest.FixtureRequest, conformance_session: Session, conformance_sut: Sut, conformance_clock: Clock
) -> Room:
    """Where the scenario lives."""
    suite, scenario = _scenario(request)
    seed = Seed(str(request.config.getoption("--seed")), scenario.id)
    if conformance_sut.claims is None:
        conformance_session.claims = frozenset(suite.claims)
    conformance_session.begin(scenario.id)
    recorder = conformance_session.recorder
    recorder.at(scenario=scenario.id)
    return Room(recorder, conformance_session, scenario, suite, conformance_clock, seed, None, {})


def _scenario(request: pytest.FixtureRequest) -> tuple[Suite, Scenario]:
    """The scenario of a test that pytest-bdd made, as the kit reads it: the one of its line, and of its row."""
    made = request.node.stash[_SCENARIO]
    path = Path(made.feature.filename)
    folder = next(one for one in path.parents if (one / "suite.yaml").exists())
    suite = read_suite(folder)
    found = [one for one in suite.scenarios if (folder / one.file).samefile(path) and one.line == made.line_number]
    row: dict[str, str] = request.getfixturevalue("_pytest_bdd_example") or {}
    return suite, next((one for one in found if not row or one.id.endswith(f"[{row.get('case')}]")), found[0])


def _giver(name: str) -> Any:
    def give(conformance_room: Room) -> Any:
        reason = conformance_room.inapplicable()
        if reason:
            raise Inapplicable(reason[1])
        return conformance_room.values[name]

    give.__doc__ = f"What steps know as `{name}`."
    return pytest.fixture(name=name)(give)


for _name in ASKED:
    globals()[f"fixture_{_name}"] = _giver(_name)
