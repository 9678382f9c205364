"""Systems outside this process, as sut.yaml describes them: a server, a client that sends, a command, a folder."""

import socket
import sys
import threading
import time

import pytest
import uvicorn

from conftest import MOMENT, server
from samspil_conformance.chance import Clock
from samspil_conformance.executor import run_suite
from samspil_conformance.sut import Sut

SENDER = """
import json, sys, urllib.request
url, patient = sys.argv[1:]
body = json.dumps({"resourceType": "Patient", "id": patient}).encode()
request = urllib.request.Request(url + "/Patient", body, {"content-type": "application/fhir+json"})
print(urllib.request.urlopen(request).status)
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def address():
    port = free_port()

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await inner(scope, receive, send)

    inner = server(broken=False)
    serving = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off", ws="none"))
    thread = threading.Thread(target=serving.run, daemon=True)
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/fhir"
    serving.should_exit = True
    thread.join(10)


@pytest.fixture
def sut(address, tmp_path) -> Sut:
    (tmp_path / "send.py").write_text(SENDER)
    reverse = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])"
    path = tmp_path / "sut.yaml"
    path.write_text(
        f"sut: {{name: EHR, company: Nord, version: '1'}}\n"
        f"server: {{url: {address}}}\n"
        f"client:\n  listen: 127.0.0.1:{free_port()}\n"
        f"  trigger: [{sys.executable}, {tmp_path / 'send.py'}, '{{url}}', '{{patient}}']\n"
        f"files: {{command: [{sys.executable}, -c, '{reverse}']}}\n"
    )
    return Sut.read(path)


def test_every_mode_works_across_processes(suite, sut, run) -> None:
    """The verdicts are those of the same system in this process."""
    outside = run_suite(suite, sut, clock=Clock(MOMENT))
    assert {name: one.result for name, one in outside.scenarios.items()} == {
        name: one.result for name, one in run.scenarios.items()
    }


def test_a_run_of_the_outside_is_judged_anew_without_it(suite, sut) -> None:
    """Nothing listens and nothing answers any more; arrivals come from the record as well."""
    first = run_suite(suite, sut, clock=Clock())
    gone = Sut(identity=sut.identity, base=sut.base, only_modes=sut.modes, listen=sut.listen)
    again = run_suite(suite, gone, clock=Clock(), recorded=first)
    assert {name: one.result for name, one in again.scenarios.items()} == {
        name: one.result for name, one in first.scenarios.items()
    }


def test_files_are_read_from_a_folder(tmp_path, suite) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.json").write_text("{}")
    path = tmp_path / "sut.yaml"
    path.write_text("sut: {name: EHR, company: Nord, version: '1'}\nfiles: {folder: out}\n")
    found = Sut.read(path)
    assert found.modes == ("files",)
    assert found.files is not None
    assert found.files() == {"a.json": b"{}"}
    run = run_suite(suite, found, clock=Clock(MOMENT))
    assert run.scenarios["kit-001"].result == "not-applicable"
