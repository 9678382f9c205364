"""What the tests have in common: the corpora, which do not travel with the repository, and releases made by the generator."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from samspil_definitions.sources import SourceFailed
from samspil_terminology import Catalog, Store, import_into
from tools import core_archive
from tools.corpora import DEFAULT
from tools.rf2_generator import generate

CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT) / "terminology"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of all corpora."""
    if not (CORPORA / "tx-ecosystem").is_dir():
        pytest.skip("corpora are absent: set SAMSPIL_CORPORA")
    return CORPORA.parent


@pytest.fixture(scope="session")
def core(corpora) -> Path:
    """The corpora, and the definitions of FHIR core beside them."""
    try:
        core_archive.fetch()
    except (OSError, SourceFailed, core_archive.WrongArchiveError):
        pytest.skip("corpora are absent: the core package of FHIR is not on the package index")
    return corpora


@pytest.fixture(scope="session")
def release(tmp_path_factory) -> Path:
    """An RF2 release of 600 concepts."""
    folder = tmp_path_factory.mktemp("rf2")
    generate(folder, 600, seed=7)
    return folder


@pytest.fixture(scope="session")
def snomed(release, tmp_path_factory) -> Catalog:
    """The release, imported."""
    store = Store(tmp_path_factory.mktemp("store"))
    assert import_into(store, [release]).entry
    return Catalog().provide(store)


def code_system(url: str, *concepts: dict[str, Any], **more: Any) -> dict[str, Any]:
    base = {"resourceType": "CodeSystem", "url": url, "version": "1", "status": "active", "content": "complete"}
    return {**base, **more, "concept": list(concepts)}


def value_set(url: str, *include: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "url": url, "status": "active", "compose": {"include": list(include)}, **more}


def concept(code: str, display: str, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"code": code, "display": display, **more}
    return {**made, "concept": list(children)} if children else made


@pytest.fixture(scope="session")
def make() -> Any:
    """Makers of small resources."""

    class Make:
        system = staticmethod(code_system)
        value_set = staticmethod(value_set)
        concept = staticmethod(concept)

    return Make


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """A server on a port of its own, for as long as it is needed; gives its URL."""
    uvicorn = pytest.importorskip("uvicorn", reason="the extra [server] is not installed")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(scope="session")
def serve() -> Any:
    """`with serve(app) as url:` runs an application over HTTP."""
    return serving


@pytest.fixture(scope="session")
def clock() -> Any:
    """A clock that stands still."""
    return lambda: datetime(2026, 1, 1, tzinfo=UTC)
