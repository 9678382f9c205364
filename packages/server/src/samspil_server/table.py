"""The table of all addresses: what is asked is looked up in it, and what it does not list is not served."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from .answers import Refused, refused_method
from .apart import apart
from .findings import NOT_FOUND
from .service import App, Scope, Service

PARAMETERS = {"type": r"[A-Z][A-Za-z]{1,63}", "id": r"[A-Za-z0-9.\-]{1,64}"}
"""What may stand for a `{name}` in a path."""


class _Row(NamedTuple):
    fits: re.Pattern[str]
    methods: dict[str, tuple[str, App]]


def dispatcher(services: Iterable[Service]) -> App:
    """Make the application that hands a request to the service whose table lists its path and method.

    Raises `Refused`: 404 for a path that none lists, 405 for a method that is not listed with it.
    """
    rows = _rows(services)

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        root = scope.get("root_path", "")
        path = scope["path"].removeprefix(root)
        row = next((each for each in rows if each.fits.fullmatch(path)), None)
        if row is None:
            raise Refused(NOT_FOUND.at(), 404)
        asked = "GET" if scope["method"] == "HEAD" else scope["method"]
        if asked not in row.methods:
            raise refused_method(row.methods)
        mount, served = row.methods[asked]
        await served({**scope, "root_path": f"{root}{mount}"}, receive, send)

    return app


def _rows(services: Iterable[Service]) -> Sequence[_Row]:
    made: dict[str, dict[str, tuple[str, App]]] = {}
    for service in services:
        app = apart(service.app) if service.apart else service.app
        for path in service.paths:
            made.setdefault(f"{service.mount}{path.path}", {})[path.method] = (service.mount, app)
    return [_Row(re.compile(_pattern(path)), methods) for path, methods in made.items()]


def _pattern(path: str) -> str:
    steps = re.split(r"\{(\w+)\}", path)
    return "".join(PARAMETERS[step] if at % 2 else re.escape(step) for at, step in enumerate(steps))
