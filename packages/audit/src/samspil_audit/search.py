"""Searching the log: the parameters of IHE ITI-81, Retrieve ATNA Audit Event.

https://profiles.ihe.net/ITI/BALP/ITI-81.html (search by date, and what narrows it), https://hl7.org/fhir/R4/search.html
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from samspil_core import Issue, NotAPrimitive, Outcome, parse_date_time

from .findings import BAD_SEARCH
from .log import AuditLog, Found
from .subjects import relative, subjects_of

__all__ = ["BadSearch", "search"]

Pairs = Sequence[tuple[str, str]]
Test = Callable[[Mapping[str, Any]], bool]

_MOST = 1000
_NAME = re.compile(r"[A-Za-z_][A-Za-z_.-]{0,39}")
_COUNT = re.compile(r"[0-9]{1,18}")
_PREFIXES = ("eq", "ge", "gt", "le", "lt")


class BadSearch(ValueError):
    """A search cannot be done; `issue` says why."""

    def __init__(self, why: str) -> None:
        self.issue: Issue = BAD_SEARCH.at(why=why)
        super().__init__(self.issue.text)

    @property
    def outcome(self) -> Outcome:
        """The finding as an outcome."""
        return Outcome((self.issue,))


def search(log: AuditLog, parameters: Pairs, base: str = "") -> dict[str, Any]:
    """The Bundle of the AuditEvents that fit all parameters, in the order of the log, some a page.

    A record that is erased or purged is not found. Raises `BadSearch` for a parameter that is not known or a value
    that cannot be read: a parameter left out of account would answer another question.
    """
    since, until = _period([value for name, value in parameters if name == "date"])
    count = _count(parameters, "_count", 100)
    after = _count(parameters, "_after", -1)
    tests = [
        _test(log, name, value) for name, value in parameters if name not in {"date", "_count", "_after", "_format"}
    ]
    found = (each for each in _candidates(log, parameters, since, until) if each.index > after)
    fitting = list(islice(_fitting(found, tests), min(count, _MOST) + 1))
    page, more = fitting[: min(count, _MOST)], fitting[min(count, _MOST) :]
    links = [{"relation": "self", "url": _url(base, parameters)}]
    if more and page:
        rest = [(name, value) for name, value in parameters if name != "_after"]
        links.append({"relation": "next", "url": _url(base, [*rest, ("_after", str(page[-1].index))])})
    entries = [{"fullUrl": f"{base}/AuditEvent/{e.event['id']}", "resource": e.event} for e in page if e.event]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": links,
        "entry": [{**entry, "search": {"mode": "match"}} for entry in entries],
    }


def _candidates(log: AuditLog, parameters: Pairs, since: datetime | None, until: datetime | None) -> Iterator[Found]:
    names = dict(parameters)
    if identifier := names.get("_id"):
        found = log.find(identifier)
        return iter([found] if found else [])
    subject = names.get("patient.identifier") or _reference(names.get("patient", ""))
    if subject and "," not in subject:
        return iter(sorted(log.about(subject, since, until), key=lambda each: each.index))
    return log.between(since, until)


def _fitting(found: Iterable[Found], tests: Sequence[Test]) -> Iterator[Found]:
    return (each for each in found if each.event is not None and all(test(each.event) for test in tests))


def _reference(value: str) -> str:
    return value if not value or "/" in value else f"Patient/{value}"


def _count(parameters: Pairs, name: str, default: int) -> int:
    value = dict(parameters).get(name)
    if value is None:
        return default
    if not _COUNT.fullmatch(value):
        raise BadSearch(f"{name} is a number")
    return int(value)


def _period(values: Sequence[str]) -> tuple[datetime | None, datetime | None]:
    """The first moment that fits, and the first that fits no more."""
    since: list[datetime] = []
    until: list[datetime] = []
    for value in values:
        prefix, text = (value[:2], value[2:]) if value[:2] in _PREFIXES else ("eq", value)
        try:
            when = parse_date_time(text)
        except NotAPrimitive:
            raise BadSearch("date is a FHIR date or dateTime, with a prefix eq, ge, gt, le or lt") from None
        first, last = when.earliest(UTC), when.latest(UTC) + timedelta(microseconds=1)
        if prefix in {"eq", "ge", "gt"}:
            since.append(last if prefix == "gt" else first)
        if prefix in {"eq", "le", "lt"}:
            until.append(first if prefix == "lt" else last)
    return max(since, default=None), min(until, default=None)


def _test(log: AuditLog, name: str, value: str) -> Test:
    plain, _, modifier = name.partition(":")
    if modifier:
        raise BadSearch("modifiers are not known here")
    if plain == "patient.identifier":
        return _about(log, value.split(","))
    make = _TESTS.get(plain)
    if make is None:
        raise BadSearch(f"the parameter {plain if _NAME.fullmatch(plain) else '?'} is not known")
    clean = log.preparer.pseudonyms
    wanted = [_clean_token(clean, one) for one in value.split(",")]
    return lambda event: any(make(event, one) for one in wanted)


def _about(log: AuditLog, numbers: Sequence[str]) -> Test:
    """Whether an event is about a person known by one of the numbers, in it or in another record."""
    index = log.preparer.index
    wanted = {name for number in numbers for name in log.store.names_of(index.of(number))}
    return lambda event: any(
        index.of(name) in wanted for subject in subjects_of(event) for name in (subject.name, *subject.others)
    )


def _clean_token(pseudonyms: Any, value: str) -> str:
    """An identity number asked for stands in the log as its pseudonym."""
    system, bar, number = value.partition("|")
    cleaned: Mapping[str, Any] = pseudonyms.clean({"identifier": {"system": system, "value": number}}) if bar else {}
    return f"{system}|{cleaned['identifier']['value']}" if cleaned else pseudonyms.clean_text(value)


def _token(value: str, coding: Mapping[str, Any], code: str = "code") -> bool:
    """https://hl7.org/fhir/R4/search.html#token."""
    system, bar, wanted = value.partition("|")
    if not bar:
        return coding.get(code) == value
    return (not wanted or coding.get(code) == wanted) and (coding.get("system", "") == system)


def _on_agents(event: Mapping[str, Any], value: str) -> bool:
    return any(_refers(agent.get("who", {}), value) for agent in event["agent"])


def _agent_identifier(event: Mapping[str, Any], value: str) -> bool:
    return any(_token(value, agent.get("who", {}).get("identifier", {}), "value") for agent in event["agent"])


def _agent_role(event: Mapping[str, Any], value: str) -> bool:
    roles = (coding for agent in event["agent"] for role in agent.get("role", ()) for coding in role.get("coding", ()))
    return any(_token(value, coding) for coding in roles)


def _address(event: Mapping[str, Any], value: str) -> bool:
    return any(agent.get("network", {}).get("address") == value for agent in event["agent"])


def _refers(reference: Mapping[str, Any], value: str) -> bool:
    own = relative(reference.get("reference", ""))
    return bool(own) and own in {relative(value), f"Patient/{value}"}


def _entity(event: Mapping[str, Any], value: str) -> bool:
    return any(_refers(entity.get("what", {}), value) for entity in event.get("entity", ()))


def _entity_identifier(event: Mapping[str, Any], value: str) -> bool:
    return any(
        _token(value, entity.get("what", {}).get("identifier", {}), "value") for entity in event.get("entity", ())
    )


def _entity_type(event: Mapping[str, Any], value: str) -> bool:
    return any(_token(value, entity.get("type", {})) for entity in event.get("entity", ()))


def _entity_role(event: Mapping[str, Any], value: str) -> bool:
    return any(_token(value, entity.get("role", {})) for entity in event.get("entity", ()))


def _policy(event: Mapping[str, Any], value: str) -> bool:
    return any(value in agent.get("policy", ()) for agent in event["agent"])


_TESTS: Mapping[str, Callable[[Mapping[str, Any], str], bool]] = {
    "_id": lambda event, value: event["id"] == value,
    "action": lambda event, value: _token(value, {"code": event.get("action")}),
    "address": _address,
    "agent": _on_agents,
    "agent.identifier": _agent_identifier,
    "agent-role": _agent_role,
    "altid": lambda event, value: any(agent.get("altId") == value for agent in event["agent"]),
    "entity": _entity,
    "entity.identifier": _entity_identifier,
    "entity-type": _entity_type,
    "entity-role": _entity_role,
    "outcome": lambda event, value: _token(value, {"code": event.get("outcome")}),
    "patient": _entity,
    "policy": _policy,
    "site": lambda event, value: event["source"].get("site") == value,
    "source": lambda event, value: _refers(event["source"].get("observer", {}), value),
    "source.identifier": lambda event, value: _token(
        value, event["source"].get("observer", {}).get("identifier", {}), "value"
    ),
    "subtype": lambda event, value: any(_token(value, each) for each in event.get("subtype", ())),
    "type": lambda event, value: _token(value, event["type"]),
}


def _url(base: str, parameters: Pairs) -> str:
    return f"{base}/AuditEvent?{urlencode(list(parameters))}"
