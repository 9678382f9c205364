"""Steps that judge a Bundle: what a search found, a history, the answers to a batch or transaction."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pytest_bdd import parsers, then

from samspil_conformance.checks import check, equal
from samspil_core import loads

from .answers import is_the_patient
from .talk import OK, Json, address, at_path, entries, filled, located, look, objects, pages, part, resource_of

__all__: list[str] = []

_MODES = {"match", "include", "outcome"}


@then(parsers.parse("the answer is a {kind:S} Bundle"))
def _bundle(world: Any, kind: str) -> None:
    found = resource_of(world["answer"], "Bundle")
    equal(found.get("type"), kind, "Bundle.type")


@then(parsers.parse("the search finds exactly {names}"))
def _finds(sut: Any, world: Any, names: str) -> None:
    _judge_found(sut, world, set(re.findall(r'"([^"]+)"', names)))


@then("the search finds none of them")
def _finds_none(sut: Any, world: Any) -> None:
    _judge_found(sut, world, set())


def _judge_found(sut: Any, world: Any, wanted: set[str]) -> None:
    answer = world["answer"]
    check(answer.status_code == OK, "a search answers with 200", observed=answer.status_code)
    bundle = resource_of(answer, "Bundle")
    equal(bundle.get("type"), "searchset", "Bundle.type")
    found = _named(world, matches(sut, world, bundle))
    told = ", ".join(sorted(wanted)) or "nothing"
    check(wanted <= found, f"the search finds {told}", observed=f"found {', '.join(sorted(found)) or 'nothing'}")
    more = f"found {', '.join(sorted(found - wanted))} too"
    check(found <= wanted, f"of what the scenario stored, the search finds {told} and no more", observed=more)


@then(parsers.parse("the search finds, in this order, {names}"))
def _finds_in_order(sut: Any, world: Any, names: str) -> None:
    wanted = re.findall(r'"([^"]+)"', names)
    bundle = resource_of(world["answer"], "Bundle")
    own = {each["id"]: name for name, each in world["things"].items()}
    found = [own[each["id"]] for each in matches(sut, world, bundle) if each.get("id") in own]
    check(found == wanted, f"the order is {', '.join(wanted)}", observed=found)


def matches(sut: Any, world: Any, bundle: Json) -> list[Json]:
    """The resources that match, of this page and all that follow."""
    return [
        each["resource"]
        for page in pages(sut, world, bundle, world["url"])
        for each in entries(page)
        if isinstance(each.get("resource"), dict) and part(each, "search").get("mode", "match") == "match"
    ]


def _named(world: Any, found: list[Json]) -> set[str]:
    own = {(each["type"], each["id"]): name for name, each in world["things"].items()}
    keys = {(each.get("resourceType"), each.get("id")) for each in found}
    return {name for key, name in own.items() if key in keys}


@then("each entry has a full URL, a resource and a search mode")
def _entries_whole(world: Any, warn: Any) -> None:
    for each in entries(resource_of(world["answer"], "Bundle")):
        resource = part(each, "resource")
        check(resource.get("resourceType"), "an entry holds a resource", observed=each)
        mode = part(each, "search").get("mode")
        if mode is None:
            warn("an entry should tell its search mode: search.html, matches and includes")
        else:
            check(mode in _MODES, "search.mode is match, include or outcome", observed=mode)
        score = part(each, "search").get("score", 1)
        check(not isinstance(score, str) and 0 <= score <= 1, "a score lies between 0 and 1", observed=score)
        if mode != "outcome":
            url = str(each.get("fullUrl", ""))
            place = located(url)
            check("://" in url and place, "fullUrl is an absolute URL of a resource", observed=url)
            check(place and place[1] == resource.get("id"), "fullUrl ends with the id of the resource", observed=url)


@then(parsers.parse("the total, where there is one, is {number:d}"))
def _total(world: Any, number: int) -> None:
    total = resource_of(world["answer"], "Bundle").get("total", number)
    check(total == number, f"Bundle.total counts the matches: {number}", observed=total)


@then(parsers.parse("the total is {number:d}"))
def _total_is(world: Any, number: int) -> None:
    equal(resource_of(world["answer"], "Bundle").get("total"), number, "Bundle.total")


@then("the Bundle has no entries that match")
def _no_entries(world: Any) -> None:
    found = [
        each
        for each in entries(resource_of(world["answer"], "Bundle"))
        if part(each, "search").get("mode") != "outcome"
    ]
    check(not found, "there are no entries", observed=len(found))


@then(parsers.parse('the self link tells the parameter "{name}" with the value "{value}"'))
def _self_link(world: Any, name: str, value: str) -> None:
    links = objects(resource_of(world["answer"], "Bundle").get("link"))
    own = [str(each.get("url", "")) for each in links if each.get("relation") == "self"]
    check(len(own) == 1, "there is one self link", observed=len(own))
    told = parse_qsl(urlsplit(own[0] if own else "").query, keep_blank_values=True)
    check((name, filled(world, value)) in told, f"the self link holds {name}={value}", observed=own)


@then(parsers.parse("no page has more than {number:d} matches, and the pages lead through each match once"))
def _pages(sut: Any, world: Any, number: int) -> None:
    bundle = resource_of(world["answer"], "Bundle")
    seen: list[str] = []
    totals: set[Any] = set()
    for page in pages(sut, world, bundle, world["url"]):
        found = [each for each in entries(page) if part(each, "search").get("mode", "match") == "match"]
        check(len(found) <= number, f"a page has at most {number} matches", observed=len(found))
        seen += [str(part(each, "resource").get("id")) for each in found]
        totals |= {page["total"]} if "total" in page else set()
    check(len(seen) == len(set(seen)), "no match comes twice", observed=len(seen) - len(set(seen)))
    wanted = {each["id"] for each in world["things"].values()}
    check(wanted <= set(seen), "every match comes", observed=len(wanted - set(seen)))
    check(len(totals) < 2, "the total is the same on every page", observed=list(totals))  # noqa: PLR2004
    whole = all(isinstance(each, int) and each >= len(seen) for each in totals)
    check(whole, "the total is a number that counts the matches of all pages", observed=list(totals))


@then(parsers.parse('the {kind:w} "{name}" comes as included, once'))
def _included(world: Any, kind: str, name: str) -> None:
    identifier = world["things"][name]["id"]
    found = [
        part(each, "search").get("mode")
        for each in entries(resource_of(world["answer"], "Bundle"))
        if part(each, "resource").get("id") == identifier and each["resource"]["resourceType"] == kind
    ]
    equal(found, ["include"], f"the search mode of what {name} comes as")


@then(parsers.parse("each match holds {names} and is marked as a part"))
def _subsetted(world: Any, names: str) -> None:
    wanted = re.findall(r'"([^"]+)"', names)
    for each in entries(resource_of(world["answer"], "Bundle")):
        resource: Json = part(each, "resource")
        if part(each, "search").get("mode") == "outcome":
            continue
        for name in wanted:
            check(name in resource, f"{name} is there, as it was asked for", observed=sorted(resource))
        codes = [tag.get("code") for tag in objects(part(resource, "meta").get("tag"))]
        check("SUBSETTED" in codes, "a resource that is not whole is tagged SUBSETTED", observed=codes)


@then(parsers.parse('no match holds "{name}"'))
def _without(world: Any, name: str) -> None:
    found = [each for each in entries(resource_of(world["answer"], "Bundle")) if name in part(each, "resource")]
    check(not found, f"{name} was not asked for", observed=len(found))


@then("the history tells, newest first,")
def _history(sut: Any, world: Any, datatable: list[list[str]]) -> None:
    bundle = resource_of(world["answer"], "Bundle")
    equal(bundle.get("type"), "history", "Bundle.type")
    names, *rows = datatable
    wanted = [dict(zip(names, row, strict=True)) for row in rows]
    own = {each["id"] for each in world["things"].values()}
    every = [each for page in pages(sut, world, bundle, world["url"]) for each in entries(page)]
    found = [each for each in every if _about(each) in own]
    methods = [part(each, "request").get("method") for each in found]
    check(methods == [each["method"] for each in wanted], "the methods, newest first", observed=methods)
    for each, row in zip(found, wanted, strict=True):
        _judge_version(world, each, row)


@then(parsers.parse('the history tells version {number:d} of "{name}" and none that is {than}'))
def _history_part(sut: Any, world: Any, number: int, name: str, than: str) -> None:
    bundle = resource_of(world["answer"], "Bundle")
    versions = [version for version, _ in world["things"][name]["versions"]]
    every = [each for page in pages(sut, world, bundle, world["url"]) for each in entries(page)]
    found = [str(part(part(each, "resource"), "meta").get("versionId")) for each in every]
    check(versions[number - 1] in found, f"version {number} is in the history", observed=found)
    others = versions[: number - 1] if than == "older" else versions[number:]
    check(not set(others) & set(found), f"no version that is {than} is in the history", observed=found)


def _judge_version(world: Any, entry: Json, row: dict[str, str]) -> None:
    response: Json = part(entry, "response")
    check(
        re.match(r"[1-5]\d\d", str(response.get("status", ""))),
        "each entry has a response with a status",
        observed=response,
    )
    check(part(entry, "request").get("url"), "each entry has a request with a URL")
    if row["method"] == "DELETE":
        check("resource" not in entry, "a deletion has no resource")
        return
    resource = entry.get("resource")
    check(isinstance(resource, dict), "a version that is no deletion has its resource")
    name, _, number = row["version"].partition(" ")
    version, sent = world["things"][name]["versions"][int(number) - 1]
    equal(str(part(part(entry, "resource"), "meta").get("versionId")), version, "the version of the entry")
    if "active" in sent:
        equal(part(entry, "resource").get("active"), sent["active"], "active, as it was in that version,")


def _about(entry: Json) -> str:
    resource = part(entry, "resource")
    if resource:
        return str(resource.get("id", ""))
    place = located(str(entry.get("fullUrl", ""))) or located(str(part(entry, "request").get("url", "")))
    return place[1] if place else ""


@then(parsers.parse("the entries answer with the statuses {statuses}"))
def _statuses(world: Any, statuses: str) -> None:
    bundle = resource_of(world["answer"], "Bundle")
    told = [part(each, "response").get("status", "") for each in entries(bundle)]
    check(all(isinstance(each, str) for each in told), "a status in a Bundle is a text", observed=told)
    found = [str(each)[:3] for each in told]
    wanted = [each.strip().split("/") for each in statuses.split(",")]
    check(len(found) == len(wanted), f"there is one answer for each of {len(wanted)} entries", observed=len(found))
    fits = all(one in allowed for one, allowed in zip(found, wanted, strict=True))
    check(fits, f"the statuses are {statuses}, in the order of the request", observed=found)


@then(parsers.parse('entry {number:d} tells the Location of a new {kind:w} "{name}"'))
def _entry_location(sut: Any, world: Any, number: int, kind: str, name: str) -> None:
    response = part(at_path(resource_of(world["answer"], "Bundle"), f"entry.{number - 1}"), "response")
    place = located(str(response.get("location", "")))
    check(place is not None and place[0] == kind, f"the response of a create names the new {kind}", observed=response)
    world.setdefault("things", {})[name] = {
        "type": kind,
        "id": place[1] if place else "",
        "versions": [],
        "resource": {},
    }
    answer = look(sut, world, f"{kind}/{place[1]}" if place else "")
    check(answer.status_code == OK, "what a transaction created can be read", observed=answer.status_code)
    made = world["things"][name]["found"] = resource_of(answer)
    tag, version = str(response.get("etag", "")), str(part(made, "meta").get("versionId", ""))
    check(tag in {"", f'W/"{version}"', f'"{version}"'}, "the entity tag is that of the new version", observed=tag)


@then(parsers.parse('in "{name}" the element "{path}" is {value}'))
def _element_of(world: Any, path: str, name: str, value: str) -> None:
    found = at_path(world["things"][name]["found"], path)
    wanted = loads(filled(world, value))
    same = str(found) == str(wanted) or (isinstance(found, str) and found.endswith(f"/{wanted}"))
    check(same, f"{path} of {name} is {value}", observed=found)


@then("each failed entry has an OperationOutcome")
def _outcomes(world: Any) -> None:
    for each in entries(resource_of(world["answer"], "Bundle")):
        response: Json = part(each, "response")
        if str(response.get("status", "")).startswith(("4", "5")):
            outcome = part(response, "outcome") or part(each, "resource")
            check(
                outcome.get("resourceType") == "OperationOutcome", "a failed entry says why", observed=sorted(response)
            )


@then(parsers.parse('the first entry is the patient "{name}"'))
def _first_is(world: Any, name: str) -> None:
    found = entries(resource_of(world["answer"], "Bundle"))
    check(found, "the Bundle has an entry")
    is_the_patient(world, part(found[0], "resource"), name)


@then(parsers.parse('a search by the identifier of "{name}" finds {number:d}'))
def _counts(sut: Any, world: Any, name: str, number: int) -> None:
    value = world["values"][f"{name}.identifier"]
    url = address(sut, world, f"Patient?identifier=urn:samspil:conformance|{value}")
    found = matches(sut, {**world, "url": url}, resource_of(look(sut, world, url), "Bundle"))
    kept = [each for each in found if value in [one.get("value") for one in objects(each.get("identifier"))]]
    equal(len(kept), number, f"the number of patients with the identifier of {name}")
