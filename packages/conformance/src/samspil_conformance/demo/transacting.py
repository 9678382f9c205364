"""Faults of a transaction's references: what a server makes of a fullUrl or a search URI that it should have resolved.

`{op: urn left | new id told | search told, of: POST | PUT, when: found | made}` is about references to conditional creates or
updates, of which the condition found a resource or made one; `{op: search uri left}` about conditional references.
The reference is disguised on its way in, so that the server leaves it alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from samspil_core import dumps

from .exchange import Ask, Asked, Told

__all__ = ["TRANSACTION"]

Json = dict[str, Any]
Row = Mapping[str, Any]
Disguise = Callable[[str, str], str]
_SEARCH = re.compile(rb'"reference":"(?P<kind>[A-Z][A-Za-z]+)\?(?P<query>[^"]*)"')


def _of_conditions(disguise: Disguise) -> Callable[[Ask, Row], Ask]:
    """References to conditional entries become what `disguise` makes of the fullUrl and the condition."""

    def around(ask: Ask, row: Row) -> Ask:
        async def answer(asked: Asked) -> Told:
            body = dumps(asked.json) if _is_transaction(asked) else asked.body
            for entry in asked.object.get("entry", ()) if _is_transaction(asked) else ():
                url, condition = str(entry.get("fullUrl", "")), _condition(entry, str(row["of"]))
                if condition and row.get("when", "") in {"", await _state(ask, asked, condition)}:
                    told = disguise(url, condition)
                    body = body.replace(f'"reference":"{url}"'.encode(), f'"reference":"{told}"'.encode())
            return await ask(replace(asked, body=body))

        return answer

    return around


def _search_uri_left(ask: Ask, row: Row) -> Ask:
    async def answer(asked: Asked) -> Told:
        body = dumps(asked.json) if _is_transaction(asked) else asked.body
        for found in _SEARCH.finditer(body) if _is_transaction(asked) else ():
            kind, query = found["kind"].decode(), found["query"].decode()
            if "when" not in row or await _state(ask, asked, f"{kind}?{query}") == "made":
                body = body.replace(found[0], f'"reference":"{kind}/?{query}"'.encode())
        return await ask(replace(asked, body=body))

    return answer


def _is_transaction(asked: Asked) -> bool:
    return asked.method == "POST" and asked.object.get("type") == "transaction"


def _condition(entry: Json, method: str) -> str:
    """The search that an entry depends on, with its type, or empty."""
    request: Json = entry.get("request", {})
    if request.get("method") != method:
        return ""
    if method == "POST":
        return f"{request['url']}?{request['ifNoneExist']}" if "ifNoneExist" in request else ""
    return str(request["url"]) if "?" in str(request["url"]) else ""


async def _state(ask: Ask, asked: Asked, condition: str) -> str:
    kind, _, query = condition.partition("?")
    path = f"{asked.path.rstrip('/')}/{kind}"
    search = replace(asked, method="GET", path=path, query=urlencode(parse_qsl(query)), headers={}, body=b"")
    told = await ask(search)
    return "found" if told.object.get("entry") else "made"


TRANSACTION: Mapping[str, Callable[[Ask, Row], Ask]] = {
    "urn left": _of_conditions(lambda url, _: f"{url}0"),
    "new id told": _of_conditions(lambda _, condition: f"{condition.partition('?')[0]}/samspil-new-id"),
    "search told": _of_conditions(lambda _, condition: condition.replace("?", "/?")),
    "search uri left": _search_uri_left,
}
