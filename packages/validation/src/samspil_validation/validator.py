"""The validator: definitions in, outcomes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from samspil_core.models import as_json
from samspil_core.outcome import Issue, Outcome
from samspil_core.ports import CodeValidator
from samspil_definitions import Definitions, load_packages

from .context import Settings
from .findings import INTERNAL, NOT_A_RESOURCE, TOO_DEEP, UNDECIDED
from .place import render, root
from .run import Question, Run
from .schema import Schema

__all__ = ["Report", "Validator", "Verdict"]

Verdict = Literal["valid", "invalid", "undecided"]
"""`undecided`: no error was found, and not everything could be decided."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a validation found, and what it could not decide.

    `questions` are the codes that packages alone cannot decide; they hold the codes themselves, for a terminology
    server, and so they never belong in a log.
    """

    outcome: Outcome
    questions: tuple[Question, ...] = field(default=(), repr=False)

    @property
    def undecided(self) -> tuple[Issue, ...]:
        """The findings that say that something was seen and could not be decided."""
        return tuple(issue for issue in self.outcome if issue.code in UNDECIDED)

    @property
    def verdict(self) -> Verdict:
        """Invalid with an error; undecided without one, if something could not be decided; else valid."""
        if not self.outcome.ok:
            return "invalid"
        return "undecided" if self.undecided else "valid"


class Validator:
    """Checks resources against their types and profiles, by the definitions of FHIR packages.

    `definitions` are what `samspil_definitions.load_packages` gives, or the packages to load (`NAME#VERSION`, archives,
    folders). `codes` answers about codes that the packages cannot decide. `fetch` gives the resource of a reference
    that leads outside the resource and its bundle. A validator may be shared between threads.

    Raises `samspil_definitions.PackageError` when a package is not there.
    """

    def __init__(
        self,
        definitions: Definitions | str | Path | Iterable[str | Path],
        *,
        settings: Settings = Settings(),  # noqa: B008  frozen
        codes: CodeValidator | None = None,
        fetch: Callable[[str], dict[str, Any] | None] | None = None,
    ) -> None:
        if isinstance(definitions, str | Path):
            definitions = load_packages([definitions])
        elif not isinstance(definitions, Definitions):
            definitions = load_packages(definitions)
        self.schema = Schema(definitions, settings=settings, beyond=codes, fetch=fetch)

    def validate(self, resource: Mapping[str, Any] | Any, profiles: Sequence[str] = (), /) -> Outcome:
        """The findings on a resource, checked against the profiles it names itself and those given by URL.

        `resource` is a dict as JSON has it, or a fhir.resources model. Never raises on a bad resource. Nothing that
        could not be decided reads as valid: it is a finding of severity warning, and `examine` lists them.
        https://hl7.org/fhir/R4/validation.html
        """
        return self.examine(resource, profiles).outcome

    def examine(self, resource: Mapping[str, Any] | Any, profiles: Sequence[str] = (), /) -> Report:
        """As `validate`, with the list of what could not be decided and the questions to a terminology server."""
        content = as_json(resource)
        if content.__class__ is not dict:
            return Report(Outcome((NOT_A_RESOURCE.at(),)))
        return self.report(Run(self.schema, content, profiles))

    def report(self, run: Run) -> Report:
        """The report of a run that has been set up."""
        content = run.root
        name = content.get("resourceType")
        place = root(name if isinstance(name, str) and name in self.schema.resource_types else "Resource")
        try:
            self.schema.check_resource(content, place, run)
        except RecursionError:
            run.find(TOO_DEEP, place, "")
        except Exception as error:  # noqa: BLE001  any bytes give an outcome
            run.find(INTERNAL, place, "", why=type(error).__name__)
        run.forget()
        questions = dict.fromkeys(each for each in run.found if each.__class__ is Question)
        return Report(Outcome(worded(run.found)), tuple(questions))


def worded(found: list[Any]) -> tuple[Issue, ...]:
    """The findings as issues, each once, in the order they were made."""
    issues: dict[tuple[str, str, tuple[tuple[str, str], ...]], Issue] = {}
    for each in found:
        if each.__class__ is Issue:
            issue: Issue = each
        elif each.__class__ is Question:
            continue
        else:
            kind, place, profile, detail = each
            named = {**detail, "profile": profile} if profile and "profile" not in detail else detail
            issue = kind.at(render(place), **cast("dict[str, str | int]", named))
        issues.setdefault((issue.kind.code, issue.where, issue.detail), issue)
    return tuple(issues.values())
