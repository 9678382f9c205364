"""The client: any FHIR server behind the ports, with cache, retry and a chain."""

import pytest

from samspil_core.jsontext import dumps, loads
from samspil_core.values import Coding
from samspil_terminology import Catalog, OperationFailed, code_validator
from samspil_terminology.client import Chain, RemoteFailed, RemoteTerminology
from samspil_terminology.server.app import Settings, application

URL = "http://example.org/s"


class Answer:
    def __init__(self, status_code, content):
        self.status_code, self.content = status_code, content


class Server:
    """A client of one's own: it gives what it was told to, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def post(self, url, *, content, headers):
        self.asked.append((url, loads(content), headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def parameters(**values):
    made = [
        {"name": name, ("valueBoolean" if isinstance(value, bool) else "valueString"): value}
        for name, value in values.items()
    ]
    return Answer(200, dumps({"resourceType": "Parameters", "parameter": made}))


YES = parameters(result=True, display="Alpha")


def test_answers_are_kept_for_a_while() -> None:
    """The same question is asked once until its time is over."""
    now = [0.0]
    server = Server(YES, YES)
    remote = RemoteTerminology("http://x/fhir/", http=server, keep=60, clock=lambda: now[0])
    assert [remote.validate_code(Coding(URL, "a")).display for _ in range(3)] == ["Alpha"] * 3
    assert [url for url, _, _ in server.asked] == ["http://x/fhir/CodeSystem/$validate-code"]
    now[0] = 61
    remote.validate_code(Coding(URL, "a"))
    assert len(server.asked) == 2


def test_failures_of_the_moment_are_tried_again_with_longer_pauses() -> None:
    """Time-outs, 429 and 503 are; the token goes with each."""
    pauses = []
    server = Server(ConnectionError(), Answer(503, b""), YES)
    remote = RemoteTerminology("http://x", http=server, token="secret", pause=pauses.append)
    assert remote.validate_code(Coding(URL, "a")).valid
    assert pauses == sorted(pauses)
    assert len(pauses) == 2
    assert {headers["Authorization"] for _, _, headers in server.asked} == {"Bearer secret"}
    assert "secret" not in repr(vars(remote).keys())


@pytest.mark.parametrize(
    "answer", [Answer(200, b"<html>"), Answer(500, b"{}"), Answer(422, dumps({"resourceType": "OperationOutcome"}))]
)
def test_what_is_no_answer_is_a_finding(answer) -> None:
    """A server that gives no Parameters is not asked again, and never taken for a yes or a no."""
    server = Server(answer, answer, answer, answer)
    remote = RemoteTerminology("http://x", http=server, pause=lambda _: None)
    found = remote.validate_code(Coding(URL, "a"))
    assert not found.valid
    assert [each.code for each in found.outcome.issues] == ["SAM-TRM-321"]
    with pytest.raises(RemoteFailed):
        remote.expand("http://example.org/v")


def test_the_chain_asks_the_next_when_one_does_not_know(make) -> None:
    """Here first; there for what is not known here; a clear no ends it."""
    here = code_validator(Catalog([make.system(URL, make.concept("a", "Alpha"))]))
    server = Server(parameters(result=True, display="Far"), ConnectionError(), ConnectionError(), ConnectionError())
    chain = Chain(here, RemoteTerminology("http://x", http=server, pause=lambda _: None))
    assert chain.validate_code(Coding(URL, "a")).display == "Alpha"
    assert not chain.validate_code(Coding(URL, "b")).valid
    assert server.asked == []
    assert chain.validate_code(Coding("http://example.org/far", "z")).display == "Far"
    lost = chain.validate_code(Coding("http://example.org/lost", "z"))
    assert [each.code for each in lost.outcome.issues] == ["SAM-TRM-321"]


def test_the_chain_expands_here_and_then_there(make) -> None:
    """A value set that is not here, or whose code system is not, is asked for there; what is wrong with it is said at once."""
    far = {"resourceType": "ValueSet", "expansion": {"contains": [{"system": URL, "code": "far", "display": "Far"}]}}
    lost, broken = "http://example.org/lost", "http://example.org/broken"
    filtered = {"valueSet": [broken]}
    here = code_validator(
        Catalog(
            [
                make.system(URL, make.concept("a", "Alpha"), make.concept("b", "Beta")),
                make.value_set("http://example.org/v", {"system": URL}),
                make.value_set("http://example.org/licensed", {"system": "http://example.org/other", "filter": []}),
                make.value_set(broken, filtered),
            ]
        )
    )
    server = Server(Answer(200, dumps(far)), Answer(200, dumps(far)), Answer(404, b"{}"))
    chain = Chain(here, RemoteTerminology("http://x", http=server, pause=lambda _: None))
    assert [each.code for each in chain.expand("http://example.org/v", count=1)] == ["a"]
    assert server.asked == []
    assert chain.expand("http://example.org/far") == [Coding(URL, "far", "Far")]
    assert [each.code for each in chain.expand("http://example.org/licensed")] == ["far"]
    with pytest.raises(RemoteFailed):
        chain.expand(lost)
    with pytest.raises(OperationFailed):
        chain.expand(broken)
    with pytest.raises(LookupError):
        Chain().validate_code(Coding(URL, "a"))


@pytest.mark.parametrize("base", ["/r4", "/r5"])
def test_it_speaks_with_our_own_server(make, serve, base) -> None:
    """validate, translate and expand over HTTP say what they say in this process."""
    pytest.importorskip("httpx", reason="the extra [client] is not installed")
    concept_map = {
        "resourceType": "ConceptMap", "url": "http://example.org/m", "status": "active",
        "group": [{"source": URL, "target": "http://example.org/t", "element": [{"code": "a", "target": [{"code": "x", "equivalence": "narrower"}]}]}],
    }  # fmt: skip
    catalog = Catalog(
        [
            make.system(URL, make.concept("a", "Alpha", make.concept("b", "Beta"))),
            make.value_set("http://example.org/v", {"system": URL}),
            concept_map,
        ]
    )
    with (
        serve(application(catalog, Settings(token="t"))) as url,
        RemoteTerminology(url + base, token="t") as remote,
        RemoteTerminology(url + base, token="wrong") as refused,
    ):
        assert remote.validate_code(Coding(URL, "a")).valid
        assert not remote.validate_code(Coding(URL, "q"), "http://example.org/v").valid
        found = remote.translate(Coding(URL, "a"), "http://example.org/m")
        assert [(each.coding.code, each.equivalence) for each in found.matches] == [("x", "narrower")]
        assert [each.code for each in remote.expand("http://example.org/v")] == ["a", "b"]
        assert [each.code for each in remote.expand("http://example.org/v", "bet", 1)] == ["b"]
        assert not refused.validate_code(Coding(URL, "a")).valid
