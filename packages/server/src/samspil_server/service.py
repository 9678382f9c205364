"""What a module brings to the service: its addresses, what they take and give, and the application behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
App: TypeAlias = Callable[[Scope, Any, Any], Awaitable[None]]


class Query(NamedTuple):
    """A parameter of the URL: its name, a sentence on it, and its JSON Schema."""

    name: str
    about: str
    schema: dict[str, Any] = {"type": "string"}  # noqa: RUF012  never changed


class Path(NamedTuple):
    """One address: method, path under the mount (`/$convert`), what it takes and gives (media types), and a sentence on it.

    `statuses` are the answers it may give beside those of every address (401, 413, 500, 504). `body` and `answer` name a
    schema of `schemas.SCHEMAS`, of what is sent and of what comes back with 200; `query` are the parameters of the URL.
    """

    method: str
    path: str
    takes: tuple[str, ...]
    gives: str
    about: str
    statuses: tuple[int, ...] = (200, 400)
    body: str = "Resource"
    answer: str = "Resource"
    query: tuple[Query, ...] = ()


class Service(NamedTuple):
    """A module's part: where it is mounted (empty: at the root), its addresses, its application.

    The application is given the mount as `root_path`, as ASGI has it, and only requests that one of `paths` fits.
    `operations` are the FHIR operations that the CapabilityStatement names, each `NAME DEFINITION`; a definition that
    begins with `/` is served here. With `apart` it runs in a thread of its own, one request after another: for work that
    takes the processor long.
    """

    name: str
    mount: str
    paths: tuple[Path, ...]
    app: App
    operations: tuple[str, ...] = ()
    apart: bool = False
