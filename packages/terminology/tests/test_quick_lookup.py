"""$lookup before any routing: the same bytes, headers and refusals as by the way that every request can take."""

import shutil

import pytest

from samspil_terminology import Catalog, Store, import_into
from samspil_terminology.server.app import Settings, application
from samspil_terminology.snomed.known import URL as SCT
from samspil_terminology.wire.lookup_text import lookup_writer

httpx = pytest.importorskip("httpx", reason="the extra [client] is not installed")

ROUTED = {"x-cache-id": "anything"}
"""A header that sends a request the general way."""


@pytest.fixture(scope="module")
def quoted(release, tmp_path_factory) -> Catalog:
    """The release with a text that JSON has to escape, and one in another script."""
    folder = tmp_path_factory.mktemp("quoted") / "rf2"
    shutil.copytree(release, folder)
    file = next(folder.rglob("*_Description_Snapshot*"))
    rows = file.read_text(encoding="utf-8").split("\n")
    for at, text in ((5, 'a "quoted" \\ text'), (9, "æøå 漢字 \x7f")):
        parts = rows[at].split("\t")
        rows[at] = "\t".join([*parts[:7], text, *parts[8:]])
    file.write_text("\n".join(rows), encoding="utf-8")
    columns = "id effectiveTime active moduleId sourceId value relationshipGroup typeId characteristicTypeId modifierId"
    source = rows[30].split("\t")[4]
    concrete = (
        f"5000001022 20260101 1 900000000000207008 {source} #250 1 {source} 900000000000011006 900000000000451002"
    )
    lines = [each.replace(" ", "\t") for each in (columns, concrete, concrete.replace("#250", '"x"'))]
    values = file.with_name(file.name.replace("_Description_", "_RelationshipConcreteValues_"))
    values.write_text("\n".join(lines) + "\n", encoding="utf-8")
    store = Store(tmp_path_factory.mktemp("store"))
    assert import_into(store, [folder]).entry
    return Catalog().provide(store)


@pytest.fixture(scope="module")
def client(quoted, clock, serve):
    with serve(application(quoted, Settings(clock=clock))) as url, httpx.Client(base_url=url) as made:
        yield made


def both(client, params, **headers):
    """The answer of each way."""
    path = "/r4/CodeSystem/$lookup"
    quick = client.get(path, params=params, headers=headers)
    routed = client.get(path, params=params, headers={**headers, **ROUTED})
    assert (quick.status_code, quick.content) == (routed.status_code, routed.content)
    unlike = {"date"}
    assert {k: v for k, v in quick.headers.items() if k not in unlike} == {
        k: v for k, v in routed.headers.items() if k not in unlike
    }
    return quick


def test_every_concept_has_the_same_bytes_either_way(client, quoted) -> None:
    """Nearly all are written from their row; one with a quotation mark is not, and is answered all the same."""
    system = quoted.system(SCT)
    written = lookup_writer(system)
    codes = list(system.codes())
    for code in codes:
        answer = both(client, {"system": SCT, "code": code})
        assert answer.status_code == 200
        assert written(code) in {answer.content, None}
    left = [code for code in codes if written(code) is None]
    assert left == [each for each in codes if any('"' in text.value for text in system.find(each).designations)]
    assert len(left) == 1
    assert sum(b'valueString":"250"' in (written(code) or b"") for code in codes) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"displayLanguage": "da"},
        {"displayLanguage": "en-US,da;q=0.5"},
        {"property": "*"},
        {"property": ["parent", "inactive"]},
        {"property": "designation"},
        {"version": "1900"},
        {"_format": "json"},
        {"system-version": f"{SCT}|1900"},
        {"useSupplement": "http://example.org/none"},
        {"code": ["1", "2"]},
        {"code": "true"},
        {"code": "0138875005"},
        {"code": "999"},
        {"code": ""},
        {"code": "١٣٨٨٧٥٠٠٥"},
        {"code": "138875005 : 116680003 = 138875005"},
        {"system": ""},
        {"system": "http://example.org/none"},
        {"system": "urn:oid:2.16.840.1.113883.6.96"},
        {"coding": f"{SCT}|138875005"},
        {"nonsense": "1"},
    ],
    ids=str,
)
def test_every_parameter_means_the_same_either_way(client, more) -> None:
    """Whatever is asked besides, and whatever is wrong."""
    both(client, {"system": SCT, "code": "138875005", **more})


def test_a_named_version_and_its_order_in_the_query(client, quoted) -> None:
    """The version that there is, the parameters in any order."""
    version = quoted.system(SCT).facts.version
    answer = both(client, {"version": version, "code": "138875005", "system": SCT})
    assert answer.status_code == 200
    assert answer.content == both(client, {"system": SCT, "code": "138875005"}).content


def test_what_the_client_has_is_not_sent_again(client) -> None:
    """304 by ETag, the first time and the second, and no body to HEAD."""
    params = {"system": SCT, "code": "138875005"}
    first = both(client, params)
    again = both(client, params, **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head("/r4/CodeSystem/$lookup", params=params)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])


def test_the_language_of_the_request_counts(client) -> None:
    """An answer that is kept for one language is not given for another."""
    params = {"system": SCT, "code": "138875005"}
    for language in ("da", "en", "", "not a language"):
        both(client, params, **{"accept-language": language})


def test_post_answers_the_same(client) -> None:
    params = {"system": SCT, "code": "138875005"}
    body = {
        "resourceType": "Parameters",
        "parameter": [{"name": "system", "valueUri": SCT}, {"name": "code", "valueCode": "138875005"}],
    }
    posted = client.post("/r4/CodeSystem/$lookup", json=body, headers={"content-type": "application/fhir+json"})
    assert posted.content == client.get("/r4/CodeSystem/$lookup", params=params).content


def test_a_token_is_asked_for(quoted, serve) -> None:
    """Also by what is kept."""
    path = f"/r4/CodeSystem/$lookup?system={SCT}&code=138875005"
    with serve(application(quoted, Settings(token="sesame"))) as url, httpx.Client(base_url=url) as client:
        for _ in range(2):
            assert client.get(path).status_code == 401
            assert client.get(path, headers={"authorization": "Bearer wrong"}).status_code == 401
            assert client.get(path, headers={"authorization": "Bearer sesame"}).status_code == 200


def test_a_new_release_is_answered_from(quoted, serve, release, tmp_path, monkeypatch) -> None:
    """What was kept of the old one is let go when the new one is taken into use."""
    monkeypatch.setattr("samspil_terminology.server.app._LOOK", 0.0)
    store = Store(tmp_path)
    assert import_into(store, [release], version="one").entry
    path = f"/r4/CodeSystem/$lookup?system={SCT}&code=138875005"
    with serve(application(Catalog().provide(store))) as url, httpx.Client(base_url=url) as client:
        assert '"one"' in client.get(path).text
        assert import_into(Store(tmp_path), [release], version="two").entry
        assert '"two"' in client.get(path).text
