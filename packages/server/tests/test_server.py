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
EVENT = {
    "resourceType": "AuditEvent",
    "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
    "recorded": "2026-01-01T12:00:00Z",
    "agent": [{"who": {"display": "pump"}, "requestor": True}],
    "source": {"observer": {"display": "ehr"}},
}


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
    found = ask(served, "GET", "/terminology/r4/CodeSystem?url=http://example.org/s").json()
    assert found["entry"][0]["fullUrl"].startswith("http://test/terminology/r4/CodeSystem/")


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
    refused = ask(closed, "GET", "/audit/AuditEvent?date=ge2026-01-01")
    assert (refused.status_code, code(refused)) == (403, "SAM-AUD-401")
    assert ask(closed, "POST", "/audit/AuditEvent", json=EVENT).status_code == 403


def test_an_event_is_taken_and_found_where_the_answer_says(tmp_path):
    """ITI-20 and ITI-81 are two sides of one log; addresses are those that the client sees."""
    served = app(audit={"log": str(tmp_path / "a.db")}, token=TOKEN)
    known = {"authorization": f"Bearer {TOKEN}"}
    made = ask(served, "POST", "/audit/AuditEvent", json=EVENT, headers=known)
    assert made.status_code == 201
    place = made.headers["location"]
    assert place.startswith("http://test/audit/AuditEvent/")
    assert ask(served, "GET", place, headers=known).json()["recorded"] == EVENT["recorded"]
    found = ask(served, "GET", "/audit/AuditEvent?date=2026-01-01", headers=known).json()
    assert [each["fullUrl"] for each in found["entry"]] == [place]
    batch = {"resourceType": "Bundle", "type": "batch", "entry": []}
    assert ask(served, "POST", "/audit/", json=batch, headers=known).json()["type"] == "batch-response"


def test_events_are_validated_where_the_service_validates(tmp_path):
    """With the definitions of the settings; what breaks them is refused."""
    served = app(audit={"log": str(tmp_path / "a.db")}, validate={"packages": ["samspil.fhir.r4"]}, token=TOKEN)
    known = {"authorization": f"Bearer {TOKEN}"}
    wrong = ask(served, "POST", "/audit/AuditEvent", json={**EVENT, "language": 5}, headers=known)
    assert wrong.status_code == 400
    wrong = ask(served, "POST", "/audit/AuditEvent", json={**EVENT, "recorded": "2026-02-30T12:00:00Z"}, headers=known)
    assert (wrong.status_code, wrong.json()["resourceType"]) == (400, "OperationOutcome")
    assert ask(served, "POST", "/audit/AuditEvent", json=EVENT, headers=known).status_code == 201


@pytest.mark.parametrize(
    ("given", "status"),
    [(f"Bearer {TOKEN}", 200), (f"bearer  {TOKEN}", 200), ("Bearer no", 401), ("", 401), ("Basic x", 401)],
)
def test_a_token_is_asked_for(given, status):
    """Every address but /health; who has none is told how to say who they are."""
    served = app(convert={}, token=TOKEN)
    answer = ask(served, "POST", "/$convert", content=MESSAGE, headers=V2 | {"authorization": given})
    assert answer.status_code == status
    if status == 401:
        assert answer.headers["www-authenticate"] == 'Bearer realm="samspil"'
        assert code(answer) == "SAM-SRV-101"
    assert ask(served, "GET", "/health").text == "ok\n"
    assert ask(served, "GET", "/nosuch").status_code == 401


def test_tokens_are_compared_in_constant_time(monkeypatch):
    """By the function that is made for it, whatever is given."""
    import hmac

    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)))
    assert ask(app(token=TOKEN), "GET", "/metadata", headers={"authorization": "Bearer æ".encode()}).status_code == 401
    assert compared == [("æ".encode(), TOKEN.encode())]


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


def fitting(path):
    """A path with something in the place of each name."""
    return path.replace("{type}", "Patient").replace("{id}", "a")


def test_everything_that_is_listed_works(every_part):
    """No address of the document is one of nothing: what it answers, the document tells of."""
    served = application(made(every_part), lambda: AT)
    known = {"authorization": f"Bearer {every_part['token']}"}
    document = ask(served, "GET", "/openapi.json", headers=known).json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            told = ask(served, method.upper(), fitting(path), headers=known | FHIR, content=b"{}")
            assert str(told.status_code) in operation["responses"], (method, path, told.text)
            assert told.status_code not in {405, 500}
            assert "SAM-SRV-105" not in told.text


def test_everything_that_works_is_listed(every_part):
    """Every other method of an address is refused with those that there are, and so is every other address of a module."""
    served = application(made(every_part), lambda: AT)
    known = {"authorization": f"Bearer {every_part['token']}"}
    document = ask(served, "GET", "/openapi.json", headers=known).json()
    for path, methods in document["paths"].items():
        listed = {each.upper() for each in methods} | ({"HEAD"} if "get" in methods else set())
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FROB"} - listed:
            told = ask(served, method, fitting(path), headers=known)
            assert (told.status_code, told.headers["allow"]) == (405, ", ".join(sorted(listed))), (method, path)
    elsewhere = ("/terminology", "/terminology/CodeSystem/$lookup", "/terminology/r6/metadata", "/audit/access-report")
    further = (
        "/audit/audit/AuditEvent",
        "/consent",
        "/consent/decide/",
        "/audit/AuditEvent/a/b",
        "//metadata",
        "/audit",
    )
    for path in elsewhere + further:
        told = ask(served, "GET", path, headers=known)
        assert (told.status_code, code(told)) == (404, "SAM-SRV-105"), path


def test_the_statement_names_operations_that_are_there(every_part):
    """And each definition that this service holds itself can be read here."""
    served = application(made(every_part), lambda: AT)
    known = {"authorization": f"Bearer {every_part['token']}"}
    operations = ask(served, "GET", "/metadata", headers=known).json()["rest"][0]["operation"]
    assert [each["name"] for each in operations] == ["convert", "validate"]
    definition = ask(served, "GET", operations[0]["definition"], headers=known).json()
    assert (definition["resourceType"], definition["url"]) == ("OperationDefinition", operations[0]["definition"])
    listed = ask(served, "GET", "/openapi.json", headers=known).json()["paths"]
    for part in ("/terminology/r4", "/terminology/r5", "/audit"):
        statement = ask(served, "GET", f"{part}/metadata", headers=known).json()
        assert statement["implementation"]["url"] == f"http://test{part}"
        for resource in statement["rest"][0]["resource"]:
            names = {f"{part}/{resource['type']}/${each['name']}" for each in resource.get("operation", ())}
            assert names <= listed.keys()
            where = {"read": f"{part}/{resource['type']}/{{id}}", "search-type": f"{part}/{resource['type']}"}
            assert {where.get(each["code"], f"{part}/") for each in resource["interaction"]} <= listed.keys()


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
