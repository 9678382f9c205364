"""The demonstration: a conformant system made of our own modules, in this process, with at most one fault."""

from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from samspil_conformance.chance import Clock
from samspil_conformance.medcom.demo import MedComSystem
from samspil_conformance.sut import Parts
from samspil_conformance.sut.asgi import Application
from samspil_core import loads
from samspil_testserver import Store, TestServer

from .catalogue import Fault
from .converter import converter
from .ehr import audit_face, ehr_face, test_face
from .fhir import fhir_face
from .journal import open_journal
from .settings import CLAIMS, SETTINGS
from .terms import terminology_face
from .ticking import Ticking

__all__ = ["BASE", "system"]

BASE = "http://sut.example"
_BARE = frozenset({"fhir-rest", "terminology", "hl7v2-converter"})
"""Suites that begin with an empty server and need no more than it."""


def system(suite: str, *, clock: Clock, seed: str = "0", fault: Fault | None = None) -> Parts:
    """A fresh system for one run of a suite; the same clock and seed give the same answers."""
    ticking = Ticking(clock.now() if clock.moment else datetime.now(UTC))
    if suite == "dk-medcom":
        return Parts(send=MedComSystem(ticking(), fault.do if fault else ()).send)
    store = Store(ticking)
    if suite not in _BARE:
        TestServer(store).load([loads((files("samspil_conformance.demo") / "data" / "records.json").read_bytes())])
    faces: dict[str, Application] = {"/fhir": fhir_face(store, f"{BASE}/fhir", fault)}
    settings: dict[str, Any] = {"endpoints": {"fhir": "/fhir"}}
    if suite not in _BARE:
        journal = open_journal(ticking, seed, fault.do if fault else ())
        faces |= {
            "/ehr": ehr_face(TestServer(store, f"{BASE}/ehr"), journal, ticking, fault),
            "/audit": audit_face(journal, fault),
            "/test": test_face(journal, ticking, fault),
        }
        settings = SETTINGS
    if suite == "terminology":
        faces["/terminology"] = terminology_face(ticking, fault)
        settings = {"endpoints": {"terminology": "/terminology"}}
    if suite == "hl7v2-converter":
        return Parts(command=converter(fault), claims=CLAIMS)
    return Parts(app=_routed(faces), claims=CLAIMS, settings=settings)


def _routed(faces: dict[str, Application]) -> Application:
    """One application out of several, each under its path."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await next(iter(faces.values()))(scope, receive, send)
            return
        root = next((each for each in faces if scope["path"] == each or scope["path"].startswith(f"{each}/")), "/fhir")
        await faces[root]({**scope, "root_path": root}, receive, send)

    return app
