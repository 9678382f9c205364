"""Asking a FHIR server and reading what it says: what the steps of several suites share. No step is defined here."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from samspil_conformance.checks import check
from samspil_core import NotJson, dumps, loads

__all__ = [
    "CREATED",
    "FHIR_JSON",
    "NOT_ACCEPTABLE",
    "NOT_FOUND",
    "OK",
    "Json",
    "address",
    "as_json",
    "as_list",
    "ask",
    "ask_raw",
    "at_path",
    "body_of",
    "content_type",
    "entries",
    "filled",
    "json_of",
    "located",
    "look",
    "objects",
    "outcome_of",
    "pages",
    "part",
    "persona",
    "resource_of",
    "said",
    "self_link",
    "well_formed",
]

Json = dict[str, Any]
FHIR_JSON = "application/fhir+json"
OK, CREATED, NOT_FOUND, NOT_ACCEPTABLE = 200, 201, 404, 406
_PLACE = re.compile(r"\$\{([^}]+)\}")
_LOCATION = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([A-Za-z0-9\-.]{1,64}))?/?$")
_MOST_PAGES = 60


def address(sut: Any, world: Mapping[str, Any], url: str) -> str:
    """A URL as the step says it, under the endpoint that the scenario has chosen; an absolute one as it is."""
    if "://" in url:
        return url
    endpoint = str(world.get("endpoint", "fhir"))
    place = str(cast("Json", sut.settings.get("endpoints", {})).get(endpoint, ""))
    base = urljoin(f"{str(sut.base).rstrip('/')}/", place).rstrip("/")
    return f"{base}/{url.lstrip('/')}" if url.strip("/") else base


def filled(world: Mapping[str, Any], text: str) -> str:
    """A text with `${Lind}` replaced by the id of what was stored under that name, `${Lind.version}` by its version."""

    def value(found: re.Match[str]) -> str:
        name, _, part = found[1].partition(".")
        kept = world.get("values", {}).get(found[1])
        if kept is not None:
            return str(kept)
        return str(world["things"][name][part or "id"])

    return _PLACE.sub(value, text)


def ask(  # noqa: PLR0913, PLR0917  the parts of a request
    sut: Any, world: dict[str, Any], method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """Send a request as the persona of the scenario, keep the answer as the last one, and give it."""
    content = body if isinstance(body, bytes) else None if body is None else dumps(body)
    sent = {"Accept": FHIR_JSON, **({"Content-Type": FHIR_JSON} if content is not None else {})}
    sent |= persona(sut, str(world.get("who", "client")))
    sent |= {**world.pop("headers", {}), **(headers or {})}
    return ask_raw(sut, world, method, address(sut, world, filled(world, url)), content, sent)


def look(sut: Any, world: dict[str, Any], url: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """GET something besides: the last answer of the scenario stays, and its headers wait for the next request."""
    held = {name: world.pop(name) for name in ("answer", "headers") if name in world}
    answer = ask(sut, world, "GET", url, headers=headers)
    world.pop("answer", None)
    world.update(held)
    return answer


def ask_raw(  # noqa: PLR0913, PLR0917  the parts of a request
    sut: Any, world: dict[str, Any], method: str, url: str, content: bytes | None, headers: Mapping[str, str]
) -> httpx.Response:
    """Send exactly this; a header with an empty value is left out."""
    kept = {name: value for name, value in headers.items() if value}
    answer: httpx.Response = sut.http.request(method, url, content=content, headers=kept)
    world["answer"] = answer
    return answer


def persona(sut: Any, name: str) -> dict[str, str]:
    """The headers by which the system knows a person of its settings."""
    personas: Json = sut.settings.get("personas", {})
    return dict(personas.get(name, {}).get("headers", {}))


def content_type(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    """The media type of an answer and its parameters, in lower case."""
    plain, *parameters = answer.headers.get("content-type", "").split(";")
    pairs = (each.partition("=") for each in parameters)
    return plain.strip().lower(), {name.strip().lower(): value.strip(' "').lower() for name, _, value in pairs}


def body_of(answer: httpx.Response) -> Any:
    """The body as JSON with exact decimals, or None where it is none."""
    try:
        return loads(answer.content) if answer.content else None
    except NotJson:
        return None


def resource_of(answer: httpx.Response, kind: str = "") -> Json:
    """The resource that an answer holds. Judges that it is one, of the type asked for."""
    found = body_of(answer)
    holds = isinstance(found, dict) and bool(cast("Json", found).get("resourceType"))
    check(holds, "the body is a FHIR resource as JSON in UTF-8", observed=_start(answer))
    made = cast("Json", found)
    if kind:
        check(made["resourceType"] == kind, f"the body is a {kind}", observed=made["resourceType"])
    return made


def json_of(answer: httpx.Response) -> Json:
    """The body as a JSON object; empty where it is none."""
    return as_json(body_of(answer))


def as_json(value: Any) -> Json:
    """A value that is a JSON object; an empty one for any other."""
    return cast("Json", value) if isinstance(value, dict) else {}


def outcome_of(answer: httpx.Response) -> Json | None:
    """The OperationOutcome that an answer holds, or None."""
    found = body_of(answer)
    is_one = isinstance(found, dict) and cast("Json", found).get("resourceType") == "OperationOutcome"
    return cast("Json", found) if is_one else None


def _start(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.headers.get('content-type', '')}: {answer.content[:60]!r}"


def located(location: str) -> tuple[str, str, str] | None:
    """Type, id and version (or an empty text) of a Location, absolute or relative; None where it names no resource."""
    found = _LOCATION.search(urlsplit(location).path)
    return (found[1], found[2], found[3] or "") if found else None


def as_list(value: Any) -> list[Any]:
    """A JSON array as a list; anything else is empty."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def part(value: Any, name: str) -> Json:
    """An object within an object; empty where it is none."""
    found = cast("Json", value).get(name) if isinstance(value, dict) else None
    return cast("Json", found) if isinstance(found, dict) else {}


def objects(value: Any) -> list[Json]:
    """The objects of a JSON array; anything else is left out."""
    return [cast("Json", each) for each in as_list(value) if isinstance(each, dict)]


def at_path(value: Any, path: str) -> Any:
    """What stands at a dotted path, with numbers for the places of lists; None where there is nothing."""
    for step in path.split("."):
        if isinstance(value, list) and step.isdigit():
            whole = cast("list[Any]", value)
            value = whole[int(step)] if int(step) < len(whole) else None
        else:
            value = cast("Json", value).get(step) if isinstance(value, dict) else None
    return value


def entries(bundle: Json) -> list[Json]:
    """The entries of a Bundle that are objects."""
    return objects(bundle.get("entry"))


def self_link(answer: httpx.Response) -> list[str]:
    """The names of the parameters that the self link of a searchset tells."""
    found = body_of(answer)
    links = objects(cast("Json", found).get("link")) if isinstance(found, dict) else []
    own = next((str(each.get("url", "")) for each in links if each.get("relation") == "self"), "")
    return [name for name, _ in parse_qsl(urlsplit(own).query, keep_blank_values=True)]


def said(url: str, link: str) -> str:
    """A link as an absolute URL, from where it was said."""
    return urljoin(url, link)


def pages(sut: Any, world: dict[str, Any], bundle: Json, url: str) -> Iterator[Json]:
    """A Bundle and those that its next links lead to, absolute or relative."""
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        yield bundle
        links = objects(bundle.get("link"))
        following = next((str(each.get("url")) for each in links if each.get("relation") == "next"), "")
        if not following:
            return
        url = urljoin(url, following)
        check(url not in seen, "the next links lead on, not in a circle", observed=following)
        seen.add(url)
        answer = look(sut, world, url)
        check(answer.status_code == OK, "a next link can be followed", observed=answer.status_code)
        bundle = resource_of(answer, "Bundle")


def well_formed(value: Any, path: str = "") -> str:
    """Where JSON breaks the rules of FHIR (https://hl7.org/fhir/R4/json.html): an empty or null value; empty if nowhere."""
    if value in ("", [], {}) and not isinstance(value, bool):
        return f"{path or 'the resource'} is empty"
    if isinstance(value, dict):
        found = (well_formed(each, f"{path}.{name}".lstrip(".")) for name, each in cast("Json", value).items())
        return next((each for each in found if each), "")
    if isinstance(value, list):
        whole = cast("list[Any]", value)
        found = (well_formed(each, f"{path}[{at}]") for at, each in enumerate(whole) if each is not None)
        return next((each for each in found if each), "")
    return f"{path} is null" if value is None else ""
