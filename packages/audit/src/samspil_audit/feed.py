"""IHE ITI-20, Record Audit Event, as the repository takes it: one AuditEvent, or many in a Bundle.

https://profiles.ihe.net/ITI/TF/Volume2/ITI-20.html, FHIR Feed Interaction; https://hl7.org/fhir/R4/http.html#create
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from samspil_core import Issue, Outcome, ResourceValidator, http_status, name_uuid, to_operation_outcome

from .canonical import canonical
from .findings import NOT_A_FEED, NOT_AN_EVENT
from .log import AuditLog
from .preparing import NotAnEvent, formed, split

__all__ = ["Feed"]

Json = dict[str, Any]


class Feed:
    """Takes events into a log. `ids` gives an id to an event that came without; `validator` checks events beyond their form."""

    def __init__(self, log: AuditLog, ids: Callable[[], str], validator: ResourceValidator | None = None) -> None:
        self._log = log
        self._ids = ids
        self._validator = validator

    async def create(self, event: Any) -> str:
        """Keep one event, and give the id of its record, or of the first where it is split by patients.

        It returns when the record is durable. Raises `NotAnEvent`, `NotRecorded`.
        """
        return (await self._keep([self._ready(event)]))[0]

    async def bundle(self, bundle: Mapping[str, Any]) -> Json:
        """The answer to a batch, each entry by itself, or to a transaction, all or none; durable, as `create`.

        Raises `NotAnEvent` for what is no such Bundle and for an entry of a transaction, and `NotRecorded`.
        """
        kind, entries = bundle.get("type"), bundle.get("entry", [])
        if (
            bundle.get("resourceType") != "Bundle"
            or kind not in {"batch", "transaction"}
            or not isinstance(entries, list)
        ):
            raise NotAnEvent(NOT_A_FEED.at("Bundle", why="it is no Bundle of type batch or transaction"))
        told: list[Json | None] = []
        ready: list[list[Json]] = []
        for at, entry in enumerate(cast("list[Any]", entries)):
            try:
                ready.append(self._ready(_posted(entry)))
                told.append(None)
            except NotAnEvent as fault:
                if kind == "transaction":
                    raise NotAnEvent(_inside(fault.issue, at)) from None
                told.append(_refused(fault.issue))
        kept = iter(await self._keep(ready))
        answers = [each or _created(next(kept)) for each in told]
        return {"resourceType": "Bundle", "type": f"{kind}-response", "entry": [{"response": each} for each in answers]}

    def _ready(self, event: Any) -> list[Json]:
        """The records of an event, which can be logged. Raises `NotAnEvent`."""
        if not isinstance(event, dict) or cast("Json", event).get("resourceType") != "AuditEvent":
            raise NotAnEvent(NOT_AN_EVENT.at(why="resourceType is not AuditEvent"))
        sent = formed(cast("Json", event))
        made = split(_named(sent, self._ids))
        for each in made:
            self._log.preparer.prepare(each)
        found = self._validator.validate(sent) if self._validator else Outcome()
        if not found.ok:
            raise NotAnEvent(next(issue for issue in found if issue.severity in {"fatal", "error"}))
        return made

    async def _keep(self, groups: Sequence[Sequence[Json]]) -> list[str]:
        await self._log.append_async([each for group in groups for each in group])
        return [group[0]["id"] for group in groups]


def _named(event: Json, ids: Callable[[], str]) -> Json:
    """The event under an id of the repository's own, as FHIR asks of a create.

    The id of an event that has one follows from its content, so that a feed may send it again after a failure and it is
    still one record; the sender's id stays in `meta.source`, where nothing else is.
    """
    sent = event.get("id")
    if not isinstance(sent, str):
        return {**event, "id": ids()}
    meta = {"source": f"AuditEvent/{sent}", **event.get("meta", {})}
    return {**event, "meta": meta, "id": name_uuid("audit-feed", canonical(event).decode())}


def _posted(entry: Any) -> Any:
    """The resource of an entry that creates an AuditEvent. Raises `NotAnEvent`."""
    held = cast("Json", entry) if isinstance(entry, dict) else {}
    asked: Any = held.get("request")
    if not isinstance(asked, dict) or (asked.get("method"), asked.get("url")) != ("POST", "AuditEvent"):  # pyright: ignore[reportUnknownMemberType]  JSON
        raise NotAnEvent(NOT_A_FEED.at(why="an entry does not ask for POST of AuditEvent"))
    return held.get("resource")


def _inside(issue: Issue, at: int) -> Issue:
    place = f"Bundle.entry[{at}]"
    return Issue(issue.kind, f"{place}.resource{issue.where.removeprefix('AuditEvent')}", issue.detail)


def _created(identifier: str) -> Json:
    return {"status": "201 Created", "location": f"AuditEvent/{identifier}"}


def _refused(issue: Issue) -> Json:
    outcome = Outcome((issue,))
    return {"status": str(http_status(outcome)), "outcome": to_operation_outcome(outcome)}
