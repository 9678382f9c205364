"""What a fault does to an HTTP exchange: small changes with names, that a row of the catalogue puts together.

A change is `{op: NAME, when: CONDITIONS, ...}`. Conditions are on the request (`method`, `path`, `query`, `body`: patterns;
`header`: a name that is there) and, for changes of the answer, on the answer (`status`, `type`: patterns).
"""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from samspil_core import dumps, loads

from .exchange import Ask, Asked, Told

__all__ = ["ANSWER", "REQUEST", "asked_fits", "changed", "edited", "look"]

Row = Mapping[str, Any]
Json = dict[str, Any]


def changed(ask: Ask, rows: list[Row]) -> Ask:
    """An application whose requests and answers go through changes, in order."""

    async def answer(asked: Asked) -> Told:
        passed = asked
        for row in rows:
            if row["op"] in REQUEST and asked_fits(row, passed):
                passed = REQUEST[row["op"]](row, passed)
        short = next((row for row in rows if row["op"] == "answer" and asked_fits(row, passed)), None)
        told = _made(short) if short else await ask(passed)
        for row in rows:
            if row["op"] in ANSWER and asked_fits(row, asked) and _told_fits(row, told):
                told = ANSWER[row["op"]](row, asked, told)
        return told

    return answer


def _made(row: Row) -> Told:
    headers = {name.lower(): str(value) for name, value in row.get("headers", {}).items()}
    body = row.get("json")
    if body is not None:
        return Told(row.get("status", 200), {"content-type": "application/fhir+json", **headers}, dumps(body))
    return Told(row.get("status", 200), headers, str(row.get("text", "")).encode())


def asked_fits(row: Row, asked: Asked) -> bool:
    """Whether the conditions of a row on the request hold."""
    when: Row = row.get("when", {})
    parts = {"method": asked.method, "path": asked.path, "query": asked.query, "body": asked.body.decode("latin-1")}
    return bool(
        all(re.search(str(when[name]), value) for name, value in parts.items() if name in when)
        and re.search(str(when.get("accept", "")), asked.header("accept"))
        and re.search(str(when.get("authorization", "")), asked.header("authorization"))
        and ("without-header" not in when or str(when["without-header"]) not in asked.headers)
        and ("header" not in when or str(when["header"]) in asked.headers)
        and ("without" not in when or not re.search(str(when["without"]), f"{asked.path}?{asked.query}"))
    )


def _told_fits(row: Row, told: Told) -> bool:
    when: Row = row.get("when", {})
    if "status" in when and not re.search(str(when["status"]), str(told.status)):
        return False
    found = told.object if {"type", "empty"} & when.keys() else {}
    if "empty" in when and (not found or found.get("entry")):
        return False
    if "type" in when:
        kind = f"{found.get('resourceType')} {found.get('type', '')}" if found else ""
        return bool(re.search(str(when["type"]), kind))
    return True


# ------------------------------------------------------------------------------------------------ requests
def _drop_request_header(row: Row, asked: Asked) -> Asked:
    return replace(asked, headers={name: value for name, value in asked.headers.items() if name != row["name"]})


def _set_request_header(row: Row, asked: Asked) -> Asked:
    return replace(asked, headers={**asked.headers, row["name"]: str(row["value"])})


def _change_request_header(row: Row, asked: Asked) -> Asked:
    if row["name"] not in asked.headers:
        return asked
    value = re.sub(row["find"], row["put"], asked.headers[row["name"]])
    return replace(asked, headers={**asked.headers, row["name"]: value})


def _change_query(row: Row, asked: Asked) -> Asked:
    """Rewrite the names and values of the query by patterns; one that becomes empty is left out."""
    pairs = [f"{name}={value}" for name, value in parse_qsl(asked.query, keep_blank_values=True)]
    kept = [each for each in (re.sub(row["find"], row["put"], pair) for pair in pairs) if each]
    return replace(asked, query=urlencode([cast("tuple[str, str]", each.partition("=")[::2]) for each in kept]))


def _change_path(row: Row, asked: Asked) -> Asked:
    return replace(asked, path=re.sub(row["find"], row["put"], asked.path))


def _change_method(row: Row, asked: Asked) -> Asked:
    return replace(asked, method=row["put"])


def _change_request(row: Row, asked: Asked) -> Asked:
    return replace(asked, body=re.sub(row["find"].encode(), row["put"].encode(), asked.body, flags=re.DOTALL))


def _edit_request(row: Row, asked: Asked) -> Asked:
    found = asked.json
    return asked if found is None else replace(asked, body=dumps(edited(found, row)))


def _own_id(_row: Row, asked: Asked) -> Asked:
    """Put the id of the URL where the content says @."""
    return replace(asked, body=asked.body.replace(b'"@"', f'"{_id_of(asked)}"'.encode()))


def _id_of(asked: Asked) -> str:
    steps = [each for each in asked.path.split("/") if each]
    return steps[steps.index("Patient") + 1] if "Patient" in steps[:-1] else ""


def _drop_from_query(row: Row, asked: Asked) -> Asked:
    """Pass a parameter over, but tell it in the self link."""
    kept = [pair for pair in parse_qsl(asked.query, keep_blank_values=True) if pair[0] != row["name"]]
    return replace(asked, query=urlencode(kept))


def _as(row: Row, asked: Asked) -> Asked:
    """Take the request for somebody's."""
    headers = {**asked.headers, "authorization": f"Bearer {row['token']}"}
    raw = [pair for pair in asked.scope.get("headers", ()) if pair[0] != b"authorization"]
    scope = {**asked.scope, "headers": [*raw, (b"authorization", headers["authorization"].encode())]}
    return replace(asked, headers=headers, scope=scope)


REQUEST: Mapping[str, Callable[[Row, Asked], Asked]] = {
    "drop request header": _drop_request_header,
    "set request header": _set_request_header,
    "change request header": _change_request_header,
    "change query": _change_query,
    "change path": _change_path,
    "change method": _change_method,
    "change request": _change_request,
    "edit request": _edit_request,
    "own id": _own_id,
    "as": _as,
    "pretend": _drop_from_query,
}


# ------------------------------------------------------------------------------------------------ answers
def _status(row: Row, _asked: Asked, told: Told) -> Told:
    return replace(told, status=row["put"])


def _drop_header(row: Row, _asked: Asked, told: Told) -> Told:
    return replace(told, headers={name: value for name, value in told.headers.items() if name != row["name"]})


def _set_header(row: Row, _asked: Asked, told: Told) -> Told:
    return replace(told, headers={**told.headers, row["name"]: str(row["value"])})


def _change_header(row: Row, _asked: Asked, told: Told) -> Told:
    if row["name"] not in told.headers:
        return told
    value = re.sub(row["find"], row["put"], told.headers[row["name"]])
    return replace(told, headers={**told.headers, row["name"]: value})


def _no_body(_row: Row, _asked: Asked, told: Told) -> Told:
    return replace(
        told, body=b"", headers={name: value for name, value in told.headers.items() if name != "content-type"}
    )


def _body(row: Row, _asked: Asked, told: Told) -> Told:
    return replace(told, body=str(row["text"]).encode())


def _change_body(row: Row, _asked: Asked, told: Told) -> Told:
    text = told.body.decode("utf-8", "replace")
    return replace(told, body=re.sub(row["find"], row["put"], text, flags=re.DOTALL).encode())


def _encode(row: Row, _asked: Asked, told: Told) -> Told:
    return replace(told, body=told.body.decode("utf-8", "replace").encode(row["charset"], "replace"))


def _edit(row: Row, _asked: Asked, told: Told) -> Told:
    found = told.json
    return told if found is None else told.with_json(edited(found, row))


def _echo(_row: Row, asked: Asked, told: Told) -> Told:
    """Answer with what was sent, as it was sent."""
    return replace(told, body=asked.body)


def _gzip(_row: Row, asked: Asked, told: Told) -> Told:
    """Compress what a client takes compressed."""
    if not told.body or "gzip" not in asked.header("accept-encoding") or asked.method == "HEAD":
        return told
    headers = {**told.headers, "content-encoding": "gzip", "vary": "accept-encoding"}
    return replace(told, headers=headers, body=gzip.compress(told.body, mtime=0))


def _floats(_row: Row, _asked: Asked, told: Told) -> Told:
    """Numbers as a language without decimals writes them."""
    pattern = rb"(?<=[:\[,])\s*(-?\d+\.\d+)(?=[,\]}\s])"
    return replace(told, body=re.sub(pattern, lambda found: repr(float(found[1])).encode(), told.body))


def _reorder(_row: Row, _asked: Asked, told: Told) -> Told:
    """The members of every object in the order of their names."""
    found = told.json
    return told if found is None else told.with_json(_sorted(found))


def _tell_in_self(row: Row, asked: Asked, told: Told) -> Told:
    found = told.json
    given = [pair for pair in parse_qsl(asked.query) if pair[0] == row["name"]]
    if given and isinstance(found, dict):
        for link in cast("Json", found).get("link", ()):
            joint = "&" if "?" in link["url"] else "?"
            link["url"] += f"{joint}{urlencode(given)}" if link["relation"] == "self" else ""
        return told.with_json(found)
    return told


def _own_id_told(_row: Row, asked: Asked, told: Told) -> Told:
    return replace(told, body=told.body.replace(b'"@"', f'"{_id_of(asked)}"'.encode()))


def _increment(row: Row, _asked: Asked, told: Told) -> Told:
    found = told.json
    return told.with_json({**found, row["path"]: found[row["path"]] + 1}) if row["path"] in (found or {}) else told


def _filter(row: Row, _asked: Asked, told: Told) -> Told:
    """Take out of a list what has a value at a path."""
    found = told.json
    if not isinstance(found, dict):
        return told
    kept = [
        each
        for each in cast("Json", found).get(row["path"], ())
        if not re.search(row["is"], str(look(each, row["where"])))
    ]
    return told.with_json({**found, row["path"]: kept})


def look(value: Any, path: str) -> Any:
    """What stands at a dotted path; None where there is nothing."""
    for step in path.split("."):
        if isinstance(value, list):
            whole = cast("list[Any]", value)
            value = whole[int(step)] if int(step) < len(whole) else None
        else:
            value = cast("Json", value).get(step) if isinstance(value, dict) else None
    return value


def _fail_late(_row: Row, _asked: Asked, told: Told) -> Told:
    """A failure of one entry as the failure of all, after the others were done."""
    statuses = [str(look(each, "response.status")) for each in told.object.get("entry", ())]
    if not any(each.startswith("4") for each in statuses):
        return told
    return replace(told, status=400).with_json(
        {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "processing"}]}
    )


def _history_pages(_row: Row, asked: Asked, told: Told) -> Told:
    """One entry of a history a page."""
    found = told.object
    if found.get("type") != "history" or "_count" in asked.query:
        return told
    every = cast("list[Json]", found.get("entry", []))
    page = int(dict(parse_qsl(asked.query)).get("page", "0"))
    rest = [{"relation": "next", "url": f"{asked.path}?page={page + 1}"}] if page + 1 < len(every) else []
    return told.with_json(
        {**found, "link": [{"relation": "self", "url": asked.path}, *rest], "entry": every[page : page + 1]}
    )


def _flatten(_row: Row, _asked: Asked, told: Told) -> Told:
    """The codes of an expansion without their levels."""
    found = told.json
    waiting = look(found, "expansion.contains")
    if not isinstance(waiting, list):
        return told
    flat: list[Json] = []
    queue = cast("list[Json]", waiting)
    while queue:
        one = queue.pop(0)
        queue = [*one.pop("contains", []), *queue]
        flat.append(one)
    return told.with_json({**found, "expansion": {**found["expansion"], "contains": flat}})


def _escape(_row: Row, _asked: Asked, told: Told) -> Told:
    text = json.dumps(told.body.decode("utf-8", "replace"))[1:-1]
    return replace(told, body=text.replace('\\"', '"').replace("\\\\", "\\").encode())


ANSWER: Mapping[str, Callable[[Row, Asked, Told], Told]] = {
    "status": _status,
    "drop header": _drop_header,
    "set header": _set_header,
    "change header": _change_header,
    "no body": _no_body,
    "body": _body,
    "change body": _change_body,
    "encode": _encode,
    "edit": _edit,
    "echo": _echo,
    "floats": _floats,
    "gzip": _gzip,
    "reorder": _reorder,
    "pretend": _tell_in_self,
    "own id told": _own_id_told,
    "increment": _increment,
    "filter": _filter,
    "fail where an entry failed": _fail_late,
    "escape letters": _escape,
    "flatten": _flatten,
    "history in pages": _history_pages,
}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(each) for name, each in sorted(cast("Json", value).items(), reverse=True)}
    return [_sorted(each) for each in cast("list[Any]", value)] if isinstance(value, list) else value


# ------------------------------------------------------------------------------------------------ edits
def edited(value: Any, row: Row) -> Any:
    """A JSON value with one edit at every place that a path names: steps between dots, `*` for each of a list.

    `set` gives a value, `drop` takes the member out, `keep` keeps some of a list (`first`, `last`, `none`, `reversed`,
    `twice`, `but-first`, `but-last`), `change` rewrites a text by `find` and `put`, `add` appends to a list.
    """
    return _at(loads(dumps(value)), str(row["path"]).split("."), row)


def _at(value: Any, steps: list[str], row: Row) -> Any:
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        whole = cast("list[Any]", value)
        chosen = range(len(whole)) if step == "*" else [int(step)] if step.lstrip("-").isdigit() else []
        for at in chosen:
            if -len(whole) <= at < len(whole):
                whole[at] = _at(whole[at], rest, row) if rest else _one(whole[at], row)
        return whole
    if not isinstance(value, dict):
        return value
    found = cast("Json", value)
    if rest:
        if step in found or "set" in row:
            found[step] = _at(found.get(step, {}), rest, row)
    elif "drop" in row:
        found.pop(step, None)
    elif "set" in row and (step in found or not row.get("only")):
        found[step] = row["set"]
    elif step in found:
        found[step] = _one(found[step], row)
    return found


def _one(value: Any, row: Row) -> Any:
    if "set" in row:
        return row["set"]
    if "change" in row and isinstance(value, str):
        return re.sub(row["change"]["find"], row["change"]["put"], value)
    if "add" in row and isinstance(value, list):
        return [*cast("list[Any]", value), row["add"]]
    if "keep" in row and isinstance(value, list):
        return _KEEP[row["keep"]](cast("list[Any]", value))
    return value


_KEEP: Mapping[str, Callable[[list[Any]], list[Any]]] = {
    "first": lambda some: some[:1],
    "last": lambda some: some[-1:],
    "none": lambda _: [],
    "reversed": lambda some: some[::-1],
    "twice": lambda some: some + some[:1],
    "first-three": lambda some: some[:3],
    "doubled": lambda some: some + some,
    "last-twice": lambda some: some + some[-1:],
    "but-first": lambda some: some[1:],
    "but-last": lambda some: some[:-1],
}
