"""The compositions in examples/ do what they say, and each of their modules can be replaced at its port."""

import asyncio
import importlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from samspil_audit import AuditLog
from samspil_core import ResourceValidator, find
from samspil_core.outcome import Kind, Outcome
from samspil_core.testing import FakeResourceValidator
from samspil_definitions import PackageError
from samspil_hl7v2 import mllp
from samspil_hl7v2.batch import Options
from samspil_testserver import TestServer
from tools.projects import ROOT

EXAMPLES = ROOT / "examples"
FILES = sorted(path for path in EXAMPLES.iterdir() if path.suffix in {".py", ".sh", ".ipynb"})
MOST_LINES = 60
WRONG = Kind("SAM-DOC-101", "error", "value", text="No.", fix="-", text_da="Nej.", fix_da="-")
MESSAGE = (
    rb"MSH|^~\&|LAB|NORD|EPJ|NORD|20260131120000||ORU^R01^ORU_R01|%d|P|2.5.1" + b"\r"
    b"PID|1||44871^^^NORD^PI||Hansen^Karen||19480101|F\r"
    b"OBR|1|P1|F1|GLU^Glucose^99LAB|||20260131080000|||||||||||||||20260131090000|||F\r"
    b"OBX|1|NM|GLU^Glucose^99LAB||5.5|mmol/L^^UCUM|||||F|||20260131080000\r"
)
CODES = {
    "resourceType": "ConceptMap",
    "url": "http://example.org/ConceptMap/lab",
    "status": "active",
    "group": [
        {
            "source": "urn:id:99LAB",
            "target": "urn:oid:1.2.208.176.2.1",
            "element": [{"code": "GLU", "target": [{"code": "NPU02192", "equivalence": "equivalent"}]}],
        }
    ],
}


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Imports an example by name, in an empty folder."""
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.chdir(tmp_path)

    def load(name: str) -> ModuleType:
        for each in ("hospital_feed", "own_parts", "gateway", "nightly_spark"):
            sys.modules.pop(each, None)
        return importlib.import_module(name)

    return load


@pytest.fixture
def validator() -> ResourceValidator:
    """The validator of R4, or a fake of the port where its definitions are not at hand."""
    try:
        made: ResourceValidator = find("resource-validator", "profiles")()
    except PackageError:
        return FakeResourceValidator()
    return made


def free_port() -> int:
    """A port that nobody listens at."""
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        port: int = found.getsockname()[1]
    return port


async def sent(feed: mllp.Receiver, messages: list[bytes]) -> list[str]:
    """Run a feed for some messages, until none waits; the acknowledgements."""
    port = free_port()
    async with mllp.receiving(feed, "inbox.db", Options(timezone="Europe/Copenhagen"), port=port):
        answers = [each.code async for each in mllp.send(messages, host="127.0.0.1", port=port)]
        for _ in range(400):
            if not waiting()["waiting"]:
                return answers
            await asyncio.sleep(0.05)
    raise AssertionError("something waits on and on")


def waiting() -> dict[str, int]:
    """What is in the inbox."""
    with closing(mllp.Inbox("inbox.db")) as inbox:
        return inbox.counts()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_an_example_is_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    assert len(text.splitlines()) <= MOST_LINES


def test_every_example_is_listed() -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [file.name for file in FILES if f"({file.name})" not in listed] == []


def feed_with(example: Any, server: TestServer, validator: ResourceValidator) -> Any:
    """The hospital's feed over a server in this process."""
    Path("codes.json").write_text(json.dumps(CODES), encoding="utf-8")
    client = httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://fhir")
    translator, recorder = find("translator", "embedded")("codes.json"), find("recorder", "log")("audit.db")
    return example("hospital_feed").Feed(mllp.Server(client, "http://fhir"), translator, validator, recorder)


def test_a_hospital_feed_arrives_mapped_valid_and_on_record(example: Any, validator: ResourceValidator) -> None:
    server = TestServer(base="http://fhir")
    feed = feed_with(example, server, validator)
    assert asyncio.run(sent(feed, [MESSAGE % 1, MESSAGE % 2, MESSAGE % 1])) == ["AA"] * 3
    assert waiting() == {"waiting": 0, "dead": 0, "delivered": 2}

    async def read(path: str) -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://fhir") as client:
            return (await client.get(path)).json()

    (found,) = asyncio.run(read("/Patient?family=hansen"))["entry"]
    patient = f"Patient/{found['resource']['id']}"
    measured = asyncio.run(read(f"/Observation?patient={patient}&code=urn:oid:1.2.208.176.2.1|NPU02192"))
    assert {each["resource"]["valueQuantity"]["value"] for each in measured["entry"]} == {5.5}
    with AuditLog.open("audit.db") as log:
        about = log.about(patient)
        assert len(about) == 2
        assert all(log.prove(each.index).holds(log.keys.verifier) for each in about)


def test_what_is_not_valid_is_a_dead_letter_and_the_rest_goes_on(example: Any) -> None:
    class Once:
        """Finds fault with the first it sees."""

        asked = 0

        def validate(self, *_asked: Any) -> Outcome:
            self.asked += 1
            return Outcome((WRONG.at("Bundle"),)) if self.asked == 1 else Outcome()

    feed = feed_with(example, TestServer(base="http://fhir"), Once())
    asyncio.run(sent(feed, [MESSAGE % 1, MESSAGE % 2]))
    assert waiting() == {"waiting": 0, "dead": 1, "delivered": 1}


def test_what_cannot_be_recorded_is_delivered_again(example: Any, validator: ResourceValidator) -> None:
    feed = feed_with(example, TestServer(base="http://fhir"), validator)
    whole, failures = feed.recorder, iter([True, False])

    class Failing:
        def record(self, event: Any, /) -> Any:
            if next(failures, False):
                raise OSError("disk full")
            return whole.record(event)

    feed.recorder = Failing()
    asyncio.run(sent(feed, [MESSAGE % 1]))
    assert waiting() == {"waiting": 0, "dead": 0, "delivered": 1}
    assert whole.store.head().size > 0


def test_every_part_of_the_feed_is_replaced_at_its_port(example: Any) -> None:
    Path("codes.csv").write_text("system,code,target_system,target_code\nurn:id:99LAB,GLU,urn:x,G1\n", encoding="utf-8")
    feed = example("own_parts").feed(Path(), FakeResourceValidator())
    assert asyncio.run(sent(feed, [MESSAGE % 1])) == ["AA"]
    bundle = json.loads(Path("0000000001.json").read_bytes())
    codes = [each["resource"].get("code", {}).get("coding") for each in bundle["entry"]]
    assert {"system": "urn:x", "code": "G1"} in [one for each in codes if each for one in each]
    events = [json.loads(line) for line in Path("audit.ndjson").read_bytes().splitlines()]
    assert {each["resourceType"] for each in events} == {"AuditEvent"}


def test_a_gateway_shows_what_consent_permits_and_records_what_left(example: Any, tmp_path: Path) -> None:
    server = TestServer(base="http://fhir")
    server.load(
        [
            {"resourceType": "Patient", "id": "1"},
            {"resourceType": "Patient", "id": "2"},
            {"resourceType": "Observation", "id": "a", "subject": {"reference": "Patient/1"}},
            {"resourceType": "Observation", "id": "b", "subject": {"reference": "Patient/2"}},
        ]
    )
    consents = [
        {
            "resourceType": "Consent",
            "id": "c",
            "status": "active",
            "patient": {"reference": "Patient/2"},
            "provision": {"type": "deny"},
        }
    ]

    def consents_of(patient: str) -> list[Any]:
        return [each for each in consents if each["patient"]["reference"] == patient]

    with AuditLog.open(tmp_path / "gateway.db") as log:
        app = example("gateway").gateway(server, consents_of, log)

        async def ask(path: str) -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://fhir") as client:
                return await client.get(path, headers={"x-user": "Practitioner/7"})

        found = asyncio.run(ask("/Observation")).json()
        assert [each["resource"]["id"] for each in found["entry"]] == ["a"]
        assert (
            asyncio.run(ask("/Observation/b")).status_code == asyncio.run(ask("/Observation/nope")).status_code == 404
        )
        (event,) = [each.event for each in log.about("Patient/1")]
        assert event is not None
        assert {each["who"].get("reference") for each in event["agent"]} >= {"Practitioner/7"}
        assert log.store.head().size == 3
        consents.clear()
        assert asyncio.run(ask("/Observation/b")).status_code == 200


def test_a_gateway_asks_the_server_behind_for_consents(example: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def get(url: str, params: Any) -> httpx.Response:
        asked.append((url, params["patient"]))
        entries = [{"resource": {"resourceType": "Consent", "id": "c"}}]
        return httpx.Response(200, json={"entry": entries}, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)
    consents = example("gateway").stored_at("http://behind")("Patient/1")
    assert asked == [("http://behind/Consent", "Patient/1")]
    assert [each["id"] for each in consents] == ["c"]


@pytest.fixture
def spark() -> Iterator[Any]:
    """A Spark of one thread on this machine."""
    pytest.importorskip("pyspark", reason="machine: Spark is not installed: make spark")
    pytest.importorskip("pyarrow", reason="machine: Spark is not installed: make spark")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("machine: Spark needs a Java runtime")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    session = builder.config("spark.sql.shuffle.partitions", "1").getOrCreate()
    yield session
    session.stop()


@pytest.mark.xdist_group("spark")
def test_a_night_on_spark_accounts_for_every_message(example: Any, spark: Any, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(20):
        (raw / f"{number}.hl7").write_bytes(MESSAGE % number)
    (raw / "none.hl7").write_bytes(b"PID|1\r")
    target = str(tmp_path / "fhir")
    ends = example("nightly_spark").nightly(spark, str(raw), target)
    assert ends == {"converted": 20, "failed": 1}
    assert spark.read.parquet(f"{target}/bundles").count() == 20
    assert spark.read.parquet(f"{target}/reports").count() == 21
    lost = spark.read.csv(f"{target}/lost", header=True).collect()
    assert max(int(row["count"]) for row in lost) == 20


def test_a_pipe_of_commands_accounts_for_every_message(tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [str(EXAMPLES / "pipe.sh"), "out"],
        input=MESSAGE % 1 + MESSAGE % 2,
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        check=False,
    )
    told = done.stderr.decode()
    if "not in the package cache" in told:
        pytest.skip("corpora: FHIR's core package is not in the package cache; run `make packages`")
    assert done.returncode == 0, told
    out = tmp_path / "out"
    assert len((out / "bundles.ndjson").read_bytes().splitlines()) == 2
    assert len((out / "loss.ndjson").read_bytes().splitlines()) == 2
    assert (out / "local-codes.txt").read_text(encoding="utf-8").split()[1] == "urn:id:99LAB#GLU"
    assert "dropped MSH-1" in (out / "lost.txt").read_text(encoding="utf-8")
    assert (out / "findings.json").stat().st_size > 0


def test_the_notebook_is_valid_stripped_and_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its cells run in order, in one namespace, as Jupyter runs them."""
    nbformat = pytest.importorskip("nbformat", reason="machine: nbformat is not installed")
    monkeypatch.chdir(tmp_path)
    notebook = nbformat.read(EXAMPLES / "explore_a_feed.ipynb", as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    namespace: dict[str, Any] = {}
    shown = []
    for cell in cells:
        *_, last = cell.source.split("\n")
        exec(compile(cell.source, "cell", "exec"), namespace)  # noqa: S102  the notebook is ours
        shown.append(eval(last, namespace))  # noqa: S307
    sums, reasons, codes, traced = shown
    assert all(populated == mapped + reported for populated, mapped, reported in sums)
    assert any(reason == "unknown-segment" for (reason, _), _ in reasons)
    assert codes["GLU"] >= 2
    assert traced[0][1] == "OBX-5"
