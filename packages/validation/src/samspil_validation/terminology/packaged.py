"""The built-in answer about codes: value sets and code systems of the packages, then whoever else may know."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from samspil_core.ports import CodeValidator
from samspil_core.values import CodeValidity, Coding
from samspil_validation.context import IN, OUT, UNKNOWN, Answer, Membership

from .answers import Members
from .grammars import GRAMMARS

if TYPE_CHECKING:
    from .systems import System

__all__ = ["PackagedCodes", "answer_of"]

_NOT_KNOWN = frozenset(
    {"not-found", "incomplete", "not-supported", "transient", "timeout", "throttled", "exception", "too-costly"}
)


class PackagedCodes:
    """A `CodeValidator` over a package set. What it cannot decide it asks of `beyond`, if there is one.

    `kept` is where computed value sets are kept between runs (a mapping of text to JSON values).
    """

    def __init__(
        self, definitions: Any, beyond: CodeValidator | None = None, kept: MutableMapping[str, Any] | None = None
    ) -> None:
        self._definitions = definitions
        self._beyond = beyond
        self._kept = kept
        self._members: dict[str, Members | None] = {}
        self._systems: dict[str, System | None] = {}
        self._asked: dict[tuple[str, str, str], Answer] = {}

    def members(self, canonical: str, depth: int = 0) -> Members | None:
        """What is known of a value set, or None when it is not at hand."""
        if canonical in self._members:
            return self._members[canonical]
        key = "value set " + canonical
        if self._kept is not None and key in self._kept:
            data = self._kept[key]
            found = None if data is None else Members.from_json(data)
        else:
            resource = self._definitions.value_set(canonical)
            if resource is None and "|" in canonical:  # another version is nearer the truth than nothing
                resource = self._definitions.value_set(canonical.partition("|")[0])
            from .compose import compose

            found = None if resource is None else compose(resource, self.system, self.members, depth)
            if self._kept is not None:
                self._kept[key] = None if found is None else found.as_json()
        self._members[canonical] = found
        return found

    def plain_codes(self, binding: Any) -> frozenset[str] | None:
        """All codes of a required binding when they can be listed, else None."""
        if not binding or binding[0] != "required" or binding[2]:
            return None
        members = self.members(binding[1])
        return None if members is None else members.plain

    def system(self, url: str, version: str = "") -> System | None:
        """The tables of a code system, or None when its concepts are not at hand."""
        key = f"{url}|{version}" if version else url
        if key not in self._systems:
            from .systems import tabulate

            resource: Any = self._definitions.code_system(key) or self._definitions.code_system(url)
            there = bool(resource) and "concept" in resource
            self._systems[key] = tabulate(resource, self._definitions.supplements(url)) if there else None
        return self._systems[key]

    def ask(self, system: str, code: str, value_set: str = "", *, display: str = "", version: str = "") -> Answer:
        """Whether a code is in a value set, or in its own system where `value_set` is empty."""
        answer = self._in_set(system, code, value_set) if value_set else self._in_system(system, code, version)
        if answer.membership == UNKNOWN and self._beyond is not None:
            return self._ask_beyond(system, code, value_set, display, answer)
        return answer

    def ask_plain(self, code: str, value_set: str) -> Answer:
        """Whether a code without a system is in a value set."""
        members = self.members(value_set)
        if members is None:
            return Answer(UNKNOWN, why="the value set is not at hand")
        found = members.has_plain(code)
        if found == UNKNOWN and self._beyond is not None:
            return self._ask_beyond("", code, value_set, "", Answer(UNKNOWN, why=members.why))
        return Answer(found, why=members.why)

    def _in_set(self, system: str, code: str, value_set: str) -> Answer:
        members = self.members(value_set)
        if members is None:
            return Answer(UNKNOWN, why="the value set is not at hand")
        return Answer(members.has(system, code), why=members.why)

    def _in_system(self, url: str, code: str, version: str) -> Answer:
        if url in GRAMMARS:
            return Answer(IN if GRAMMARS[url](code) else OUT)
        system = self.system(url, version)
        if system is None:
            return Answer(UNKNOWN, why=f"the code system {url} is not at hand")
        if code in system.displays:
            texts = system.displays[code]
            return Answer(IN, texts[0] if texts else "")
        if not system.case_sensitive:
            folded = next((each for each in system.displays if each.lower() == code.lower()), None)
            if folded is not None:
                texts = system.displays[folded]
                return Answer(IN, texts[0] if texts else "")
        return Answer(OUT if system.complete else UNKNOWN, why=f"the code system {url} is not whole")

    def _ask_beyond(self, system: str, code: str, value_set: str, display: str, unknown: Answer) -> Answer:
        key = (system, code, value_set)
        if key not in self._asked:
            assert self._beyond is not None  # noqa: S101  the callers have looked
            self._asked[key] = answer_of(self._beyond.validate_code(Coding(system, code, display), value_set), unknown)
        return self._asked[key]

    def validate_code(self, coding: Coding, value_set_url: str = "", /) -> CodeValidity:
        """As the port says; what cannot be decided is not valid, with a finding."""
        from samspil_core.outcome import Outcome
        from samspil_validation.findings import CODE_UNDECIDED

        answer = self.ask(coding.system, coding.code, value_set_url, display=coding.display, version=coding.version)
        if answer.membership != UNKNOWN:
            return CodeValidity(valid=answer.membership == IN, display=answer.display)
        issue = CODE_UNDECIDED.at(value_set=value_set_url or coding.system, why=answer.why)
        return CodeValidity(valid=False, outcome=Outcome((issue,)))


def answer_of(validity: CodeValidity, unknown: Answer) -> Answer:
    """The three-valued answer in what a `CodeValidator` says: not valid and not found is unknown."""
    if validity.valid:
        return Answer(IN, validity.display)
    undecided = any(issue.kind.issue_type in _NOT_KNOWN for issue in validity.outcome)
    membership: Membership = UNKNOWN if undecided else OUT
    return Answer(membership, validity.display, unknown.why if undecided else "")
