"""What a hostile client does to the real server: each is refused soon, in little memory, and the service lives on."""

import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

MOST = 1_000_000
CONFIG = f"""
[limits]
max_bytes = {MOST}
seconds = 2
head_seconds = 1
requests = 8
[convert]
[validate]
packages = ["samspil.fhir.r4"]
"""
GIGABYTE = 1_000_000_000
GROWTH = 48 * MOST
"""How much the process may grow, in bytes: eight bodies of the longest length, and what Python keeps for each."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The port of a server that runs in its own process, and the process."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "s.toml").write_text(CONFIG, encoding="utf-8")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "samspil"), "serve", "--config", "s.toml", "--port", str(port)]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE) as process:
        try:
            wait_for(port)
            ask(port, post(json.dumps({"resourceType": "Alien"}), path="/$validate"))
            yield port, process
        finally:
            process.terminate()


def wait_for(port):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


def post(body="", path="/$convert", kind="application/fhir+json", **headers):
    """The bytes of a request."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    length = "" if "content_length" in headers or "transfer_encoding" in headers else f"content-length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\nhost: t\r\ncontent-type: {kind}\r\n{length}{more}\r\n{body}".encode()


@contextmanager
def connection(port):
    with socket.create_connection(("127.0.0.1", port), 20) as made:
        yield made


def answer_of(made):
    """Status and body of the answer on a connection; status 0 where it was closed without."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = made.recv(65536)
        if not piece:
            return 0, b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += made.recv(65536)
    return int(head[9:12]), body


def ask(port, request):
    with connection(port) as made:
        made.sendall(request)
        return answer_of(made)


def code(body):
    outcome = json.loads(body)
    assert outcome["resourceType"] == "OperationOutcome"
    return outcome["issue"][0]["details"]["coding"][0]["code"]


def memory(process):
    """Bytes that a process has in memory."""
    status = Path(f"/proc/{process.pid}/statm")
    if not status.exists():
        pytest.skip("machine without /proc")
    return int(status.read_text(encoding="ascii").split()[1]) * 4096


def lives(port):
    """Whether the service still converts."""
    status, body = ask(port, post("MSH|^~\\&|A|B|||20240202||ADT^A08|7|P|2.5\rPID|||1\r", kind="application/hl7-v2"))
    return status == 200 and b"Patient" in body


def send_on(made, seconds):
    """Send and never look at what comes back."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        made.sendall(b"x" * 65536)


def drip(port, beginning, piece):
    """What the server says to a client that sends a little now and then, and after how many seconds."""
    with connection(port) as made:
        begun = time.monotonic()
        made.sendall(beginning)
        made.settimeout(0.2)
        while time.monotonic() - begun < 15:
            try:
                return *answer_of(made), time.monotonic() - begun
            except TimeoutError:
                made.sendall(piece)
    raise AssertionError("the server listens on and on")


def test_a_head_that_drips_is_given_up(server):
    port, _ = server
    status, body, seconds = drip(port, b"GET /health HTTP/1.1\r\nhost: t\r\n", b"x: y\r\n")
    assert (status, code(body)) == (408, "SAM-SRV-103")
    assert seconds < 3
    assert lives(port)


def test_a_head_that_drips_behind_another_request_is_given_up(server):
    """A connection that was of use once is not kept for ever."""
    port, _ = server
    with connection(port) as made:
        made.sendall(b"GET /health HTTP/1.1\r\nhost: t\r\n\r\n")
        assert answer_of(made)[0] == 200
        made.sendall(b"GET /health HTTP/1.1\r\n")
        begun = time.monotonic()
        status, body = answer_of(made)
        assert (status, code(body)) == (408, "SAM-SRV-103")
        assert time.monotonic() - begun < 3


def test_a_connection_that_says_nothing_is_closed(server):
    port, _ = server
    with connection(port) as made:
        assert answer_of(made)[0] == 408


def test_a_body_that_drips_is_given_up(server):
    port, _ = server
    status, body, seconds = drip(port, post(content_length=1000), b"x")
    assert (status, code(body)) == (408, "SAM-SRV-103")
    assert seconds < 5
    assert lives(port)


@pytest.mark.parametrize(
    "length", [{"content_length": GIGABYTE}, {"transfer_encoding": "chunked"}], ids=["told", "chunked"]
)
def test_a_gigabyte_is_refused(server, length):
    """Before it is read, or as soon as it is too long; its sender can read why."""
    port, process = server
    before, begun = memory(process), time.monotonic()
    piece = b"x" * 65536 if "content_length" in length else b"10000\r\n" + b"x" * 65536 + b"\r\n"
    sent = 0
    with connection(port) as made:
        made.sendall(post(**length))
        made.settimeout(0)
        while sent < GIGABYTE and time.monotonic() - begun < 10:
            try:
                sent += made.send(piece)
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:
                break
            try:
                if made.recv(1, socket.MSG_PEEK):
                    break
            except BlockingIOError:
                pass
        made.settimeout(10)
        status, body = answer_of(made)
    assert (status, code(body)) == (413, "SAM-SRV-102")
    assert sent < 100 * MOST
    assert time.monotonic() - begun < 5
    assert memory(process) - before < GROWTH
    assert lives(port)


def test_who_never_stops_sending_is_cut_off(server):
    """The answer is there, and a client that does not look is not listened to for long."""
    port, process = server
    before, begun = memory(process), time.monotonic()
    with connection(port) as made:
        made.sendall(post(content_length=GIGABYTE * 100))
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            send_on(made, seconds=20)
    assert time.monotonic() - begun < 10
    assert memory(process) - before < GROWTH
    assert lives(port)


def test_a_compressed_body_is_refused_unread(server):
    """So that no bomb can go off."""
    port, _ = server
    status, body = ask(port, post("xx", content_encoding="gzip"))
    assert (status, code(body)) == (415, "SAM-SRV-112")


@pytest.mark.parametrize("path", ["/$validate", "/$convert"])
@pytest.mark.parametrize("text", ['{"a":' * 150_000, "[" * 900_000, '{"a":' * 5000 + "1" + "}" * 5000])
def test_deep_nesting_is_refused(server, path, text):
    port, process = server
    before, begun = memory(process), time.monotonic()
    status, body = ask(port, post(text, path=path))
    assert (status, code(body)) == (400, "SAM-SRV-104")
    assert time.monotonic() - begun < 2
    assert memory(process) - before < GROWTH
    assert lives(port)


def test_nesting_that_json_reads_is_validated_or_refused(server):
    """As deep as the reader goes, and what is behind it goes as deep, or says that it does not."""
    port, _ = server
    for depth in (100, 300, 900):
        nested = (
            '{"resourceType":"Patient","contained":['
            + '{"resourceType":"Basic","x":' * depth
            + "1"
            + "}" * depth
            + "]}"
        )
        status, body = ask(port, post(nested, path="/$validate"))
        assert status in {200, 400}
        assert json.loads(body)["resourceType"] == "OperationOutcome"


def test_xml_is_not_taken_however_deep(server):
    port, _ = server
    status, body = ask(port, post("<a>" * 100_000, path="/$validate", kind="application/fhir+xml"))
    assert (status, code(body)) == (415, "SAM-SRV-108")


@pytest.mark.parametrize(
    ("query", "finding"), [("a=1&" * 2000, "SAM-SRV-110"), ("a=1&" * 100_000, "SAM-SRV-111"), ("\x01", "SAM-SRV-111")]
)
def test_a_url_without_end_is_refused(server, query, finding):
    port, _ = server
    status, body = ask(port, post("{}", path=f"/$validate?{query}"))
    assert (status, code(body)) == (400, finding)
    assert lives(port)


@pytest.mark.parametrize(
    "beginning", [b"\x16\x03\x01\x00\xa5", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n"]
)
def test_what_is_no_http_is_refused(server, beginning):
    port, _ = server
    status, body = ask(port, beginning + b"\r\n\r\n")
    assert (status, code(body)) == (400, "SAM-SRV-111")


def test_more_requests_at_once_than_it_takes_are_told_to_come_again(server):
    """Those that wait for bodies hold no more than their number, and when they are gone the service is free."""
    port, process = server
    before = memory(process)
    held = [socket.create_connection(("127.0.0.1", port), 20) for _ in range(8)]
    for each in held:
        each.sendall(post(content_length=MOST) + b"x" * (MOST // 2))
    time.sleep(0.5)
    statuses = [ask(port, post("{}"))[0] for _ in range(20)]
    assert statuses == [503] * 20
    assert memory(process) - before < GROWTH
    for each in held:
        each.close()
    time.sleep(0.5)
    assert lives(port)


def test_many_at_once_are_all_answered(server):
    """Two hundred clients that all send as much as they may: each gets an answer, or is told to come again."""
    port, process = server
    before, statuses = memory(process), []

    def one():
        try:
            statuses.append(ask(port, post("x" * (MOST - 10), kind="application/hl7-v2"))[0])
        except OSError:
            statuses.append(-1)

    threads = [threading.Thread(target=one) for _ in range(200)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert set(statuses) <= {422, 503}
    assert len(statuses) == 200
    assert memory(process) - before < 2 * GROWTH
    assert lives(port)


SECOND = "GET /health HTTP/1.1\r\nhost: t\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        "POST /$validate HTTP/1.1\r\nhost: t\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /$validate HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n0\r\n\r\n",
        "POST /$validate HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        'GET /metadata HTTP/1.1\r\nhost: a b"<x>\r\n\r\n',
        "GET /metadata HTTP/1.1\r\nhost: [::1\r\n\r\n",
        "GET http://a%zz@[x/metadata HTTP/1.1\r\nhost: t\r\n\r\n",
    ],
)
def test_a_request_that_a_proxy_may_read_as_another_is_refused_and_the_connection_ends(server, head):
    """What is behind it on the connection is no request of ours (RFC 9112, 3.2 and 6.1)."""
    port, _ = server
    with connection(port) as made:
        made.sendall((head + SECOND).encode())
        answer = b"".join(iter(lambda: made.recv(65536), b""))
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert code(answer.partition(b"\r\n\r\n")[2]) == "SAM-SRV-113"
    assert lives(port)


@pytest.mark.parametrize("host", ["t", "t:8080", "[::1]:80", "127.0.0.1", "a_b.example.org", ""])
def test_a_host_in_any_lawful_form_is_taken(server, host):
    port, _ = server
    assert ask(port, f"GET /metadata HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())[0] == 200


@pytest.mark.parametrize(
    "head",
    [
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n",
        "transfer-encoding: xchunked\r\n\r\n",
        "content-length: 2\r\ncontent-length: 0\r\n\r\n",
        "content-length: +2\r\n\r\n",
        "content-length: 99999999999999999999999999\r\n\r\n",
        "content-length : 2\r\n\r\n",
    ],
)
def test_a_length_that_is_none_ends_the_connection(server, head):
    port, _ = server
    with connection(port) as made:
        made.sendall(f"POST /$validate HTTP/1.1\r\nhost: t\r\n{head}{{}}{SECOND}".encode())
        answer = b"".join(iter(lambda: made.recv(65536), b""))
    assert answer.count(b"HTTP/1.1 400 ") == 1
    assert code(answer.partition(b"\r\n\r\n")[2]) == "SAM-SRV-111"


def test_requests_behind_one_another_are_answered_in_their_order(server):
    """Each with its own answer, a body that nobody asked for among them."""
    port, _ = server
    requests = [b"HEAD /metadata HTTP/1.1\r\nhost: t\r\ncontent-length: 2\r\n\r\n{}", post("{}", path="/$validate")]
    requests += [
        SECOND.encode(),
        post("{", path="/$validate"),
        b"GET /no HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n",
    ]
    with connection(port) as made:
        made.sendall(b"".join(requests))
        answer = b"".join(iter(lambda: made.recv(65536), b""))
    assert [int(each[:3]) for each in answer.split(b"HTTP/1.1 ")[1:]] == [200, 200, 200, 400, 404]
