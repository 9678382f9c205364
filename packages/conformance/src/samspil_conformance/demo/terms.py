"""The terminology face of the demonstration: our server over the code system and maps of the suite's fixtures."""

from typing import Any

from samspil_conformance import data
from samspil_conformance.sut.asgi import Application
from samspil_core import loads
from samspil_terminology import Catalog
from samspil_terminology.server.app import Settings, application

from .catalogue import Fault
from .changes import changed
from .exchange import asgi, call
from .ticking import Ticking

__all__ = ["terminology_face"]


def terminology_face(clock: Ticking, fault: Fault | None) -> Application:
    """The service, with whatever a fault does to it."""
    path = data.folder() / "suites" / "terminology" / "fixtures" / "terminology.json"
    resources = [each["resource"] for each in loads(path.read_bytes())["entry"]]
    service = application(Catalog(resources), Settings(clock=clock))

    async def server(scope: Any, receive: Any, send: Any) -> None:
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        await service({**scope, "path": path, "root_path": ""}, receive, send)

    if fault is None or fault.at != "terminology":
        return server
    return asgi(changed(lambda asked: call(server, asked), list(fault.do)))
