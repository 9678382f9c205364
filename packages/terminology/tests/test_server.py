"""The server: operations over R4 and R5, what it can, read and search, ETags, limits, the token, and the page."""

import os
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from samspil_core.jsontext import dumps
from samspil_terminology import Catalog
from samspil_terminology.server.app import Settings, application

httpx = pytest.importorskip("httpx", reason="the extra [client] is not installed")
URL, SET, MAP = "http://example.org/s", "http://example.org/v", "http://example.org/m"
JSON = {"content-type": "application/fhir+json"}


@pytest.fixture(scope="module")
def catalog(make):
    many = [make.concept(f"c{at}", f"Concept number {at}") for at in range(300)]
    group = {
        "source": URL,
        "target": "http://example.org/t",
        "element": [{"code": "a", "target": [{"code": "x", "relationship": "equivalent"}]}],
    }
    concept_map = {"resourceType": "ConceptMap", "url": MAP, "status": "active", "group": [group]}
    system = make.system(URL, make.concept("a", "Alpha", make.concept("b", "Beta")), *many, id="s1", name="S")
    return Catalog([system, make.value_set(SET, {"system": URL}, id="v1", version="2"), concept_map])


@pytest.fixture(scope="module")
def client(catalog, clock, serve):
    settings = Settings(clock=clock, largest=20_000, limit=1000)
    with serve(application(catalog, settings)) as url, httpx.Client(base_url=url) as made:
        yield made


def value(resource, name):
    part = next(each for each in resource["parameter"] if each["name"] == name)
    return next(value for key, value in part.items() if key.startswith("value"))


@pytest.mark.parametrize("base", ["", "/r4", "/r5"])
def test_every_operation_by_query_and_by_body(client, base) -> None:
    """GET with a query and POST with Parameters give the same."""
    asked = {"url": SET, "code": "b", "system": URL}
    got = client.get(f"{base}/ValueSet/$validate-code", params=asked)
    body = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "url", "valueUri": SET},
            {"name": "code", "valueCode": "b"},
            {"name": "system", "valueUri": URL},
        ],
    }
    posted = client.post(f"{base}/ValueSet/$validate-code", content=dumps(body), headers=JSON)
    form = client.post(f"{base}/ValueSet/$validate-code", data=asked)
    assert got.json() == posted.json() == form.json()
    assert value(got.json(), "result") is True
    assert got.headers["content-type"].startswith("application/fhir+json")
    assert (
        value(client.get(f"{base}/CodeSystem/$lookup", params={"system": URL, "code": "b"}).json(), "display") == "Beta"
    )
    order = client.get(f"{base}/CodeSystem/$subsumes", params={"system": URL, "codeA": "a", "codeB": "b"}).json()
    assert value(order, "outcome") == "subsumes"


def test_translate_speaks_the_words_of_each_release(client) -> None:
    """R5 tells the relationship, R4 the equivalence."""
    asked = {"url": MAP, "sourceCode": "a", "code": "a", "system": URL}
    names = {}
    for base in ("/r4", "/r5"):
        match = next(
            each
            for each in client.get(f"{base}/ConceptMap/$translate", params=asked).json()["parameter"]
            if each["name"] == "match"
        )
        names[base] = {part["name"] for part in match["part"]}
    assert "equivalence" in names["/r4"]
    assert "relationship" not in names["/r4"]
    assert "relationship" in names["/r5"]


def test_closure_over_http(client) -> None:
    """A table is begun, codes are told, and each new pair comes once."""

    def tell(*codes, **more):
        concepts = [{"name": "concept", "valueCoding": {"system": URL, "code": code}} for code in codes]
        body = {"resourceType": "Parameters", "parameter": [{"name": "name", "valueString": "t1"}, *concepts]}
        return client.post("/r4/$closure", content=dumps(body), headers=JSON)

    assert tell().status_code == 200
    assert "group" not in tell("a").json()
    made = tell("b").json()
    assert made["resourceType"] == "ConceptMap"
    assert [(each["code"], each["target"][0]["code"]) for each in made["group"][0]["element"]] == [("b", "a")]
    assert tell("nothing").status_code == 404


def test_pages(client) -> None:
    """count and offset choose, total tells the whole."""
    page = client.get("/r5/ValueSet/$expand", params={"url": SET, "count": "3", "offset": "2"}).json()["expansion"]
    assert page["total"] == 302
    assert [each["code"] for each in page["contains"]] == ["c0", "c1", "c2"]
    assert (page["offset"], len(page["contains"])) == (2, 3)


def test_instance_operations_read_and_search(client) -> None:
    """ValueSet/v1/$expand, CodeSystem/s1, ValueSet?url=."""
    assert client.get("/r5/ValueSet/v1/$expand").json()["expansion"]["total"] == 302
    assert client.get("/r5/CodeSystem/s1").json()["url"] == URL
    found = client.get("/r5/ValueSet", params={"url": SET}).json()
    assert (found["resourceType"], found["total"], found["entry"][0]["resource"]["version"]) == ("Bundle", 1, "2")
    assert client.get("/r5/CodeSystem/none").status_code == 404


def test_etag(client) -> None:
    """What has not changed is not sent again; the time of an expansion is no change."""
    first = client.get("/r5/ValueSet/$expand", params={"url": SET, "count": "1"})
    again = client.get(
        "/r5/ValueSet/$expand", params={"url": SET, "count": "1"}, headers={"if-none-match": first.headers["etag"]}
    )
    other = client.get("/r5/ValueSet/$expand", params={"url": SET, "count": "2"})
    assert (again.status_code, again.content) == (304, b"")
    assert other.headers["etag"] != first.headers["etag"]


def test_capabilities(client) -> None:
    """The statement declares the operations and the features the ecosystem asks for, in the release spoken."""
    for base, fhir in (("", "4.0.1"), ("/r5", "5.0.0")):
        statement = client.get(f"{base}/metadata").json()
        assert (statement["resourceType"], statement["fhirVersion"]) == ("CapabilityStatement", fhir)
        assert "CodeSystemAsParameter" in dumps(statement).decode()
        terms = client.get(f"{base}/metadata", params={"mode": "terminology"}).json()
        assert terms["resourceType"] == "TerminologyCapabilities"
        assert URL in {each.get("uri") for each in terms["codeSystem"]}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("ValueSet/$expand", b"{not json", 400),
        ("ValueSet/$expand", b"[]", 400),
        ("ValueSet/$expand", dumps({"resourceType": "Patient"}), 400),
        ("ValueSet/$expand", b" " * 30_000, 413),
        ("ValueSet/$nothing", b"{}", 400),
        ("ValueSet/$nothing", dumps({"resourceType": "Parameters"}), 404),
        ("ValueSet/$expand", dumps({"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": "http://example.org/no"}]}), 404),
        ("ValueSet/$expand", dumps({"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": SET}, {"name": "count", "valueString": "x"}]}), 400),
        ("ValueSet/$expand", dumps({"resourceType": "Parameters", "parameter": [{"nam": 1}, 7]}), 400),
        ("ValueSet/$expand", dumps({"resourceType": "Parameters", "parameter": {"a": 1}}), 400),
        ("ValueSet/$expand", dumps({"resourceType": "Parameters", "parameter": [{"name": "valueSet", "resource": {"resourceType": "ValueSet", "compose": {"include": "x"}}}]}), 400),
        ("ValueSet/$expand", dumps({"resourceType": "Parameters", "parameter": [{"name": "valueSet", "resource": {"resourceType": "ValueSet", "compose": {"include": [{"system": 5}]}}}]}), 400),
    ],
)  # fmt: skip
def test_errors_are_operation_outcomes(client, path, body, status) -> None:
    """Whatever is wrong is said as an OperationOutcome with a 4xx status, never a traceback."""
    answer = client.post(f"/r5/{path}", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")
    assert answer.json()["issue"][0]["severity"] in {"error", "fatal"}
    assert "Traceback" not in answer.text


def test_the_token(catalog, serve) -> None:
    """Every path asks for it, the page too."""
    with serve(application(catalog, Settings(token="sesame"))) as url, httpx.Client(base_url=url) as client:
        for path in ("/", "/metadata", "/r4/CodeSystem/$lookup?system=x&code=y"):
            refused = client.get(path)
            assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
            assert client.get(path, headers={"authorization": "Bearer sesame"}).status_code in {200, 404}
    assert "sesame" not in repr(Settings(token="sesame"))


def test_what_takes_too_long_is_ended(catalog, serve) -> None:
    """An expansion stops after its time and says so."""
    settings = replace(Settings(), seconds=1e-9)
    with serve(application(catalog, settings)) as url, httpx.Client(base_url=url) as client:
        answer = client.get("/r5/ValueSet/$expand", params={"url": SET})
    assert answer.status_code == 504
    assert answer.json()["issue"][0]["code"] == "timeout"


def test_a_batch(client) -> None:
    """A Bundle of operations is answered one by one."""
    request = {
        "resourceType": "Parameters",
        "parameter": [{"name": "system", "valueUri": URL}, {"name": "code", "valueCode": "b"}],
    }
    entries = [
        {"resource": request, "request": {"method": "POST", "url": "CodeSystem/$lookup"}},
        {"resource": request, "request": {"method": "POST", "url": "CodeSystem/$nothing"}},
    ]
    answer = client.post(
        "/r5/", content=dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}), headers=JSON
    )
    assert [each["response"]["status"][:3] for each in answer.json()["entry"]] == ["200", "404"]


def test_the_page_asks_nobody_else(client) -> None:
    """One page, no script or style from elsewhere."""
    page = client.get("/").text
    assert not re.search(r"(?:src|href)=", page)
    assert "https://" not in page


BROWSER = os.environ.get("SAMSPIL_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.mark.skipif(BROWSER is None, reason="machine: no headless browser here: set SAMSPIL_CHROMIUM")
@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"system": URL, "text": "alph"}, ["<td>a</td>", "<td>Alpha</td>", "1 found"]),
        ({"system": URL, "text": "beta"}, ["<td>b</td>", "<td>Beta</td>"]),
        ({"system": URL, "code": "a"}, ["<h2>a</h2>", "child", "Beta"]),
        ({"system": URL, "text": "nosuch"}, ["Unable to find code"]),
    ],
)
def test_the_page_in_a_browser(client, query, seen) -> None:
    """A search lists codes, a code is looked up, and what is wrong is said; a link leads to each."""
    address = str(client.base_url.copy_merge_params(query))
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    page = subprocess.run([BROWSER, *flags, address], capture_output=True, text=True, timeout=120, check=True).stdout
    assert [each for each in seen if each not in page] == []


def test_operations_of_a_code_system_by_its_id(client, snomed, serve) -> None:
    """`CodeSystem/s1/$subsumes` and the others, also where the codes lie in a store."""
    asked = {
        "$lookup": {"code": "b"},
        "$validate-code": {"code": "b"},
        "$subsumes": {"codeA": "a", "codeB": "b"},
    }
    seen = [client.get(f"/r4/CodeSystem/s1/{name}", params=params).json() for name, params in asked.items()]
    assert [value(seen[0], "display"), value(seen[1], "result"), value(seen[2], "outcome")] == [
        "Beta",
        True,
        "subsumes",
    ]
    with serve(application(snomed)) as url, httpx.Client(base_url=url) as stored:
        (entry,) = stored.get("/r4/CodeSystem", params={"url": "http://snomed.info/sct"}).json()["entry"]
        path = f"/r4/CodeSystem/{entry['resource']['id']}/$validate-code"
        assert value(stored.get(path, params={"code": "138875005"}).json(), "result") is True
