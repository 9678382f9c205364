"""The page: a run is started, watched, attested, read and taken, in a browser as by its interface."""

import base64
import os
import shutil
import socket
import subprocess
import threading
import time

import httpx
import pytest
import uvicorn

from conftest import MOMENT, system
from samspil_conformance.chance import Clock
from samspil_conformance.evidence import unpack, verify
from samspil_conformance.serve import app as serving

WHEN = "2026-01-01T10:00:00Z"
BROWSER = os.environ.get("SAMSPIL_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.fixture
def client(suite, monkeypatch):
    monkeypatch.setattr(serving, "suite_names", lambda: ("kit",))
    monkeypatch.setattr(serving, "load_suite", lambda _: suite)
    made = serving.application(lambda *_: system(), lambda _: Clock(MOMENT), ("demo", "broken"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(made, port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join(10)


def finished(client) -> dict:
    client.post("/runs", json={"suite": "kit", "sut": "demo"}).raise_for_status()
    told = {"done": False, "next": 0}
    seen = []
    while not told["done"]:
        told = client.get(f"/runs/1/events?after={told['next']}").json()
        seen += told["events"]
    return {**told, "seen": seen}


def test_a_run_is_watched_event_by_event(client) -> None:
    told = finished(client)
    assert told["approval"] == "pending"
    results = {one["scenario"]: one["result"] for one in told["seen"] if one["event"] == "result"}
    assert results["kit-001"] == "pass"
    assert any(one["event"] == "exchange" and one["text"].startswith("GET ") for one in told["seen"])


def test_an_answer_with_an_attachment_ends_up_in_the_evidence(client) -> None:
    finished(client)
    answer = {
        "scenario": "kit-003",
        "question": "Is the patient shown?",
        "result": "pass",
        "observed": "Seen in the list",
        "who": "Ann",
        "when": "2026-01-01T10:00:00Z",
        "attachment": "screen.png",
    }
    told = client.post(
        "/runs/1/answers",
        json={"answers": [answer], "attachments": {"screen.png": base64.b64encode(b"picture").decode()}},
    ).json()
    assert told["counts"]["pending"] == 0
    data = client.get("/runs/1/bundle").content
    assert verify(data).ok
    assert [files for name, files in unpack(data).items() if name.startswith("attestations/")] == [b"picture"]
    assert "Seen in the list" in client.get("/runs/1/report.en.html").text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"answers": [{"scenario": "kit-003"}]}, 422),
        ({"answers": [{**dict.fromkeys(("scenario", "observed", "who"), "x"), "result": "pass", "when": WHEN}]}, 409),
        ([], 400),
    ],
)  # fmt: skip
def test_answers_that_fit_nothing_are_refused(client, body, status) -> None:
    finished(client)
    assert client.post("/runs/1/answers", json=body).status_code == status


def test_only_what_the_page_was_started_with_is_run(client) -> None:
    assert client.post("/runs", json={"suite": "kit", "sut": "/etc/passwd"}).status_code == 422
    assert client.post("/runs", json={"suite": "other", "sut": "demo"}).status_code == 422
    assert client.get("/runs/9/bundle").status_code == 404


def test_other_sites_cannot_use_it(client) -> None:
    """A form of another site cannot send JSON, and a name that leads here is not ours."""
    assert client.post("/runs", data={"suite": "kit", "sut": "demo"}).status_code == 415
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_the_page_asks_nobody_else(client) -> None:
    page = client.get("/").text
    assert "https://" not in page.replace("https://ehr", "")
    assert "src=" not in page


@pytest.mark.skipif(BROWSER is None, reason="machine: no headless browser here: set SAMSPIL_CHROMIUM")
@pytest.mark.parametrize(
    ("language", "seen"),
    [
        ("en", ["A patient is read", "✓ passed", "Is the patient shown?", "Read the report", "Patient/1 200"]),
        ("da", ["En patient læses", "✓ bestået", "Vises patienten?", "Læs rapporten"]),
    ],
)  # fmt: skip
def test_a_run_in_a_browser(client, language, seen) -> None:
    """The page starts a run, shows every scenario and exchange as it happens, asks its questions and links the report."""
    address = str(client.base_url.copy_merge_params({"lang": language, "suite": "kit", "sut": "demo", "start": "1"}))
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=15000", "--dump-dom"]
    page = subprocess.run([BROWSER, *flags, address], capture_output=True, text=True, timeout=120, check=True).stdout
    assert [each for each in seen if each not in page] == []
