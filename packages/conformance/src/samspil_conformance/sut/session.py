"""One run's conversation with the system: everything said is recorded; a replay answers from the record."""

import base64
import fnmatch
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from samspil_conformance.record import Event, Recorder

from .bodies import body_bytes, body_of, headers_of
from .done import Done
from .inbox import Inbox, InboxTransport, Received, listening
from .parts import Sut

__all__ = ["NotRecorded", "Session"]

AGENT = "samspil-conformance"


class NotRecorded(Exception):
    """A replay asks for something that was not said in the run it replays."""


class Session:
    """What steps know as `sut`.

    `recorded`, where given, are the events of an earlier run: then nothing reaches the system, and each question gets the
    answer it got then.
    """

    def __init__(
        self, sut: Sut, recorder: Recorder, claims: frozenset[str], recorded: list[Event] | None = None
    ) -> None:
        self.base = sut.base
        self.claims = claims
        self.modes = sut.modes
        self.recorder = recorder
        self.settings: Mapping[str, Any] = sut.settings
        self.inbox = Inbox(recorder, 0.0 if recorded is not None or sut.listen is None else sut.wait)
        self._sut = sut
        self._recorded = recorded
        self._ahead: list[Event] = []
        self._http: httpx.Client | None = None
        self._server = None
        if sut.listen and recorded is None:
            host, _, port = sut.listen.rpartition(":")
            self._server = listening(self.inbox, host, int(port))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http:
            self._http.close()
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def begin(self, scenario: str) -> None:
        """A scenario begins."""
        self.inbox.clear()
        if self._recorded is not None:
            self._ahead = [one for one in self._recorded if one["event"] == "exchange" and one["scenario"] == scenario]

    @property
    def http(self) -> httpx.Client:
        """A client of the system's FHIR interface: relative URLs are under its base."""
        if self._http is None:
            self._http = httpx.Client(
                base_url=self.base,
                transport=_Recording(self),
                headers={"user-agent": AGENT, "accept-encoding": "identity", **self._sut.headers},
                timeout=self._sut.timeout,
                trust_env=False,
            )
        return self._http

    def command(self, data: bytes, *arguments: str) -> Done:
        """Run the system's command on bytes."""
        request = {"arguments": list(arguments), **body_of(data, self.recorder.masker)}
        if self._recorded is not None:
            given = self._next("command", request)["response"]
            done = Done(body_bytes(given), base64.b64decode(given["error"]), given["status"])
        elif self._sut.command is None:
            raise NotRecorded("the system has no command")
        else:
            done = self._sut.command(data, arguments)
        error = base64.b64encode(done.error).decode("ascii")
        response = {"status": done.status, "error": error, **body_of(done.out, self.recorder.masker)}
        self.recorder.exchange("command", request, response)
        return done

    def files(self, pattern: str = "*") -> list[tuple[str, bytes]]:
        """The files that the system made whose names fit a pattern, by name."""
        if self._recorded is not None:
            parts = self._next("files", {"pattern": pattern})["response"]["files"]
            found = {name: body_bytes(part) for name, part in parts.items()}
        else:
            found = dict(self._sut.files()) if self._sut.files else {}
        chosen = [(name, data) for name, data in sorted(found.items()) if fnmatch.fnmatch(name, pattern)]
        kept = {name: body_of(data, self.recorder.masker) for name, data in chosen}
        self.recorder.exchange("files", {"pattern": pattern}, {"files": kept})
        return chosen

    def trigger(self, action: str, **values: Any) -> None:
        """Make the system do something that lets it send; what it sends arrives in `inbox`."""
        request = {"action": action, "values": self.recorder.masker.value(values)}
        if self._recorded is not None:
            self._next("trigger", request)
            self.recorder.exchange("trigger", request, {})
            for one in self._arrivals():
                asked = one["request"]
                headers = httpx.Headers([(name, value) for name, value in asked["headers"]])
                self.inbox.take(Received(asked["method"], asked["url"], headers, body_bytes(asked)))
            return
        self.recorder.exchange("trigger", request, {})
        if self._sut.send:
            listen = f"http://{self._sut.listen}" if self._sut.listen else "http://kit.example"
            transport = None if self._sut.listen else InboxTransport(self.inbox)
            with httpx.Client(base_url=f"{listen}/fhir", transport=transport, trust_env=False) as client:
                self._sut.send(action, values, client)

    def _arrivals(self) -> Iterator[Event]:
        """What came in answer to a trigger: the arrivals up to the next thing the kit did."""
        while self._ahead and self._ahead[0]["direction"] == "in":
            yield self._ahead.pop(0)

    def _next(self, direction: str, request: Mapping[str, Any]) -> Event:
        """The recorded answer to the next question; it has to be the same question."""
        found = self._ahead.pop(0) if self._ahead else None
        if found is None or found["direction"] != direction:
            raise NotRecorded("the run that is replayed has no such exchange here")
        if {name: found["request"].get(name) for name in request} != dict(request):
            raise NotRecorded(f"exchange {found['number']} of the run that is replayed asked something else")
        return found

    def carry(self, request: httpx.Request, inner: httpx.BaseTransport | None) -> httpx.Response:
        """Carry one request to the system, or answer it from the record."""
        masker = self.recorder.masker
        body = request.read()
        asked = {
            "method": request.method,
            "url": masker.text(str(request.url)),
            "headers": headers_of(request.headers.multi_items(), masker),
            **body_of(body, masker),
        }
        try:
            response = self._replayed(asked) if inner is None else inner.handle_request(request)
            response.read()
        except httpx.HTTPError as fault:
            self.recorder.exchange("out", asked, {"fault": type(fault).__name__})
            raise
        headers = headers_of(response.headers.multi_items(), masker)
        given = {"status": response.status_code, "headers": headers, **body_of(response.content, masker)}
        self.recorder.exchange("out", asked, given)
        return response

    def _replayed(self, asked: Mapping[str, Any]) -> httpx.Response:
        same = {name: asked[name] for name in ("method", "url", "body") if name in asked}
        given = self._next("out", same)["response"]
        if "fault" in given:
            raise httpx.TransportError(f"{given['fault']} in the run that is replayed")
        headers = [(name, value) for name, value in given["headers"] if name != "content-encoding"]
        return httpx.Response(given["status"], headers=headers, content=body_bytes(given))

    def transport(self) -> httpx.BaseTransport | None:
        """What reaches the system; None in a replay."""
        if self._recorded is not None:
            return None
        if self._sut.transport is None:
            raise NotRecorded("the system has no server mode")
        return self._sut.transport()


class _Recording(httpx.BaseTransport):
    """Records what passes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._inner = session.transport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._session.carry(request, self._inner)

    def close(self) -> None:
        if self._inner:
            self._inner.close()
