"""The ports of core, answered in this process: `code-validator.embedded` and `translator.embedded`.

`find("code-validator", "embedded")(path)` makes one over a store or over files of FHIR resources; a `Catalog` is taken as it is.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samspil_core.outcome import Issue, Outcome
from samspil_core.values import CodeValidity, Coding, Match, Translation

from . import findings
from .catalog import Catalog
from .issues import OperationFailed, TxIssue
from .meant import did_you_mean
from .opening import open_catalog
from .operations import expand
from .options import Options
from .translation import translate
from .translation_scope import Scope
from .validation import Validation, validate_in_system, validate_in_value_set

__all__ = ["EmbeddedTranslator", "EmbeddedValidator", "code_validator", "translator"]

Source = Catalog | Path | str


def code_validator(source: Source) -> "EmbeddedValidator":
    """A `CodeValidator` over a store, files of FHIR resources, or a catalogue."""
    return EmbeddedValidator(_catalog(source))


def translator(source: Source) -> "EmbeddedTranslator":
    """A `Translator` over a store, files of FHIR resources, or a catalogue."""
    return EmbeddedTranslator(_catalog(source))


def _catalog(source: Source) -> Catalog:
    return source if isinstance(source, Catalog) else open_catalog([Path(source)])[0]


class EmbeddedValidator:
    """Validates codes in this process."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def validate_code(self, coding: Coding, value_set_url: str = "", /) -> CodeValidity:
        """Whether `coding` is in the value set, or in its code system when no value set is named. Never raises."""
        try:
            if value_set_url:
                found = self._in_value_set(coding, value_set_url)
            else:
                found = validate_in_system(self.catalog, coding.system, [coding], Options(), version=coding.version)
        except OperationFailed:
            missing = findings.VALUE_SET_UNKNOWN.at("", value_set=value_set_url)
            return CodeValidity(valid=False, outcome=Outcome((missing,)))
        if found is None:
            missing = findings.VALUE_SET_UNKNOWN.at("", value_set=value_set_url)
            return CodeValidity(valid=False, outcome=Outcome((missing,)))
        return CodeValidity(found.result, found.coding.display, self._outcome(found, coding, value_set_url))

    def expand(self, value_set_url: str, text: str = "", count: int | None = None) -> list[Coding]:
        """The codings of a value set, or a page of those that a text finds. Raises `OperationFailed`."""
        found = expand(self.catalog, value_set_url, Options(text=text, count=count))
        return [
            Coding(each.system, each.concept.code, each.texts[0].value if each.texts else "", each.version)
            for each in found.entries
            if each.concept.code
        ]

    def _in_value_set(self, coding: Coding, url: str) -> Validation | None:
        resource: Mapping[str, Any] | None = self.catalog.value_set(url)
        if resource is None:
            return None
        return validate_in_value_set(self.catalog, resource, [coding], Options())

    def _outcome(self, found: Validation, coding: Coding, value_set: str) -> Outcome:
        issues = [_finding(each, coding, value_set) for each in found.issues]
        if any(each.kind == "invalid-code" for each in found.issues):
            issues += [
                findings.DID_YOU_MEAN.at("", code=each.code, other=each.system, system=coding.system)
                for each in did_you_mean(self.catalog, coding)
            ]
        return Outcome(tuple(dict.fromkeys(issues)))


_KINDS = {
    "not-found": findings.SYSTEM_UNKNOWN,
    "invalid-code": findings.CODE_UNKNOWN,
    "not-in-vs": findings.NOT_IN_VALUE_SET,
    "invalid-display": findings.DISPLAY_WRONG,
    "display-comment": findings.DISPLAY_WRONG,
    "code-comment": findings.NOT_CURRENT,
    "code-rule": findings.NOT_CURRENT,
    "version-error": findings.VERSION_WRONG,
    "vs-invalid": findings.VERSION_WRONG,
}


def _finding(issue: TxIssue, coding: Coding, value_set: str) -> Issue:
    """The finding of an issue: its code, and what it is about, without the words that came in."""
    kind = _KINDS.get(issue.kind, findings.OTHER_ISSUE)
    detail = {"system": coding.system or "(none)", "code": coding.code, "value_set": value_set, "kind": issue.kind}
    used = {name: value for name, value in detail.items() if f"{{{name}}}" in kind.text + kind.fix}
    return kind.at("", **used)


class EmbeddedTranslator:
    """Translates codes in this process."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def translate(self, coding: Coding, map_url: str, /) -> Translation:
        """The targets of `coding` in the concept map. Never raises."""
        if self.catalog.concept_map(map_url) is None:
            return Translation((), Outcome((findings.MAP_UNKNOWN.at("", map=map_url),)))
        found = translate(self.catalog, coding, Scope(map=map_url))
        matches = tuple(Match(each.target, each.equivalence) for each in found.matches)
        if not matches:
            missing = findings.NOT_MAPPED.at("", map=map_url, code=coding.code, system=coding.system)
            return Translation((), Outcome((missing,)))
        return Translation(matches)
