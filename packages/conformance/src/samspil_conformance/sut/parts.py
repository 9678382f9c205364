"""What a system under test offers, however it is reached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from samspil_conformance.features import Mode

from .asgi import Application, AsgiTransport
from .done import Command
from .identity import Identity, Mask, SutFile, read_sut_file
from .outside import command_runner, folder_files, http_transport, trigger_runner

__all__ = ["Parts", "Send", "Sut"]


Send = Callable[[str, Mapping[str, Any], httpx.Client], None]
"""Makes the system do a named action, with values; what it sends goes through the client it is given."""


@dataclass(frozen=True)
class Parts:
    """A system in this process: each part is one way of reaching it."""

    app: Application | None = None
    command: Command | None = None
    send: Send | None = None
    files: Mapping[str, bytes] | None = None
    claims: frozenset[str] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Sut:
    """A system under test: who it is, and how it is reached in each mode."""

    identity: Identity
    base: str = "http://sut.example/fhir"
    transport: Callable[[], httpx.BaseTransport] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float = 10.0
    command: Command | None = None
    send: Send | None = None
    listen: str | None = None
    wait: float = 10.0
    files: Callable[[], Mapping[str, bytes]] | None = None
    claims: frozenset[str] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    mask: Mask = field(default_factory=Mask)
    only_modes: tuple[Mode, ...] | None = None

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes in which it can be tested."""
        if self.only_modes is not None:
            return self.only_modes
        there: dict[Mode, bool] = {
            "server": self.transport is not None,
            "client": self.send is not None,
            "files": self.command is not None or self.files is not None,
        }
        return tuple(mode for mode, found in there.items() if found)

    @classmethod
    def of_parts(cls, identity: Identity, parts: Parts, base: str = "http://sut.example/fhir") -> "Sut":
        """A system in this process."""
        app, files = parts.app, parts.files
        return cls(
            identity=identity,
            base=base,
            transport=(lambda: AsgiTransport(app)) if app else None,
            command=parts.command,
            send=parts.send,
            files=(lambda: files) if files is not None else None,
            claims=parts.claims,
            settings=parts.settings,
        )

    @classmethod
    def at(cls, url: str, name: str = "system under test", version: str = "unknown") -> "Sut":
        """A FHIR server at a URL, of which nothing else is known."""
        found = SutFile.model_validate(
            {"sut": {"name": name, "company": "unknown", "version": version}, "server": {"url": url}}
        )
        return cls.of_file(found, Path())

    @classmethod
    def read(cls, path: Path) -> "Sut":
        """The system of a sut.yaml. Raises `BadFile`, OSError."""
        return cls.of_file(read_sut_file(path), path.parent)

    @classmethod
    def of_file(cls, found: SutFile, folder: Path) -> "Sut":
        """The system that a sut.yaml of a folder describes."""
        server, client, files = found.server, found.client, found.files
        return cls(
            identity=found.sut,
            base=server.url.rstrip("/") if server else "",
            transport=http_transport(server) if server else None,
            headers=server.headers if server else {},
            timeout=server.timeout if server else 10.0,
            command=command_runner(files) if files and files.command else None,
            send=trigger_runner(client) if client else None,
            listen=client.listen if client else None,
            wait=client.wait if client else 10.0,
            files=folder_files(folder / files.folder) if files and files.folder else None,
            claims=frozenset(found.claims) if found.claims is not None else None,
            settings=found.settings,
            mask=found.mask,
        )
