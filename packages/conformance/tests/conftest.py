"""A small system, and a small suite that has every kind of result."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from samspil_conformance.chance import Clock
from samspil_conformance.executor import run_suite
from samspil_conformance.suite import read_suite
from samspil_conformance.sut import Done, Identity, Parts, Sut

HERE = Path(__file__).parent
MOMENT = datetime(2026, 1, 1, 9, tzinfo=UTC)


def server(*, broken: bool):
    """An ASGI server that keeps bytes under their paths."""
    kept: dict[str, bytes] = {}

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        body = (await receive())["body"]
        path = scope["path"]
        if scope["method"] == "PUT":
            kept[path] = body
        status = 200 if path in kept and not broken else 404
        headers = [(b"content-type", b"application/fhir+json"), (b"set-cookie", b"session=abc")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": kept.get(path, b"{}")})

    return app


def system(*, broken: bool = False, claims=None) -> Sut:
    def send(action, values, client):
        client.post("/Patient", json={"resourceType": "Patient"})

    parts = Parts(
        app=server(broken=broken),
        command=lambda data, _: Done(data[::-1]),
        send=send,
        claims=claims,
        settings={"personas": {"doctor": {"headers": {"Authorization": "Bearer very-secret"}}}},
    )
    return Sut.of_parts(Identity(name="Test EHR", company="Nord", version="1.0", tester="Ann"), parts)


@pytest.fixture(scope="session")
def suite():
    return read_suite(HERE / "kit" / "suite")


@pytest.fixture(scope="session")
def make_run(suite):
    def make(sut=None, **more):
        return run_suite(suite, sut or system(), clock=Clock(MOMENT), **more)

    return make


@pytest.fixture(scope="session")
def run(make_run):
    return make_run()
