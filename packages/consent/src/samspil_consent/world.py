"""A small world of requests, made from what consents mention: enough to tell any two of them apart, and no more.

Every purpose, actor, action, label, class, code, reference and date that a rule names is in it, and of each kind one
thing that no rule names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, product

from samspil_core.values import Coding

from .codes import ACT_REASON, RESOURCE_TYPES, above, canonical, key
from .directory import identifier_key, role_key
from .features import Data
from .model import Consent, Reference, Rule
from .request import CONSENT_ACTION, Request

__all__ = ["Access", "requests", "rules_of"]

Access = tuple[Request, Data]
"""A request and the features of the data it is about."""

MOST = 200_000
"""How many accesses are tried; a larger world is cut off, and the caller is told."""

_ELSE = "something-else"


def rules_of(consents: Iterable[Consent]) -> Iterator[Rule]:
    """Every rule of some consents."""

    def below(rule: Rule) -> Iterator[Rule]:
        yield rule
        for one in rule.rules:
            yield from below(one)

    for consent in consents:
        yield from below(consent.root)


def requests(consents: Sequence[Consent], at: datetime) -> tuple[list[Access], bool]:
    """The accesses of the world, and whether they are all of them."""
    rules = list(rules_of(consents))
    wholes = product(
        _times(rules, at),
        _codings((one for rule in rules for one in rule.purposes), Coding(ACT_REASON, _ELSE)),
        _actors(rules),
        _codings((one for rule in rules for one in rule.actions), Coding(CONSENT_ACTION, _ELSE)),
        _data(rules),
    )
    made: list[Access] = []
    for time, purpose, (actors, identifiers, roles), action, data in islice(wholes, MOST + 1):
        request = Request(time, actors, identifiers, roles, (purpose,), (action,))
        made.append((request, data))
    return made[:MOST], len(made) <= MOST


def _times(rules: Sequence[Rule], at: datetime) -> list[datetime]:
    """The clock given, and the edges of every period."""
    zero = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    edges = {at}
    for rule in rules:
        if rule.period is not None:
            firsts = (rule.period.first,) if rule.period.first is not None else ()
            lasts = (rule.period.last + 1,) if rule.period.last is not None else ()
            edges |= {zero + timedelta(microseconds=each) for each in (*firsts, *lasts)}
    return sorted(edges)


def _codings(named: Iterable[Coding], other: Coding) -> list[Coding]:
    return [*{key(one): one for one in named}.values(), other]


Who = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _actors(rules: Sequence[Rule]) -> list[Who]:
    made: dict[Who, None] = {(("Practitioner/somebody-else",), (), ("role |somebody-else",)): None}
    for rule in rules:
        for one in rule.actors:
            made[_who(one.reference, tuple(role_key(each) for each in one.roles))] = None
    return list(made)


def _who(reference: Reference, roles: tuple[str, ...]) -> Who:
    references = (reference.key,) if reference.key else ("Practitioner/somebody-else",)
    identifiers = (identifier_key(reference.system, reference.value),) if reference.value else ()
    return references, identifiers, roles


def _data(rules: Sequence[Rule]) -> list[Data]:
    """Data with every label, class, code, date and reference named, one of each kind at a time, and with none."""
    labels = [frozenset[str](), *({_label(one) for rule in rules for one in rule.labels})]
    classes = {key(one) for rule in rules for one in rule.classes} | {f"{RESOURCE_TYPES}|Basic"}
    codes = [frozenset[str](), *(frozenset({key(one)}) for rule in rules for one in rule.codes)]
    found = [
        frozenset[str](),
        *(frozenset({f"{one.meaning} {one.reference.key}"}) for rule in rules for one in rule.data),
    ]
    dates: set[tuple[int, int]] = {(0, 0)}
    for rule in rules:
        span = rule.data_period
        if span is not None:
            dates |= {(each, each) for each in (span.first, span.last) if each is not None}
    return [
        Data(label, frozenset({each, f"{RESOURCE_TYPES}|Resource"}), code, *date, references)
        for label, each, code, date, references in product(
            dict.fromkeys(labels), sorted(classes), dict.fromkeys(codes), sorted(dates), dict.fromkeys(found)
        )
    ]


def _label(one: Coding) -> frozenset[str]:
    system = canonical(one.system)
    return frozenset(f"{system}|{code}" for code in above(system, one.code))
