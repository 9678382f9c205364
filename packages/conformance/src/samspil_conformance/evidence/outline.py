"""What the report says, in the order it says it, in one language: the one source of the page and of the paper."""

import hashlib
from collections.abc import Mapping
from typing import Any

from samspil_conformance.matrix import STATUSES, Row, matrix
from samspil_conformance.run import Run, ScenarioResult

from .words import MEANINGS, RESULT_WORDS, WORDS, Language, reason_in, source_in

__all__ = ["outline"]

_OTHERS = {"not-run", "other-suite", "not-tested"}


def outline(run: Run, language: Language) -> dict[str, Any]:
    """The report as plain values, every text ready to be shown."""
    head, words = run.head, WORDS[language]
    rows, suite = matrix(run), head["suite"]["id"]
    scenarios = [_scenario(one, language) for one in run.scenarios.values()]
    return {
        "language": language,
        "words": dict(words),
        "title": words["report"],
        "suite": head["suite"]["title"][language],
        "identity": _identity(run, language),
        "verdict": {"key": run.approval, "text": _word(run.approval, language, plain=True)},
        "summary": _summary(rows, run, language),
        "failures": [one for one in scenarios if one["result"] in {"fail", "error"}],
        "requirements": [_requirement(row, suite, language) for row in rows if row.status not in _OTHERS],
        "others": [_requirement(row, suite, language) for row in rows if row.status in _OTHERS],
        "scenarios": scenarios,
        "questions": [_question(one, each, language) for one in run.scenarios.values() for each in one.questions],
        "selftest": _selftest(head.get("selftest"), language),
        "limits": words["limits_text"],
        "integrity": words["integrity_text"].format(digest=hashlib.sha256(run.lines()).hexdigest()),
        "run": run.id,
    }


def _identity(run: Run, language: Language) -> list[list[str]]:
    head, words = run.head, WORDS[language]
    sut, suite = head["sut"], head["suite"]
    rows = [
        [words["company"], sut["company"]],
        [words["name"], sut["name"]],
        [words["version"], sut["version"]],
        [words["build"], sut["build"]],
        [words["test"], words[sut["test"]]],
        [words["tester"], sut["tester"]],
        [words["place"], sut["place"]],
        [words["suite"], f"{suite['id']} {suite['version']} ({suite['digest'][:12]})"],
        [words["started"], head["clock"]["started"]],
        [words["seed"], head["seed"]],
        [words["run"], run.id],
    ]
    return [row for row in rows if row[1]]


def _summary(rows: list[Row], run: Run, language: Language) -> list[dict[str, Any]]:
    """One line a status: how many requirements and how many scenarios have it."""
    found = [row.status for row in rows]
    tests: Mapping[str, int] = {str(word): number for word, number in run.counts.items()}
    return [
        {
            "key": status,
            "word": _word(status, language),
            "requirements": found.count(status),
            "scenarios": tests.get(status, 0),
            "meaning": MEANINGS[language][status],
        }
        for status in STATUSES
        if status in found or tests.get(status)
    ]


def _word(key: str, language: Language, *, plain: bool = False) -> str:
    word = RESULT_WORDS[language][key]
    return word.partition(" ")[2] if plain and key == "pending" else word


def _requirement(row: Row, suite: str, language: Language) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": source_in(language, row.source),
        "url": row.url,
        "text": row.text[language],
        "key": row.status,
        "status": _word(row.status, language),
        "reason": row.reason[language],
        "severity": row.severity,
        "tests": [{"id": name, "name": name.removeprefix(f"{suite}-")} for name in row.tests],
    }


def _scenario(one: ScenarioResult, language: Language) -> dict[str, Any]:
    words = WORDS[language]
    regraded = (
        words["regraded"].format_map({"from": one.severity, "to": one.graded}) if one.graded != one.severity else ""
    )
    return {
        "id": one.id,
        "title": one.title[language],
        "result": one.result,
        "word": _word(one.result, language),
        "reason": reason_in(language, one.reason),
        "severity": one.graded,
        "regraded": regraded,
        "mode": one.mode,
        "requirements": list(one.requirements),
        "exchanges": [f"{number:03}" for number in one.exchanges],
        "steps": [_step(step, language) for step in one.steps],
    }


def _step(step: dict[str, Any], language: Language) -> dict[str, str]:
    result = step["result"]
    observed = step.get("observed")
    return {
        "text": f"{step['keyword']} {step['text']}",
        "result": result,
        "word": WORDS[language]["not-run-step"] if result == "not-run" else _word(result, language),
        "reason": reason_in(language, step.get("reason", "")),
        "observed": "" if observed is None else _short(str(observed)),
    }


def _short(text: str, limit: int = 600) -> str:
    return text if len(text) <= limit else f"{text[:limit]} …"


def _question(scenario: ScenarioResult, question: dict[str, Any], language: Language) -> dict[str, str]:
    answer: dict[str, str] = question["answer"] or {}
    words = WORDS[language]
    wording = question.get(language, question)
    return {
        "scenario": scenario.id,
        "question": wording["question"],
        "expected": wording["expected"],
        "result": answer.get("result", "pending"),
        "word": _word(answer.get("result", "pending"), language),
        "observed": answer.get("observed", words["unanswered"]),
        "who": answer.get("who", ""),
        "when": answer.get("when", ""),
        "attachment": f"{answer['attachment']} ({answer['sha256'][:12]})" if answer.get("attachment") else "",
    }


def _selftest(figures: dict[str, Any] | None, language: Language) -> str:
    words = WORDS[language]
    return words["selftest_text"].format_map(figures) if figures else words["selftest_none"]
