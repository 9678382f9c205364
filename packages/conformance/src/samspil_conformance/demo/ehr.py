"""What professionals and patients use: the FHIR server behind authentication, consent and the log."""

import io
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from samspil_audit import AuditLog
from samspil_audit.export import export_folder
from samspil_audit.ids import uuid7_maker
from samspil_audit.log import NotRecorded
from samspil_audit.middleware import AuditMiddleware
from samspil_audit.record import Server, Who
from samspil_audit.report import Reader
from samspil_audit.retention import Policy, Retention, purge
from samspil_audit.server import audit_app
from samspil_conformance.sut.asgi import Application
from samspil_consent.middleware import ConsentMiddleware
from samspil_core import Coding, NotJson, dumps, loads
from samspil_testserver import TestServer

from .catalogue import Fault
from .changes import asked_fits, changed
from .consents import Door, enforcers
from .doors import DOOR
from .exchange import Asked, Told, asgi, call
from .journal import Journal
from .personas import persona_of
from .ticking import Ticking

__all__ = ["audit_face", "ehr_face", "test_face"]

_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_DEVICE = Server(device={"display": "Samspil demonstration"}, address="http://sut.example/ehr")
_JSON = {"content-type": "application/fhir+json"}


def ehr_face(server: TestServer, journal: Journal, clock: Ticking, fault: Fault | None) -> Application:
    """The server behind the log, authentication and consent."""
    rows = list(fault.do) if fault else []
    door = Door(server.store, clock)
    inner = _registry(ConsentMiddleware(server, enforcers(door), root="/ehr", deletes=True), server)
    for row in rows:
        if row["op"] in DOOR:
            inner = DOOR[row["op"]](inner, server, door, row)
    audited: Application = AuditMiddleware(
        _authenticated(inner),
        log=journal.log,
        who=_who,
        server=_DEVICE,
        clock=clock,
        entropy=journal.entropy,
        on_failure="open" if any(row["op"] == "answer unrecorded" for row in rows) else "closed",
    )
    audited = _unaudited(audited, _authenticated(inner), [row for row in rows if row["op"] == "unaudited"])
    given = (
        rows
        if fault and fault.at == "ehr"
        else [row for row in rows if row["op"] == "as" and fault and fault.at == "log"]
    )
    return asgi(changed(lambda asked: call(audited, asked), given)) if given else audited


def _registry(app: Application, server: TestServer) -> Application:
    """Where patients write their own consents: the enforcement itself lets nobody write what it decides by."""

    async def answer(asked: Asked) -> Told:
        persona = persona_of(asked.scope)
        patient = persona.patient if persona else ""
        written = asked.method in {"POST", "PUT"} and re.search(r"/Consent(/[^/]+)?$", asked.path)
        if patient and written and _of(asked.body) == patient:
            return await call(server, asked)
        return await call(app, asked)

    return asgi(answer)


def _of(body: bytes) -> str:
    """Whose a consent is."""
    try:
        return str(cast("dict[str, Any]", loads(body))["patient"]["reference"])
    except (NotJson, KeyError, TypeError):
        return ""


def _authenticated(app: Application) -> Application:
    """Requests of nobody known are refused."""

    async def answer(asked: Asked) -> Told:
        if persona_of(asked.scope) is None:
            issue = {"severity": "error", "code": "login", "diagnostics": "Who asks is not known."}
            body = dumps({"resourceType": "OperationOutcome", "issue": [issue]})
            return Told(401, {**_JSON, "www-authenticate": "Bearer"}, body)
        return await call(app, asked)

    return asgi(answer)


def _unaudited(audited: Application, plain: Application, rows: list[Mapping[str, Any]]) -> Application:
    if not rows:
        return audited

    async def answer(asked: Asked) -> Told:
        past = any(asked_fits(row, asked) for row in rows)
        return await call(plain if past else audited, asked)

    return asgi(answer)


def _who(scope: Any) -> Who:
    persona = persona_of(scope)
    if persona is None:
        return Who()
    person = {"reference": persona.person, "display": persona.display} if persona.person else None
    return Who(
        user=person,
        organization={"reference": persona.organization} if persona.organization else person,
        client={"display": persona.display} if persona.machine else None,
        address="192.0.2.1",
        machine=persona.machine,
        purposes=(Coding(_REASON, persona.purpose),),
        subject=persona.patient,
    )


def audit_face(journal: Journal, fault: Fault | None) -> Application:
    """The log for auditors (IHE ITI-81), the report for patients, and the whole log as an archive that proves itself."""
    rows = list(fault.do) if fault else []
    exported: list[str] = []
    searched = audit_app(
        journal.log,
        lambda request: _auditor(request.scope),
        reader=lambda request: _reader(request.scope),
        server=_DEVICE,
        entropy=journal.entropy,
    )

    async def answer(asked: Asked) -> Told:
        if asked.path.endswith("/log.zip") and asked.method == "GET":
            if _auditor(asked.scope) is None:
                return Told(403, _JSON, b"")
            exported.append(asked.path)
            other = next((each for each in rows if each["op"] == "fresh export"), None)
            fresh = other and (other.get("half") or len(exported) % 2 == 0)
            archive = _archive(_fresh(journal, half=bool(other and other.get("half"))) if fresh else journal.log)
            for row in [each for each in rows if each["op"] == "tamper"]:
                archive = _tampered(archive, row)
            return Told(200, {"content-type": "application/zip"}, archive)
        if "DELETE" in asked.method and any(each["op"] == "forget deleted" for each in rows):
            _forget(journal, asked.path.rpartition("/")[2])
        told = await call(searched, asked)
        if "access-report" in asked.path and told.status == 200 and any(each["op"] == "report of all" for each in rows):  # noqa: PLR2004  OK
            every = [{"resource": each.event} for each in journal.log.read() if each.event]
            told = told.with_json({**told.json, "entry": every})
        return told

    return asgi(changed(answer, rows) if fault and fault.at == "audit" else answer)


def _fresh(journal: Journal, *, half: bool) -> AuditLog:
    """Another log, which holds as many records or half of them, none of which is of the first."""
    place = journal.folder / f"{journal.entropy(6).hex()}.db"
    made = AuditLog.open(place, keys=journal.log.keys, clock=journal.log.clock, entropy=journal.entropy)
    every = [each.event for each in journal.log.read() if each.event]
    for each in every[: len(every) // 2] if half else every:
        made.append({**each, "id": f"{each['id']}x"})
    return made


def _forget(journal: Journal, event_id: str) -> None:
    found = journal.log.find(event_id)
    if found:
        with journal.log.store.transaction() as transaction:
            transaction.head()
            transaction.drop_bodies([found.index])


def _auditor(scope: Any) -> dict[str, Any] | None:
    persona = persona_of(scope)
    return {"reference": persona.person} if persona and persona.auditor else None


def _reader(scope: Any) -> Reader | None:
    persona = persona_of(scope)
    return Reader((persona.patient,), {"reference": persona.person}) if persona and persona.patient else None


def _archive(log: AuditLog) -> bytes:
    """The export of the log with the keys of every record, in a ZIP archive."""
    made = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(made, "w") as archive:
        export_folder(log, Path(folder) / "log", lambda _row: True)
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                name = path.relative_to(Path(folder) / "log").as_posix()
                archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), path.read_bytes())
    return made.getvalue()


_POLICY = Policy(
    3, rules=(Retention("tests", 5, category="test-result"), Retention("syd", 10, origin="urn:samspil:demo:syd"))
)


def test_face(journal: Journal, clock: Ticking, fault: Fault | None) -> Application:
    """What a test may ask of the demonstration: set its clock, run the purge, take the disk of the log away."""
    rows = list(fault.do) if fault else []
    short = next((row for row in rows if row["op"] in {"retention", "hold tests"}), None)
    working = journal.log.append_async

    async def answer(asked: Asked) -> Told:
        told: Any = asked.json or {}
        match asked.path.rpartition("/")[2]:
            case "clock":
                clock.set(datetime.fromisoformat(told["now"]))
                return Told(200, _JSON, dumps({"now": clock.at.isoformat()}))
            case "purge":
                return Told(200, _JSON, dumps({"purged": _purge(journal, short)}))
            case "log":
                journal.log.append_async = working if told["writable"] else cast("Any", _broken)
                return Told(200, _JSON, b"{}")
            case _:
                return Told(404)

    return asgi(answer)


def _purge(journal: Journal, short: Mapping[str, Any] | None) -> int:
    """Purge by the policy, or as a fault has it: after so many days, whatever the policy says."""
    log = journal.log
    if short is None or short["op"] == "hold tests":
        rules = [replace(each, years=10) for each in _POLICY.rules]
        return purge(
            log, replace(_POLICY, rules=tuple(rules)) if short else _POLICY, ids=uuid7_maker(log.clock, journal.entropy)
        )
    before = log.clock() - timedelta(days=short["days"])
    due = [each.index for each in log.between(None, before) if each.event is not None]
    with log.store.transaction() as transaction:
        transaction.head()
        transaction.drop_bodies(due)
    return len(due)


async def _broken(_events: Any) -> Any:
    raise NotRecorded("the disk is full")


def _tampered(archive: bytes, row: Mapping[str, Any]) -> bytes:
    """The archive with one byte changed in the files whose names fit, or without them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as given, zipfile.ZipFile(made, "w") as changed_archive:
        for one in given.infolist():
            data = given.read(one)
            if re.search(row["file"], one.filename):
                if row.get("without"):
                    continue
                at = int(row.get("at", 60))
                data = data[:at] + (data[at] ^ 1).to_bytes(1) + data[at + 1 :]
            changed_archive.writestr(one, data)
    return made.getvalue()
