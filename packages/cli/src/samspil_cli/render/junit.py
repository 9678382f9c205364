"""Findings for a build server: JUnit XML, one test case a finding."""

import re
from xml.etree import ElementTree as ET

from samspil_core.outcome import Issue, Language, Outcome

_FAILING = ("fatal", "error")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(outcome: Outcome, language: Language) -> str:
    """Give a test suite in which errors fail, and lesser findings pass and tell their text."""
    failures = sum(issue.severity in _FAILING for issue in outcome)
    counts = {"tests": str(len(outcome.issues) or 1), "failures": str(failures)}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "samspil", **counts})
    for issue in outcome:
        _add(suite, issue, language)
    if not outcome.issues:
        ET.SubElement(suite, "testcase", {"classname": "samspil", "name": "no findings"})
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode")


def _add(suite: ET.Element, issue: Issue, language: Language) -> None:
    case = ET.SubElement(suite, "testcase", {"classname": issue.code, "name": _clean(issue.where or issue.code)})
    words = issue.wording(language)
    body = _clean(f"{words.text} -> {words.fix}")
    if issue.severity in _FAILING:
        ET.SubElement(case, "failure", {"message": _clean(words.text), "type": issue.severity}).text = body
    else:
        ET.SubElement(case, "system-out").text = f"{issue.severity}: {body}"


def _clean(text: str) -> str:
    """Replace the characters that XML 1.0 cannot carry (https://www.w3.org/TR/xml/#charsets)."""
    return _NOT_IN_XML.sub("\ufffd", text)
