"""Answers that need no routing: those kept from before, and $lookup of a SNOMED CT concept, written from its row.

Everything else, and whatever is not plain about a request, is left to the application behind.
"""

import hmac
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from samspil_terminology.catalog import Catalog
from samspil_terminology.snomed.system import SnomedSystem
from samspil_terminology.wire.lookup_text import lookup_writer

from .bodies import TYPE, tag_of

__all__ = ["Kept", "Quick", "allowed"]

_MOST = 2_000
"""How many answers are kept."""

_SYSTEMS = 100
"""For how many ways to name a system it is known how its answers are written."""

_CODE = re.compile(rb"(?:(.*)&)?code=([0-9]+)(?:&(.*))?", re.DOTALL)
_LOOKUP = frozenset({f"{base}/CodeSystem/$lookup" for base in ("", "/r4", "/r5")})
_PLAIN = frozenset({"system", "version"})
_CONTENT_TYPE = (b"content-type", TYPE.encode())
_SEEN = frozenset({b"authorization", b"accept-language", b"if-none-match", b"x-cache-id"})


class Kept:
    """ETags and bytes of answers that depend on nothing but the terminology, those kept last."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, bytes, bytes], tuple[bytes, bytes]] = OrderedDict()
        self.find = self._held.get
        self.clear = self._held.clear

    def keep(self, scope: Any, language: bytes, tag: bytes, data: bytes) -> None:
        """Keep an answer for those who ask the same."""
        self._held[scope["path"], scope["query_string"], language] = tag, data
        if len(self._held) > _MOST:
            self._held.popitem(last=False)


class Quick:
    """An ASGI application in front of another."""

    def __init__(self, app: Any, catalog: Catalog, kept: Kept, token: str, current: Callable[[], bool]) -> None:
        self.app = app
        self._catalog = catalog
        self._kept = kept
        self._token = token
        self._current = current
        self._writers: dict[tuple[bytes, bytes], Callable[[str], bytes | None]] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, or let the application behind do it."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self.app(scope, receive, send)
        if not self._current():
            self._writers.clear()
            return await self.app(scope, receive, send)
        given = [each for each in scope["headers"] if each[0] in _SEEN]
        seen = dict(given)
        if len(seen) < len(given) or b"x-cache-id" in seen or not allowed(seen.get(b"authorization", b""), self._token):
            return await self.app(scope, receive, send)
        language = seen.get(b"accept-language", b"")
        held = self._kept.find((scope["path"], scope["query_string"], language))
        if held is None:
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            data = None if language or path not in _LOOKUP else self._looked_up(scope["query_string"])
            if data is None:
                return await self.app(scope, receive, send)
            held = tag_of(data).encode(), data
            self._kept.keep(scope, language, *held)
        tag, data = held
        await send_tagged(send, tag, data, unchanged=seen.get(b"if-none-match") == tag)
        return None

    def _looked_up(self, query: bytes) -> bytes | None:
        """The answer to a number as code, its system and perhaps a version, of SNOMED CT."""
        asked = _CODE.fullmatch(query)
        if asked is None:
            return None
        before, code, after = asked.groups(b"")
        writer = self._writers.get((before, after))
        if writer is None:
            writer = self._writers[before, after] = self._writer(
                f"{before.decode('latin-1')}&{after.decode('latin-1')}"
            )
        return writer(code.decode())

    def _writer(self, query: str) -> Callable[[str], bytes | None]:
        """What writes the answers to these parameters."""
        if len(self._writers) > _SYSTEMS:
            self._writers.clear()
        pairs = [each for each in parse_qsl(query, keep_blank_values=True) if not each[0].startswith("_")]
        asked = dict(pairs)
        system = asked.get("system", "")
        if len(asked) != len(pairs) or not _PLAIN.issuperset(asked) or "|" in system:
            return _nothing
        found = self._catalog.system(system, asked.get("version", ""))
        return lookup_writer(found) if isinstance(found, SnomedSystem) else _nothing


def _nothing(_code: str) -> None:
    """Left to the application behind."""


async def send_tagged(send: Any, tag: bytes, data: bytes, *, unchanged: bool) -> None:
    """Send an answer, or that it is the one the client has."""
    headers = [(b"etag", tag)]
    if not unchanged:
        headers += [(b"content-length", b"%d" % len(data)), _CONTENT_TYPE]
    await send({"type": "http.response.start", "status": 304 if unchanged else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if unchanged else data})


def allowed(given: bytes, token: str) -> bool:
    """Whether what a request carries as Authorization is the bearer token, where one is asked for."""
    return not token or hmac.compare_digest(given, f"Bearer {token}".encode())
