"""Making a report: the reader's right is checked, the rows are found, and that it was read is recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from samspil_audit.findings import NOT_THEIRS
from samspil_audit.log import AuditLog
from samspil_audit.record import Server, log_event
from samspil_audit.record.own import Deed
from samspil_audit.record.parties import Reference
from samspil_core import Issue, Outcome

from .rows import Row, row_of
from .withholding import Rule, withheld

__all__ = ["NotTheirs", "Reader", "Report", "access_report"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: the persons whose report they may read (themselves, and those they act for), and how they are called."""

    may_read: tuple[str, ...] = field(repr=False)
    reference: Reference = field(repr=False)


class NotTheirs(PermissionError):
    """The report is not this reader's to read."""

    def __init__(self) -> None:
        self.issue: Issue = NOT_THEIRS.at()
        super().__init__(self.issue.text)

    @property
    def outcome(self) -> Outcome:
        """The finding as an outcome."""
        return Outcome((self.issue,))


@dataclass(frozen=True, slots=True)
class Report:
    """The rows, emergencies first and then newest first, and how many records can no longer be read."""

    subject: str = field(repr=False)
    rows: tuple[Row, ...]
    unreadable: int
    made: datetime


def access_report(  # noqa: PLR0913  what a report depends on
    log: AuditLog,
    subject: str,
    reader: Reader,
    *,
    ids: Callable[[], str],
    server: Server | None = None,
    rules: Sequence[Rule] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> Report:
    """Who has seen the data of `subject` (`Patient/1` or `system|value`), for that person or who acts for them.

    That it was read is recorded before it is given, and so is each refusal (`NotTheirs`) and each rule applied.
    Raises `NotRecorded` when that cannot be written.
    """
    where = server or Server()
    names = log.store.names_of(log.preparer.index.of(subject))
    allowed = any(log.preparer.index.of(name) in names for name in reader.may_read)
    found = [row_of(each) for each in log.each_about(subject, since, until)] if allowed else []
    rows = [withheld(row, rules) for row in found if row is not None]
    log.append_all(_events(log, subject, reader, where, rows, ids, allowed=allowed))
    if not allowed:
        raise NotTheirs
    rows.sort(key=lambda row: not row.emergency)
    return Report(subject, tuple(rows), len(found) - len(rows), log.clock())


def _events(  # noqa: PLR0913, PLR0917  what the two events share
    log: AuditLog,
    subject: str,
    reader: Reader,
    server: Server,
    rows: Sequence[Row],
    ids: Callable[[], str],
    *,
    allowed: bool,
) -> list[dict[str, object]]:
    said: list[tuple[Deed, dict[str, str]]] = [("report", {"rows": str(len(rows))})]
    for rule in dict.fromkeys(row.rule for row in rows if row.rule):
        indexes = ",".join(str(row.index) for row in rows if row.rule == rule)
        said.append(("withhold", {"rule": rule, "indexes": indexes}))
    system, bar, value = subject.partition("|")
    patient = {"identifier": {"system": system, "value": value}} if bar else {"reference": subject}
    recorded = log.clock().isoformat(timespec="milliseconds")
    return [
        log_event(
            event_id=ids(),
            recorded=recorded,
            deed=deed,
            server=server,
            by=reader.reference,
            patient=patient,
            details=details,
            outcome="0" if allowed else "4",
        )
        for deed, details in said
    ]
