"""The converter of the demonstration: our HL7 v2 module behind a command, with what a fault does to input and output."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from samspil_conformance.sut.done import Command, Done
from samspil_core import dumps, loads
from samspil_hl7v2 import convert

from .catalogue import Fault
from .changes import edited

__all__ = ["converter"]

Row = Mapping[str, Any]
Json = dict[str, Any]


def converter(fault: Fault | None) -> Command:
    """A command that gives `{"bundle", "report"}` for a message, or says why there is none."""
    rows = list(fault.do) if fault and fault.at == "converter" else []
    calls = count(1)

    def run(data: bytes, _arguments: Sequence[str] = ()) -> Done:
        for row in rows:
            if row["op"] == "input":
                data = re.sub(
                    row["find"].encode(row.get("charset", "utf-8")),
                    row["put"].encode(row.get("charset", "utf-8")),
                    data,
                )
            elif row["op"] == "as":
                data = data.decode(row["charset"], "replace").encode()
        done = _converted(data)
        for row in rows:
            if row["op"] in _OUTPUT:
                done = _OUTPUT[row["op"]](done, row, next(calls))
        return done

    return run


def _converted(data: bytes) -> Done:
    made = convert(data, timezone="Europe/Copenhagen")
    if made.bundle is None:
        words = "\n".join(f"error {each.code} {each.text}" for each in made.outcome.issues)
        return Done(b"", words.encode(), 1)
    report = made.report
    told = {
        "populated": report.populated,
        "mapped": report.mapped,
        "unmapped": [each.as_dict() for each in report.unmapped],
    }
    return Done(dumps({"bundle": made.bundle, "report": told}))


def _edit(done: Done, row: Row, _number: int) -> Done:
    if not done.out:
        return done
    found = loads(done.out)
    kind = row.get("kind")
    if kind:
        for entry in found["bundle"]["entry"]:
            if entry["resource"]["resourceType"] == kind:
                entry["resource"] = edited(entry["resource"], row)
    else:
        found = edited(found, row)
    return Done(dumps(found), done.error, done.status)


def _text(done: Done, row: Row, _number: int) -> Done:
    return Done(re.sub(row["find"], row["put"], done.out.decode(), flags=re.DOTALL).encode(), done.error, done.status)


def _drop(done: Done, row: Row, _number: int) -> Done:
    if not done.out:
        return done
    found = loads(done.out)
    found["bundle"]["entry"] = [
        each for each in found["bundle"]["entry"] if each["resource"]["resourceType"] != row["kind"]
    ]
    return Done(dumps(found))


def _unreport(done: Done, row: Row, _number: int) -> Done:
    if not done.out:
        return done
    found = loads(done.out)
    kept = [each for each in found["report"]["unmapped"] if not re.search(row["is"], each["position"])]
    found["report"]["unmapped"] = kept
    return Done(dumps(found))


def _bare(done: Done, _row: Row, _number: int) -> Done:
    return Done(dumps(loads(done.out)["bundle"]), done.error, done.status) if done.out else done


def _random(done: Done, _row: Row, number: int) -> Done:
    return Done(done.out.replace(b'"urn:uuid:', f'"urn:uuid:{number}'.encode()), done.error, done.status)


def _always(done: Done, row: Row, _number: int) -> Done:
    if done.out:
        return done
    return Done(str(row.get("out", "")).encode(), str(row.get("error", "")).encode(), row.get("status", 0))


def _indented(done: Done, _row: Row, _number: int) -> Done:
    return Done(dumps(loads(done.out), pretty=True), b"warning: slow disk", 0) if done.out else done


def _reordered(done: Done, _row: Row, _number: int) -> Done:
    if not done.out:
        return done
    found = loads(done.out)
    found["bundle"]["entry"] = found["bundle"]["entry"][::-1]
    return Done(dumps(found))


def _exit(done: Done, row: Row, _number: int) -> Done:
    return Done(done.out, done.error, row["status"])


def _twice(done: Done, row: Row, _number: int) -> Done:
    """Each resource of a type a second time, under another URL."""
    if not done.out:
        return done
    found = loads(done.out)
    entries = found["bundle"]["entry"]
    for each in [one for one in entries if one["resource"]["resourceType"] == row["kind"]]:
        entries.append({**each, "fullUrl": f"{each['fullUrl'][:-12]}{'7' * 12}"})
    return Done(dumps(found))


def _padded(done: Done, row: Row, _number: int) -> Done:
    """The account with positions that the message has not, or without some that it has; it still adds up."""
    if not done.out:
        return done
    found = loads(done.out)
    for name in ("populated", "mapped"):
        found["report"][name] += row["by"]
    return Done(dumps(found))


def _restful(done: Done, _row: Row, _number: int) -> Done:
    """Entries under URLs of a server, and references relative to it."""
    if not done.out:
        return done
    text = done.out.decode()
    for entry in loads(done.out)["bundle"]["entry"]:
        own = entry["fullUrl"].removeprefix("urn:uuid:")
        local = f"{entry['resource']['resourceType']}/{own}"
        text = text.replace(f'"reference":"urn:uuid:{own}"', f'"reference":"{local}"')
        text = text.replace(f'"urn:uuid:{own}"', f'"https://server.example/fhir/{local}"')
    found = loads(text)
    for entry in found["bundle"]["entry"]:
        entry["resource"]["id"] = entry["fullUrl"].rpartition("/")[2]
    return Done(dumps(found))


_OUTPUT: Mapping[str, Callable[[Done, Row, int], Done]] = {
    "edit": _edit,
    "text": _text,
    "without": _drop,
    "unreport": _unreport,
    "bare": _bare,
    "random": _random,
    "failing": _always,
    "indented": _indented,
    "reordered": _reordered,
    "exit": _exit,
    "padded": _padded,
    "twice": _twice,
    "restful": _restful,
}
