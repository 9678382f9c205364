"""HL7's tests of terminology servers: https://github.com/HL7/fhir-tx-ecosystem-ig. Expected answers are read from the suite."""

import os
from pathlib import Path

import pytest

from samspil_terminology.server.app import Settings, application
from tools.corpora import DEFAULT
from tools.tx import cases as suite
from tools.tx import local
from tools.tx.compare import Rules
from tools.tx.inprocess import engine, service, suite_folder
from tools.tx.over_http import server
from tools.tx.runner import check, run
from tools.tx.suite import cases as of_mode

SUITE = suite_folder(Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT))
GENERAL = frozenset({"general"})
RULES = Rules(modes=GENERAL, version=local.VERSION)
CASES = list(suite.tests(SUITE, GENERAL)) if (SUITE / "test-cases.json").is_file() else []
NONE = pytest.param(None, marks=pytest.mark.skip(reason="corpora are absent: set SAMSPIL_CORPORA"))


@pytest.fixture(scope="module")
def catalog(core):
    return local.catalog(core, GENERAL)


@pytest.fixture(scope="module")
def ask(catalog):
    return engine(service(catalog))


@pytest.mark.parametrize("case", [pytest.param(each, id=each.id) for each in CASES] or [NONE])
def test_in_this_process(case: suite.Test, ask) -> None:
    """The engine answers as the suite expects."""
    assert check(case, ask, RULES) is None


@pytest.mark.parametrize("base", ["", "/r5"])
def test_over_http(base, catalog, serve) -> None:
    """The server answers as the suite expects, in the forms of R4 and of R5. The version of the suite's core is R4."""
    httpx = pytest.importorskip("httpx", reason="the extra [client] is not installed")
    with serve(application(catalog, Settings())) as url, httpx.Client(base_url=url) as client:
        failed = {case.id: why for case, why in run(iter(CASES), server(client, base), RULES) if why}
    if base:
        assert "fhirVersion: '5.0.0'" in failed.pop("metadata/metadata")
    assert failed == {}
    assert len(CASES) > 400


def test_snomed_ct(core: Path) -> None:
    """At least 95 % of the tests of mode snomed pass, expression constraints among them."""
    found = dict(of_mode(core, "snomed"))
    assert len(found) > 90
    assert sum(why is None for why in found.values()) >= 0.95 * len(found)
