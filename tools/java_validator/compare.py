"""Where the two validators differ: errors of the one without an error of the other near the same place, by rule."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from samspil_core import Issue
from tools.validator_cases import plain

__all__ = ["Difference", "Finding", "differences", "of_java", "of_ours"]

_WRONG = frozenset({"error", "fatal"})


@dataclass(frozen=True, slots=True)
class Finding:
    """An error: the rule that is broken, the place, the words."""

    rule: str
    place: str
    text: str


@dataclass(slots=True)
class Difference:
    """A class of differences: errors by one rule that only one of the two finds."""

    side: str
    rule: str
    corpus: str
    count: int = 0
    verdicts: int = 0
    """In so many texts the one finds errors and the other none at all."""
    examples: list[str] = field(default_factory=list[str])


def of_ours(found: Iterable[Issue]) -> list[Finding]:
    """Our errors."""
    return [
        Finding(f"{each.code} {dict(each.detail).get('key', '')}".strip(), plain(each.where), each.text)
        for each in found
        if each.severity in _WRONG
    ]


def of_java(issues: Iterable[dict[str, str]]) -> list[Finding]:
    """The errors of the Java validator."""
    return [
        Finding(_rule(each), _place(each.get("place", "")), each.get("text", ""))
        for each in issues
        if each["severity"] in _WRONG
    ]


def differences(
    classes: dict[tuple[str, str, str], Difference], corpus: str, name: str, ours: list[Finding], java: list[Finding]
) -> None:
    """Add what differs on one text to the classes."""
    for side, own, other in (("java", java, ours), ("ours", ours, java)):
        for finding in own:
            if any(_near(finding.place, each.place) for each in other):
                continue
            found = classes.setdefault((side, finding.rule, corpus), Difference(side, finding.rule, corpus))
            found.count += 1
            found.verdicts += not other
            if len(found.examples) < 5:  # noqa: PLR2004
                found.examples.append(f"{name} {finding.place}: {finding.text[:200]}")


def _near(place: str, other: str) -> bool:
    """Whether two places are the same, or the one is part of the other."""
    return (
        not place
        or not other
        or place == other
        or place.startswith((f"{other}.", f"{other}["))
        or other.startswith((f"{place}.", f"{place}["))
    )


def _rule(issue: dict[str, str]) -> str:
    rule = issue.get("rule") or re.sub(r"'[^']*'|\d+", "*", issue.get("text", ""))[:60]
    return rule.rpartition("#")[2]


def _place(place: str) -> str:
    """A place in our writing: XML paths become FHIRPath without indexes of 1, which are those of the first."""
    return plain(re.sub(r"/\w*\??:?", ".", place).strip(".") if place.startswith("/") else place)
