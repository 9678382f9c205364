"""`samspil consent`: decide, explain, enforce, diff, lint, page, token, serve. Data on standard output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from samspil_core.asgi import origin_form
from samspil_core.jsontext import NotJson, dumps, loads
from samspil_core.outcome import Issue, Outcome
from samspil_core.serving import CannotListen, serve_at

from . import analysis
from .cases import run_case
from .enforcement import Enforcer
from .explanation import explanation, in_words
from .findings import UNREADABLE
from .given import CouldNotRun, Given, clock, load, options
from .obligations import token_extension
from .page import consent_page
from .parts import is_object
from .reading import unreadable
from .request import BadRequest

FINDINGS = 1


@click.group("consent")
def group() -> None:
    """Decide on access by FHIR Consent, say why, and enforce it."""


def _say(issues: Sequence[Issue]) -> int:
    """Findings to standard error; 1 where one is an error."""
    for issue in issues:
        click.echo(f"{issue.severity} {issue.code} {issue.where} {issue.text} -> {issue.fix}", err=True)
    return 0 if Outcome(tuple(issues)).ok else FINDINGS


def _write(value: object) -> None:
    sys.stdout.buffer.write(dumps(value) + b"\n")
    sys.stdout.buffer.flush()


_language = click.option(
    "--language", type=click.Choice(["en", "da"]), default="en", show_default=True, help="Of the words."
)


@group.command()
@options("consents", "request", "profile", "now", "timezone", "directory", required=False)
@click.option(
    "--case", "cases", multiple=True, metavar="FILE", help="Published cases, instead of consents and request."
)
@click.argument("more", nargs=-1, metavar="[FILE]...")
@click.option("--explain", is_flag=True, help="Add the reasons, so that they can be replayed.")
def decide(given: Given, cases: tuple[str, ...], more: tuple[str, ...], *, explain: bool) -> int:
    """Decide on a request by consents, or decide published cases; NDJSON. Further files are of the option given.

    The profile of a case is the one of its source.

    Example: samspil consent decide --consents consent.json --request request.json --profile dk
    """
    if cases:
        return _decide_cases((*cases, *more), given.profile.name if given.profile else "")
    if not given.consents or given.asked is None:
        raise CouldNotRun("name --consents and --request, or --case")
    answer = given.answer(*more)
    _write(explanation(answer) if explain else answer.as_dict())
    return _say(tuple(answer.outcome))


def _decide_cases(paths: Sequence[str], profile: str) -> int:
    status = 0
    for path in paths:
        try:
            results = list(run_case(loads(load(path)), profile))
        except (NotJson, BadRequest, ValueError, AttributeError) as error:
            status = max(status, _say([UNREADABLE.at(source=path, why=str(error))]))
            continue
        for result in results:
            _write(result.as_dict())
            status = max(status, FINDINGS if result.agrees is False else 0)
    return status


@group.command()
@options("consents", "request", "profile", "now", "timezone", "directory")
@_language
def explain(given: Given, language: Any) -> int:
    """Say in words why a request is decided as it is.

    Example: samspil consent explain --consents consent.json --request request.json --language da
    """
    answer = given.answer()
    click.echo(in_words(answer, language), nl=False)
    return 0 if answer.outcome.ok else FINDINGS


@group.command()
@click.argument("bundle", default="-", metavar="[BUNDLE|-]")
@options("consents", "request", "profile", "now", "timezone", "directory")
def enforce(given: Given, bundle: str) -> int:
    """Take out of a Bundle or resource what the request may not see.

    Example: samspil consent enforce bundle.json --consents consent.json --request request.json
    """
    try:
        found = loads(load(bundle))
    except NotJson as error:
        raise CouldNotRun(f"{bundle}: {error}") from None
    if not is_object(found):
        raise CouldNotRun(f"{bundle} is no resource")
    read = given.read()
    engine = given.engine(read)
    enforcer = Enforcer(lambda _patient: engine, given.request())
    if found.get("resourceType") == "Bundle" and found.get("type") != "document":
        _write(enforcer.bundle(found))
    else:
        seen = enforcer.resource(found)
        if seen is None:
            click.echo("the resource is withheld as a whole: there is nothing to print", err=True)
        else:
            _write(dict(seen))
    return _say([issue for one in read for issue in one.issues])


@group.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@options("profile", "now", "timezone")
def diff(given: Given, old: str, new: str) -> int:
    """Show what NEW decides otherwise than OLD, with a request for each difference; NDJSON.

    Example: samspil consent diff old.json new.json --now 2026-01-31T12:00:00Z
    """
    before, after = given.read(old), given.read(new)
    status = _say([issue for each in (*before, *after) if not each.readable for issue in each.issues])
    found, whole = analysis.diff(before, after, given.semantics, given.now or clock())
    for one in found:
        _write(one.as_dict())
    wider = sum(one.after == "permit" for one in found)
    click.echo(f"{len(found)} accesses decided otherwise, {wider} of them now permitted", err=True)
    if not whole:
        click.echo("the world of these consents is too large to try whole: there may be more", err=True)
    return status


@group.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@options("profile", "now", "timezone")
def lint(given: Given, files: tuple[str, ...]) -> int:
    """Find what is not understood, not in force, dead or contradictory in consents; NDJSON.

    Example: samspil consent lint consent.json
    """
    found = analysis.lint(given.read(*files), given.semantics, given.now or clock())
    for name, issue in found:
        words = {"text": issue.text, "fix": issue.fix}
        _write({"consent": name, "code": issue.code, "severity": issue.severity, "where": issue.where, **words})
    return 0 if Outcome(tuple(issue for _, issue in found)).ok else FINDINGS


@group.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@options("profile", "timezone")
@_language
def page(given: Given, file: str, language: Any) -> int:
    """Write a consent as an HTML page that a patient can read.

    Example: samspil consent page consent.json --language da > consent.html
    """
    (consent, *_) = given.read(file) or [unreadable(file, "there is none")]
    click.echo(consent_page(consent, given.semantics, language), nl=False)
    return _say(consent.issues)


@group.command()
@options("consents", "request", "profile", "now", "timezone", "directory")
@click.option("--base", default="", metavar="URL", help="The server, to make references absolute.")
def token(given: Given, base: str) -> int:
    """Write the `ihe_pcf` extension of an access token (ITI-71), with its residual; nothing where access is refused.

    Example: samspil consent token --consents consent.json --request request.json --profile pcf
    """
    answer = given.answer()
    issues = list(answer.outcome)
    if answer.effect == "permit":
        residual = answer.obligations[0].rules if answer.obligations else ()
        extension, more = token_extension(answer.used, residual, base)
        _write({"extensions": extension})
        issues += more
    return _say(issues)


@group.command()
@options("consents", "profile", "timezone", "directory")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8087, show_default=True, help="Where to listen.")
def serve(given: Given, host: str, port: int) -> int:
    """Serve decisions: the CDS hook patient-consent-consult, and POST /decide.

    Example: samspil consent serve --consents consent.json --port 8087
    """
    try:
        import uvicorn
    except ImportError:
        raise CouldNotRun("this needs uvicorn: pip install 'samspil-consent[server]'") from None
    from .service import service

    consents = given.read()
    _say([issue for one in consents for issue in one.issues])
    app = origin_form(service(given.engine(consents), clock))
    running = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", access_log=False))
    try:
        serve_at(running.run, host, port, lambda url: click.echo(f"{url}/cds-services", err=True))
    except CannotListen as fault:
        raise CouldNotRun(str(fault)) from None
    return 0
