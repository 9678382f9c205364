"""The demonstration: a conformant system made of our own modules, in this process, with at most one fault."""

from datetime import UTC, datetime
from typing import Any

from samspil_conformance.chance import Clock
from samspil_conformance.medcom.demo import MedComSystem
from samspil_conformance.sut import Parts
from samspil_conformance.sut.asgi import Application
from samspil_testserver import Store

from .catalogue import Fault
from .fhir import fhir_face
from .ticking import Ticking

__all__ = ["BASE", "system"]

BASE = "http://sut.example"


def system(suite: str, *, clock: Clock, seed: str = "0", fault: Fault | None = None) -> Parts:
    """A fresh system for one run of a suite; the same clock and seed give the same answers."""
    del seed  # ids count up, and nothing else is left to chance
    del suite
    ticking = Ticking(clock.now() if clock.moment else datetime.now(UTC))
    faces: dict[str, Application] = {"/fhir": fhir_face(Store(ticking), f"{BASE}/fhir", fault)}
    send = MedComSystem(ticking(), fault.do if fault and fault.at == "medcom" else ()).send
    return Parts(app=_routed(faces), send=send, settings={"endpoints": {"fhir": "/fhir"}})


def _routed(faces: dict[str, Application]) -> Application:
    """One application out of several, each under its path."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await next(iter(faces.values()))(scope, receive, send)
            return
        root = next((each for each in faces if scope["path"] == each or scope["path"].startswith(f"{each}/")), "/fhir")
        await faces[root]({**scope, "root_path": root}, receive, send)

    return app
