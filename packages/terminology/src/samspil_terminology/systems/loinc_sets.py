"""The value sets that LOINC implies, and its filters on answers: https://terminology.hl7.org/LOINC.html."""

from collections.abc import Iterable
from typing import Any, Protocol

from samspil_terminology.store.ids import Ids, union

__all__ = ["ANSWERS", "LICENSE", "LOINC", "answers", "loinc_value_set"]

ANSWERS = frozenset({"LIST", "answers-for"})
"""Filters that choose answers: those of a list, and those that a term may have."""

LOINC = "http://loinc.org"
LICENSE = (
    "This material contains content from LOINC (http://loinc.org). LOINC is (c) Regenstrief Institute, Inc. and the LOINC "
    "Committee, available at no cost under the licence at http://loinc.org/license"
)


def loinc_value_set(url: str, version: str) -> dict[str, Any] | None:
    """All of LOINC, an answer list (`vs/LL...`), a group (`vs/LG...`), what is below a part (`vs/LP...`)."""
    rest = url.removeprefix("http://loinc.org/vs")
    if rest == url:
        return None
    name = rest.removeprefix("/")
    include: dict[str, Any] = {"system": "http://loinc.org"}
    if name.startswith("LL"):
        include["filter"] = [{"property": "AnswerList", "op": "=", "value": name}]
    elif name.startswith("LG"):
        include["filter"] = [{"property": "group", "op": "=", "value": name}]
    elif name.startswith("LP"):
        include["filter"] = [{"property": "concept", "op": "is-a", "value": name}]
    elif name:
        return None
    made = {"resourceType": "ValueSet", "url": url, "name": f"LOINC{name}", "status": "active"}
    return {**made, "version": version, "copyright": LICENSE, "compose": {"include": [include]}}


class _Indexed(Protocol):
    def by_property(self, name: str, value: str) -> Ids: ...

    def codes(self, some: Iterable[int]) -> Iterable[str]: ...


def answers(snapshot: _Indexed, name: str, value: str) -> Ids:
    """The answers of a list; `answers-for` names a term as well, and means all of its lists."""
    lists = [value]
    if name == "answers-for" and not value.startswith("LL"):
        lists = list(snapshot.codes(snapshot.by_property("answers-for", value)))
    return union(snapshot.by_property("AnswerList", each) for each in lists)
