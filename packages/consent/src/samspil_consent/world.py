"""A small world of requests, made from what consents mention: enough to tell any two of them apart, and no more.

Every purpose, actor, action, label, class, code, reference and date that a rule names is in it, and of each kind one
thing that no rule names. Data bear up to two labels, codes and references, so that rules meet that stand in each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, islice, product

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
    """The accesses of the world, and whether they are all of them; of too many, those with one label, code and reference."""
    rules = list(rules_of(consents))
    made = _accesses(rules, at, together=2)
    if len(made) <= MOST:
        return made, True
    return _accesses(rules, at, together=1)[:MOST], False


def _accesses(rules: Sequence[Rule], at: datetime, *, together: int) -> list[Access]:
    """Every access of the world, or one more than there may be."""
    wholes = product(
        _times(rules, at),
        _codings((one for rule in rules for one in rule.purposes), Coding(ACT_REASON, _ELSE)),
        _actors(rules),
        _codings((one for rule in rules for one in rule.actions), Coding(CONSENT_ACTION, _ELSE)),
        _data(rules, together),
    )
    made: list[Access] = []
    for time, purpose, (actors, identifiers, roles), action, data in islice(wholes, MOST + 1):
        made.append((Request(time, actors, identifiers, roles, (purpose,), (action,)), data))
    return made


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


def _data(rules: Sequence[Rule], together: int) -> Iterator[Data]:
    """Data with every class and date named, and with none, one or more of the labels, codes and references named."""
    labels = _sets((_label(one) for rule in rules for one in rule.labels), together)
    classes = {key(one) for rule in rules for one in rule.classes} | {f"{RESOURCE_TYPES}|Basic"}
    codes = _sets((frozenset({key(one)}) for rule in rules for one in rule.codes), together)
    found = (frozenset({f"{one.meaning} {one.reference.key}"}) for rule in rules for one in rule.data)
    dates: set[tuple[int, int]] = {(0, 0)}
    for rule in rules:
        span = rule.data_period
        if span is not None:
            dates |= {(each, each) for each in (span.first, span.last) if each is not None}
    for label, each, code, date, references in product(
        labels, sorted(classes), codes, sorted(dates), _sets(found, together)
    ):
        yield Data(label, frozenset({each, f"{RESOURCE_TYPES}|Resource"}), code, *date, references)


def _sets(named: Iterable[frozenset[str]], together: int) -> list[frozenset[str]]:
    """Nothing, each thing named, and up to `together` of them at once."""
    things = list(dict.fromkeys(named))
    sizes = range(min(together, len(things)) + 1)
    return list(dict.fromkeys(frozenset[str]().union(*some) for size in sizes for some in combinations(things, size)))


def _label(one: Coding) -> frozenset[str]:
    """A label with those above it."""
    system = canonical(one.system)
    return frozenset(f"{system}|{code}" for code in above(system, one.code))
