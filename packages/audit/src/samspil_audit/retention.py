"""How long records are kept: rules by category and origin, floors that no rule undercuts, legal hold, purge.

Floors: EHDS Art. 9(2) three years from each access; Sweden HSLF-FS 2016:40, 4 kap. 9 §, five years.
A purge removes the sealed records and keeps every hash, so that all proofs stay valid; it is itself a record.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from samspil_core import Outcome
from samspil_core.jsontext import NotJson, loads
from samspil_core.textfile import read_text

from .canonical import canonical
from .findings import RETENTION_SHORT
from .log import AuditLog
from .record import Server, log_event
from .record.own import deed_of
from .record.parties import Reference
from .report.rows import row_of

__all__ = ["FLOORS", "Policy", "Retention", "kept_until", "load_policy", "purge"]

FLOORS: Final[Mapping[str, tuple[int, str]]] = {
    "EU": (3, "Regulation (EU) 2025/327, Art. 9(2)"),
    "SE": (5, "HSLF-FS 2016:40, 4 kap. 9 §"),
}
"""Years that the law of a jurisdiction asks for at least; that of the EU holds everywhere."""

_STEP = 5_000
_LASTING = frozenset({"purge", "erase"})  # they explain why other records cannot be read


@dataclass(frozen=True, slots=True)
class Retention:
    """A rule: records of this category and this origin (each empty for any) are kept so many years."""

    id: str
    years: int
    category: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a log: where several fit, the longest holds; where none does, `years`."""

    years: int
    jurisdiction: str = "EU"
    rules: tuple[Retention, ...] = ()

    @property
    def floor(self) -> tuple[int, str]:
        """The years that the law asks for, and which law."""
        return max(FLOORS["EU"], FLOORS.get(self.jurisdiction, FLOORS["EU"]))

    def check(self) -> Outcome:
        """A finding for each rule that keeps less than the law asks for."""
        floor, law = self.floor
        every = (Retention("default", self.years), *self.rules)
        return Outcome(
            tuple(
                RETENTION_SHORT.at(rule=rule.id, years=rule.years, floor=floor, law=law)
                for rule in every
                if rule.years < floor
            )
        )

    def years_of(self, event: Mapping[str, Any] | None, facets: Iterable[tuple[str, str]]) -> int:
        """How long a record is kept; one that can no longer be read, as long as any."""
        if event is None:
            return max([self.years, *(rule.years for rule in self.rules), self.floor[0]])
        pairs = list(facets) or [("", "")]
        found = [rule.years for rule in self.rules for pair in pairs if _fits(rule, *pair)]
        return max(found or [self.years], default=self.years)

    def digest(self) -> str:
        """The SHA-256 of the policy, which goes into the record of a purge."""
        rules = [[rule.id, rule.years, rule.category, rule.origin] for rule in self.rules]
        return sha256(canonical({"years": self.years, "for": self.jurisdiction, "rules": rules})).hexdigest()


def load_policy(path: str | Path) -> Policy:
    """The policy of a JSON file: `{"years": 5, "jurisdiction": "SE", "rules": [{"id", "years", "category", "origin"}]}`.

    Raises OSError, ValueError.
    """
    try:
        told = loads(read_text(path))
        rules = tuple(Retention(**each) for each in told.get("rules", ()))
        return Policy(int(told["years"]), str(told.get("jurisdiction", "EU")), rules)
    except NotJson as fault:
        raise ValueError(f"{path}: {fault}") from None
    except (TypeError, KeyError, AttributeError):
        raise ValueError(f"{path}: a policy has years, and rules with id, years, category and origin") from None


def kept_until(recorded: datetime, years: int) -> datetime:
    """The first moment a record may be purged: so many calendar years on; from 29 February, the first of March."""
    try:
        return recorded.replace(year=recorded.year + years)
    except ValueError:
        return recorded.replace(year=recorded.year + years, month=3, day=1)


def purge(
    log: AuditLog, policy: Policy, *, ids: Callable[[], str], by: Reference | None = None, server: Server | None = None
) -> int:
    """Remove the records whose time has come, and return how many. The purge is recorded before it is done.

    Records of a person under legal hold stay. Raises ValueError when the policy undercuts the law.
    """
    if not policy.check().ok:
        raise ValueError(policy.check().issues[0].text)
    now = log.clock().astimezone(UTC)
    due = list(_due(log, policy, now))
    for at in range(0, len(due), _STEP):
        some = due[at : at + _STEP]
        details = {"indexes": ranges(some), "policy": policy.digest()}
        recorded = now.isoformat(timespec="milliseconds")
        place = server or Server()
        log.append(log_event(event_id=ids(), recorded=recorded, deed="purge", server=place, by=by, details=details))
        with log.store.transaction() as transaction:
            transaction.head()
            transaction.drop_bodies(some)
    if due:
        log.store.forget()
    return len(due)


def ranges(indexes: Sequence[int]) -> str:
    """Indexes in order as text: `0-3,7`."""
    parts: list[list[int]] = []
    for index in indexes:
        if parts and index == parts[-1][1] + 1:
            parts[-1][1] = index
        else:
            parts.append([index, index])
    return ",".join(f"{first}-{last}" if first != last else str(first) for first, last in parts)


def unranged(text: str) -> list[range]:
    """The ranges of what `ranges` wrote. Raises ValueError."""
    pairs = [part.partition("-") for part in text.split(",") if part]
    return [range(int(first), int(last or first) + 1) for first, _, last in pairs]


def _due(log: AuditLog, policy: Policy, now: datetime) -> Iterator[int]:
    held = {name for subject in log.store.holds() for name in log.store.names_of(subject)}
    shortest = min([policy.years, *(rule.years for rule in policy.rules)])
    oldest = now + timedelta(days=1) - timedelta(days=365 * shortest)
    for row in log.store.of_period(-(1 << 62), int(oldest.timestamp() * 1_000_000)):
        if row.sealed is None or row.subject in held:
            continue
        found = log.opened(row)
        if found.event is not None and deed_of(found.event) in _LASTING:
            continue
        recorded = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row.recorded)
        if kept_until(recorded, policy.years_of(found.event, _facets(found))) <= now:
            yield row.index


def _facets(found: Any) -> list[tuple[str, str]]:
    row = row_of(found)
    return [(each.category, origin) for each in row.data for origin in each.origins or ("",)] if row else []


def _fits(rule: Retention, category: str, origin: str) -> bool:
    return rule.category in {"", category} and rule.origin in {"", origin}
