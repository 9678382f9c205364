"""The FHIR face of the demonstration: the test server, with whatever a fault does to it."""

from samspil_conformance.sut.asgi import Application
from samspil_testserver import Store, TestServer

from .catalogue import Fault
from .changes import changed
from .exchange import Ask, Asked, Told, asgi, call
from .keeping import AROUND, STORE
from .transacting import TRANSACTION

__all__ = ["fhir_face"]


def fhir_face(store: Store, base: str, fault: Fault | None) -> Application:
    """The server over a store, at a URL."""
    server = TestServer(store, base)
    if fault is None or fault.at != "fhir":
        return server
    rows = list(fault.do)
    for row in rows:
        if row["op"] in STORE:
            STORE[row["op"]](store)

    async def plain(asked: Asked) -> Told:
        return await call(server, asked)

    ask: Ask = plain
    for row in rows:
        if row["op"] in AROUND:
            ask = AROUND[row["op"]](ask, store)
        if row["op"] in TRANSACTION:
            ask = TRANSACTION[row["op"]](ask, row)
    return asgi(changed(ask, rows))
