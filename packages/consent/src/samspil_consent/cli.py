"""`samspil consent`: decide, explain, enforce, diff, lint, page, token, serve. Data on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import click

from samspil_core.jsontext import NotJson, dumps, loads
from samspil_core.outcome import Issue, Outcome

from . import analysis
from .breakglass import with_emergency
from .cases import run_case
from .context import Context
from .decision import Answer, decide_with
from .directory import Directory
from .enforcement import Enforcer
from .engine import Engine
from .explanation import explanation, in_words
from .findings import UNREADABLE
from .model import Consent
from .obligations import token_extension
from .page import consent_page
from .parts import is_object, objects
from .profile import BadProfile, Profile, load_profile, profile_names
from .reading import read_consent, unreadable
from .request import BadRequest, Request, read_request

COULD_NOT_RUN = 2
FINDINGS = 1


class CouldNotRun(click.ClickException):
    """Something stops the run; one sentence says what and what to do."""

    exit_code = COULD_NOT_RUN


@click.group("consent")
def group() -> None:
    """Decide on access by FHIR Consent, say why, and enforce it."""


def _profile(_context: click.Context, _parameter: click.Parameter, value: str) -> Profile:
    try:
        return load_profile(value)
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


def _options(*wanted: str) -> Callable[[Any], Any]:
    """The options that several commands share."""
    made = {
        "consents": click.option(
            "--consents", multiple=True, required=True, metavar="FILE", help="Consents: JSON, a Bundle or NDJSON."
        ),
        "request": click.option("--request", "asked", required=True, metavar="FILE", help="The request, as JSON."),
        "profile": click.option(
            "--profile",
            default="typed",
            show_default=True,
            callback=_profile,
            metavar="NAME",
            help=f"One of {', '.join(profile_names())}, or a .json file.",
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
    }

    def add(command: Any) -> Any:
        for name in reversed(wanted):
            command = made[name](command)
        return command

    return add


def _load(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise CouldNotRun(f"{path} cannot be read: {error.strerror}") from None


def _values(path: str) -> list[Any]:
    """The resources of a file: one, the entries of a Bundle, or one a line."""
    data = _load(path)
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


def _consents(paths: Sequence[str], zone: ZoneInfo) -> list[Consent]:
    """The consents of the files; what cannot be read denies, and is named."""
    made: list[Consent] = []
    for path in paths:
        try:
            values = _values(path)
        except NotJson as error:
            made.append(unreadable(path, f"line {error.line} column {error.column}: {error.why}"))
            continue
        made += [read_consent(each, source=path, zone=zone) for each in values]
    return made


def _context(paths: Sequence[str], zone: ZoneInfo) -> Context:
    try:
        return Context(directory=Directory([each for path in paths for each in _values(path)]), zone=zone)
    except (NotJson, ValueError) as error:
        raise CouldNotRun(f"the directory cannot be read: {error}") from None


def _request(path: str, now: datetime | None) -> Request:
    try:
        return read_request(loads(_load(path)), now)
    except (NotJson, BadRequest) as error:
        raise CouldNotRun(f"the request {path} cannot be read: {error}") from None


def _say(issues: Sequence[Issue]) -> int:
    """Findings to standard error; 1 where one is an error."""
    for issue in issues:
        click.echo(f"{issue.severity} {issue.code} {issue.where} {issue.text} -> {issue.fix}", err=True)
    return 0 if Outcome(tuple(issues)).ok else FINDINGS


def _write(value: object) -> None:
    sys.stdout.buffer.write(dumps(value) + b"\n")
    sys.stdout.buffer.flush()


@group.command()
@click.option("--consents", multiple=True, metavar="FILE", help="Consents: JSON, a Bundle or NDJSON.")
@click.option("--request", "asked", metavar="FILE", help="The request, as JSON.")
@click.option("--case", "cases", multiple=True, metavar="FILE", help="Published cases, instead of both.")
@click.argument("more", nargs=-1, metavar="[FILE]...")
@click.option("--profile", "name", metavar="NAME", help="Of consents: typed. Of cases: what their source says.")
@_options("now", "timezone", "directory")
@click.option("--explain", is_flag=True, help="Add the reasons, so that they can be replayed.")
def decide(  # noqa: PLR0913, PLR0917  the command's options
    consents: tuple[str, ...],
    asked: str | None,
    cases: tuple[str, ...],
    more: tuple[str, ...],
    name: str | None,
    now: datetime | None,
    timezone: ZoneInfo,
    directory: tuple[str, ...],
    explain: bool,  # noqa: FBT001  click hands flags over by position
) -> int:
    """Decide on a request by consents, or decide published cases; NDJSON. Further files are of the option given.

    Example: samspil consent decide --consents consent.json --request request.json --profile dk
    """
    if cases:
        return _decide_cases((*cases, *more), name or "")
    if not consents or asked is None:
        raise CouldNotRun("name --consents and --request, or --case")
    answer = _answer((*consents, *more), asked, _named(name or "typed"), now, timezone, directory)
    _write(explanation(answer) if explain else answer.as_dict())
    return _say(tuple(answer.outcome))


def _named(name: str) -> Profile:
    try:
        return load_profile(name)
    except BadProfile as error:
        raise CouldNotRun(str(error)) from None


def _decide_cases(paths: Sequence[str], profile: str) -> int:
    status = 0
    for path in paths:
        try:
            results = list(run_case(loads(_load(path)), _named(profile).name if profile else ""))
        except (NotJson, BadRequest, ValueError, AttributeError) as error:
            status = max(status, _say([UNREADABLE.at(source=path, why=str(error))]))
            continue
        for result in results:
            _write(result.as_dict())
            status = max(status, FINDINGS if result.agrees is False else 0)
    return status


def _answer(  # noqa: PLR0913, PLR0917  what the commands pass on
    consents: Sequence[str],
    asked: str,
    profile: Profile,
    now: datetime | None,
    zone: ZoneInfo,
    directory: Sequence[str],
) -> Answer:
    engine = Engine(_consents(consents, zone), profile, _context(directory, zone))
    return with_emergency(decide_with(engine, _request(asked, now)))


@group.command()
@_options("consents", "request", "profile", "now", "timezone", "directory")
@click.option("--language", type=click.Choice(["en", "da"]), default="en", show_default=True, help="Of the words.")
def explain(  # noqa: PLR0913, PLR0917  the command's options
    consents: tuple[str, ...],
    asked: str,
    profile: Profile,
    now: datetime | None,
    timezone: ZoneInfo,
    directory: tuple[str, ...],
    language: Any,
) -> int:
    """Say in words why a request is decided as it is.

    Example: samspil consent explain --consents consent.json --request request.json --language da
    """
    answer = _answer(consents, asked, profile, now, timezone, directory)
    click.echo(in_words(answer, language), nl=False)
    return 0 if answer.outcome.ok else FINDINGS


@group.command()
@click.argument("bundle", default="-", metavar="[BUNDLE|-]")
@_options("consents", "request", "profile", "now", "timezone", "directory")
def enforce(  # noqa: PLR0913, PLR0917  the command's options
    bundle: str,
    consents: tuple[str, ...],
    asked: str,
    profile: Profile,
    now: datetime | None,
    timezone: ZoneInfo,
    directory: tuple[str, ...],
) -> int:
    """Take out of a Bundle or resource what the request may not see.

    Example: samspil consent enforce bundle.json --consents consent.json --request request.json
    """
    try:
        found = loads(_load(bundle))
    except NotJson as error:
        raise CouldNotRun(f"{bundle}: {error}") from None
    if not is_object(found):
        raise CouldNotRun(f"{bundle} is no resource")
    read = _consents(consents, timezone)
    engine = Engine(read, profile, _context(directory, timezone))
    enforcer = Enforcer(lambda _patient: engine, _request(asked, now))
    outcome = [issue for one in read for issue in one.issues]
    if found.get("resourceType") == "Bundle" and found.get("type") != "document":
        _write(enforcer.bundle(found))
    else:
        seen = enforcer.resource(found)
        if seen is not None:
            _write(dict(seen))
    return _say(outcome)


@group.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@_options("profile", "now", "timezone")
def diff(old: str, new: str, profile: Profile, now: datetime | None, timezone: ZoneInfo) -> int:
    """Show what NEW decides otherwise than OLD, with a request for each difference; NDJSON.

    Example: samspil consent diff old.json new.json --now 2026-01-31T12:00:00Z
    """
    found, whole = analysis.diff(_consents([old], timezone), _consents([new], timezone), profile, now or _clock())
    for one in found:
        _write(one.as_dict())
    wider = sum(one.after == "permit" for one in found)
    click.echo(f"{len(found)} accesses decided otherwise, {wider} of them now permitted", err=True)
    if not whole:
        click.echo("the world of these consents is too large to try whole: there may be more", err=True)
    return 0


@group.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_options("profile", "now", "timezone")
def lint(files: tuple[str, ...], profile: Profile, now: datetime | None, timezone: ZoneInfo) -> int:
    """Find what is not understood, not in force, dead or contradictory in consents; NDJSON.

    Example: samspil consent lint consent.json
    """
    found = analysis.lint(_consents(files, timezone), profile, now or _clock())
    for name, issue in found:
        words = {"text": issue.text, "fix": issue.fix}
        _write({"consent": name, "code": issue.code, "severity": issue.severity, "where": issue.where, **words})
    return 0 if Outcome(tuple(issue for _, issue in found)).ok else FINDINGS


@group.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@_options("profile", "timezone")
@click.option("--language", type=click.Choice(["en", "da"]), default="en", show_default=True, help="Of the page.")
def page(file: str, profile: Profile, timezone: ZoneInfo, language: Any) -> int:
    """Write a consent as an HTML page that a patient can read.

    Example: samspil consent page consent.json --language da > consent.html
    """
    (consent, *_) = _consents([file], timezone) or [unreadable(file, "there is none")]
    click.echo(consent_page(consent, profile, language), nl=False)
    return _say(consent.issues)


@group.command()
@_options("consents", "request", "profile", "now", "timezone", "directory")
@click.option("--base", default="", metavar="URL", help="The server, to make references absolute.")
def token(  # noqa: PLR0913, PLR0917  the command's options
    consents: tuple[str, ...],
    asked: str,
    profile: Profile,
    now: datetime | None,
    timezone: ZoneInfo,
    directory: tuple[str, ...],
    base: str,
) -> int:
    """Write the `ihe_pcf` extension of an access token (ITI-71), with its residual; nothing where access is refused.

    Example: samspil consent token --consents consent.json --request request.json --profile pcf
    """
    answer = _answer(consents, asked, profile, now, timezone, directory)
    issues = list(answer.outcome)
    if answer.effect == "permit":
        residual = answer.obligations[0].rules if answer.obligations else ()
        extension, more = token_extension(answer.used, residual, base)
        _write({"extensions": extension})
        issues += more
    return _say(issues)


@group.command()
@_options("consents", "profile", "timezone", "directory")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8087, show_default=True, help="Where to listen.")
def serve(  # noqa: PLR0913, PLR0917  the command's options
    consents: tuple[str, ...], profile: Profile, timezone: ZoneInfo, directory: tuple[str, ...], host: str, port: int
) -> int:
    """Serve decisions: the CDS hook patient-consent-consult, and POST /decide.

    Example: samspil consent serve --consents consent.json --port 8087
    """
    try:
        import uvicorn
    except ImportError:
        raise CouldNotRun("this needs uvicorn: pip install 'samspil-consent[server]'") from None
    from .service import service

    engine = Engine(_consents(consents, timezone), profile, _context(directory, timezone))
    uvicorn.run(service(engine, _clock), host=host, port=port, log_level="warning")
    return 0


def _clock() -> datetime:
    """The one place where a clock is read: the command's own default."""
    return datetime.now(UTC)
