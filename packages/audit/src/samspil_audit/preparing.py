"""An AuditEvent becomes what the log keeps: cleaned of identity numbers, in one text, sealed."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Any, Final, NamedTuple, cast

from samspil_core import Issue, NotWritable, Outcome, parse_instant

from .canonical import as_dict, canonical
from .findings import NOT_AN_EVENT, SEVERAL_PATIENTS
from .keys import Entropy, Keys
from .pseudonyms import Pseudonyms
from .sealing import KEY_ID_SIZE, SALT_SIZE, SealingKey, commitment, seal, unwrap, wrap
from .shape import misshapen
from .store import NewKey, SqlStore
from .subjects import NOBODY, Subject, SubjectIndex, subjects_of

__all__ = ["NotAnEvent", "Prepared", "Preparer", "formed", "microseconds", "record_id", "split"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_USUAL = re.compile(
    r"[0-9]{4}-[0-1][0-9]-[0-2][0-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{3,6})?(?:Z|[+-]0[0-9]:[0-5][0-9])"
)
_REQUIRED = ("type", "recorded", "agent", "source")
_KEY_SIZE = 32
_NONCE_SIZE = 12
_KEPT_KEYS = 100_000
_SALTS = 128


class NotAnEvent(ValueError):
    """A resource cannot be logged; `issue` says why, without any of its values."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.text)
        self.issue = issue

    @property
    def outcome(self) -> Outcome:
        """The finding as an outcome."""
        return Outcome((self.issue,))


class Prepared(NamedTuple):
    """A record ready to be put in the log."""

    record: bytes
    recorded: int
    subject: bytes
    sealed: bytes
    commitment: bytes
    aliases: tuple[bytes, ...] = ()
    epoch: int = 0


def record_id(event_id: str) -> bytes:
    """The 16 bytes under which a record's id is filed: those of a UUID, so that UUIDs made in order lie in order."""
    if _UUID.fullmatch(event_id):
        return bytes.fromhex(event_id.replace("-", ""))
    return sha256(event_id.encode()).digest()[:16]


def microseconds(instant: str) -> int:
    """A FHIR instant in microseconds since 1970. Raises ValueError."""
    first = datetime.fromisoformat(instant) if _USUAL.fullmatch(instant) else parse_instant(instant).earliest()
    return (first - _EPOCH) // _MICROSECOND


def formed(event: dict[str, Any]) -> dict[str, Any]:
    """The event, when it has the form of an R4 AuditEvent in every element. Raises `NotAnEvent` with the place.

    For what comes from outside: `prepare` looks at no more than it needs.
    """
    if wrong := misshapen(event):
        raise NotAnEvent(NOT_AN_EVENT.at(wrong[0], why=wrong[1]))
    return event


def split(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The event once for each patient it is about, with ids `ID-1`, `ID-2`, ...; itself when there is at most one.

    IHE BALP wants one event a patient: https://profiles.ihe.net/ITI/BALP/volume-1.html. Raises `NotAnEvent`.
    """
    made = as_dict(event)
    subjects = _subjects(made)
    if len(subjects) < 2:  # noqa: PLR2004  nothing to split
        return [made]
    return [
        {
            **made,
            **({"id": f"{made['id']}-{number}"} if "id" in made else {}),
            "entity": [one for one in made["entity"] if subjects_of({"entity": [one]}) in ([], [subject])],
        }
        for number, subject in enumerate(subjects, 1)
    ]


class Preparer:
    """Prepares events under the keys of a log. Threads may share one."""

    def __init__(self, keys: Keys, store: SqlStore, entropy: Entropy = os.urandom) -> None:
        self._keys = keys
        self._store = store
        self._entropy = entropy
        self.pseudonyms = Pseudonyms(keys.pseudonyms)
        self.index = SubjectIndex(keys.index, self.pseudonyms)
        self._lock = Lock()
        self._kept: dict[bytes, SealingKey] = {}
        self._new: list[NewKey] = []
        self._epoch = 0
        self._salts: list[bytes] = []
        if hasattr(os, "register_at_fork"):  # a child must never use a salt that its parent may use too
            os.register_at_fork(after_in_child=self._salts.clear)

    def prepare(self, event: Mapping[str, Any] | object) -> Prepared:
        """Check, clean and seal one event (a mapping or a fhir.resources model). Raises `NotAnEvent`."""
        plain = cast("Mapping[str, Any]", event) if type(event) is dict else as_dict(event)
        recorded = _checked(plain)
        text = _written(plain)
        if not self.pseudonyms.is_clean(text):
            plain = self.pseudonyms.clean(plain)
            text = _written(plain)
        return self._sealed(plain, text, recorded)

    def take_new_keys(self) -> list[NewKey]:
        """The keys made since the last call, to be stored with the next records."""
        with self._lock:
            new, self._new = self._new, []
        return new

    def put_back(self, keys: list[NewKey]) -> None:
        """Keep keys for later that could not be stored."""
        with self._lock:
            self._new = keys + self._new

    def begin(self, epoch: int) -> None:
        """Drop every key from memory when the log is in another epoch: one of them has been destroyed."""
        with self._lock:
            if epoch != self._epoch:
                self._kept.clear()
                self._new.clear()
                self._epoch = epoch

    def open_key(self, key_id: bytes) -> bytes | None:
        """The key of that name, or None once it is destroyed."""
        found = self._store.key(key_id)
        return unwrap(found.wrapped, key_id, self._keys.wrapping) if found else None

    def _sealed(self, event: Mapping[str, Any], text: bytes, recorded: int) -> Prepared:
        subjects = _subjects(event)
        if len(subjects) > 1:
            raise NotAnEvent(SEVERAL_PATIENTS.at("AuditEvent.entity", count=len(subjects)))
        subject, aliases = self._named(subjects[0]) if subjects else (NOBODY, ())
        epoch = self._epoch  # read before the key, which may be of a later epoch but of no earlier one
        sealed = seal(text, self._kept.get(subject) or self._key(subject), self._salt())
        return Prepared(record_id(event["id"]), recorded, subject, sealed, commitment(sealed), aliases, epoch)

    def _named(self, subject: Subject) -> tuple[bytes, tuple[bytes, ...]]:
        """The name and the other names of a subject in the index."""
        name, others = subject
        return self.index.of(name), tuple([self.index.of(other) for other in others]) if others else ()

    def _salt(self) -> bytes:
        """Random bytes, fetched many at a time: asking the system for each record lets other threads run each time."""
        try:
            return self._salts.pop()
        except IndexError:
            many = self._entropy(_SALTS * SALT_SIZE)
            self._salts.extend(many[at : at + SALT_SIZE] for at in range(SALT_SIZE, len(many), SALT_SIZE))
            return many[:SALT_SIZE]

    def _key(self, subject: bytes) -> SealingKey:
        with self._lock:
            return self._kept.get(subject) or self._load(subject) or self._make(subject)

    def _load(self, subject: bytes) -> SealingKey | None:
        for stored in self._store.keys(subject):
            return self._keep(subject, stored.key_id, unwrap(stored.wrapped, stored.key_id, self._keys.wrapping))
        return None

    def _make(self, subject: bytes) -> SealingKey:
        key_id, key = self._entropy(KEY_ID_SIZE), self._entropy(_KEY_SIZE)
        wrapped = wrap(key, key_id, self._keys.wrapping, self._entropy(_NONCE_SIZE))
        self._new.append(NewKey(key_id, subject, wrapped))
        return self._keep(subject, key_id, key)

    def _keep(self, subject: bytes, key_id: bytes, key: bytes) -> SealingKey:
        if len(self._kept) >= _KEPT_KEYS:
            self._kept.clear()
        kept = self._kept[subject] = SealingKey.of(key_id, key)
        return kept


def _checked(event: Mapping[str, Any]) -> int:
    """When the event was recorded. Raises `NotAnEvent` for what is none."""
    if event.get("resourceType") != "AuditEvent":
        raise NotAnEvent(NOT_AN_EVENT.at("", why="resourceType is not AuditEvent"))
    for name in _REQUIRED:
        if not event.get(name):
            raise NotAnEvent(NOT_AN_EVENT.at(f"AuditEvent.{name}", why=f"{name} is missing"))
    if not isinstance(event.get("id"), str):
        raise NotAnEvent(NOT_AN_EVENT.at("AuditEvent.id", why="id is missing"))
    try:
        return microseconds(str(event["recorded"]))
    except ValueError:
        raise NotAnEvent(NOT_AN_EVENT.at("AuditEvent.recorded", why="recorded is no instant")) from None


def _subjects(event: Mapping[str, Any]) -> list[Subject]:
    """Whom an event is about. Its form is looked at only where it is not the form of one."""
    try:
        return subjects_of(event)
    except (AttributeError, TypeError):
        place, why = misshapen(event) or ("AuditEvent.entity", "it is no list of entities")
        raise NotAnEvent(NOT_AN_EVENT.at(place, why=why)) from None


def _written(event: Mapping[str, Any]) -> bytes:
    try:
        return canonical(event)
    except NotWritable as fault:
        raise NotAnEvent(NOT_AN_EVENT.at(why=fault.why)) from None
