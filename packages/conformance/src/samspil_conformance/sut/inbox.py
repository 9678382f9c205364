"""The kit as the server: keeps what a client sends, and answers it."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from samspil_conformance.record import Recorder

from .bodies import body_of, headers_of

__all__ = ["Answer", "Inbox", "InboxTransport", "Received", "listening"]


@dataclass(frozen=True)
class Received:
    """One request that the system sent."""

    method: str
    url: str
    headers: httpx.Headers
    body: bytes

    @property
    def path(self) -> str:
        """The path of the URL."""
        return urlsplit(self.url).path

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of the URL, in order."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What the kit answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Inbox:
    """What arrived in this scenario, in order, and how it is answered."""

    def __init__(self, recorder: Recorder, patience: float = 0.0) -> None:
        self.received: list[Received] = []
        self._recorder = recorder
        self._patience = patience
        self._news = threading.Condition()
        self._answers: list[Answer] = []
        self._answer: Callable[[Received], Answer] = _accepted

    def clear(self) -> None:
        """Forget what came and how to answer: a scenario begins."""
        self.received = []
        self._answers = []
        self._answer = _accepted

    def answer_with(self, status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> None:
        """Answer the next request so, once; several are used in turn, and after them every request is accepted."""
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"content-type": "application/fhir+json"} if data else {}
        self._answers.append(Answer(status, data, {**kind, **(headers or {})}))

    def answer_by(self, answer: Callable[[Received], Answer]) -> None:
        """Answer every request by a function."""
        self._answer = answer

    def wait(self, count: int = 1) -> list[Received]:
        """What arrived, once `count` requests are there or the patience of sut.yaml is over."""
        with self._news:
            self._news.wait_for(lambda: len(self.received) >= count, timeout=self._patience)
        return list(self.received)

    def take(self, request: Received) -> Answer:
        """Keep a request and answer it."""
        with self._news:
            answer = self._answers.pop(0) if self._answers else self._answer(request)
            self.received.append(request)
            self._record(request, answer)
            self._news.notify_all()
        return answer

    def _record(self, request: Received, answer: Answer) -> None:
        masker = self._recorder.masker
        asked = {
            "method": request.method,
            "url": masker.text(request.url),
            "headers": headers_of(request.headers.multi_items(), masker),
            **body_of(request.body, masker),
        }
        headers = headers_of(answer.headers.items(), masker)
        self._recorder.exchange(
            "in", asked, {"status": answer.status, "headers": headers, **body_of(answer.body, masker)}
        )


def _accepted(request: Received) -> Answer:
    """What a server answers that accepts everything: https://hl7.org/fhir/R4/http.html#create."""
    if request.method == "POST":
        return Answer(201, headers={"location": f"{request.url}/1/_history/1"})
    return Answer(200)


class InboxTransport(httpx.BaseTransport):
    """Carries what a system in this process sends into the inbox."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Keep the request, give the answer."""
        answer = self._inbox.take(Received(request.method, str(request.url), request.headers, request.read()))
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)


def listening(inbox: Inbox, host: str, port: int) -> ThreadingHTTPServer:
    """A server in a thread of its own that puts what it receives into the inbox. Raises OSError."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the base class's
            """Say nothing: the record says it."""

        def take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            url = f"http://{self.headers.get('host', host)}{self.path}"
            answer = inbox.take(Received(self.command, url, httpx.Headers(list(self.headers.items())), body))
            self.send_response(answer.status)
            for name, value in {**answer.headers, "content-length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.take)
    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
