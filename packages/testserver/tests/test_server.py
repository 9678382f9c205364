"""The server does what its CapabilityStatement says, by the specification."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner

from samspil_testserver import Store, TestServer
from samspil_testserver.cli import group

Json = dict[str, Any]


class Client:
    """Asks a server that has seen nothing yet; its clock goes on a second each time it is asked."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)
        self.server = TestServer(Store(self.clock), "http://t/fhir")

    def clock(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.server), base_url="http://t") as client:
                return await client.request(method, path, json=body, **more)

        return asyncio.run(run())


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def filled(client: Client) -> Client:
    client.server.load([patient(number) for number in range(1, 4)])
    client.server.load([observation(number, number % 3 + 1) for number in range(30)])
    return client


def patient(number: int, **more: Any) -> Json:
    name = {"family": ["Berg", "Dahl", "Holm"][number % 3], "given": ["Ida"]}
    identifier = {"system": "urn:x", "value": f"p{number}"}
    return {
        "resourceType": "Patient",
        "id": str(number),
        "identifier": [identifier],
        "name": [name],
        "birthDate": f"198{number}-05-01",
        "active": True,
        **more,
    }


def observation(number: int, of: int) -> Json:
    code = {"coding": [{"system": "http://loinc.org", "code": f"c{number % 2}"}], "text": "x"}
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "code": code,
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": f"2026-01-{number + 1:02}",
        "valueQuantity": {"value": number},
    }


def test_a_resource_lives_through_its_versions(client: Client) -> None:
    created = client("POST", "/Patient", {"resourceType": "Patient", "active": True})
    assert (created.status_code, created.headers["location"]) == (201, "http://t/fhir/Patient/1/_history/1")
    assert created.json()["meta"]["versionId"] == "1"
    assert (
        client("PUT", "/Patient/1", {"resourceType": "Patient", "id": "1", "active": False}).headers["etag"] == 'W/"2"'
    )
    patch = [{"op": "replace", "path": "/active", "value": True}, {"op": "add", "path": "/gender", "value": "female"}]
    assert client("PATCH", "/Patient/1", patch).json()["gender"] == "female"
    assert client("DELETE", "/Patient/1").status_code == 204
    assert client("GET", "/Patient/1").status_code == 410
    assert client("GET", "/Patient/1/_history/2").json()["active"] is False
    history = client("GET", "/Patient/1/_history").json()
    assert [entry["request"]["method"] for entry in history["entry"]] == ["DELETE", "PATCH", "PUT", "POST"]
    assert client("PUT", "/Patient/1", {"resourceType": "Patient", "id": "1"}).status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/Patient/99", None, 404),
        ("GET", "/Patient/99/_history", None, 404),
        ("PUT", "/Patient/1", {"resourceType": "Observation"}, 400),
        ("PUT", "/Patient/1", {"resourceType": "Patient", "id": "2"}, 400),
        ("POST", "/Patient", [1], 400),
        ("GET", "/Patient?nope=1", None, 400),
        ("POST", "/Patient/1", {}, 405),
        ("GET", "/Patient/1/$nope", None, 404),
        ("PATCH", "/Patient/1", [{"op": "test", "path": "/active", "value": False}], 422),
        ("PATCH", "/Patient/99", [], 404),
        ("PATCH", "/Patient/1", {"op": "test"}, 400),
        ("PUT", "/Patient/1", {"resourceType": "Patient"}, 400),
        ("PUT", "/Patient/a_b", {"resourceType": "Patient", "id": "a_b"}, 400),
        ("PUT", "/Patient?identifier=urn:x|none", {"resourceType": "Patient", "id": "1"}, 409),
        ("GET", "/Patient?family:nope=1", None, 400),
        ("GET", "/Nope", None, 404),
        ("GET", "/Patient/1/Observation/2/3", None, 404),
        ("GET", "/Patient/1?_format=xml", None, 406),
        ("POST", "/", {"resourceType": "Bundle", "type": "collection"}, 400),
        ("POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": {}}]}, 400),
        ("POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": {}}, 400),
        ("DELETE", "/Patient", None, 405),
    ],
)
def test_what_cannot_be_done_is_an_operation_outcome(
    filled: Client, method: str, path: str, body: Any, status: int
) -> None:
    response = filled(method, path, body)
    assert response.status_code == status
    assert response.json()["issue"][0]["details"]["coding"][0]["code"].startswith("SAM-TST-")


def test_media_types_other_than_json_are_refused(filled: Client) -> None:
    assert filled("GET", "/Patient/1", headers={"Accept": "application/fhir+xml"}).status_code == 406
    assert filled("GET", "/Patient/1", headers={"Accept": "application/fhir+xml, */*;q=0.1"}).status_code == 200
    assert filled("POST", "/Patient", patient(1), headers={"Content-Type": "application/fhir+xml"}).status_code == 415


def test_times_in_headers_are_http_dates_and_in_bundles_instants(filled: Client) -> None:
    assert filled("GET", "/Patient/1").headers["last-modified"] == "Thu, 01 Jan 2026 00:00:01 GMT"
    entry = {"request": {"method": "GET", "url": "Patient/1"}}
    told = filled("POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": [entry]}).json()
    assert told["entry"][0]["response"]["lastModified"] == "2026-01-01T00:00:01.000+00:00"


def test_what_was_never_there_may_be_deleted(client: Client) -> None:
    assert client("DELETE", "/Patient/99").status_code == 204


def test_a_request_that_breaks_off_changes_nothing(client: Client) -> None:
    sent = [{"type": "http.request", "body": b"", "more_body": True}, {"type": "http.disconnect"}]
    scope = {"type": "http", "method": "DELETE", "path": "/Patient/1", "query_string": b"", "headers": []}
    answers: list[Any] = []
    client("PUT", "/Patient/1", patient(1))

    async def receive() -> Any:
        return sent.pop(0)

    async def send(message: Any) -> None:
        answers.append(message)

    asyncio.run(client.server(scope, receive, send))
    assert answers == []
    assert client("GET", "/Patient/1").status_code == 200


def test_content_beyond_the_limit_is_refused_and_not_read_to_its_end(client: Client) -> None:
    piece = {"type": "http.request", "body": b" " * (1 << 26), "more_body": True}
    taken: list[Any] = []
    answers: list[Any] = []

    async def receive() -> Any:
        taken.append(piece)
        return piece

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/Patient", "query_string": b"", "headers": []}
    asyncio.run(client.server(scope, receive, send))
    assert (answers[0]["status"], len(taken)) == (413, 2)


def test_two_entries_that_change_one_resource_fail(filled: Client) -> None:
    twice = {"request": {"method": "DELETE", "url": "Patient/1"}}
    assert filled("POST", "/", transaction(twice, twice)).status_code == 400


def test_conditions_are_kept(filled: Client) -> None:
    new = {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": "p9"}]}
    where = {"If-None-Exist": "identifier=urn:x|p9"}
    assert [filled("POST", "/Patient", new, headers=where).status_code for _ in range(2)] == [201, 200]
    assert filled("POST", "/Patient", new, headers={"If-None-Exist": "name=Ida"}).status_code == 412
    assert filled("PUT", "/Patient?identifier=urn:x|p1", patient(1)).status_code == 200
    assert filled("PUT", "/Patient?given=Ida", patient(1)).status_code == 412
    assert filled("PUT", "/Patient/2", patient(2), headers={"If-Match": 'W/"7"'}).status_code == 412
    assert filled("PUT", "/Patient/2", patient(2), headers={"If-Match": 'W/"1"'}).status_code == 200
    assert filled("GET", "/Patient/3", headers={"If-None-Match": 'W/"1"'}).status_code == 304
    assert filled("DELETE", "/Patient?identifier=urn:x|p3").status_code == 204
    assert filled("DELETE", "/Patient?identifier=urn:x|p3").status_code == 204
    assert filled("PUT", "/Patient/2", patient(2), headers={"Prefer": "return=minimal"}).content == b""


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("Patient?family=berg", 1),
        ("Patient?family:exact=berg", 0),
        ("Patient?name:contains=er", 1),
        ("Patient?birthdate=1981", 1),
        ("Patient?birthdate=ge1982-05-01", 2),
        ("Patient?birthdate=lt1982", 1),
        ("Patient?birthdate=sa1981", 2),
        ("Patient?birthdate=eb1982", 1),
        ("Patient?birthdate=eb1981", 0),
        ("Patient?identifier=urn:x|p2", 1),
        ("Patient?identifier=p2", 1),
        ("Patient?identifier=urn:y|p2", 0),
        ("Patient?_id=1,2", 2),
        ("Patient?_id=1\\,2", 0),
        ("Patient?gender:missing=true", 3),
        ("Patient?family:missing=true", 0),
        ("Observation?subject=Patient/1", 10),
        ("Observation?patient=2", 10),
        ("Observation?subject:Patient=2", 10),
        ("Observation?code=http://loinc.org|c1", 15),
        ("Observation?code:not=c1", 15),
        ("Observation?patient=1&code=c0", 5),
        ("Observation?value-quantity=gt27", 2),
        ("Observation?date=2026-01-03", 1),
        ("Observation?date=ge2026-01-29", 2),
        ("?_id=1", 1),
        ("Patient/1/Observation", 10),
        ("Patient/1/Observation?code=c0", 5),
    ],
)
def test_a_search_finds_what_it_should(filled: Client, query: str, count: int) -> None:
    assert filled("GET", f"/{query}").json()["total"] == count


def test_pages_lead_through_all_matches_once(filled: Client) -> None:
    seen: list[str] = []
    url = "/Observation?_count=7&_sort=-date"
    while url:
        bundle = filled("GET", url).json()
        seen += [entry["resource"]["id"] for entry in bundle["entry"]]
        following = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")
        url = f"/Observation?{urlsplit(following).query}" if following else ""
    assert seen == [f"o{number}" for number in range(29, -1, -1)]


def modes(bundle: Json) -> list[tuple[str, str]]:
    return [(entry["resource"]["resourceType"], entry["search"]["mode"]) for entry in bundle["entry"]]


def test_includes_bring_what_is_referred_to_once(filled: Client) -> None:
    bundle = filled("GET", "/Observation?subject=Patient/1&_count=3&_include=Observation:subject").json()
    assert modes(bundle) == [("Observation", "match")] * 3 + [("Patient", "include")]
    assert bundle["total"] == 10
    back = filled("GET", "/Patient?_id=1&_revinclude=Observation:subject").json()
    assert modes(back) == [("Patient", "match")] + [("Observation", "include")] * 10


def test_summaries_and_elements_cut_resources_and_say_so(filled: Client) -> None:
    assert filled("GET", "/Patient?_summary=count").json() == {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 3,
        "link": [{"relation": "self", "url": "http://t/fhir/Patient?_summary=count"}],
    }
    cut = filled("GET", "/Patient?_elements=birthDate&_count=1").json()["entry"][0]["resource"]
    assert set(cut) == {"resourceType", "id", "meta", "birthDate"}
    assert cut["meta"]["tag"][0]["code"] == "SUBSETTED"
    married = {**patient(7), "maritalStatus": {"text": "married"}}
    filled("PUT", "/Patient/7", {**married, "id": "7"})
    whole = filled("GET", "/Patient?_id=7&_summary=true").json()["entry"][0]["resource"]
    assert ("birthDate" in whole, "maritalStatus" in whole) == (True, False)


def test_everything_about_a_patient(filled: Client) -> None:
    bundle = filled("GET", "/Patient/1/$everything").json()
    assert [kind for kind, _ in modes(bundle)] == ["Patient"] + ["Observation"] * 10
    assert filled("POST", "/Observation/_search", None, data={"subject": "Patient/1"}).json()["total"] == 10


def test_a_batch_does_each_entry_by_itself(filled: Client) -> None:
    entries = [
        {"request": {"method": "GET", "url": "Patient/1"}},
        {"request": {"method": "GET", "url": "Patient/99"}},
        {"request": {"method": "POST", "url": "Patient"}, "resource": {"resourceType": "Patient"}},
    ]
    answer = filled("POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": entries}).json()
    assert [entry["response"]["status"] for entry in answer["entry"]] == ["200", "404", "201"]


def transaction(*entries: Json) -> Json:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def test_a_transaction_does_all_and_mends_references_between_entries(filled: Client) -> None:
    new = {
        "fullUrl": "urn:uuid:1",
        "request": {"method": "POST", "url": "Patient"},
        "resource": {"resourceType": "Patient"},
    }
    about = {
        "fullUrl": "urn:uuid:2",
        "request": {"method": "POST", "url": "Observation"},
        "resource": {**observation(99, 1), "subject": {"reference": "urn:uuid:1"}},
    }
    answer = filled("POST", "/", transaction(about, new)).json()
    assert [entry["response"]["status"] for entry in answer["entry"]] == ["201", "201"]
    assert answer["entry"][0]["resource"]["subject"]["reference"] == f"Patient/{answer['entry'][1]['resource']['id']}"


@pytest.mark.parametrize(
    "asked",
    [
        {"method": "PUT", "url": "Patient?identifier=urn:x|NEW"},
        {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:x|NEW"},
        {"method": "POST", "url": "Patient"},
    ],
    ids=["conditional update", "conditional create", "create"],
)
@pytest.mark.parametrize("value", ["new", "p2"])
def test_a_reference_leads_to_what_a_condition_finds_or_makes(filled: Client, asked: Json, value: str) -> None:
    """What other entries call by its fullUrl is in the end where the server put it, there before or not."""
    asked = {name: text.replace("NEW", value) for name, text in asked.items()}
    one = {
        "fullUrl": "urn:uuid:1",
        "request": asked,
        "resource": {**patient(2), "identifier": [{"system": "urn:x", "value": value}]},
    }
    del one["resource"]["id"]
    about = {
        "fullUrl": "urn:uuid:2",
        "request": {"method": "PUT", "url": "Observation/o99"},
        "resource": {**observation(99, 1), "effectiveDateTime": "2026-02-01", "subject": {"reference": "urn:uuid:1"}},
    }
    for _ in range(2):
        answer = filled("POST", "/", transaction({"request": {"method": "GET", "url": "Patient/1"}}, one, about)).json()
        named = answer["entry"][1]["resource"]["id"]
        assert answer["entry"][2]["resource"]["subject"] == {"reference": f"Patient/{named}"}
        assert filled("GET", f"/Observation?patient={named}&date=2026-02-01").json()["total"] == 1
    there = filled("GET", f"/Patient?identifier=urn:x|{value}").json()["total"]
    assert there == (1 if asked != {"method": "POST", "url": "Patient"} else 2 if value == "new" else 3)


def test_a_search_uri_in_a_transaction_becomes_the_one_resource_that_fits(filled: Client) -> None:
    """In references alone; none or several fail the transaction. https://hl7.org/fhir/R4/http.html#trules."""
    uri = "Patient?identifier=urn:x|p2"

    def about(reference: str) -> Json:
        resource = {**observation(99, 1), "subject": {"reference": reference, "display": uri}}
        return {"request": {"method": "PUT", "url": "Observation/o99"}, "resource": resource}

    there = filled("GET", f"/{uri}").json()["entry"][0]["resource"]["id"]
    told = filled("POST", "/", transaction(about(uri))).json()["entry"][0]["resource"]["subject"]
    assert told == {"reference": f"Patient/{there}", "display": uri}
    new = {"request": {"method": "POST", "url": "Patient"}, "resource": {"resourceType": "Patient"}}
    for nothing in ("Patient?identifier=urn:x|nobody", "Patient?_id=1,2,3"):
        assert filled("POST", "/", transaction(new, about(nothing))).status_code == 412
    assert filled("GET", "/Patient?_summary=count").json()["total"] == 3


def test_a_transaction_that_fails_does_nothing(filled: Client) -> None:
    new = {"request": {"method": "POST", "url": "Patient"}, "resource": {"resourceType": "Patient"}}
    bad = {"request": {"method": "GET", "url": "Patient/99"}}
    assert filled("POST", "/", transaction(new, bad)).status_code == 404
    assert filled("GET", "/Patient?_summary=count").json()["total"] == 3
    existing = {
        "fullUrl": "urn:uuid:1",
        "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:x|p1"},
        "resource": patient(1),
    }
    assert filled("POST", "/", transaction(existing)).json()["entry"][0]["response"]["status"] == "200"


def test_the_statement_is_true(filled: Client) -> None:
    statement = filled("GET", "/metadata").json()
    from fhir.resources.R4B.capabilitystatement import CapabilityStatement

    CapabilityStatement.model_validate(statement)
    for resource in statement["rest"][0]["resource"]:
        for parameter in resource["searchParam"]:
            value = {"date": "2026", "number": "1"}.get(parameter["type"], "x")
            assert filled("GET", f"/{resource['type']}?{parameter['name']}={value}").status_code == 200
        for include in resource["searchInclude"]:
            assert filled("GET", f"/{resource['type']}?_include={include}").status_code == 200


def test_the_statement_lists_what_is_served_whatever_there_is_of_it(filled: Client) -> None:
    """What lies behind a gateway must not show in the statement; and what is not listed is not served."""
    statement = filled("GET", "/metadata").json()
    assert statement == Client()("GET", "/metadata").json()
    kinds = [each["type"] for each in statement["rest"][0]["resource"]]
    assert len(kinds) == 145
    assert "Parameters" not in kinds
    for kind in kinds:
        stored = filled("PUT", f"/{kind}/one", {"resourceType": kind, "id": "one"})
        assert (stored.status_code, filled("GET", f"/{kind}/one").status_code) == (201, 200)
    for kind in ("Parameters", "Nope", "patient"):
        assert filled("GET", f"/{kind}").status_code == 404
        assert filled("POST", f"/{kind}", {"resourceType": kind}).status_code == 404
        assert filled("PUT", f"/{kind}/1", {"resourceType": kind, "id": "1"}).status_code == 404


def test_the_same_requests_give_the_same_answers() -> None:
    answers = []
    for _ in range(2):
        client = Client()
        client("POST", "/Patient", {"resourceType": "Patient"})
        answers.append(client("GET", "/Patient/_history").content)
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "nope", "path": "/a"}],
        [{"op": "add", "path": "a", "value": 1}],
        [{"op": "remove", "path": "/name/9"}],
        [{}],
        [{"op": "add", "path": "/name/9", "value": {}}],
    ],
)
def test_a_patch_that_does_not_fit_changes_nothing(filled: Client, operations: list[Json]) -> None:
    assert filled("PATCH", "/Patient/1", operations).status_code == 422
    assert filled("GET", "/Patient/1").json()["meta"]["versionId"] == "1"


def test_a_patch_moves_and_copies(filled: Client) -> None:
    operations = [
        {"op": "copy", "from": "/name/0", "path": "/name/-"},
        {"op": "move", "from": "/birthDate", "path": "/deceasedDateTime"},
    ]
    made = filled("PATCH", "/Patient/1", operations).json()
    assert (len(made["name"]), made["deceasedDateTime"], "birthDate" in made) == (2, "1981-05-01", False)


def fhirpath_patch(kind: str, path: str, **parts: Json) -> Json:
    told = {"type": {"valueCode": kind}, "path": {"valueString": path}, **parts}
    return {"name": "operation", "part": [{"name": name, **part} for name, part in told.items()]}


def with_fhirpath(filled: Client, *operations: Json) -> httpx.Response:
    return filled("PATCH", "/Patient/1", {"resourceType": "Parameters", "parameter": operations})


CONTACT = {"part": [{"name": "name", "valueHumanName": {"family": "Lind"}}, {"name": "gender", "valueCode": "male"}]}


@pytest.mark.parametrize(
    ("operation", "element", "value"),
    [
        (fhirpath_patch("replace", "Patient.active", value={"valueBoolean": False}), "active", False),
        (fhirpath_patch("replace", "Patient.name[0].family", value={"valueString": "Krag"}), "name",
         [{"family": "Krag", "given": ["Ida"]}]),
        (fhirpath_patch("replace", "Patient.name.given[0]", value={"valueString": "Ane"}), "name",
         [{"family": "Dahl", "given": ["Ane"]}]),
        (fhirpath_patch("replace", "Patient.name.where(family = 'Dahl')", value={"valueHumanName": {"text": "X"}}),
         "name", [{"text": "X"}]),
        (fhirpath_patch("add", "Patient", name={"valueString": "gender"}, value={"valueCode": "other"}),
         "gender", "other"),
        (fhirpath_patch("add", "Patient", name={"valueString": "deceased"}, value={"valueBoolean": True}),
         "deceasedBoolean", True),
        (fhirpath_patch("add", "Patient", name={"valueString": "contact"}, value=CONTACT), "contact",
         [{"name": {"family": "Lind"}, "gender": "male"}]),
        (fhirpath_patch("add", "Patient.name", name={"valueString": "given"}, value={"valueString": "Ane"}), "name",
         [{"family": "Dahl", "given": ["Ida", "Ane"]}]),
        (fhirpath_patch("insert", "Patient.name", index={"valueInteger": 0}, value={"valueHumanName": {"text": "X"}}),
         "name", [{"text": "X"}, {"family": "Dahl", "given": ["Ida"]}]),
        (fhirpath_patch("delete", "Patient.birthDate"), "birthDate", None),
        (fhirpath_patch("delete", "Patient.identifier[0]"), "identifier", None),
        (fhirpath_patch("delete", "Patient.photo"), "photo", None),
        (fhirpath_patch("replace", "Patient.birthDate", value={"valueDate": "1990-01-01"}), "birthDate", "1990-01-01"),
    ],
)  # fmt: skip
def test_a_fhirpath_patch_does_what_it_says(filled: Client, operation: Json, element: str, value: Any) -> None:
    assert with_fhirpath(filled, operation).json().get(element) == value


def test_a_fhirpath_patch_moves(filled: Client) -> None:
    more = [
        fhirpath_patch("add", "Patient", name={"valueString": "name"}, value={"valueHumanName": {"text": text}})
        for text in ("a", "b")
    ]
    move = fhirpath_patch("move", "Patient.name", source={"valueInteger": 2}, destination={"valueInteger": 0})
    assert [each.get("text") for each in with_fhirpath(filled, *more, move).json()["name"]] == ["b", None, "a"]


@pytest.mark.parametrize(
    "operation",
    [
        fhirpath_patch("replace", "Patient.photo", value={"valueString": "x"}),
        fhirpath_patch("replace", "Patient.name | Patient.identifier", value={"valueString": "x"}),
        fhirpath_patch("replace", "Patient.name.where(", value={"valueString": "x"}),
        fhirpath_patch("add", "Patient", name={"valueString": "active"}, value={"valueBoolean": True}),
        fhirpath_patch("add", "Patient", name={"valueString": "nothing"}, value={"valueBoolean": True}),
        fhirpath_patch("insert", "Patient.name", index={"valueInteger": 5}, value={"valueHumanName": {}}),
        fhirpath_patch("insert", "Patient.gender", index={"valueInteger": 0}, value={"valueCode": "male"}),
        fhirpath_patch("move", "Patient.name", source={"valueInteger": 1}, destination={"valueInteger": 0}),
        fhirpath_patch("nope", "Patient.name"),
        {"name": "operation"},
    ],
)
def test_a_fhirpath_patch_that_does_not_fit_changes_nothing(filled: Client, operation: Json) -> None:
    first = fhirpath_patch("replace", "Patient.active", value={"valueBoolean": False})
    assert with_fhirpath(filled, first, operation).status_code == 422
    assert filled("GET", "/Patient/1").json()["active"] is True


def test_the_statement_names_the_patches_that_there_are(client: Client) -> None:
    assert client("GET", "/metadata").json()["patchFormat"] == ["application/json-patch+json", "application/fhir+json"]


def test_a_file_that_is_none_is_one_sentence(tmp_path: Any) -> None:
    (tmp_path / "x.json").write_text("no")
    done = CliRunner().invoke(group, ["serve", str(tmp_path / "x.json")], help_option_names=["-h", "--help"])
    assert done.exit_code == 2
    assert "no file of FHIR JSON" in done.stderr


def _observed(client: Client) -> None:
    client("PUT", "/Organization/nord", {"resourceType": "Organization", "id": "nord", "name": "Nord"})
    for name, family in (("anna", "Berg"), ("carl", "Dahl")):
        told = {"resourceType": "Patient", "id": name, "name": [{"family": family}]}
        client("PUT", f"/Patient/{name}", {**told, "managingOrganization": {"reference": "Organization/nord"}})
        told = {"resourceType": "Observation", "id": f"of-{name}", "code": {"coding": [{"code": f"c-{name}"}]}}
        client("PUT", f"/Observation/of-{name}", {**told, "subject": {"reference": f"Patient/{name}"}})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Observation?subject:Patient.family=Berg", ["of-anna"]),
        ("Observation?subject.family=Dahl", ["of-carl"]),
        ("Observation?subject:Patient.family=Holm", []),
        ("Observation?subject:Patient.organization.name=Nord", ["of-anna", "of-carl"]),
        ("Observation?subject:Organization.name=Nord", []),
        ("Patient?_has:Observation:subject:code=c-carl", ["carl"]),
        ("Patient?_has:Observation:subject:code=c-nobody", []),
        ("Organization?_has:Patient:organization:_has:Observation:subject:code=c-anna", ["nord"]),
        ("Patient?_has:Observation:subject:code=c-carl&family=Berg", []),
    ],
)
def test_search_goes_through_references_both_ways(client, query, found):
    _observed(client)
    bundle = client("GET", f"/{query}").json()
    assert [each["resource"]["id"] for each in bundle["entry"]] == found


@pytest.mark.parametrize(
    "query",
    [
        "Observation?subject.nothing=1",
        "Observation?subject:Nothing.family=1",
        "Observation?code.family=1",
        "Patient?_has:Observation:code:code=1",
        "Patient?_has:Observation:subject=1",
        "Patient?_has:Nothing:subject:code=1",
    ],
)
def test_a_chain_that_means_nothing_is_refused(client, query):
    _observed(client)
    answer = client("GET", f"/{query}")
    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")


def test_a_history_begins_at_a_moment_and_tells_what_was_current(client):
    for active in (True, False, True):
        client("PUT", "/Patient/a", {"resourceType": "Patient", "id": "a", "active": active})
    every = client("GET", "/Patient/a/_history").json()["entry"]
    times = [each["resource"]["meta"]["lastUpdated"] for each in every]

    def told(query: str) -> list[str]:
        entries = client("GET", "/Patient/a/_history", params=query).json()["entry"]
        return [each["resource"]["meta"]["versionId"] for each in entries]

    assert told(f"_since={times[1].replace('+', '%2B')}") == ["3", "2"]
    assert told(f"_at={times[1].replace('+', '%2B')}") == ["2"]
    assert told("_at=2026-01-01") == ["3", "2", "1"]
    assert told("_at=2025") == []
    assert client("GET", "/Patient/a/_history?_since=yesterday").status_code == 400


def test_what_was_deleted_was_current_until_then(client):
    client("PUT", "/Patient/a", {"resourceType": "Patient", "id": "a"})
    client("DELETE", "/Patient/a")
    entries = client("GET", "/Patient/a/_history?_at=2027").json()["entry"]
    assert entries == []


def test_the_pages_of_a_history_lead_through_it(client):
    for _ in range(3):
        client("PUT", "/Patient/a", {"resourceType": "Patient", "id": "a"})
    url, seen = "/Patient/a/_history?_count=2", []
    while url:
        page = client("GET", url.removeprefix("http://t/fhir")).json()
        assert page["total"] == 3
        seen += [each["resource"]["meta"]["versionId"] for each in page["entry"]]
        url = next((each["url"] for each in page["link"] if each["relation"] == "next"), "")
    assert seen == ["3", "2", "1"]
