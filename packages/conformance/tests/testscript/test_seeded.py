"""Against the conformant test server a script passes; against one with a seeded defect it fails where the defect is."""

import json

import pytest
from testscript_support import PATIENT, asserted, operation, script

from samspil_conformance.testscript import demo

NEW = {key: value for key, value in PATIENT.items() if key != "id"}


def deep(folder):
    """A script that looks at more than the status."""
    (folder / "new.json").write_text(json.dumps(NEW))
    return script(
        folder,
        operation("create", resource="Patient", sourceId="new", responseId="made"),
        asserted(response="created"),
        asserted(headerField="Location", operator="contains", value="/_history/1"),
        operation("read", resource="Patient", params="/${id}"),
        asserted(response="okay"),
        asserted(contentType="json"),
        asserted(headerField="ETag", value='W/"1"'),
        asserted(minimumId="new"),
        operation("search", resource="Patient", params="?family=Nobody"),
        asserted(expression="Bundle.total = 0 and entry.empty()"),
        operation("search", resource="Patient", params="?family=Lind"),
        asserted(expression="entry.resource.ofType(Patient).all(name.family = 'Lind')"),
        asserted(navigationLinks=True),
        operation("delete", resource="Patient", params="/${id}"),
        operation("read", resource="Patient", params="/${id}"),
        asserted(response="gone"),
        fixture=[{"id": "new", "resource": {"reference": "new.json"}}],
        variable=[{"name": "id", "expression": "Patient.id", "sourceId": "made"}],
    )


def seeded(change):
    """The conformant server, each of its answers changed by a function of method, path, status, headers and body."""
    app = demo.application([PATIENT])

    async def serve(scope, receive, send):
        sent = []

        async def keep(event):
            sent.append(event)

        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await app(scope, receive, keep)
        status, headers, body = sent[0]["status"], dict(sent[0]["headers"]), sent[1].get("body", b"")
        status, headers, body = change(scope["method"], scope["path"], status, headers, body)
        headers.pop(b"content-length", None)
        await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": body})

    return serve


def _status(method, _path, status, headers, body):
    return (200 if method == "POST" else status), headers, body


def _no_location(_method, _path, status, headers, body):
    return status, {name: value for name, value in headers.items() if name != b"location"}, body


def _no_tag(_method, _path, status, headers, body):
    return status, {name: value for name, value in headers.items() if name != b"etag"}, body


def _wrong_type(_method, _path, status, headers, body):
    return status, headers | {b"content-type": b"text/plain"}, body


def _lost_given(_method, _path, status, headers, body):
    return status, headers, body.replace(b'"Ane"', b'"A"')


def _total(_method, _path, status, headers, body):
    return status, headers, body.replace(b'"total":0', b'"total":1')


def _no_self(_method, _path, status, headers, body):
    return status, headers, body.replace(b'"self"', b'"own"')


def _never_gone(_method, _path, status, headers, body):
    return (404 if status == 410 else status), headers, body


DEFECTS = [
    ("a create answers 200", _status, 1),
    ("no Location", _no_location, 2),
    ("a wrong content type", _wrong_type, 5),
    ("no ETag", _no_tag, 6),
    ("a given name cut short", _lost_given, 7),
    ("a total that counts too many", _total, 9),
    ("no self link", _no_self, 12),
    ("a deleted resource is unknown", _never_gone, 15),
]


def test_the_conformant_server_passes(tmp_path, run):
    report = run(deep(tmp_path))
    assert report.verdict == "pass", [(each.place, each.message) for each in report.results if each.verdict != "pass"]


@pytest.mark.parametrize(("change", "number"), [each[1:] for each in DEFECTS], ids=[each[0] for each in DEFECTS])
def test_a_seeded_defect_fails_the_assert_about_it(tmp_path, run, change, number):
    report = run(deep(tmp_path), app=seeded(change))
    failed = [each.place for each in report.asserts if each.verdict == "fail"]
    assert f"TestScript.test[0].action[{number}].assert" in failed
    assert report.evaluated
