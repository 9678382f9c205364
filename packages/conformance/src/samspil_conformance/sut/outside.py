"""Systems outside this process: servers at a URL, commands, folders."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from .done import Command, Done
from .identity import ClientMode, FilesMode, ServerMode

__all__ = ["command_runner", "folder_files", "http_transport", "trigger_runner"]


def http_transport(mode: ServerMode) -> Callable[[], httpx.BaseTransport]:
    """Carries requests to a server, each on a connection of its own: one that a server drops says nothing of the next."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return lambda: httpx.HTTPTransport(verify=mode.verify, limits=limits)


def command_runner(mode: FilesMode) -> Command:
    """Runs a command on bytes. Raises OSError, subprocess.TimeoutExpired."""

    def run(data: bytes, arguments: Sequence[str]) -> Done:
        done = subprocess.run(  # noqa: S603  the command is the user's own
            [*mode.command, *arguments], input=data, capture_output=True, timeout=mode.timeout, check=False
        )
        return Done(done.stdout, done.stderr, done.returncode)

    return run


def trigger_runner(mode: ClientMode) -> Callable[[str, Mapping[str, Any], httpx.Client], None]:
    """Makes the system send by the user's command; without one a person does it, and there is nothing to run.

    The command gets the action and its values on standard input, as one JSON object.
    """

    def run(action: str, values: Mapping[str, Any], client: httpx.Client) -> None:
        if mode.trigger:
            words = {"action": action, "url": str(client.base_url).rstrip("/"), **values}
            command = [part.format_map(words) for part in mode.trigger]
            told = json.dumps(words).encode()
            subprocess.run(command, input=told, timeout=mode.wait, check=True, capture_output=True)  # noqa: S603  the user's own

    return run


def folder_files(folder: Path) -> Callable[[], Mapping[str, bytes]]:
    """Reads the files of a folder, by their paths in it."""

    def read() -> Mapping[str, bytes]:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

    return read
