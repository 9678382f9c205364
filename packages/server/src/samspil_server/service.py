"""What a module brings to the service: its paths, what they take and give, and the application behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
App: TypeAlias = Callable[[Scope, Any, Any], Awaitable[None]]


class Path(NamedTuple):
    """One address: method, path under the mount (`/$convert`), what it takes and gives (media types), and a sentence on it.

    `statuses` are the answers it may give beside those of every address (401, 413, 500, 504).
    """

    method: str
    path: str
    takes: tuple[str, ...]
    gives: str
    about: str
    statuses: tuple[int, ...] = (200, 400)


class Service(NamedTuple):
    """A module's part: where it is mounted (empty: at the root), its addresses, its application.

    `operation` is the FHIR operation that the CapabilityStatement names, empty where it is none.
    """

    name: str
    mount: str
    paths: tuple[Path, ...]
    app: App
    operations: tuple[str, ...] = ()
