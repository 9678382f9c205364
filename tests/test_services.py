"""What holds for every command that serves: its address is told once it is listened on, and asked for in every lawful form."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
CODES = {"resourceType": "CodeSystem", "url": "http://example.org/c", "status": "active", "content": "complete"}
CONSENT = {"resourceType": "Consent", "status": "active", "patient": {"reference": "Patient/1"}}
SERVICES = {
    "serve": ("serve", "/health"),
    "testserver": ("testserver serve", "/metadata"),
    "terminology": ("terminology serve --from codes.json", "/metadata"),
    "consent": ("consent serve --consents consent.json", "/cds-services"),
    "conformance": ("conformance serve", "/"),
    "audit": ("audit serve --token-file token.txt", "/metadata"),
}
each = pytest.mark.parametrize("line", [line for line, _ in SERVICES.values()], ids=SERVICES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the services are given."""
    (tmp_path / "codes.json").write_text(json.dumps(CODES), encoding="utf-8")
    (tmp_path / "token.txt").write_text("a token of the tests", encoding="utf-8")
    (tmp_path / "consent.json").write_text(json.dumps(CONSENT), encoding="utf-8")
    return tmp_path


def command(line: str, *more: str) -> list[str]:
    """The words that call `samspil`."""
    return [shutil.which("samspil", path=PATH) or "samspil", *line.split(), *more]


@contextmanager
def running(line: str, folder: Path, *before: str) -> Generator[tuple[subprocess.Popen[str], int, list[str]]]:
    """A service on a port that was free, that port, and what it says meanwhile."""
    words = [*before, *command(line, "--port", "0")]
    process = subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True, env={**os.environ, "PATH": PATH})
    assert process.stderr
    said: list[str] = []
    listener = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
    try:
        while not (found := re.search(r"127\.0\.0\.1(?::| port )(\d+)", said[-1] if said else "")):
            said.append(process.stderr.readline())
            assert said[-1], f"it ended: {said}"
        listener.start()
        yield process, int(found[1]), said
    finally:
        process.kill()
        process.wait()
        if listener.ident:
            listener.join()
        process.stderr.close()


def ask(port: int, head: str) -> tuple[int, bytes]:
    """What a service answers to a head, as it stands."""
    with socket.create_connection(("127.0.0.1", port), 20) as made:
        made.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        answer = b"".join(iter(lambda: made.recv(65536), b""))
    return int(answer[9:12]), answer.partition(b"\r\n\r\n")[2]


@each
def test_the_address_that_is_told_answers_at_once(line: str, folder: Path) -> None:
    """With port 0 it is the one that was free. An absolute address is one more way to ask (RFC 9112, 3.2.2)."""
    path = next(path for known, path in SERVICES.values() if known == line)
    with running(line, folder) as (_, port, _):
        host = f"127.0.0.1:{port}"
        plain = ask(port, f"GET {path} HTTP/1.1\r\nHost: {host}")
        assert plain[0] == 200
        assert ask(port, f"GET http://{host}{path} HTTP/1.1\r\nHost: {host}") == plain
        assert ask(port, f"GET HTTP://{host}{path}?a=b HTTP/1.1\r\nHost: {host}")[0] == 200
        assert ask(port, f"GET http://{host}/nothing-of-the-kind HTTP/1.1\r\nHost: {host}")[0] == 404


@each
def test_a_port_in_use_is_said_in_a_line_and_nothing_else(line: str, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = subprocess.run(
            command(line, "--port", str(port)), cwd=folder, capture_output=True, text=True, timeout=60, check=False
        )
    assert told.returncode == 2, told.stderr
    assert "http://" not in told.stderr + told.stdout
    assert f"cannot listen on 127.0.0.1 port {port}: address already in use" in told.stderr.splitlines()[-1]


@each
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_service_that_is_stopped_says_nothing(line: str, number: signal.Signals, folder: Path) -> None:
    """The keyboard is its ordinary end: status 0."""
    with running(line, folder) as (process, port, said):
        assert ask(port, "GET /nothing HTTP/1.1\r\nHost: t")[0] in {404, 400}
        before = len(said)
        process.send_signal(number)
        status = process.wait(30)
    assert status == (0 if number == signal.SIGINT else -number)
    assert said[before:] == []


@each
def test_a_client_that_is_no_good_leaves_no_word_in_the_log(line: str, folder: Path) -> None:
    """One that is gone before its body is there, one that speaks no HTTP, one that wants another protocol."""
    paths = {"testserver serve": "/Patient", "consent serve --consents consent.json": "/decide"}
    path = paths.get(line, "/CodeSystem/$lookup")
    wants = "Connection: Upgrade\r\nUpgrade: websocket"
    with running(line, folder) as (process, port, said):
        before = len(said)
        for sent in (f"POST {path} HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n{{", "\x16\x03\x01\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), 20) as made:
                made.sendall(sent.encode())
                time.sleep(0.1)
        assert ask(port, f"GET /nothing HTTP/1.1\r\nHost: t\r\n{wants}")[0] in {400, 404}
        assert process.poll() is None
    assert said[before:] == []


@pytest.mark.parametrize("line", ["serve", "testserver serve", "hl7v2 listen --inbox inbox.db --to out"])
def test_more_connections_than_the_machine_opens_are_a_line_in_the_log(line: str, folder: Path) -> None:
    """Not a traceback a hundred times a second; when they are gone, the next is served."""
    with running(line, folder, "/bin/sh", "-c", 'ulimit -n 64; exec "$0" "$@"') as (process, port, said):
        held = [socket.create_connection(("127.0.0.1", port), 20) for _ in range(100)]
        time.sleep(1.5)
        for one in held:
            one.close()
        time.sleep(1.5)
        with socket.create_connection(("127.0.0.1", port), 20) as made:
            made.sendall(b"\x0bMSH|^~\\&\r\x1c\r" if "listen" in line else b"GET /x HTTP/1.1\r\nHost: t\r\n\r\n")
            assert b"MSA|AA" in made.recv(1000) or "listen" not in line
        assert process.poll() is None
    assert len(said) <= 2, said[:20]
    assert "Traceback" not in "".join(said)
