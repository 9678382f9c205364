"""The log of the demonstration: an audit log in a folder of its own, and what faults do to its records."""

import random
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from samspil_audit import AuditLog
from samspil_audit.keys import Keys
from samspil_core import Receipt

from .changes import edited, look
from .ticking import Ticking

__all__ = ["Journal", "open_journal"]

Json = dict[str, Any]
Row = Mapping[str, Any]
_MEMORY = Path("/dev/shm")  # noqa: S108  a folder in memory where there is one: the log of a demonstration is thrown away


@dataclass
class Journal:
    """A log, and the folder it lies in, which goes when the journal goes."""

    log: AuditLog
    folder: Path
    entropy: Callable[[int], bytes]

    def __post_init__(self) -> None:
        """See to it that nothing is left behind."""
        weakref.finalize(self, _thrown_away, self.log, self.folder)


def _thrown_away(log: AuditLog, folder: Path) -> None:
    log.close()
    shutil.rmtree(folder, ignore_errors=True)


def open_journal(clock: Ticking, seed: str, rows: Sequence[Row]) -> Journal:
    """An empty log; `rows` are the faults of its records."""
    folder = Path(tempfile.mkdtemp(prefix="samspil-demo-", dir=_MEMORY if _MEMORY.is_dir() else None))
    entropy = random.Random(seed).randbytes  # noqa: S311  the same log for the same seed
    keys = Keys.create("samspil-demo/ehr", entropy)
    log = AuditLog.open(folder / "log.db", keys=keys, clock=clock, entropy=entropy)
    append_all = log.append_all

    async def at_once(events: Sequence[Any]) -> list[Receipt]:
        return append_all(events)

    log.append_async = at_once  # without a thread of its own: a demonstration answers one request after the other
    mine = [row for row in rows if row["op"] in _ON_EVENTS]
    if mine:
        _spoil(log, mine)
    return Journal(log, folder, entropy)


def _spoil(log: AuditLog, rows: Sequence[Row]) -> None:
    append_async, append_all = log.append_async, log.append_all

    async def spoiled_async(events: Sequence[Any]) -> list[Receipt]:
        kept = _spoiled(events, rows)
        return await append_async(kept) if kept else [Receipt("", 0)] * len(events)

    def spoiled_all(events: Any) -> list[Receipt]:
        given = list(events)
        kept = _spoiled(given, rows)
        return append_all(kept) if kept else [Receipt("", 0)] * len(given)

    log.append_async = spoiled_async
    log.append_all = spoiled_all
    log.append = lambda event: spoiled_all([event])[0]


def _spoiled(events: Sequence[Any], rows: Sequence[Row]) -> list[Json]:
    kept: list[Json] = [dict(each) for each in events]
    for row in rows:
        made: list[Json] = []
        for number, each in enumerate(kept):
            fits = _fits(each, row.get("when", {}), number)
            made += _ON_EVENTS[row["op"]](each, row) if fits else [each]
        kept = made
    return kept


def _fits(event: Json, when: Row, number: int) -> bool:
    facts = {
        "subtype": look(event, "subtype.0.code"),
        "outcome": event.get("outcome", "0"),
        "action": event.get("action"),
        "text": str(event),
    }
    return all(re.search(str(when[name]), str(value)) for name, value in facts.items() if name in when) and (
        "after" not in when or number > when["after"]
    )


def _edit(event: Json, row: Row) -> list[Json]:
    return [edited(event, row)]


def _lose(_event: Json, _row: Row) -> list[Json]:
    return []


def _twice(event: Json, _row: Row) -> list[Json]:
    return [event, {**event, "id": f"{event['id'][:-4]}dead"}]


def _also(event: Json, _row: Row) -> list[Json]:
    """A record of the system's own beside each: the start of a thread of work, say."""
    own = {name: event[name] for name in ("resourceType", "recorded", "source")}
    kind = {
        "system": "http://dicom.nema.org/resources/ontology/DCM",
        "code": "110100",
        "display": "Application Activity",
    }
    return [
        event,
        {**own, "id": f"{event['id'][:-4]}beef", "type": kind, "action": "E", "outcome": "0",
         "agent": [{"who": {"display": "demonstration"}, "requestor": False}]},
    ]  # fmt: skip


def _shift(event: Json, row: Row) -> list[Json]:
    at = datetime.fromisoformat(event["recorded"]) + timedelta(seconds=row["seconds"])
    return [{**event, "recorded": at.isoformat(timespec="milliseconds")}]


def _agents(event: Json, row: Row) -> list[Json]:
    """Change or take out the agents of a kind: `person`, `organization`, `client`, `server`."""
    agents: list[Json] = []
    for each in event["agent"]:
        codes = [coding.get("code") for coding in each.get("type", {}).get("coding", ())]
        kind = "person" if each.get("requestor") else "organization" if "PROV" in codes else "software"
        if kind != row["of"]:
            agents.append(each)
        elif "edit" in row:
            agents.append(edited(each, row["edit"]))
    return [{**event, "agent": agents}]


def _entities(event: Json, row: Row) -> list[Json]:
    """Change or take out the entities of a kind: `patient`, `data`, `query`."""
    kinds = {"1": "patient", "4": "data", "24": "query"}
    entities: list[Json] = []
    for each in event.get("entity", ()):
        if kinds.get(each.get("role", {}).get("code", "")) != row["of"]:
            entities.append(each)
        elif "edit" in row:
            entities.append(edited(each, row["edit"]))
    return [{**event, "entity": entities}]


def _without_request_id(event: Json, _row: Row) -> list[Json]:
    kept = [each for each in event.get("entity", ()) if each.get("type", {}).get("code") != "XrequestId"]
    return [{**event, "entity": kept}]


_ON_EVENTS: Mapping[str, Callable[[Json, Row], list[Json]]] = {
    "edit event": _edit,
    "lose event": _lose,
    "event twice": _twice,
    "event beside": _also,
    "shift event": _shift,
    "agents": _agents,
    "entities": _entities,
    "without request id": _without_request_id,
}
