"""Steps on the log: what was recorded of an access, who may review it, how long it is kept, what the patient is told."""

import io
import json
import tempfile
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pytest_bdd import given, parsers, then, when

from samspil_audit import offline_verifier
from samspil_conformance.checks import check, equal
from samspil_core import dumps

from .records import (
    agents_of_person,
    agents_of_provider,
    categories,
    events_in,
    is_of_the_log,
    moment,
    names,
    origins,
    patients,
    purposes,
    resources,
    subtypes,
)
from .talk import (
    OK,
    Json,
    address,
    ask_raw,
    at_path,
    entries,
    json_of,
    objects,
    pages,
    persona,
    resource_of,
    said,
)

__all__: list[str] = []

_TOLERANCE = timedelta(minutes=2)
_DAY = timedelta(days=1)


# ------------------------------------------------------------------------------------------------ asking the log
@given("the log of the system")
def _log(sut: Any, world: Any, requires: Any, clock: Any) -> None:
    settings = sut.settings
    requires("audit" in settings.get("endpoints", {}), "sut.yaml names no endpoint 'audit'")
    requires("auditor" in settings.get("personas", {}), "sut.yaml names no persona 'auditor'")
    world["endpoint"] = "ehr"
    world.setdefault("values", {}).update(settings.get("data", {}))
    world["since"] = (clock.now() - _TOLERANCE).isoformat()
    world["before"] = {str(each.get("id")) for each in _events(sut, world)}


def _events(sut: Any, world: Any, query: str = "") -> list[Json]:
    """Every record since the scenario began, as an auditor finds it."""
    url = f"{_url(sut, 'audit')}/AuditEvent?date=ge{world['since'].replace('+', '%2B')}&_count=1000{query}"
    held = {name: world.pop(name) for name in ("answer", "who") if name in world}
    world["who"] = "auditor"
    answer = ask_raw(sut, world, "GET", url, None, {"Accept": "application/fhir+json", **persona(sut, "auditor")})
    check(answer.status_code == OK, "an auditor can search the log", observed=answer.status_code)
    found = [one for page in pages(sut, world, resource_of(answer, "Bundle"), url) for one in events_in(page)]
    world.pop("who", None)
    world.update(held)
    return found


def _url(sut: Any, role: str) -> str:
    return address(sut, {"endpoint": role}, "")


def new(sut: Any, world: Any) -> list[Json]:
    """The records of what the scenario did, without those of the log's own use."""
    found = [each for each in _events(sut, world) if str(each.get("id")) not in world["before"]]
    return [each for each in found if not is_of_the_log(each)]


@when(parsers.parse("the {who:w} follows the next link"))
def _follows(sut: Any, world: Any, requires: Any, who: str) -> None:
    links = objects(json_of(world["answer"]).get("link"))
    url = next((str(each.get("url")) for each in links if each.get("relation") == "next"), "")
    requires(bool(url), "the search has no second page")
    headers = {"Accept": "application/fhir+json", **persona(sut, who)}
    ask_raw(sut, world, "GET", said(world["url"], url), None, headers)


@when(parsers.parse('the {who:w} posts the form "{form}" to "{url}"'))
def _form(sut: Any, world: Any, who: str, form: str, url: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", **persona(sut, who)}
    text = form.replace("${patient}", str(world["values"]["patient"]))
    world["url"] = address(sut, world, url)
    ask_raw(sut, world, "POST", world["url"], text.encode(), headers)


@when(parsers.parse("the {who:w} sends back what was read"))
def _sends_back(sut: Any, world: Any, requires: Any, who: str) -> None:
    requires(world["answer"].status_code == OK, "it can be read")
    headers = {"Content-Type": "application/fhir+json", **persona(sut, who)}
    ask_raw(sut, world, "PUT", world["url"], world["answer"].content, headers)


# ------------------------------------------------------------------------------------------------ what was recorded
@then("it is recorded")
def _recorded(sut: Any, world: Any) -> None:
    world["records"] = [each for each in new(sut, world) if objects(each.get("entity"))]
    check(world["records"], "the access is in the log")


@then(parsers.parse('it is recorded as an access to "{name}"'))
def _recorded_of(sut: Any, world: Any, name: str) -> None:
    wanted = str(world["values"][name])
    found = new(sut, world)
    world["records"] = [each for each in found if wanted in resources(each)]
    told = sorted({one for each in found for one in resources(each)})
    check(world["records"], f"a record names what was accessed: {name}", observed=told)


@then(parsers.parse('the change of "{name}" is recorded'))
def _recorded_change(sut: Any, world: Any, name: str) -> None:
    found = [each for each in new(sut, world) if str(world["values"][name]) in resources(each)]
    check(
        any(each.get("action") == "U" for each in found),
        "a record has the action U, update",
        observed=[each.get("action") for each in found],
    )


@then(parsers.parse("it is recorded as refused"))
def _recorded_refused(sut: Any, world: Any) -> None:
    world["records"] = [each for each in new(sut, world) if each.get("outcome") not in {None, "0"}]
    check(world["records"], "the refusal is in the log, with an outcome that is no success")


@then(parsers.parse("each record names the {who:w} as the person"))
def _person(sut: Any, world: Any, who: str) -> None:
    wanted = str(sut.settings["personas"][who]["person"])
    for each in world["records"]:
        told = agents_of_person(each)
        check(told, "a record has an agent who asked (requestor)", observed=len(objects(each.get("agent"))))
        check(any(names(one, wanted) for one in told), f"the agent who asked is the {who}", observed=_parties(told))


@then(parsers.parse("each record names the organisation of the {who:w}"))
def _organization(sut: Any, world: Any, who: str) -> None:
    wanted = str(sut.settings["personas"][who]["organization"])
    for each in world["records"]:
        told = agents_of_provider(each)
        check(told, "a record has an agent that is the healthcare provider or other party")
        check(any(names(one, wanted) for one in told), f"it is the organisation of the {who}", observed=_parties(told))


def _parties(agents: list[Json]) -> list[Any]:
    return [at_path(each, "who.reference") or at_path(each, "who.identifier.value") for each in agents]


@then(parsers.parse('each record tells the category "{category}"'))
def _category(world: Any, category: str) -> None:
    for each in world["records"]:
        told = categories(each)
        check(category in told, f"a record tells the category {category}", observed=sorted(told))


@then(parsers.parse('the records together tell the categories "{listed}"'))
def _categories(world: Any, listed: str) -> None:
    wanted = set(listed.split())
    told = {one for each in world["records"] for one in categories(each)}
    check(wanted <= told, "the records tell every category that was answered", observed=sorted(told))


@then(parsers.parse('no record tells the category "{category}"'))
def _not_category(world: Any, category: str) -> None:
    told = {one for each in world["records"] for one in categories(each)}
    check(category not in told, f"the category {category} was not answered, and is not told", observed=sorted(told))


@then(parsers.parse('each record tells the origin of "{name}"'))
def _origin(sut: Any, world: Any, requires: Any, name: str) -> None:
    wanted = sut.settings.get("origins", {}).get(name)
    requires(bool(wanted), f"sut.yaml does not tell the origin of {name}")
    for each in world["records"]:
        told = origins(each)
        check(wanted in told, f"a record tells the origin of {name}", observed=sorted(told))


@then("each record tells the time of the access, with its zone")
def _time(world: Any, clock: Any) -> None:
    for each in world["records"]:
        at = moment(each.get("recorded"))
        check(at is not None, "recorded is an instant with a zone", observed=each.get("recorded"))
        away = abs(at - clock.now()) if at else _DAY
        check(away <= _TOLERANCE, "recorded is the time of the access", observed=each.get("recorded"))


@then(parsers.parse('each record names the patient "{name}"'))
def _patient(world: Any, name: str) -> None:
    wanted = str(world["values"][name])
    for each in world["records"]:
        told = patients(each)
        check(wanted in told, "a record names the patient whose data were accessed", observed=told)


@then(parsers.parse('no record names the patient "{name}"'))
def _no_patient(sut: Any, world: Any, name: str) -> None:
    found = [each for each in new(sut, world) if str(world["values"][name]) in patients(each)]
    check(not found, "a patient whose data were not accessed is in no record", observed=len(found))


@then(parsers.parse('each record tells that it was a "{action}"'))
def _action(world: Any, action: str) -> None:
    for each in world["records"]:
        told = subtypes(each)
        check(action in told, f"a record tells what was done: {action}", observed=told)


@then(parsers.parse("each record tells the action {code:w}"))
def _action_code(world: Any, code: str) -> None:
    for each in world["records"]:
        check(each.get("action") == code, f"the action is {code}", observed=each.get("action"))


@then("each record tells that it succeeded")
def _success(world: Any) -> None:
    for each in world["records"]:
        check(each.get("outcome") == "0", "the outcome is 0, success", observed=each.get("outcome"))


@then(parsers.parse('each record tells the purpose "{code}"'))
def _purpose(world: Any, code: str) -> None:
    for each in world["records"]:
        check(code in purposes(each), f"a record tells the purpose {code}", observed=sorted(purposes(each)))


@then("no record comes twice")
def _once(sut: Any, world: Any) -> None:
    found = new(sut, world)
    bare = [
        json.dumps({k: v for k, v in each.items() if k not in {"id", "meta", "text"}}, sort_keys=True, default=str)
        for each in found
    ]
    check(
        len(set(bare)) == len(bare), "no two records are the same but for their id", observed=len(bare) - len(set(bare))
    )


@then(parsers.parse("there are records of {number:d} accesses"))
def _number(sut: Any, world: Any, number: int) -> None:
    found = [each for each in new(sut, world) if resources(each) or "entity" in each]
    check(len(found) >= number, f"each of {number} accesses is in the log", observed=len(found))


@then("no record holds the content of what was accessed")
def _no_content(sut: Any, world: Any) -> None:
    text = json.dumps(new(sut, world), default=str, ensure_ascii=False)
    content = [str(each) for each in sut.settings.get("data", {}).get("content", [])]
    told = [each for each in content if each in text]
    check(not told, "a record tells that data were accessed, not what they say", observed=len(told))


# ------------------------------------------------------------------------------------------------ review
@when(parsers.parse('the {who:w} searches the log for "{query}"'))
def _searches(sut: Any, world: Any, who: str, query: str) -> None:
    for name, value in world["values"].items():
        query = query.replace(f"${{{name}}}", str(value))
    for name in sut.settings.get("personas", {}):
        query = query.replace(f"${{{name}.person}}", str(sut.settings["personas"][name].get("person", "")))
    url = f"{_url(sut, 'audit')}/AuditEvent?{query.replace('${since}', world['since'].replace('+', '%2B'))}"
    world["url"] = url
    ask_raw(sut, world, "GET", url, None, {"Accept": "application/fhir+json", **persona(sut, who)})


@then(parsers.parse('the search finds the access to "{name}"'))
def _search_finds(sut: Any, world: Any, name: str) -> None:
    equal(world["answer"].status_code, OK, "the HTTP status of the search")
    found = _found(sut, world)
    told = {one for each in found for one in resources(each)}
    check(str(world["values"][name]) in told, f"the search finds the access to {name}", observed=len(found))


@then(parsers.parse('the search does not find the access to "{name}"'))
def _search_not_finds(sut: Any, world: Any, name: str) -> None:
    equal(world["answer"].status_code, OK, "the HTTP status of the search")
    told = {one for each in _found(sut, world) for one in resources(each)}
    check(str(world["values"][name]) not in told, f"the search does not find the access to {name}", observed=len(told))


def _found(sut: Any, world: Any) -> list[Json]:
    """The records of the last search that the scenario made, on every page of it."""
    world["who"] = "auditor"
    bundle = resource_of(world["answer"], "Bundle")
    found = [one for page in pages(sut, world, bundle, world["url"]) for one in events_in(page)]
    return [each for each in found if str(each.get("id")) not in world["before"]]


@then("the search is refused")
def _search_refused(world: Any) -> None:
    status = world["answer"].status_code
    check(status in {401, 403, 404}, "who may not read the log is refused", observed=status)
    check(not entries(json_of(world["answer"])), "and gets no record")


@then(parsers.parse("the search itself is recorded with the {who:w}"))
def _search_recorded(sut: Any, world: Any, who: str) -> None:
    wanted = str(sut.settings["personas"][who]["person"])
    found = [each for each in _events(sut, world) if str(each.get("id")) not in world["before"] and is_of_the_log(each)]
    there = [each for each in found if any(names(one, wanted) for one in objects(each.get("agent")))]
    check(there, "a use of the log is itself in the log", observed=len(found))


# ------------------------------------------------------------------------------------------------ nothing is changed
@when(parsers.parse("the {who:w} tries to {deed:w} the newest record"))
def _tries(sut: Any, world: Any, who: str, deed: str) -> None:
    world["newest"] = new(sut, world)[-1]
    body = dumps({**world["newest"], "outcome": "8"}) if deed in {"replace", "add"} else None
    method = {"delete": "DELETE", "replace": "PUT", "add": "POST"}[deed]
    place = "" if deed == "add" else f"/{world['newest']['id']}"
    headers = {"Content-Type": "application/fhir+json", **persona(sut, who)}
    ask_raw(sut, world, method, f"{_url(sut, 'audit')}/AuditEvent{place}", body, headers)


@then("the attempt is refused, and the record is as it was")
def _unchanged(sut: Any, world: Any) -> None:
    status = world["answer"].status_code
    check(httpx.codes.is_client_error(status), "a change of the log is refused (4xx)", observed=status)
    found = [each for each in new(sut, world) if each.get("id") == world["newest"]["id"]]
    check(found == [world["newest"]], "the record is there, once, and as it was", observed=len(found))


@when("the log is exported")
def _exported(sut: Any, world: Any) -> None:
    ask_raw(sut, world, "GET", _url(sut, "log"), None, persona(sut, "auditor"))


@then("the export proves that no record was changed or left out")
def _proves(world: Any) -> None:
    equal(world["answer"].status_code, OK, "the HTTP status of the export")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check(_unpacked(world["answer"].content, folder), "the export is a ZIP archive in the form of tlog-tiles")
        world["proved"], fault = _verified(folder)
    check(not fault, "the export verifies against its signed checkpoint", observed=fault)


@then("the export holds every record of the scenario")
def _holds_all(sut: Any, world: Any) -> None:
    count = len(_events(sut, world))
    check(
        world["proved"] >= count,
        "the export has as many records as the log",
        observed=(world["proved"], count),
    )


@given("the signed checkpoint of the log is kept")
def _kept(sut: Any, world: Any, requires: Any) -> None:
    answer = ask_raw(sut, world, "GET", _url(sut, "log"), None, persona(sut, "auditor"))
    requires(zipfile.is_zipfile(io.BytesIO(answer.content)), "the log cannot be exported")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        world["checkpoint"] = archive.read("checkpoint").decode()


@then("the export continues the log of the kept checkpoint")
def _continues(world: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        _unpacked(world["answer"].content, Path(name))
        _, fault = _verified(Path(name), world["checkpoint"])
    check(not fault, "the export begins with the log that the kept checkpoint signs", observed=fault)


def _unpacked(data: bytes, folder: Path) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(folder)
    except zipfile.BadZipFile:
        return False
    return (folder / "checkpoint").exists()


def _verified(folder: Path, kept: str = "") -> tuple[int, str]:
    """How many records an export proves, and what is wrong with it."""
    try:
        size, _ = offline_verifier.verify(folder, kept)
        offline_verifier.opened(folder, size)
    except (offline_verifier.Bad, OSError, ValueError, KeyError, IndexError) as fault:
        return 0, f"{type(fault).__name__}: {fault}"
    return size, ""


# ------------------------------------------------------------------------------------------------ retention and failure
@when(parsers.parse("{years:d} years and {days:d} days have passed, and the system has purged its log"))
def _passed(sut: Any, world: Any, clock: Any, years: int, days: int) -> None:
    at: datetime = clock.now()
    later = at.replace(year=at.year + years) + timedelta(days=days)
    headers = {"Content-Type": "application/json", **persona(sut, "auditor")}
    ask_raw(sut, world, "POST", _url(sut, "clock"), dumps({"now": later.isoformat()}), headers)
    ask_raw(sut, world, "POST", _url(sut, "purge"), b"{}", headers)


@given("the clock of the system is set back afterwards")
def _set_back(sut: Any, clock: Any) -> Any:
    yield
    headers = {"Content-Type": "application/json", **persona(sut, "auditor")}
    ask_raw(sut, {}, "POST", _url(sut, "clock"), dumps({"now": clock.now().isoformat()}), headers)


@then(parsers.parse('the access to "{name}" is still in the log'))
def _still(sut: Any, world: Any, name: str) -> None:
    told = {one for each in new(sut, world) for one in resources(each)}
    check(str(world["values"][name]) in told, f"the access to {name} is kept", observed=sorted(told))


@then(parsers.parse('the access to "{name}" is no longer in the log'))
def _no_longer(sut: Any, world: Any, name: str) -> None:
    told = {one for each in new(sut, world) for one in resources(each)}
    check(
        str(world["values"][name]) not in told,
        f"the access to {name} is kept no longer than its rule says",
        observed=sorted(told),
    )


@given("the log cannot write")
def _cannot_write(sut: Any, requires: Any) -> Any:
    requires("log-switch" in sut.settings.get("endpoints", {}), "sut.yaml names no endpoint 'log-switch'")
    _switch(sut, "false")
    yield
    _switch(sut, "true")


def _switch(sut: Any, writable: str) -> None:
    headers = {"Content-Type": "application/json", **persona(sut, "auditor")}
    ask_raw(sut, {}, "POST", _url(sut, "log-switch"), f'{{"writable": {writable}}}'.encode(), headers)


@then("no data leave the system")
def _no_data(world: Any) -> None:
    status = world["answer"].status_code
    check(httpx.codes.is_error(status), "what cannot be recorded is not answered", observed=status)
    kind = json_of(world["answer"]).get("resourceType")
    check(kind in {None, "OperationOutcome"}, "and no data leave", observed=kind)


# ------------------------------------------------------------------------------------------------ the patient's report
@when(parsers.parse('the {who:w} asks for the access report of "{name}"'))
def _asks_report(sut: Any, world: Any, requires: Any, who: str, name: str) -> None:
    requires("access-report" in sut.settings.get("endpoints", {}), "sut.yaml names no endpoint 'access-report'")
    url = f"{_url(sut, 'access-report')}?subject={world['values'][name]}"
    ask_raw(sut, world, "GET", url, None, {"Accept": "application/fhir+json", **persona(sut, who)})


@then(parsers.parse('the report has one row of the access to "{name}"'))
def _row(world: Any, name: str) -> None:
    equal(world["answer"].status_code, OK, "the HTTP status of the report")
    rows = [each for each in _rows(world) if str(world["values"][name]) in resources(each)]
    check(rows, f"the report has a row of the access to {name}", observed=len(_rows(world)))
    check(len(rows) == 1, "and no more than one", observed=len(rows))
    world["records"] = rows


def _rows(world: Any) -> list[Json]:
    found = events_in(resource_of(world["answer"], "Bundle"))
    return [each for each in found if str(each.get("id")) not in world["before"]]


@then(parsers.parse('the report has no row of the access to "{name}"'))
def _no_row(world: Any, name: str) -> None:
    rows = [each for each in _rows(world) if str(world["values"][name]) in resources(each)]
    check(not rows, f"the report has no row of the access to {name}", observed=len(rows))


@then("the first row of the report is an emergency")
def _emergency_first(world: Any) -> None:
    rows = events_in(resource_of(world["answer"], "Bundle"))
    told = purposes(rows[0]) if rows else set[str]()
    check(told & {"BTG", "ETREAT"}, "emergency accesses stand on top of the report", observed=sorted(told))


@then("the report is refused")
def _report_refused(world: Any) -> None:
    status = world["answer"].status_code
    check(status in {401, 403, 404}, "the report is given to the person and who acts for them alone", observed=status)
    check(not entries(json_of(world["answer"])), "and no row leaves")
