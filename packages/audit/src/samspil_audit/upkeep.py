"""What may be done to a log, each with the record that it was done: erasing a person, legal hold, sample checks."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from .log import AuditLog, Found
from .record import Server, log_event
from .record.own import Deed
from .record.parties import Reference

__all__ = ["erase", "hold", "sample_check"]

Ids = Callable[[], str]


def erase(log: AuditLog, subject: str, *, ids: Ids, reason: str, by: Reference | None = None) -> int:
    """Destroy the keys of a person and record that it was done, without naming them. Returns how many keys.

    Their records can never be read again, by nobody; the log, its root and every proof stay as they are. The record
    names the keys, which tells nothing of the person, so that `verify` knows an erasure from a loss.
    """
    told = log.keys_of(subject)
    _record(log, "erase", ids(), by, {"reason": reason, "keys": ",".join(told) or "none"})
    destroyed = log.erase(subject)
    if made_meanwhile := sorted({*destroyed} - {*told}):
        _record(log, "erase", ids(), by, {"reason": reason, "keys": ",".join(made_meanwhile)})
    return len(destroyed)


def hold(log: AuditLog, subject: str, *, ids: Ids, reason: str, by: Reference | None = None) -> None:
    """Keep the records of a person from being purged; an empty reason ends it. It is recorded either way."""
    _record(log, "hold", ids(), by, {"reason": reason or "ended"})
    with log.store.transaction() as transaction:
        transaction.put_hold(log.preparer.index.of(subject), reason)


def sample_check(  # noqa: PLR0913  what a sample depends on
    log: AuditLog,
    count: int,
    seed: str,
    *,
    ids: Ids,
    since: datetime | None = None,
    until: datetime | None = None,
    by: Reference | None = None,
) -> list[Found]:
    """Records drawn at random for a person to look through, as HSLF-FS 2016:40, 4 kap. 9 § asks of care providers.

    The same seed over the same records draws the same ones. That the check was made is recorded, with the seed and
    the indexes, so that it can be repeated.
    """
    readable = [found for found in log.between(since, until) if found.state == "readable"]
    drawn = sorted(
        Random(seed).sample(readable, min(count, len(readable))),  # noqa: S311  a sample, not a secret
        key=lambda found: found.index,
    )
    indexes = ",".join(str(found.index) for found in drawn)
    details = {"seed": seed, "of": str(len(readable)), "indexes": indexes}
    _record(log, "sample-check", ids(), by, details)
    return drawn


def _record(log: AuditLog, deed: Deed, event_id: str, by: Reference | None, details: dict[str, str]) -> None:
    recorded = log.clock().isoformat(timespec="milliseconds")
    log.append(log_event(event_id=event_id, recorded=recorded, deed=deed, server=Server(), by=by, details=details))
