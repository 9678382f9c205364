"""The bypass suite over HTTP, with the middleware in front of HAPI FHIR: what is withheld and what is absent are one answer.

One server is asked everything before and after what may not be seen is put into it.
"""

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from samspil_consent.proxy import server_at
from tests.consent_bypass import (
    HIDDEN,
    MEANT,
    PSY,
    QUESTIONS,
    SECRET,
    SEEN,
    Answer,
    Asked,
    ask,
    guarded,
    observation,
)
from tools import hapi

pytestmark = [
    pytest.mark.skipif(bool(hapi.missing()), reason=f"machine: {hapi.missing()}"),
    pytest.mark.xdist_group("hapi"),
]
JOB_SECONDS = 120


class Both(NamedTuple):
    """The answers without and with what may not be seen, by request."""

    without: dict[Asked, Answer]
    with_it: dict[Asked, Answer]
    exports: tuple[dict[str, Any], dict[str, Any]]
    port: int


@pytest.fixture(scope="module")
def answers() -> Iterator[Both]:
    """Start HAPI FHIR, and ask everything twice."""
    try:
        hapi.build()
    except (RuntimeError, OSError) as error:
        pytest.skip(f"machine: {error}")
    with hapi.Hapi() as server, guarded(server_at(server.url)) as port:
        load(server.url, SEEN)
        without = {each: ask(port, each) for each in QUESTIONS}
        first = export(port)
        load(server.url, HIDDEN)
        yield Both(without, {each: ask(port, each) for each in QUESTIONS}, (first, export(port)), port)


def load(url: str, resources: list[dict[str, Any]]) -> None:
    """Put resources into a server, past the middleware."""
    for each in resources:
        request = urllib.request.Request(  # noqa: S310  our own server
            f"{url}/{each['resourceType']}/{each['id']}",
            data=json.dumps(each).encode(),
            headers={"content-type": "application/fhir+json"},
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=120) as reply:  # noqa: S310  our own server
            assert reply.status == 201


def export(port: int) -> dict[str, Any]:
    """A whole bulk export: by type, the lines of its file."""
    where = dict(ask(port, Asked("GET", "$export", headers=(("prefer", "respond-async"),))).headers)["content-location"]
    deadline = time.monotonic() + JOB_SECONDS
    while (reply := ask(port, Asked("GET", where.removeprefix("/fhir/")))).status == 202:
        assert time.monotonic() < deadline
        time.sleep(1)
    manifest = json.loads(reply.body)
    assert not any("count" in each for each in manifest["output"])
    return {
        each["type"]: ask(port, Asked("GET", each["url"].removeprefix("/fhir/"))).body.splitlines()
        for each in manifest["output"]
    }


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_withheld_and_absent_are_one_answer(answers: Both, asked: Asked) -> None:
    """Status, headers but Date, and body are equal."""
    found = answers.with_it[asked]
    volatile = asked.path.startswith("$export")  # the link bears the job
    assert (found.status, found.body) == (answers.without[asked].status, answers.without[asked].body)
    assert volatile or found.headers == answers.without[asked].headers
    assert found.status < 500
    assert SECRET.encode() not in found.body


@pytest.mark.parametrize("path", MEANT)
def test_what_may_be_seen_is_seen(answers: Both, path: str) -> None:
    status, text = MEANT[path]
    found = answers.with_it[Asked("GET", path)]
    assert (found.status, text in found.body.decode()) == (status, True)


def test_a_bulk_export_holds_what_may_be_seen_alone(answers: Both) -> None:
    """Types, files and lines are the same; a type of which nothing may be seen has no file."""
    without, with_it = answers.exports
    assert {kind: sorted(lines) for kind, lines in with_it.items()} == {
        kind: sorted(lines) for kind, lines in without.items()
    }
    assert set(with_it) == {each["resourceType"] for each in SEEN}
    assert len(with_it["Observation"]) == 13


def test_what_may_be_written_is_written(answers: Both) -> None:
    """Created, read, changed with If-Match, and read again; what would be seen no more is refused."""
    made = ask(answers.port, Asked("POST", "Observation", json.dumps(observation("x")).encode()))
    assert made.status == 201
    (name,) = [value for header, value in made.headers if header == "location"]
    path = name.partition("/fhir/")[2].partition("/_history")[0]
    found = json.loads(ask(answers.port, Asked("GET", path)).body)
    changed = json.dumps({**found, "status": "amended"}).encode()
    stale = ask(answers.port, Asked("PUT", path, changed, (("if-match", 'W/"7"'),)))
    assert 400 <= stale.status < 500
    assert ask(answers.port, Asked("PUT", path, changed, (("if-match", 'W/"1"'),))).status == 200
    assert json.loads(ask(answers.port, Asked("GET", path)).body)["status"] == "amended"
    hidden = json.dumps({**found, "meta": PSY}).encode()
    assert ask(answers.port, Asked("PUT", path, hidden)).status == 403
