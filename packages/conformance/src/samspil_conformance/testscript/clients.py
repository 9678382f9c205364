"""Clients under test: one that listens for a real system's requests, and one that plays a system from examples.

The playing client sends what an operation says. Where that needs a resource, it takes, of all examples of that type under a
profile that the script declares, the one that most asserts on the request hold of; of several, the first. What a script's
own fixture says is sent before any example, where it can be reached.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from urllib.parse import urlsplit

from .asserts import judge
from .examples import Examples
from .exchange import Content, Exchange, Message
from .run import Asked, Send, Target, Unavailable

__all__ = ["ListeningClient", "PlayingClient"]


class PlayingClient:
    """Plays the system under test: sends what operations say, with resources of the examples."""

    def __init__(self, examples: Examples, media: str = "application/fhir+xml") -> None:
        self._examples = examples
        self._media = media
        self.sent: list[tuple[str, str]] = []
        """The places of operations, and the names of the examples sent for them."""

    def act(self, asked: Asked) -> Exchange | None:
        """The exchange; None where there is no example to send."""
        request = asked.request
        if asked.operation.source and request.method in {"POST", "PUT"}:
            chosen = self._choice(asked)
            if chosen is None:
                return None
            name, content = chosen
            self.sent.append((asked.operation.place, name))
            media = self._media if content.is_xml else "application/fhir+json"
            request = replace(request, headers={**request.headers, "content-type": media}, content=content)
        return Exchange(request, asked.target.send(request))

    def _choice(self, asked: Asked) -> tuple[str, Content] | None:
        if asked.request.content.data:
            return asked.operation.source, asked.request.content
        best: tuple[int, str, Content] | None = None
        profiles = list(asked.script.profiles.values())
        for name, content in self._examples.under(asked.operation.resource or "Bundle", profiles):
            held = _held(asked, content)
            if best is None or held > best[0]:
                best = (held, name, content)
        return None if best is None else best[1:]


def _held(asked: Asked, content: Content) -> int:
    """How many asserts on the request hold of a resource; those that validate are left to the run."""
    request = replace(asked.request, content=content)
    bench = replace(asked.bench, last=Exchange(request, Message({}, status=201)), contents={**asked.bench.contents})
    judged = [
        judge(each, bench).verdict == "pass"
        for each in asked.asserts
        if each.direction == "request" and not each.profile
    ]
    return sum(judged)


class ListeningClient:
    """Listens at an address for the requests of a system under test, and answers them from a server behind.

    Requests that no operation waits for are answered as well: a client may ask for more than a script says.
    """

    def __init__(
        self, host: str, port: int, target: Target, *, wait: float = 60.0, told: Callable[[str], None]
    ) -> None:
        self._came: list[Exchange] = []
        self._news = threading.Condition()
        self._wait = wait
        self._told = told
        self._root = urlsplit(target.base).path.rstrip("/")
        self._server = ThreadingHTTPServer((host, port), _handler(target, self._keep))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def base(self) -> str:
        """The base URL that the system under test has to send to."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}{self._root}"

    def act(self, asked: Asked) -> Exchange | None:
        """The next exchange of the operation's method on its path; None when none comes in time."""
        path = urlsplit(asked.request.url).path
        self._told(f"{asked.operation.place}: send {asked.request.method} {self.base}{path.removeprefix(self._root)}")
        end = monotonic() + self._wait
        with self._news:
            while True:
                for number, exchange in enumerate(self._came):
                    if _fits(exchange.request, asked.request.method, path):
                        return self._came.pop(number)
                left = end - monotonic()
                if left <= 0 or not self._news.wait(left):
                    return None

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _keep(self, exchange: Exchange) -> None:
        with self._news:
            self._came.append(exchange)
            self._news.notify_all()


def _fits(request: Message, method: str, path: str) -> bool:
    return request.method == method and urlsplit(request.url).path.strip("/") == path.strip("/")


def _handler(target: Target, keep: Callable[[Exchange], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            url = target.base + self.path.removeprefix(urlsplit(target.base).path.rstrip("/"))
            request = Message(headers, Content(self.rfile.read(length)), self.command, url)
            answer = _answer(target.send, request)
            keep(Exchange(request, answer))
            self.send_response(answer.status)
            for name, value in _without_length(answer):
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content.data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content.data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve  # noqa: N815  names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that http.server gives
            """Nothing: requests may hold personal data."""

    return Handler


def _answer(send: Send, request: Message) -> Message:
    headers = {name: value for name, value in request.headers.items() if name not in {"host", "content-length"}}
    try:
        return send(replace(request, headers=headers))
    except Unavailable as error:
        return Message({"content-type": "text/plain"}, Content(str(error).encode()), status=502)


def _without_length(answer: Message) -> Iterator[tuple[str, str]]:
    yield from (
        (name, value) for name, value in answer.headers.items() if name not in {"content-length", "transfer-encoding"}
    )
