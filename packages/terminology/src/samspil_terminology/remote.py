"""Another FHIR terminology server behind the same ports.

`httpx` is in the extra `client`; a client of one's own is taken too. https://hl7.org/fhir/R4/terminology-service.html
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

from samspil_core.jsontext import NotJson, dumps, loads
from samspil_core.outcome import Issue, Outcome
from samspil_core.values import CodeValidity, Coding, Match, Translation

from . import findings
from .concept_maps import TO_EQUIVALENCE
from .plain import is_object
from .wire.parameters import Reader, coding_json, entry, parameters

if TYPE_CHECKING:
    import httpx

__all__ = ["Http", "RemoteFailed", "RemoteTerminology"]

_WRONG = 400
"""HTTP: from here on a status says that something went wrong."""

_RETRY = frozenset({429, 502, 503, 504})


class Response(Protocol):
    """What is used of an answer."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        ...

    @property
    def content(self) -> bytes:
        """The body."""
        ...


class Http(Protocol):
    """What is used of a client: `httpx.Client` has it."""

    def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Response:
        """Send a request and wait for the answer."""
        ...


class RemoteFailed(OSError):
    """The server gave no answer that can be used."""


class RemoteTerminology:
    """A `CodeValidator` and `Translator` that asks a FHIR server.

    `base` is the URL of its FHIR endpoint; `token` a bearer token. Answers are kept for `keep` seconds, `size` of them at
    most; a request that fails for the moment is tried `tries` times, with a pause that doubles. `http` is a client of one's
    own; without it an `httpx.Client` with that `timeout` is made. `clock` and `pause` are there for tests.
    """

    def __init__(  # noqa: PLR0913  a client has its settings
        self,
        base: str,
        *,
        http: Http | None = None,
        token: str = "",
        timeout: float = 10.0,
        tries: int = 3,
        keep: float = 3600.0,
        size: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self.base = base.rstrip("/")
        self._own = _httpx(timeout) if http is None else None
        self._http: Any = http if http is not None else self._own
        self._headers = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._tries, self._keep, self._size = tries, keep, size
        self._clock, self._pause = clock, pause
        self._held: OrderedDict[bytes, tuple[float, dict[str, Any]]] = OrderedDict()

    def close(self) -> None:
        """Let go of the connections, unless the client is one's own."""
        if self._own is not None:
            self._own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, operation: str, *entries: dict[str, Any]) -> dict[str, Any]:
        """The answer of an operation (`ValueSet/$expand`), kept for a while. Raises `RemoteFailed`."""
        body = dumps(parameters(entries))
        key = operation.encode() + b"\0" + body
        held = self._held.get(key)
        if held is not None and self._clock() - held[0] < self._keep:
            self._held.move_to_end(key)
            return held[1]
        answer = self._sent(f"{self.base}/{operation}", body)
        self._held[key] = (self._clock(), answer)
        if len(self._held) > self._size:
            self._held.popitem(last=False)
        return answer

    def _sent(self, url: str, body: bytes) -> dict[str, Any]:
        why = "no answer"
        for attempt in range(self._tries):
            if attempt:
                self._pause(0.2 * 2**attempt)
            try:
                response = self._http.post(url, content=body, headers=self._headers)
            except OSError as error:
                why = type(error).__name__
                continue
            except Exception as error:  # a client of another make has errors of its own
                if type(error).__module__.partition(".")[0] not in {"httpx", "httpcore", "requests", "urllib3"}:
                    raise
                why = type(error).__name__
                continue
            if response.status_code in _RETRY:
                why = f"status {response.status_code}"
                continue
            return _resource(response)
        raise RemoteFailed(why)

    # ------------------------------------------------------------------------------------------------ ports
    def validate_code(self, coding: Coding, value_set_url: str = "", /) -> CodeValidity:
        """Whether the server holds the coding valid. Never raises: what cannot be asked is not valid, with a finding."""
        operation = "ValueSet/$validate-code" if value_set_url else "CodeSystem/$validate-code"
        asked = [entry("coding", "Coding", coding_json(coding))]
        if value_set_url:
            asked.insert(0, entry("url", "Uri", value_set_url))
        try:
            answer = Reader(self.ask(operation, *asked))
        except RemoteFailed as error:
            return CodeValidity(valid=False, outcome=Outcome((self._failed(error),)))
        valid = answer.flag("result")
        issues: tuple[Issue, ...] = ()
        if not valid:
            kind = findings.NOT_IN_VALUE_SET if value_set_url else findings.CODE_UNKNOWN
            detail = {"code": coding.code, "system": coding.system}
            issues = (kind.at("", **detail, **({"value_set": value_set_url} if value_set_url else {})),)
        return CodeValidity(valid, answer.text("display"), Outcome(issues))

    def translate(self, coding: Coding, map_url: str, /) -> Translation:
        """The targets the server gives. Never raises."""
        asked = [entry("url", "Uri", map_url), entry("coding", "Coding", coding_json(coding))]
        asked += [entry("sourceCoding", "Coding", coding_json(coding)), entry("system", "Uri", coding.system)]
        try:
            answer = Reader(self.ask("ConceptMap/$translate", *asked))
        except RemoteFailed as error:
            return Translation((), Outcome((self._failed(error),)))
        matches = tuple(made for part in answer.parts("match") if (made := _match(part)) is not None)
        if matches:
            return Translation(matches)
        missing = findings.NOT_MAPPED.at("", map=map_url, code=coding.code, system=coding.system)
        return Translation((), Outcome((missing,)))

    def expand(self, value_set_url: str, text: str = "", count: int | None = None) -> list[Coding]:
        """The codings of a value set, or a page of those that a text finds. Raises `RemoteFailed`."""
        asked = [entry("url", "Uri", value_set_url)]
        if text:
            asked.append(entry("filter", "String", text))
        if count is not None:
            asked.append(entry("count", "Integer", count))
        answer = self.ask("ValueSet/$expand", *asked)
        return _codings(answer.get("expansion", {}).get("contains", ()))

    def _failed(self, error: RemoteFailed) -> Issue:
        return findings.REMOTE_FAILED.at("", server=self.base, why=str(error))


def _httpx(timeout: float) -> "httpx.Client":
    import httpx

    return httpx.Client(timeout=timeout, follow_redirects=True)


def _resource(response: Response) -> dict[str, Any]:
    try:
        value = loads(response.content)
    except NotJson:
        raise RemoteFailed(f"status {response.status_code}, and no JSON") from None
    good = response.status_code < _WRONG
    if not good or not is_object(value) or value.get("resourceType") == "OperationOutcome":
        raise RemoteFailed(f"status {response.status_code}")
    return dict(value)


def _match(part: Reader) -> Match | None:
    coding = part.coding("concept")
    if coding is None:
        return None
    said: Any = part.text("equivalence")
    relationship: Any = part.text("relationship")
    return Match(coding, said or TO_EQUIVALENCE.get(relationship, "relatedto"))


def _codings(contains: Sequence[Mapping[str, Any]]) -> list[Coding]:
    found: list[Coding] = []
    for each in contains:
        if each.get("code"):
            found.append(Coding(*(str(each.get(name, "")) for name in ("system", "code", "display", "version"))))
        found += _codings(each.get("contains", ()))
    return found
