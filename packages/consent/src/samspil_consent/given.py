"""What the commands are given: the options they share, the files these name, and what is made of them."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import click

from samspil_core.jsontext import NotJson, loads

from .breakglass import with_emergency
from .context import Context
from .decision import Answer, decide_with
from .directory import Directory
from .engine import Engine
from .model import Consent
from .parts import is_object, objects
from .profile import BadProfile, Profile, load_profile, profile_names
from .reading import read_consent, unreadable
from .request import BadRequest, Request, read_request

__all__ = ["CouldNotRun", "Given", "clock", "load", "options", "values"]

COULD_NOT_RUN = 2


class CouldNotRun(click.ClickException):
    """Something stops the run; one sentence says what and what to do."""

    exit_code = COULD_NOT_RUN


@dataclass(frozen=True)
class Given:
    """The options that commands share."""

    consents: tuple[str, ...] = ()
    asked: str | None = None
    profile: Profile | None = None
    now: datetime | None = None
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    directory: tuple[str, ...] = ()

    @property
    def semantics(self) -> Profile:
        """The profile, `typed` where none is named."""
        return self.profile or load_profile("typed")

    def read(self, *more: str) -> list[Consent]:
        """The consents of the files; what cannot be read denies, and is named."""
        made: list[Consent] = []
        for path in (*self.consents, *more):
            try:
                found = values(path)
            except CouldNotRun as error:
                made.append(unreadable(path, error.message))
                continue
            except NotJson as error:
                made.append(unreadable(path, f"line {error.line} column {error.column}: {error.why}"))
                continue
            made += [read_consent(each, source=path, zone=self.timezone) for each in found]
        return made

    def context(self) -> Context:
        """The directory and the zone."""
        try:
            known = Directory([each for path in self.directory for each in values(path)])
        except (NotJson, ValueError) as error:
            raise CouldNotRun(f"the directory cannot be read: {error}") from None
        return Context(directory=known, zone=self.timezone)

    def engine(self, consents: Sequence[Consent]) -> Engine:
        """The consents compiled."""
        return Engine(consents, self.semantics, self.context())

    def request(self) -> Request:
        """The request of its file, as of `--now`."""
        path = self.asked or "-"
        try:
            return read_request(loads(load(path)), self.now)
        except (NotJson, BadRequest) as error:
            raise CouldNotRun(f"the request {path} cannot be read: {error}") from None

    def answer(self, *more: str) -> Answer:
        """The decision, with an emergency that the request declares."""
        return with_emergency(decide_with(self.engine(self.read(*more)), self.request()))


def _profile(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Profile | None:
    try:
        return load_profile(value) if value else None
    except BadProfile as error:
        raise click.BadParameter(str(error)) from None


def _now(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return read_request({"at": value}).at
    except BadRequest as error:
        raise click.BadParameter(str(error)) from None


def _zone(_context: click.Context, _parameter: click.Parameter, value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f"{value!r} is no IANA time zone, such as Europe/Copenhagen") from None


def _option(name: str, *, required: bool) -> Any:
    return {
        "consents": click.option(
            "--consents", multiple=True, required=required, metavar="FILE", help="Consents: JSON, a Bundle or NDJSON."
        ),
        "request": click.option("--request", "asked", required=required, metavar="FILE", help="The request, as JSON."),
        "profile": click.option(
            "--profile",
            callback=_profile,
            metavar="NAME",
            help=f"One of {', '.join(profile_names())}, or a .json file.  [default: typed]",
        ),
        "now": click.option("--now", callback=_now, metavar="TIME", help="The clock, e.g. 2026-01-31T12:00:00Z."),
        "timezone": click.option(
            "--timezone",
            default="UTC",
            show_default=True,
            callback=_zone,
            metavar="ZONE",
            help="Zone of dates that have none, e.g. Europe/Copenhagen.",
        ),
        "directory": click.option(
            "--directory", multiple=True, metavar="FILE", help="Actors: organisations, groups, care teams, roles."
        ),
    }[name]


def options(*wanted: str, required: bool = True) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add shared options to a command, which gets them as one `Given`."""
    names = {one.name for one in fields(Given)}

    def add(command: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(command)
        def gathered(**found: Any) -> int:
            shared = {name: found.pop(name) for name in names & found.keys()}
            return command(Given(**shared), **found)

        for name in reversed(wanted):
            gathered = _option(name, required=required)(gathered)
        return gathered

    return add


def load(path: str) -> bytes:
    """The bytes of a file, or of standard input for `-`."""
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise CouldNotRun(f"{path} cannot be read: {error.strerror}") from None


def values(path: str) -> list[Any]:
    """The resources of a file: one, the entries of a Bundle, or one a line."""
    data = load(path)
    try:
        found = loads(data)
    except NotJson:
        lines = [line for line in data.splitlines() if line.strip()]
        if len(lines) < 2:  # noqa: PLR2004  not NDJSON either
            raise
        return [loads(line) for line in lines]
    if is_object(found) and found.get("resourceType") == "Bundle":
        return [each.get("resource") for each in objects(found.get("entry"))]
    return cast("list[Any]", found) if isinstance(found, list) else [found]


def clock() -> datetime:
    """The one place where a clock is read: the command's own default."""
    return datetime.now(UTC)
