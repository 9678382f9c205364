"""Results as they are written: one form a format, each piece as soon as it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET

from samspil_core.jsontext import dumps
from samspil_core.outcome import Issue, Language, Severity

from .batch import Checked
from .report import operation_outcome

__all__ = ["FORMATS", "Writer"]

Writer = Callable[[Iterator[Checked], Language], Iterator[str]]
"""Gives the lines of the output for what was checked."""

_FAILING = frozenset({"fatal", "error"})
_LEVELS: Final[Mapping[Severity, str]] = {
    "fatal": "error",
    "error": "error",
    "warning": "warning",
    "information": "notice",
}


def _text(checked: Iterator[Checked], language: Language) -> Iterator[str]:
    """A line a finding: file and place in it, severity, code, FHIRPath, what, and what to do."""
    for each in checked:
        for issue, place in _pairs(each):
            words = issue.wording(language)
            at = f":{place[0]}:{place[1]}" if place else f":{each.line}" if each.line else ""
            where = f" {issue.where}" if issue.where else ""
            yield f"{each.name}{at}: {issue.severity} {issue.code}{where}  {words.text} -> {words.fix}"


def _json(checked: Iterator[Checked], language: Language) -> Iterator[str]:
    """A line a resource: its OperationOutcome."""
    for each in checked:
        places = {issue.where: place for issue, place in _pairs(each)}
        yield dumps(operation_outcome(each.outcome, file=_named(each), lines=places.get, language=language)).decode()


def _named(each: Checked) -> str:
    return f"{each.name}:{each.line}" if each.line else each.name


def _junit(checked: Iterator[Checked], language: Language) -> Iterator[str]:
    """JUnit XML: a test case a resource, which errors fail."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name="samspil validate">'
    for each in checked:
        case = ET.Element("testcase", {"classname": "samspil.validate", "name": _clean(_named(each))})
        errors = [issue for issue in each.outcome if issue.severity in _FAILING]
        if errors:
            message = f"{len(errors)} errors" if len(errors) > 1 else _line(errors[0], language)
            failure = ET.SubElement(case, "failure", {"message": _clean(message), "type": "error"})
            failure.text = _clean("\n".join(_line(issue, language) for issue in errors))
        others = [issue for issue in each.outcome if issue.severity not in _FAILING]
        if others:
            ET.SubElement(case, "system-out").text = _clean("\n".join(_line(issue, language) for issue in others))
        yield ET.tostring(case, encoding="unicode")
    yield "</testsuite>\n</testsuites>"


def _line(issue: Issue, language: Language) -> str:
    words = issue.wording(language)
    return f"{issue.severity} {issue.code} {issue.where}  {words.text} -> {words.fix}"


def _clean(text: str) -> str:
    """Leave out what XML 1.0 cannot hold."""
    return "".join(sign if sign in "\t\n\r" or " " <= sign <= "\ud7ff" or sign >= "\ue000" else "?" for sign in text)


def _github(checked: Iterator[Checked], language: Language) -> Iterator[str]:
    """A workflow command a finding.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    for each in checked:
        for issue, place in _pairs(each):
            words = issue.wording(language)
            facts = [f"file={_property(each.name)}", f"title={_property(issue.code)}"]
            if place or each.line:
                facts.insert(1, f"line={place[0] if place else each.line}")
            if place:
                facts.insert(2, f"col={place[1]}")
            message = f"{issue.where}: {words.text} -> {words.fix}" if issue.where else f"{words.text} -> {words.fix}"
            yield f"::{_LEVELS[issue.severity]} {','.join(facts)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _pairs(each: Checked) -> Iterator[tuple[Issue, tuple[int, int] | None]]:
    places = each.places or (None,) * len(each.outcome.issues)
    yield from zip(each.outcome, places, strict=True)


FORMATS: Final[Mapping[str, Writer]] = {"text": _text, "json": _json, "junit": _junit, "github": _github}
"""Every format by its name."""
