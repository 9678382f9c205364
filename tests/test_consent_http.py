"""The bypass suite over HTTP, with the middleware in front of the test server: what is withheld and what is absent are
one answer.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import samspil_testserver as testserver
from tests.consent_bypass import HIDDEN, MEANT, QUESTIONS, SECRET, SEEN, Answer, Asked, ask, guarded

REPORT = {"resourceType": "DiagnosticReport", "id": "d", "subject": {"reference": "Patient/1"}, "status": "final"}
"""So that the types are the same: the test server states in its capabilities what it holds."""
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    """Two guarded servers: one that holds what is withheld, among the rest, and one that does not."""
    with (
        guarded(server([*HIDDEN[:7], REPORT, *SEEN, *HIDDEN[7:]])) as with_it,
        guarded(server([REPORT, *SEEN])) as without,
    ):
        yield with_it, without


def server(resources: list[dict[str, Any]]) -> Any:
    """A server with some resources, mounted at /fhir."""
    behind = testserver.TestServer(testserver.Store(lambda: NOW), "http://clinic/fhir")
    behind.load([dict(one) for one in resources])

    async def mounted(scope: Any, receive: Any, send: Any) -> None:
        await behind({**scope, "path": scope["path"].removeprefix("/fhir")}, receive, send)

    return mounted


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_withheld_and_absent_are_one_answer(ports: tuple[int, int], asked: Asked) -> None:
    """Status, headers but Date, and body are equal."""
    with_it, without = (ask(port, asked) for port in ports)
    assert with_it == without
    assert with_it.status < 500
    assert SECRET.encode() not in with_it.body


@pytest.mark.parametrize("path", [each for each in MEANT if each != "Patient/1/$everything"])
def test_what_may_be_seen_is_seen(ports: tuple[int, int], path: str) -> None:
    status, text = MEANT[path]
    found: Answer = ask(ports[0], Asked("GET", path))
    assert (found.status, text in found.body.decode()) == (status, True)
