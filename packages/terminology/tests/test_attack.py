"""Requests as an attacker, or a client with a fault, sends them: each is answered, and none brings the server down."""

import io
import random
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_core.jsontext import dumps
from samspil_core.values import Coding
from samspil_terminology import Catalog, OperationFailed, Scope, expand, lookup, translate, validate_code
from samspil_terminology.languages import parse as languages
from samspil_terminology.options import Options
from samspil_terminology.resources import read_resources
from samspil_terminology.server.app import Settings, application
from samspil_terminology.snomed.ecl.parser import BadConstraint, parse

testclient = pytest.importorskip("starlette.testclient", reason="the extra [server] is not installed")

URL, SET, MAP = "http://example.org/s", "http://example.org/v", "http://example.org/m"
CODING = {"system": URL, "code": "a", "display": "Alpha", "version": "1"}
SYSTEM = {
    "resourceType": "CodeSystem", "url": URL, "version": "1", "status": "active", "content": "complete",
    "property": [{"code": "p", "type": "string"}],
    "concept": [{"code": "a", "display": "Alpha", "designation": [{"language": "da", "value": "Alfa"}],
                 "property": [{"code": "p", "valueString": "x"}], "concept": [{"code": "b"}]}],
}  # fmt: skip
VALUES = {
    "resourceType": "ValueSet", "url": SET, "status": "active",
    "compose": {"include": [{"system": URL, "filter": [{"property": "concept", "op": "is-a", "value": "a"}]},
                            {"valueSet": [SET]}], "exclude": [{"system": URL, "concept": [{"code": "b"}]}]},
}  # fmt: skip
MAPPED = {
    "resourceType": "ConceptMap", "url": MAP, "status": "active",
    "group": [{"source": URL, "target": "http://example.org/t", "unmapped": {"mode": "fixed", "code": "u"},
               "element": [{"code": "a", "target": [{"code": "x", "equivalence": "wider",
                            "dependsOn": [{"property": "http://example.org/d", "value": "1"}]}]}]}],
}  # fmt: skip
WHOLE = [
    {"name": "url", "valueUri": SET},
    {"name": "system", "valueUri": URL},
    {"name": "code", "valueCode": "a"},
    {"name": "coding", "valueCoding": CODING},
    {"name": "codeableConcept", "valueCodeableConcept": {"coding": [CODING]}},
    {"name": "codeA", "valueCode": "a"},
    {"name": "codeB", "valueCode": "b"},
    {"name": "name", "valueString": "n"},
    {"name": "concept", "valueCoding": CODING},
    {"name": "sourceCode", "valueCode": "a"},
    {"name": "dependency", "part": [{"name": "attribute", "valueUri": "http://example.org/d"}]},
    {"name": "count", "valueInteger": 2},
    {"name": "activeOnly", "valueBoolean": True},
    {"name": "displayLanguage", "valueCode": "da"},
    {"name": "tx-resource", "resource": SYSTEM},
    {"name": "valueSet", "resource": VALUES},
    {"name": "conceptMap", "resource": MAPPED},
    {"name": "codeSystem", "resource": SYSTEM},
    {"name": "validation", "resource": {"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": SET}]}},
]
OPERATIONS = [
    "ValueSet/$expand", "ValueSet/$validate-code", "ValueSet/$batch-validate-code", "CodeSystem/$validate-code",
    "CodeSystem/$lookup", "CodeSystem/$subsumes", "ConceptMap/$translate", "$closure", "",
]  # fmt: skip
JUNK = (
    None,
    True,
    0,
    -1,
    10**30,
    "",
    "a",
    "|",
    "\x00",
    "(((",
    "da;q=x",
    [],
    {},
    [[]],
    {"a": []},
    URL,
    SET,
    f"{SET}|1.x",
)


def harmed(value: object, dice: random.Random) -> object:
    """The same with parts of it gone or of another kind."""
    if dice.random() < 0.05:
        return dice.choice(JUNK)
    if isinstance(value, dict):
        return {name: harmed(held, dice) for name, held in value.items() if dice.random() > 0.04}
    if isinstance(value, list):
        return [harmed(each, dice) for each in value if dice.random() > 0.04]
    return value


@pytest.fixture(scope="module")
def client(clock):
    app = application(Catalog([SYSTEM, VALUES, MAPPED]), Settings(clock=clock, seconds=5))
    return testclient.TestClient(app, raise_server_exceptions=False)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(OPERATIONS),
    st.sampled_from(["", "r4/", "r5/"]),
    st.sets(st.sampled_from(range(len(WHOLE)))),
    st.integers(),
)
def test_no_request_brings_the_server_down(client, operation, release, chosen, seed) -> None:
    """Every operation, with parameters that belong to it or not, whole or harmed: an answer, and never a 5xx."""
    body = {"resourceType": "Parameters", "parameter": [WHOLE[at] for at in sorted(chosen)]}
    if not operation:
        entries = [{"request": {"method": "POST", "url": each}, "resource": body} for each in OPERATIONS]
        body = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    harmless = harmed(body, random.Random(seed))
    answer = client.post(f"/{release}{operation}", content=dumps(harmless), headers={"x-cache-id": "one"})
    assert answer.status_code < 500, (operation, harmless)
    assert answer.json()["resourceType"]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(OPERATIONS[:-1]), st.dictionaries(st.sampled_from([each["name"] for each in WHOLE]), st.text()))
def test_no_query_brings_the_server_down(client, operation, asked) -> None:
    """The same with a query of any text."""
    assert client.get(f"/{operation}", params=asked).status_code < 500


@pytest.mark.parametrize("deep", [150, 3_000, 100_000])
def test_what_is_nested_without_end_is_refused(client, deep) -> None:
    """A body of nothing but brackets is no reason to fall over."""
    body = b'{"resourceType":"CodeSystem","url":"u","concept":[' + b'{"concept":[' * deep + b"]}" * deep + b"]}"
    assert 400 <= client.post("/CodeSystem/$lookup", content=body).status_code < 500


@pytest.mark.parametrize("count", ["²", "9" * 5000, "-1", "x"])
def test_a_page_that_is_no_number_is_refused(client, count) -> None:
    """Other digits than ours, and more of them than a number can have."""
    answer = client.get("/r4/ValueSet", params={"_count": count})
    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_refused_as_outcomes(client, method) -> None:
    """What is not answered says so the way everything does, and names what is."""
    answer = client.request(method, "/r4/CodeSystem/$lookup")
    assert (answer.status_code, answer.json()["resourceType"]) == (405, "OperationOutcome")
    assert answer.headers["allow"] == "GET, HEAD, POST"


def test_a_batch_may_get(client) -> None:
    """An entry without resource has its parameters in its URL."""
    entry = {"request": {"method": "GET", "url": f"CodeSystem/$lookup?system={URL}&code=a"}}
    answer = client.post("/r4/", json={"resourceType": "Bundle", "type": "batch", "entry": [entry]}).json()
    assert answer["entry"][0]["resource"]["parameter"][2] == {"name": "display", "valueString": "Alpha"}


@pytest.mark.parametrize(
    "code",
    ["(" * 5_000, "138875005:116680003=(" * 3_000 + "138875005" + ")" * 3_000, "138875005+" * 200_000],
    ids=["brackets", "nested", "long"],
)
def test_an_expression_without_end_is_no_code(snomed, code) -> None:
    """Neither its depth nor its length keeps the engine from saying so."""
    with pytest.raises(OperationFailed):
        lookup(snomed, "http://snomed.info/sct", code)


@pytest.mark.parametrize("depth", [101, 100_000])
def test_a_constraint_nested_without_end_is_refused(snomed, depth) -> None:
    """With the place where it goes too deep; brackets inside of terms and texts do not count."""
    with pytest.raises(BadConstraint, match="column 101: more than 100 brackets"):
        parse("(" * depth + "*" + ")" * depth)
    parse("138875005 |" + "(" * depth + "|")
    assert len(snomed.system("http://snomed.info/sct").evaluate(parse("(" * 100 + "*" + ")" * 100))) > 500


def importing(steps: int, times: int) -> list[dict]:
    """Value sets of which each imports the next so many times; the last is a code system's."""
    made = [
        {
            "resourceType": "ValueSet",
            "url": f"http://example.org/vs{at}",
            "status": "active",
            "compose": {"include": [{"valueSet": [f"http://example.org/vs{at + 1}"]}] * times},
        }
        for at in range(steps)
    ]
    system = {
        "resourceType": "CodeSystem",
        "url": "http://example.org/cs",
        "status": "active",
        "content": "complete",
        "concept": [{"code": "a"}],
    }
    last = {"system": "http://example.org/cs"}
    return [
        system,
        *made,
        {
            "resourceType": "ValueSet",
            "url": f"http://example.org/vs{steps}",
            "status": "active",
            "compose": {"include": [last]},
        },
    ]


@pytest.mark.parametrize(("steps", "times"), [(40, 2), (3, 30), (2000, 1)])
def test_value_sets_that_import_more_than_can_be_followed_are_refused(steps: int, times: int) -> None:
    """Each imports the next twice: forty of them are 2^40. Validation and expansion say so, at once."""
    catalog = Catalog(importing(steps, times))
    with pytest.raises(OperationFailed) as failed:
        expand(catalog, "http://example.org/vs0")
    assert failed.value.issue.code == "too-costly"
    for code in ("a", "b"):
        with pytest.raises(OperationFailed) as failed:
            validate_code(catalog, Coding("http://example.org/cs", code), "http://example.org/vs0")
        assert failed.value.issue.code == "too-costly"


@pytest.mark.parametrize(("steps", "times"), [(10, 2), (2, 30), (90, 1)])
def test_value_sets_that_import_much_are_followed(steps: int, times: int) -> None:
    catalog = Catalog(importing(steps, times))
    assert expand(catalog, "http://example.org/vs0").codes() == [("http://example.org/cs", "a")]
    for code, result in (("a", True), ("b", False)):
        answer = validate_code(catalog, Coding("http://example.org/cs", code), "http://example.org/vs0")
        assert answer.result is result


@pytest.mark.parametrize("page", [{"count": -1}, {"offset": -5}])
def test_a_page_before_the_first_is_refused(page: dict) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Options(**page)


def packed(path, **members: bytes) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            told = tarfile.TarInfo(f"package/{name}.json")
            told.size = len(data)
            archive.addfile(told, io.BytesIO(data))


def test_a_package_gives_its_resources_whatever_their_files_are_called(tmp_path) -> None:
    """The type in the name of a file is a habit, not a rule."""
    system = b'{ "resourceType" : "CodeSystem", "url": "http://example.org/%d", "concept": [{"code": "a"}]}'
    members = {name: system % at for at, name in enumerate(["sizes", "CodeSystem-x", "Mine-codes"])}
    packed(tmp_path / "p.tgz", package=b'{"name": "p"}', **members, **{"Patient-1": b'{"resourceType": "Patient"}'})
    found = list(read_resources(tmp_path / "p.tgz"))
    assert [each["url"] for each in found] == [f"http://example.org/{at}" for at in range(3)]


def test_a_package_that_unpacks_to_more_than_may_be_is_refused_before_it_is_unpacked(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("samspil_terminology.resources.LARGEST", 1000)
    packed(tmp_path / "p.tgz", **{"CodeSystem-a": b'{"resourceType":"CodeSystem"}', "CodeSystem-b": bytes(2000)})
    *_, last = read_resources(tmp_path / "p.tgz")
    assert last.code == "SAM-TRM-101"
    assert "1,000 bytes" in last.text


@pytest.mark.parametrize(("steps", "times"), [(40, 2), (2000, 1)])
def test_maps_that_name_others_further_than_can_be_followed_are_refused(steps: int, times: int) -> None:
    maps = [
        {
            "resourceType": "ConceptMap",
            "url": f"http://example.org/map{at}",
            "status": "active",
            "group": [
                {
                    "source": "http://example.org/a",
                    "target": "http://example.org/b",
                    "unmapped": {"mode": "other-map", "url": f"http://example.org/map{at + 1}"},
                    "element": [{"code": "x", "target": [{"code": "y", "equivalence": "equal"}]}],
                }
            ]
            * times,
        }
        for at in range(steps)
    ]
    code = Coding("http://example.org/a", "z")
    with pytest.raises(OperationFailed) as failed:
        translate(Catalog(maps), code, Scope(map="http://example.org/map0"))
    assert failed.value.issue.code == "too-costly"
    assert not translate(Catalog(maps[:5]), code, Scope(map="http://example.org/map0")).matches


LONG = "*" * 1_000_000


@pytest.mark.parametrize(
    "asked",
    [
        lambda catalog: expand(catalog, VALUES, Options().see("displayLanguage", LONG)),
        lambda catalog: expand(
            catalog, {"resourceType": "ValueSet", "compose": {"include": [{"system": URL, "filter": [
                {"property": "code", "op": "regex", "value": LONG}]}]}}
        ),
        lambda catalog: expand(catalog, LONG),
        lambda _catalog: languages(LONG),
    ],
)  # fmt: skip
def test_an_error_does_not_repeat_all_of_a_long_input(asked):
    """An attacker's megabyte is not handed on to the logs and answers of whoever asked."""
    with pytest.raises((OperationFailed, ValueError)) as told:
        asked(Catalog([SYSTEM, VALUES]))
    assert len(str(told.value)) < 10_000


@pytest.mark.parametrize("asked", [expand, lambda catalog, what: validate_code(catalog, Coding(URL, "a"), what)])
@pytest.mark.parametrize("what", ["Patient", "CodeSystem", 5, None])
def test_a_resource_that_is_no_value_set_is_an_error(asked, what):
    """It is not taken for a value set without codes."""
    with pytest.raises(OperationFailed, match="must be a ValueSet"):
        asked(Catalog([]), {"resourceType": what})
