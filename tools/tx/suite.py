"""What the three suites of the corpora share: the tests of some modes, run against the engine in this process."""

from collections.abc import Iterator
from pathlib import Path

from tools.suites import Case
from tools.tx import local
from tools.tx.cases import Test, tests
from tools.tx.compare import Rules
from tools.tx.inprocess import engine, service, suite_folder
from tools.tx.runner import run

__all__ = ["cases"]

EVERY = frozenset({"general", "snomed", "omop", "icd-11", "tx.fhir.org"})
"""The modes that tests carry."""


def cases(corpora: Path, *modes: str) -> Iterator[Case]:
    """Run the tests whose mode is one of these (empty for the tests of every server)."""
    ask = engine(service(local.catalog(corpora, frozenset(modes))))
    rules = Rules(modes=frozenset(mode for mode in modes if mode), version=local.VERSION)
    for test, why in run(_of_modes(corpora, modes), ask, rules):
        yield test.id, why


def _of_modes(corpora: Path, modes: tuple[str, ...]) -> Iterator[Test]:
    return (test for test in tests(suite_folder(corpora), EVERY) if test.mode in modes)
