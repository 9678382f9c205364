"""The fast closures: for rules that ask for plain sets alone, and requests that state all that is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .combining import DENY, NOTHING, PERMIT, SPECIFIC, Table
from .context import is_value_set
from .features import Data
from .node import Node

__all__ = ["NODATA", "Slots", "exact"]

Slots = tuple[Any, ...]
"""A prepared request: now, purposes, actor keys, actions, labels, classes, codes, references, data, request."""

Says = Callable[[Slots], int]
NODATA: Final = Data()


def exact(node: Node, *, closed: bool) -> Says | None:
    """The closure of a rule and its exceptions, or None where a condition is more than a set.

    `closed` is for data at hand; otherwise what depends on data says both what it would say and nothing.
    """
    if not _plain(node):
        return None
    inner = [exact(one, closed=closed) for one in node.inner]
    plain_inner = [one for one in inner if one is not None]
    if len(plain_inner) != len(inner):
        return None
    asked, about = _request_sets(node), _data_sets(node)
    own = NOTHING if node.effect is None else _speaks(node)
    if about and not closed:
        own, about = own | NOTHING, []
    if not inner:
        return _timed(node, _leaf(asked + about, own))
    scope = asked if node.root else asked + about
    data = _leaf(about, own) if about and node.root else None
    may_miss = NOTHING if not closed and not node.root and _data_sets(node) else 0
    branch = _branch(_leaf(scope, 1) if scope else None, data, own, plain_inner, node.within.table, may_miss)
    return _timed(node, branch)


def _plain(node: Node) -> bool:
    rule = node.rule
    odd = (
        rule.unknown
        or rule.data_period is not None
        or rule.expressions
        or any(is_value_set(one) for one in rule.codes)
        or any(not one.reference.key for one in rule.data)
        or any(party.roles or party.unknown or not party.who for party in node.parties)
        or (node.narrows and any(one.rule.has_data for one in node.inner))
    )
    return not odd


def _speaks(node: Node) -> int:
    if node.effect == "deny":
        return DENY
    return SPECIFIC if node.named else PERMIT


def _request_sets(node: Node) -> list[tuple[int, frozenset[str]]]:
    who = frozenset[str]().union(*(party.who for party in node.parties))
    return [(at, each) for at, each in ((1, node.purposes), (2, who), (3, node.actions)) if each]


def _data_sets(node: Node) -> list[tuple[int, frozenset[str]]]:
    found = ((4, node.labels), (5, node.classes), (6, node.codes), (7, node.references))
    return [(at, each) for at, each in found if each]


def _leaf(sets: list[tuple[int, frozenset[str]]], says: int) -> Says:
    """Say it when every set meets its slot. One, two and three sets are written out, as most rules have no more."""
    if not sets:
        return lambda _slots: says
    apart = [(at, each.isdisjoint) for at, each in sets]
    if len(apart) == 1:
        ((i, a),) = apart
        return lambda slots: NOTHING if a(slots[i]) else says
    if len(apart) == 2:  # noqa: PLR2004  written out
        (i, a), (j, b) = apart
        return lambda slots: NOTHING if a(slots[i]) or b(slots[j]) else says
    if len(apart) == 3:  # noqa: PLR2004  written out
        (i, a), (j, b), (k, c) = apart
        return lambda slots: NOTHING if a(slots[i]) or b(slots[j]) or c(slots[k]) else says
    return lambda slots: NOTHING if any(each(slots[at]) for at, each in apart) else says


def _branch(  # noqa: PLR0913, PLR0917  the parts of a rule with exceptions
    asked: Says | None, data: Says | None, own: int, inner: list[Says], table: Table, may_miss: int
) -> Says:
    """A rule with exceptions: they speak first; `may_miss` is NOTHING where the data may be out of the rule's scope."""

    def says(slots: Slots) -> int:
        if asked is not None and asked(slots) == NOTHING:
            return NOTHING
        made = NOTHING
        for one in inner:
            made = table[made][one(slots)]
        made |= may_miss
        if not made & NOTHING:
            return made
        return (made & ~NOTHING) | (own if data is None else data(slots))

    return says


def _timed(node: Node, says: Says) -> Says:
    """Only within the rule's period."""
    span = node.rule.period
    if span is None:
        return says
    first = span.first if span.first is not None else -(10**18)
    last = span.last if span.last is not None else 10**18
    return lambda slots: says(slots) if first <= slots[0] <= last else NOTHING
