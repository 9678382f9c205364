"""Automatic notices (EHDS Art. 9(1)): each access to the data of a person who asked for it becomes one message to them.

Regulation (EU) 2025/327, https://eur-lex.europa.eu/eli/reg/2025/327/oj. Notices are fed from the log as any sink is: at least
once, and known by the id of the record.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from samspil_audit.log import AuditLog, Found
from samspil_audit.record import Server, log_event
from samspil_audit.sinks import Delivery, Sink
from samspil_audit.subjects import subjects_of
from samspil_core.jsontext import loads
from samspil_core.textfile import read_text

from .cells import FIELDS, cells, headline
from .rows import Row, row_of
from .withholding import Rule, withheld
from .words import Language, word

__all__ = ["Notices", "Subscriber", "load_subscribers"]

_LANGUAGES = ("en", "da", "sv")
_RECORD = "urn:samspil:audit:record"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who wants notices of each access to their data: `Patient/1` or `system|value`, and in which language."""

    subject: str = field(repr=False)
    language: Language = "en"


def load_subscribers(path: str | Path) -> list[Subscriber]:
    """The subscribers of a JSON file: a list of objects with `subject` and `language`. Raises OSError, ValueError."""
    try:
        found = _subscribers(loads(read_text(path)))
    except (TypeError, KeyError, AttributeError, ValueError):
        raise ValueError(f"{path}: a list of objects with subject and language") from None
    if any(each.language not in _LANGUAGES for each in found):
        raise ValueError(f"{path}: language is one of {', '.join(_LANGUAGES)}")
    return found


def _subscribers(told: object) -> list[Subscriber]:
    if not isinstance(told, list):
        raise TypeError
    return [Subscriber(str(each["subject"]), each.get("language", "en")) for each in cast("list[Any]", told)]


class Notices:
    """A sink before another one: of the records it is fed it makes FHIR Communications, and `inner` sends those.

    Told is each access that gave data of a subscriber, and each in an emergency; not what the log records of itself,
    and not what the person read themselves. `rules` keep back what Art. 9(3) allows; that one was applied is recorded.
    """

    def __init__(
        self,
        inner: Sink,
        log: AuditLog,
        subscribers: Sequence[Subscriber],
        *,
        ids: Callable[[], str],
        rules: Sequence[Rule] = (),
    ) -> None:
        self.name = f"notices:{inner.name}"
        self._inner = inner
        self._log = log
        self._ids = ids
        self._rules = rules
        index = log.preparer.index
        self._wanted = {name: each for each in subscribers for name in log.store.names_of(index.of(each.subject))}

    def send(self, deliveries: Sequence[Delivery], /) -> None:
        """Send the notices of the records. Raises `SinkDown`, `SinkRefused`, `NotRecorded`."""
        made = [told for each in deliveries if (told := self._told(each))]
        if not made:
            return
        self._record([row for row, _ in made])
        sent = self._log.clock()
        self._inner.send([Delivery(row.index, _communication(each, row, who, sent)) for row, (each, who) in made])

    def _told(self, delivery: Delivery) -> tuple[Row, tuple[str, Subscriber]] | None:
        """The row to tell of, the id of its record, and whom to tell; None where nobody is told."""
        event = dict(delivery.event)
        row = row_of(Found(delivery.index, self._log.clock(), "readable", event))
        names = [name for subject in subjects_of(event) for name in (subject.name, *subject.others)]
        known = map(self._log.preparer.index.of, names)
        wanted = next((self._wanted[name] for name in known if name in self._wanted), None)
        if wanted is None or row is None or not _is_told(row) or _is_own(event, names):
            return None
        return withheld(row, self._rules), (str(event["id"]), wanted)

    def _record(self, rows: Sequence[Row]) -> None:
        for rule in dict.fromkeys(row.rule for row in rows if row.rule):
            details = {"rule": rule, "notice-of": ",".join(str(row.index) for row in rows if row.rule == rule)}
            recorded = self._log.clock().isoformat(timespec="milliseconds")
            self._log.append(
                log_event(
                    event_id=self._ids(), recorded=recorded, deed="withhold", server=Server(), by=None, details=details
                )
            )


def _is_told(row: Row) -> bool:
    return row.emergency or (row.succeeded and bool(row.data))


def _is_own(event: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Whether the person read their own data."""
    return any(agent.get("requestor") and agent.get("who", {}).get("reference") in names for agent in event["agent"])


def _communication(record: str, row: Row, subscriber: Subscriber, sent: datetime) -> dict[str, Any]:
    """https://hl7.org/fhir/R4/communication.html."""
    system, bar, value = subscriber.subject.partition("|")
    person = {"identifier": {"system": system, "value": value}} if bar else {"reference": subscriber.subject}
    return {
        "resourceType": "Communication",
        "language": subscriber.language,
        "identifier": [{"system": _RECORD, "value": record}],
        "status": "completed",
        "priority": "urgent" if row.emergency else "routine",
        "subject": person,
        "recipient": [person],
        "sent": sent.isoformat(timespec="milliseconds"),
        "payload": [{"contentString": _text(row, subscriber.language)}],
    }


def _text(row: Row, language: Language) -> str:
    told = cells(row, language)
    lines = [word("notice", language), headline(row, language)]
    lines += [f"{word(name, language)}: {told[name]}" for name in FIELDS]
    return "\n".join(line for line in lines if line)
