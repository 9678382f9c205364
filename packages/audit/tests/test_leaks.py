"""Planted identity numbers, in odd places and odd ways of writing, stand in no file, no log, no finding and no export."""

import asyncio
import json
import logging
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest

from samspil_audit import AuditLog, Keys
from samspil_audit.export import FORMATS, export_folder, export_records
from samspil_audit.middleware import AuditMiddleware
from samspil_audit.pseudonyms import Pseudonyms
from samspil_audit.record import Server, Who
from samspil_audit.report import Reader, access_report
from samspil_audit.server import audit_app
from samspil_audit.sinks import NdjsonSink, forward
from samspil_core import Outcome

Json = dict[str, Any]
CPR = "2512489996"
PNR = "198112189876"
WAYS = {
    "plain": CPR,
    "dash": "251248-9996",
    "plus": "251248+9996",
    "blank": "251248 9996",
    "en dash": "251248\u20139996",
    "hard hyphen": "251248\u20119996",
    "hard blank": "251248\u00a09996",
    "encoded dash": "251248%2D9996",
    "encoded twice": "251248%252D9996",
    "encoded thrice": "251248%25252D9996",
    "encoded digits": "".join(f"%{ord(digit):02x}" for digit in CPR),
    "encoded en dash": "251248%E2%80%939996",
    "after letters": f"CPR{CPR}",
    "after id": f"patientid{CPR}x",
    "after a line end": f"x\n{CPR}",
    "after a control character": f"x\u001f{CPR}",
    "after an escaped backslash": f"\\{CPR}",
    "after an encoded bar": f"urn:oid:1%7C{CPR}",
    "Swedish": PNR,
    "Swedish with a dash": "19811218-9876",
}
BARE = re.compile(r"251248(?:%2D|[^0-9A-Za-z]{0,3})9996|(?:19)?811218[^0-9A-Za-z]{0,3}9876")


def shows(text: str) -> bool:
    """Whether a number can be read in a text, as it stands or decoded as often as one likes."""
    for _ in range(4):
        if BARE.search(text):
            return True
        text = unquote(text)
    return BARE.search(text) is not None


def texts(value: Any) -> Iterator[str]:
    """Every text of a record: names, values, and what its queries hold in base64."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            if name == "query":
                yield b64decode(member).decode()
            yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)
    else:
        yield str(value)


@pytest.mark.parametrize("way", WAYS)
def test_a_number_is_found_however_it_is_written(way: str) -> None:
    pseudonyms = Pseudonyms(bytes(32))
    for around in ("{}", "GET Patient?identifier={}&_count=1", "({})", "Patient/{}/_history/1", '"{}"'):
        cleaned = pseudonyms.clean_text(around.format(WAYS[way]))
        assert not shows(cleaned)
        assert "hmac-" in cleaned


@pytest.mark.parametrize("way", WAYS)
def test_a_number_anywhere_in_a_record_is_not_in_it_when_it_is_read(
    log: AuditLog, make_event: Callable[..., Json], way: str
) -> None:
    number = WAYS[way]
    event = make_event(
        1,
        f"Patient/{number}",
        outcomeDesc=f"asked for {number}",
        extension=[
            {"url": "urn:x", "valueString": number, f"x-{number}": number},
            {"url": number, "valueInteger": int(CPR)},
        ],
        subtype=[{"system": number, "code": number, "display": number}],
    )
    event["agent"][0]["altId"] = number
    log.append({**event, "id": f"e-{number}"})
    found = next(log.read())
    assert not [text for text in texts(found.event) if shows(text)]
    assert log.find(f"e-{number}") == found


def server(number: str) -> Any:
    """An application that says the number wherever it can."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        path = scope["path"]
        if "boom" in path:
            raise RuntimeError("the application failed")
        outcome = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": number}]}
        resource = {
            "resourceType": "Condition",
            "id": number,
            "meta": {"source": f"urn:x:{number}", "versionId": number},
            "subject": {"reference": f"Patient/{number}", "display": number},
            "extension": [{"url": number, "valueInteger": int(CPR)}],
        }
        odd = {"resourceType": number, "id": number}
        answers: dict[str, tuple[int, Any, str]] = {
            "refused": (403, outcome, "application/fhir+json"),
            "odd": (200, odd, "application/fhir+json"),
            "text": (200, {"x": number}, f"text/{CPR}"),
        }
        status, body, kind = answers.get(path.rpartition("/")[2], (200, resource, "application/fhir+json"))
        headers = [(b"content-type", kind.encode()), (b"location", f"https://x.org/Condition/{quote(number)}".encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    return app


@pytest.mark.parametrize("way", WAYS)
def test_no_number_reaches_a_file_a_log_a_finding_or_an_export(
    tmp_path: Path, keys: Keys, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], way: str
) -> None:
    number = WAYS[way]
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.CRITICAL)
    said: list[Outcome] = []
    keys.save(tmp_path / "keys")
    log = AuditLog.open(tmp_path / "audit.db", keys=keys)
    who = Who(
        user={"display": number}, client={"identifier": {"value": number}}, address=number, subject=f"Patient/{number}"
    )
    wrapped = AuditMiddleware(server(number), log=log, who=lambda _: who, server=Server(site=number), told=said.append)
    asked = quote(number) if "%" not in number else number

    async def ask() -> None:
        transport = httpx.ASGITransport(wrapped, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            headers = {"x-request-id": quote(number), "traceparent": quote(number), "if-none-exist": asked}
            for url in (
                f"/Patient/{asked}",
                f"/Condition?patient.identifier=x%7C{asked}",
                f"/{asked}/refused",
                "/odd",
                "/text",
            ):
                await client.get(url, headers=headers)
            await client.get(f"/boom?x={asked}")
            await client.delete(f"/Condition/{asked}", headers={"x-request-id": CPR})
            await client.post("/Condition/_search", data={"patient": f"Patient/{number}"})
            batch = {
                "request": {"method": number, "url": f"Condition?subject={asked}"},
                "resource": {"resourceType": number},
            }
            await client.post(
                "/",
                json={"resourceType": "Bundle", "type": number, "entry": [batch]},
                headers={"content-type": "application/json"},
            )

    asyncio.run(ask())
    desk = audit_app(log, lambda _request: {"display": number})

    async def search() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(desk), base_url="http://t") as client:
            for query in (f"?patient.identifier={asked}", f"?{asked}=1", f"?date={asked}", f"/{asked}"):
                await client.get(f"/AuditEvent{query}")

    asyncio.run(search())
    access_report(log, f"Patient/{number}", Reader((f"Patient/{number}",), {"display": number}), ids=lambda: "report-1")
    forward(log, NdjsonSink(tmp_path / "sink.ndjson"))
    for form in FORMATS:
        (tmp_path / f"export.{form}").write_bytes(b"".join(export_records(log.read(), form)))
    export_folder(log, tmp_path / "folder", lambda _row: True)
    records = [text for found in log.read() for text in texts(found.event)]
    assert len(records) > 100
    assert not [text for text in records if shows(text)]
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    log.close()
    files |= {f"{path.name}, closed": path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    hashes = [sha256(text.encode()) for text in (CPR, "251248-9996", PNR, "8112189876")]
    for name, data in files.items():
        assert not shows(data.decode("latin-1")), name
        assert not shows(data.decode("utf-8", "ignore")), name
        for each in hashes:
            assert each.digest() not in data, name
            assert each.hexdigest().encode() not in data, name
    out, err = capfd.readouterr()
    logged = "".join(record.getMessage() for record in caplog.records if record.name.startswith("samspil"))
    told = "".join(str(outcome) for outcome in said)
    assert not shows(out + err + logged + told)
