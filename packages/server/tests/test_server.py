"""One service over the modules: what it takes, what it gives, and what it refuses."""

import asyncio
import json
from base64 import b64encode
from datetime import UTC, datetime

import httpx
import pytest
from click.testing import CliRunner

from samspil_server import Settings, application, read_settings
from samspil_server.cli import serve
from samspil_server.guard import guarded
from samspil_server.settings import BadSettings, made

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MESSAGE = b"MSH|^~\\&|A|B|||20240202||ADT^A08|7|P|2.5|||||||UTF-8\rPID|||44871^^^B||S\xc3\xb8rensen^Karen\rZDK|1\r"
TOKEN = "a-token-for-the-tests"
V2 = {"content-type": "application/hl7-v2"}
FHIR = {"content-type": "application/fhir+json"}


def ask(app, method, path, **request):
    """Ask an application once."""

    async def run():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **request)

    return asyncio.run(run())


def app(**parts):
    """Make an application of settings."""
    return application(Settings(**parts), lambda: AT)


def code(answer):
    """Give the finding code of an OperationOutcome."""
    return answer.json()["issue"][0]["details"]["coding"][0]["code"]


@pytest.fixture(scope="module")
def converting():
    """A service that converts."""
    return app(convert={"timezone": "Europe/Copenhagen"})


def test_a_message_becomes_a_bundle_and_an_outcome(converting):
    """Parameters hold both, and the sums of the loss report."""
    answer = ask(converting, "POST", "/$convert", content=MESSAGE, headers=V2)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/fhir+json")
    parts = {each["name"]: each for each in answer.json()["parameter"]}
    assert parts["bundle"]["resource"]["entry"][-1]["resource"]["name"] == [{"family": "Sørensen", "given": ["Karen"]}]
    assert parts["outcome"]["resource"]["resourceType"] == "OperationOutcome"
    sums = {name: parts[name]["valueUnsignedInt"] for name in ("populated", "mapped", "reported")}
    assert sums["populated"] == sums["mapped"] + sums["reported"] > 0


@pytest.mark.parametrize(
    "value",
    [{"valueString": MESSAGE.decode()}, {"valueBase64Binary": b64encode(MESSAGE).decode()}],
)
def test_a_message_may_come_in_parameters(converting, value):
    """As text or as bytes."""
    body = {"resourceType": "Parameters", "parameter": [{"name": "message", **value}]}
    answer = ask(converting, "POST", "/$convert", content=json.dumps(body), headers=FHIR)
    assert answer.json()["parameter"][0]["name"] == "bundle"


@pytest.mark.parametrize(
    ("request_", "status", "finding"),
    [
        ({"content": b"no message", "headers": V2}, 422, None),
        ({"content": MESSAGE, "headers": {"content-type": "image/png"}}, 415, "SAM-SRV-108"),
        ({"content": b"{", "headers": FHIR}, 400, "SAM-SRV-104"),
        ({"content": b"[]", "headers": FHIR}, 400, "SAM-SRV-104"),
        ({"content": b"{}", "headers": FHIR}, 400, "SAM-SRV-104"),
        (
            {"content": b'{"parameter":[{"name":"message","valueBase64Binary":"?"}]}', "headers": FHIR},
            400,
            "SAM-SRV-104",
        ),
        ({"content": b'{"a":' * 100_000, "headers": FHIR}, 400, "SAM-SRV-104"),
    ],
)
def test_what_cannot_be_converted_is_refused(converting, request_, status, finding):
    """With the status and the finding; deep nesting too."""
    answer = ask(converting, "POST", "/$convert", **request_)
    assert answer.status_code == status
    assert finding is None or code(answer) == finding


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nosuch", 404), ("GET", "/$convert", 405), ("PUT", "/metadata", 405)]
)
def test_what_is_not_there_is_an_outcome(converting, method, path, status):
    """Errors of the address are OperationOutcomes as well."""
    answer = ask(converting, method, path)
    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_resource_is_validated():
    """Findings of the content are in the outcome, and the status is 200; another type than the path's is 400."""
    served = app(validate={"packages": ["samspil.fhir.r4"]})
    answer = ask(served, "POST", "/$validate", content=b'{"resourceType":"Alien"}', headers=FHIR)
    assert (answer.status_code, answer.json()["issue"][0]["severity"]) == (200, "error")
    assert (
        ask(served, "POST", "/Patient/$validate", content=b'{"resourceType":"Alien"}', headers=FHIR).status_code == 400
    )
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": {"resourceType": "Alien"}}]}
    same = ask(served, "POST", "/$validate", content=json.dumps(wrapped), headers=FHIR)
    assert same.json() == answer.json()
    assert [each["name"] for each in ask(served, "GET", "/metadata").json()["rest"][0]["operation"]] == ["validate"]


def test_terminology_is_mounted(tmp_path):
    """A code of a file is looked up under /terminology."""
    system = {"resourceType": "CodeSystem", "url": "http://example.org/s", "status": "active", "content": "complete"}
    (tmp_path / "s.json").write_text(
        json.dumps(system | {"concept": [{"code": "a", "display": "Alpha"}]}), encoding="utf-8"
    )
    served = app(terminology={"sources": [str(tmp_path / "s.json")]})
    answer = ask(served, "GET", "/terminology/r4/CodeSystem/$lookup?system=http://example.org/s&code=a")
    assert (answer.status_code, "Alpha" in answer.text) == (200, True)


def test_consent_is_mounted(tmp_path):
    """A decision is asked for under /consent."""
    consent = {
        "resourceType": "Consent",
        "id": "1",
        "status": "active",
        "patient": {"reference": "Patient/1"},
        "provision": {"type": "deny"},
    }
    (tmp_path / "c.json").write_text(json.dumps(consent), encoding="utf-8")
    served = app(consent={"profile": "typed", "consents": [str(tmp_path / "c.json")]})
    asked = {"actor": "Practitioner/9", "purpose": "TREAT", "patient": "Patient/1", "at": "2026-01-31T12:00:00Z"}
    answer = ask(served, "POST", "/consent/decide", json=asked)
    assert (answer.status_code, answer.json()["decision"]) == (200, "CONSENT_DENY")


def test_the_audit_repository_is_mounted(tmp_path):
    """Who has the token searches; without a token in the settings nobody does."""
    served = app(audit={"log": str(tmp_path / "a.db")}, token=TOKEN)
    answer = ask(served, "GET", "/audit/AuditEvent?date=ge2026-01-01", headers={"authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.json()["resourceType"]) == (200, "Bundle")
    closed = app(audit={"log": str(tmp_path / "b.db")})
    assert ask(closed, "GET", "/audit/AuditEvent?date=ge2026-01-01").status_code in {401, 403}


@pytest.mark.parametrize(
    ("given", "status"),
    [(f"Bearer {TOKEN}", 200), (f"bearer  {TOKEN}", 200), ("Bearer no", 401), ("", 401), ("Basic x", 401)],
)
def test_a_token_is_asked_for(given, status):
    """Every address but /health."""
    served = app(convert={}, token=TOKEN)
    assert (
        ask(served, "POST", "/$convert", content=MESSAGE, headers=V2 | {"authorization": given}).status_code == status
    )
    assert ask(served, "GET", "/health").text == "ok\n"


def test_a_long_body_is_refused():
    """It is not read to its end."""
    served = app(convert={}, limits={"max_bytes": 100})
    answer = ask(served, "POST", "/$convert", content=b"x" * 101, headers=V2)
    assert (answer.status_code, code(answer)) == (413, "SAM-SRV-102")


def run_guarded(settings, inner, messages):
    """Run an application behind the guard with a body that comes as told; give the status."""
    sent = []

    async def receive():
        return await (messages.pop(0) if messages else gone)()

    async def gone():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    asyncio.run(guarded(inner, settings)(scope, receive, send))
    return sent[0]["status"]


def test_a_body_that_does_not_come_is_given_up():
    """A slow client holds a request no longer than the limit."""

    async def never():
        await asyncio.sleep(60)

    assert run_guarded(Settings(limits={"seconds": 0.05}), None, [never]) == 408


def test_a_fault_of_ours_is_an_outcome_without_content():
    """The place in the code, and nothing of the request."""

    async def broken(_scope, _receive, _send):
        raise KeyError("Karen Lind")

    answer = ask(guarded(broken, Settings()), "POST", "/", content=b"x")
    assert (answer.status_code, code(answer)) == (500, "SAM-SRV-107")
    assert "Karen" not in answer.text


def test_the_document_lists_what_is_served(converting):
    """OpenAPI and /metadata come from the table that the service is routed by."""
    document = ask(converting, "GET", "/openapi.json").json()
    assert set(document["paths"]) == {
        "/health",
        "/metadata",
        "/openapi.json",
        "/$convert",
        "/OperationDefinition/convert",
    }
    assert document["paths"]["/$convert"]["post"]["responses"].keys() >= {"200", "400", "413", "415", "422"}
    assert ask(converting, "GET", "/metadata").json()["date"] == "2026-03-01"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "Expected"),
        ("[convert]\nlayer = 1", "convert.layer: Extra inputs"),
        ("token = 'short'", "at least 16 characters"),
        ("[limits]\nmax_bytes = 0", "limits.max_bytes"),
        ("[terminology]\nsources = []", "terminology.sources"),
    ],
)
def test_settings_are_checked_as_a_whole(tmp_path, text, said):
    """Each fault with its place."""
    file = tmp_path / "s.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match=said):
        read_settings(file)


def test_the_settings_of_the_readme_are_read(tmp_path):
    """The names in the page are the names of the settings."""
    file = tmp_path / "s.toml"
    file.write_text(
        "token = 'a-long-secret-of-your-own'\n[convert]\nlayers = ['dk']\n[validate]\npackages = ['a#1']",
        encoding="utf-8",
    )
    settings = read_settings(file)
    assert (settings.convert.layers, settings.validation.packages) == (("dk",), ("a#1",))
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[consent]\nconsents = ['nosuch']", "nosuch"),
        ("x = 1", "the settings are wrong"),
        ("[convert]\nlayers = ['/nosuch']", "/nosuch"),
    ],
)
def test_what_stops_the_command_is_said_in_a_sentence(tmp_path, text, said):
    """Status 2 and no traceback."""
    file = tmp_path / "s.toml"
    file.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(serve, ["--config", str(file)])
    assert told.exit_code == 2, told.output
    assert said in told.output


def test_parts_that_are_not_installed_are_named(monkeypatch):
    """The error names what to install."""
    import samspil_server.services as faces

    def lacking(_name):
        raise ModuleNotFoundError(name="samspil_hl7v2")

    monkeypatch.setattr(faces, "import_module", lacking)
    with pytest.raises(faces.NotInstalled, match="pip install samspil-hl7v2"):
        application(made({"convert": {}}), lambda: AT)
