"""What one validation works with: the request, and what is gathered on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from samspil_terminology.concepts import Designation
from samspil_terminology.displays import preferred
from samspil_terminology.finder import Finder
from samspil_terminology.issues import TxIssue
from samspil_terminology.options import Options

from .answer import Mode

__all__ = ["State", "Work", "below", "failed", "listed", "same_system", "shown_text"]

Json = Mapping[str, Any]


@dataclass(slots=True)
class State:
    """What one validation gathers."""

    issues: list[TxIssue] = field(default_factory=list[TxIssue])
    messages: list[str] = field(default_factory=list[str])
    unknown: list[str] = field(default_factory=list[str])
    texts: list[Designation] = field(default_factory=list[Designation])
    language: str = ""
    version: str = ""
    implied: str = ""
    inactive: tuple[str, str] | None = None
    status: str = ""
    status_code: str = ""
    normalized: str = ""

    def note(self, made: TxIssue, *, said: bool | None = None) -> None:
        """Keep an issue once; an error is also said in the message."""
        if made not in self.issues:
            self.issues.append(made)
        if (made.severity == "error" if said is None else said) and made.text not in self.messages:
            self.messages.append(made.text)

    def note_unknown(self, made: tuple[TxIssue, str]) -> None:
        """Keep the issue that a code system is unknown, once a system."""
        found, canonical = made
        if canonical not in self.unknown:
            self.unknown.append(canonical)
            self.note(found)


@dataclass(slots=True)
class Work:
    """One validation: the request's finder, how the codings were given, and what was gathered.

    `root` is the place of the coding in the request, as issues name it.
    """

    finder: Finder
    mode: Mode
    state: State = field(default_factory=State)

    @property
    def options(self) -> Options:
        """What the request asks for."""
        return self.finder.options

    @property
    def root(self) -> str:
        """The place of what is validated."""
        return {"code": "", "coding": "Coding", "codeableConcept": "CodeableConcept"}[self.mode]


def failed(work: Work) -> bool:
    """Whether an error was noted."""
    return any(each.severity == "error" for each in work.state.issues)


def shown_text(work: Work) -> str:
    """The display to answer with."""
    texts, languages = work.state.texts, work.options.languages
    chosen = preferred(texts, languages, fallback=False) or preferred(texts, None, fallback=True)
    return chosen.value if chosen else ""


def same_system(work: Work, one: str, other: str) -> bool:
    """Whether two URLs name one code system."""
    return work.finder.catalog.aliases.same(one, other)


def below(path: str, name: str) -> str:
    """The place of an element inside another."""
    return f"{path}.{name}" if path else name


def listed(contains: Any) -> list[Json]:
    """Every entry of an expansion, at any depth."""
    found: list[Json] = []
    for each in contains:
        found.append(each)
        found += listed(each.get("contains", ()))
    return found
