"""Faults of consent: what the door lets past, and what it tells."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from samspil_conformance.sut.asgi import Application
from samspil_core import dumps
from samspil_testserver import TestServer

from .changes import asked_fits, edited
from .consents import Door
from .exchange import Asked, Told, asgi, call

__all__ = ["DOOR"]

Row = Mapping[str, Any]
Json = dict[str, Any]


def _bypass(app: Application, server: TestServer, _door: Door, row: Row) -> Application:
    """Some requests go past consent."""

    async def answer(asked: Asked) -> Told:
        return await call(server if asked_fits(row, asked) else app, asked)

    return asgi(answer)


def _tells(app: Application, server: TestServer, _door: Door, row: Row) -> Application:
    """What is withheld is answered otherwise than what is not there."""

    async def answer(asked: Asked) -> Told:
        told = await call(app, asked)
        if told.status != 404 or asked.method != "GET":  # noqa: PLR2004  not found
            return told
        behind = await call(server, asked)
        if behind.status != 200:  # noqa: PLR2004  found
            return told
        headers = {**told.headers, **({"etag": behind.headers.get("etag", "")} if row.get("etag") else {})}
        body = behind.body if row.get("content") else told.body
        if "text" in row:
            body = dumps({**told.json, "issue": [{**told.json["issue"][0], "diagnostics": row["text"]}]})
        return Told(row.get("status", 404), headers, body)

    return asgi(answer)


def _searches(change: Callable[[Json, Json], Json]) -> Callable[[Application, TestServer, Door, Row], Application]:
    """Every searchset is changed, by what it holds and what it would hold without consent."""

    def door(app: Application, server: TestServer, _door: Door, _row: Row) -> Application:
        async def answer(asked: Asked) -> Told:
            told = await call(app, asked)
            found = told.object
            if asked.method != "GET" or found.get("type") != "searchset":
                return told
            return told.with_json(change(found, (await call(server, asked)).object))

        return asgi(answer)

    return door


def _counted(found: Json, behind: Json) -> Json:
    """The total counts what is withheld."""
    return {**found, "total": behind.get("total", 0)}


def _masked(found: Json, behind: Json) -> Json:
    """The searchset shows that something is withheld, and where."""
    seen: set[str] = {each["resource"]["id"] for each in found.get("entry", ()) if "resource" in each}
    masked: list[Json] = [
        {
            "resource": {"resourceType": each["resource"]["resourceType"], "id": each["resource"]["id"]},
            "search": {"mode": "match"},
        }
        for each in behind.get("entry", ())
        if each["resource"]["id"] not in seen and each["resource"]["resourceType"] != "Consent"
    ]
    return {**found, "entry": [*found.get("entry", ()), *masked]}


def _consent(app: Application, _server: TestServer, door: Door, row: Row) -> Application:
    """Consents are read with a change."""
    consents = door.consents
    door.consents = lambda patient: [edited(each, row) for each in consents(patient)]
    return app


def _no_consents(app: Application, _server: TestServer, door: Door, row: Row) -> Application:
    """Consents that fit are passed over."""
    consents = door.consents
    door.consents = lambda patient: [each for each in consents(patient) if not re.search(row["is"], str(each))]
    return app


def _late(app: Application, _server: TestServer, door: Door, row: Row) -> Application:
    """Consents are read once a patient and kept; `of` says what is late: what is new, or what was revoked."""
    consents = door.consents
    kept: dict[str, list[Json]] = {}

    def read(patient: str) -> list[Json]:
        now = consents(patient)
        before = kept.setdefault(patient, now)
        if row["of"] == "revocation":
            gone = [each for each in before if each["id"] not in {one["id"] for one in now}]
            kept[patient] = now + gone
            return kept[patient]
        return before

    door.consents = read
    return app


def _frozen(value: Any) -> Any:
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


def _profile(app: Application, _server: TestServer, door: Door, row: Row) -> Application:
    given: Json = {name: _frozen(value) for name, value in row["set"].items()}
    door.profile = replace(door.profile, **given)
    return app


def _reveal(app: Application, _server: TestServer, door: Door, _row: Row) -> Application:
    """Professionals see the consents."""
    door.hidden = frozenset()
    return app


def _emergency(app: Application, _server: TestServer, door: Door, row: Row) -> Application:
    """Emergency access is given always, never, or past the patient."""
    door.emergency = lambda _persona, _request: bool(row["given"])
    return app


def _everybody(app: Application, _server: TestServer, door: Door, _row: Row) -> Application:
    """Patients see the data of others."""
    door.owns = lambda _persona, _found: True
    return app


def _of_another(app: Application, _server: TestServer, door: Door, _row: Row) -> Application:
    """Consents are read whoever the patient is."""
    consents = door.consents
    door.consents = lambda patient: [{**each, "patient": {"reference": patient}} for each in consents("Patient/p1")]
    return app


def _opened_for_all(app: Application, _server: TestServer, door: Door, _row: Row) -> Application:
    """After an emergency the restrictions of the patient hold no more."""
    consents, emergency = door.consents, door.emergency
    opened: list[str] = []

    def given(persona: Any, request: Any) -> bool:
        opened.append(persona.name)
        return emergency(persona, request)

    door.emergency = given
    door.consents = lambda patient: [] if opened else consents(patient)
    return app


def _wall(app: Application, _server: TestServer, _door: Door, row: Row) -> Application:
    """After so many requests access is refused."""
    seen: list[str] = []

    async def answer(asked: Asked) -> Told:
        seen.append(asked.path)
        return Told(429) if len(seen) > row["after"] else await call(app, asked)

    return asgi(answer)


DOOR: Mapping[str, Callable[[Application, TestServer, Door, Row], Application]] = {
    "bypass": _bypass,
    "tells": _tells,
    "counts": _searches(_counted),
    "masks": _searches(_masked),
    "consent": _consent,
    "no consents": _no_consents,
    "late": _late,
    "profile": _profile,
    "reveal": _reveal,
    "emergency": _emergency,
    "everybody": _everybody,
    "of another": _of_another,
    "wall": _wall,
    "opened for all": _opened_for_all,
}
