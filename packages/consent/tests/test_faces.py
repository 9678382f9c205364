"""The faces of consent: command, CDS hook, service, explanation, page, token, diff and lint."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from leaky import call

from samspil_consent import Engine, decide, load_profile, profile_names, read_consent, read_request
from samspil_consent.analysis import diff, lint
from samspil_consent.cli import group
from samspil_consent.explanation import in_words
from samspil_consent.hooks import consult
from samspil_consent.obligations import token_extension
from samspil_consent.page import consent_page
from samspil_consent.profile import BadProfile, read_profile
from samspil_consent.request import BadRequest
from samspil_consent.service import service

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PSY = [{"system": ACT_CODE, "code": "PSY"}]
DOCTOR = [{"role": {"coding": [{"code": "IRCP"}]}, "reference": {"reference": "Practitioner/7"}}]


def consent(*exceptions, effect="permit", name="c", **more):
    return {
        "resourceType": "Consent",
        "id": name,
        "status": "active",
        "patient": {"reference": "Patient/1"},
        "dateTime": "2026-01-01",
        "provision": {"type": effect, "provision": list(exceptions)},
        **more,
    }


HIDE = consent({"type": "deny", "securityLabel": PSY})


@pytest.fixture
def files(tmp_path, treat):
    """A folder with consents, a request and a bundle."""
    psy = {"resourceType": "Observation", "id": "h", "meta": {"security": PSY}, "subject": {"reference": "Patient/1"}}
    plain = {"resourceType": "Observation", "id": "o", "subject": {"reference": "Patient/1"}}
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 2,
        "entry": [{"resource": psy}, {"resource": plain}],
    }
    named = {"consent": HIDE, "closed": consent(effect="deny"), "request": treat, "bundle": bundle}
    for name, value in named.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    (tmp_path / "broken.json").write_text('{"resourceType": ', encoding="utf-8")
    return tmp_path


def run(*arguments):
    """Run the command: status, standard output, standard error."""
    result = CliRunner().invoke(group, [str(each) for each in arguments], standalone_mode=False, catch_exceptions=True)
    status = (
        result.return_value
        if result.exception is None
        else getattr(result.exception, "exit_code", repr(result.exception))
    )
    return status, result.stdout, result.stderr


def test_decide_writes_one_line(files):
    status, out, _ = run("decide", "--consents", files / "consent.json", "--request", files / "request.json")
    found = json.loads(out)
    assert (status, found["decision"]) == (0, "CONSENT_PERMIT")
    assert found["obligations"][0]["residual"] == [{"type": "forbid", "securityLabel": PSY}]


def test_a_broken_file_denies_is_named_and_is_status_1(files):
    status, out, err = run("decide", "--consents", files / "broken.json", "--request", files / "request.json")
    assert (status, json.loads(out)["decision"]) == (1, "CONSENT_DENY")
    assert "broken.json" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("decide",),
        ("decide", "--consents", "absent.json", "--request", "absent.json"),
        ("decide", "--consents", "{consent}", "--request", "{broken}"),
        ("decide", "--consents", "{consent}", "--request", "{request}", "--profile", "moon"),
        ("explain", "--consents", "{consent}", "--request", "{request}", "--profile", "moon"),
        ("enforce", "{broken}", "--consents", "{consent}", "--request", "{request}"),
    ],
)
def test_what_cannot_run_is_status_2(files, arguments):
    named = {name: str(files / f"{name}.json") for name in ("consent", "request", "broken")}
    assert run(*(each.format(**named) for each in arguments))[0] == 2


def test_enforce_takes_out_what_may_not_be_seen(files):
    status, out, _ = run(
        "enforce", files / "bundle.json", "--consents", files / "consent.json", "--request", files / "request.json"
    )
    found = json.loads(out)
    assert (status, found["total"], [each["resource"]["id"] for each in found["entry"]]) == (0, 1, ["o"])


def test_enforce_says_that_a_resource_is_withheld_as_a_whole(files):
    (files / "one.json").write_text('{"resourceType": "Provenance", "id": "p"}', encoding="utf-8")
    status, out, err = run(
        "enforce", files / "one.json", "--consents", files / "consent.json", "--request", files / "request.json"
    )
    assert (status, out) == (0, "")
    assert "withheld as a whole" in err


def test_a_case_is_decided_from_its_file(tmp_path, treat):
    case = {
        "id": "x",
        "source": "mine",
        "now": treat.pop("at"),
        "request": treat,
        "consents": [HIDE],
        "expected": {"decision": "CONSENT_DENY"},
    }
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    status, out, _ = run("decide", "--case", tmp_path / "case.json")
    assert (status, json.loads(out)["agrees"]) == (1, False)


def test_further_files_are_of_the_option_given(files):
    found = run(
        "decide", "--consents", files / "consent.json", files / "closed.json", "--request", files / "request.json"
    )
    assert json.loads(found[1])["decision"] == "CONSENT_DENY"


def test_diff_and_lint_and_page_and_token_answer(files):
    assert (
        run("diff", files / "consent.json", files / "closed.json", "--now", "2026-01-31T12:00:00Z")[1].count("\n") > 0
    )
    assert run("lint", files / "consent.json", "--now", "2026-01-31T12:00:00Z")[0] == 0
    assert run("page", files / "consent.json", "--language", "da")[1].startswith("<!doctype html>")
    asked = ("--consents", files / "consent.json", "--request", files / "request.json", "--profile", "pcf")
    assert json.loads(run("token", *asked, "--base", "http://x")[1])["extensions"]["ihe_pcf"]["doc_id"] == [
        "http://x/Consent/c"
    ]


def test_a_difference_comes_with_an_access_that_is_decided_so():
    before, after = [read_consent(HIDE)], [read_consent(consent(name="c"))]
    profile = load_profile("typed")
    found, whole = diff(before, after, profile, NOW)
    assert whole
    assert found
    for one in found:
        request, data = one.access
        for consents, effect in ((before, one.before), (after, one.after)):
            engine = Engine(consents, profile)
            assert engine.effect(engine.prepare(request, data)) == effect
        assert (one.before, one.after) == ("deny", "permit")
        assert f"{ACT_CODE}|PSY" in data.labels


def test_equal_consents_do_not_differ():
    same = [read_consent(HIDE)]
    assert diff(same, same, load_profile("typed"), NOW) == ([], True)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (consent({"type": "permit", "actor": DOCTOR}), "SAM-CON-401"),
        (consent({"type": "deny", "securityLabel": PSY}, {"type": "permit", "actor": DOCTOR}), "SAM-CON-402"),
        (consent(status="inactive"), "SAM-CON-404"),
        (consent(modifierExtension=[]), "SAM-CON-102"),
        (consent(), "SAM-CON-403"),
    ],
)
def test_lint_finds_a_seeded_fault(found, code):
    assert code in [issue.code for _, issue in lint([read_consent(found)], load_profile("typed"), NOW)]


NEVER = {"type": "permit", "purpose": [{"system": REASON, "code": "HMARKT"}]}
BOTH = {"type": "permit", "securityLabel": [{"system": ACT_CODE, "code": "ETH"}]}


@pytest.mark.parametrize(
    ("inner", "codes"),
    [(NEVER, ["SAM-CON-403", "SAM-CON-405"]), (BOTH, ["SAM-CON-403"])],
)
def test_lint_tells_what_is_unreachable_from_what_meets(inner, codes):
    """A rule for marketing inside one for treatment is never reached; data may bear two labels at once."""
    outer = {
        "type": "deny",
        "purpose": [{"system": REASON, "code": "TREAT"}],
        "securityLabel": PSY,
        "provision": [inner],
    }
    found = lint([read_consent(consent(outer))], load_profile("typed"), NOW)
    assert [issue.code for _, issue in found] == codes


def test_lint_leaves_a_sound_consent_alone():
    codes = [issue.code for _, issue in lint([read_consent(HIDE)], load_profile("typed"), NOW)]
    assert codes == ["SAM-CON-403"]


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_words_name_consent_rule_and_profile(language, treat):
    words = in_words(decide([read_consent(HIDE)], read_request(treat), "typed"), language)
    for each in ("Consent/c", "Consent.provision.provision[0]", "deny-overrides", "typed"):
        assert each in words


def test_a_page_escapes_what_a_consent_says():
    odd = consent({"type": "deny", "actor": [{"reference": {"reference": "<script>/x"}}]})
    page = consent_page(read_consent(odd), load_profile("typed"))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_residual_never_lets_a_permit_undo_a_refusal_that_wins(treat):
    both = consent({"type": "deny", "securityLabel": PSY}, {"type": "permit", "securityLabel": PSY})
    strict = decide([read_consent(both)], read_request(treat), "typed")
    assert [one.type for one in strict.obligations[0].rules] == ["forbid"]
    pcf = decide([read_consent(both)], read_request(treat), "pcf")
    assert [one.type for one in pcf.obligations[0].rules] == ["forbid", "permit"]


def test_what_a_token_cannot_say_is_forbidden_and_named(treat):
    coded = consent({"type": "deny", "code": [{"coding": [{"system": "http://loinc.org", "code": "1-1"}]}]})
    answer = decide([read_consent(coded)], read_request(treat), "pcf")
    extension, issues = token_extension(answer.used, answer.obligations[0].rules, "")
    assert extension["ihe_pcf"]["residual"] == [{"type": "forbid"}]
    assert [issue.code for issue in issues] == ["SAM-CON-205"]


HOOK = {
    "hook": "patient-consent-consult",
    "hookInstance": "1",
    "context": {
        "actor": [{"value": "Practitioner/7"}],
        "purposeOfUse": ["TREAT"],
        "category": [],
        "patientId": [{"value": "1"}],
    },
}


def test_the_hook_answers_with_one_card():
    engine = Engine([read_consent(HIDE)], load_profile("leap-flip"))
    (card,) = consult(engine, HOOK, NOW)["cards"]
    assert (card["summary"], card["indicator"]) == ("CONSENT_PERMIT", "info")
    assert card["extension"]["obligations"] == [
        {"id": {"system": ACT_CODE, "code": "REDACT"}, "parameters": {"codes": PSY}},
    ]


@pytest.mark.parametrize(
    "hook", [None, {}, {"hook": "order-select", "context": {}}, {"hook": "patient-consent-consult"}]
)
def test_another_hook_is_refused(hook):
    with pytest.raises(BadRequest):
        consult(Engine([], load_profile("typed")), hook, NOW)


@pytest.mark.parametrize(
    ("method", "url", "body", "status"),
    [
        ("GET", "/cds-services", b"", 200),
        ("HEAD", "/cds-services", b"", 200),
        ("POST", "/cds-services/patient-consent-consult", json.dumps(HOOK).encode(), 200),
        ("POST", "/decide", b'{"actor": "Practitioner/7", "purpose": "TREAT"}', 200),
        ("POST", "/decide", b'{"who": 1}', 400),
        ("POST", "/decide", b"{", 400),
        ("GET", "/else", b"", 404),
    ],
)
def test_the_service_answers(method, url, body, status):
    app = service(Engine([read_consent(HIDE)], load_profile("typed")), lambda: NOW)
    assert call(app, method, url, body)[0] == status


def test_every_profile_can_be_read_and_says_where_it_comes_from():
    assert set(profile_names()) == {"dk", "ehds", "leap-flip", "pcf", "se", "typed"}
    for name in profile_names():
        profile = load_profile(name)
        assert profile.name == name
        assert profile.about
        assert profile.source


@pytest.mark.parametrize("bad", [[], {}, {"name": "x"}])
def test_a_bad_profile_says_which_field(bad):
    with pytest.raises(BadProfile):
        read_profile(bad, "x.json")


def test_a_file_of_consents_that_is_not_there_denies_and_is_named(files):
    asked = ("--consents", files / "nowhere.json", "--request", files / "request.json", "--profile", "ehds")
    status, out = run("decide", *asked)[:2]
    answer = json.loads(out)
    assert (status, answer["decision"]) == (1, "CONSENT_DENY")
    assert "nowhere.json" in answer["issues"][0]["text"]
