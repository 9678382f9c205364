"""What a step says is said in Danish too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import samspil_conformance
from samspil_conformance import documents
from samspil_conformance.data import folder
from samspil_conformance.reasons import danish
from samspil_conformance.steps import medcom

HERE = Path(samspil_conformance.__file__).parent
PLACES = {"check": 1, "equal": 2, "fail": 0, "requires": 1, "warn": 0, "_applies": 1, "Inapplicable": 0, "Skipped": 0}
"""Where in a call the words stand."""
COMPUTED = {"reason", "_told(wanted)", "_sentence(RULES[rule])"}
COMPUTED |= {"_sentence(THREAD_RULES[rule])", "_sentence(ACKNOWLEDGEMENT_RULES[rule])"}
"""Words that are made elsewhere: their templates are among those below."""
ENDPOINT = re.compile("sut.yaml names no endpoint '[a-z-]+'")
"""One template of the catalogue fits them all."""
RULES = [rule for rules in (medcom.RULES, medcom.THREAD_RULES, medcom.ACKNOWLEDGEMENT_RULES) for rule in rules.values()]


def templates() -> Iterator[str]:
    """The words of every judgement in the steps, with {} for what is filled in."""
    for file in sorted((HERE / "steps").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACES:
                at = PLACES[node.func.id]
                if len(node.args) > at:
                    told = template(node.args[at])
                    yield from [f"{told} is {{}}" if node.func.id == "equal" else told] if told else []


def template(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    assert ast.unparse(node) in COMPUTED, f"words that no test can find: {ast.unparse(node)}"
    return ""


def known() -> dict[str, str]:
    return documents.read(folder() / "reasons.da.yaml", "wordings")


def test_each_reason_that_a_step_words_has_danish_words():
    rules = {str(rule.__doc__).partition("\n")[0].rstrip(".") for rule in RULES}
    wanting = ({*templates()} | rules) - {*known()}
    assert {each for each in wanting if not ENDPOINT.fullmatch(each)} <= {"no version that is {} is in the history"}


def test_danish_words_have_a_place_for_everything_that_is_filled_in():
    assert not [english for english, words in known().items() if english.count("{}") != words.count("{}")]


@pytest.mark.parametrize(
    ("english", "words"),
    [
        ("the HTTP status is 201", "HTTP-status er 201"),
        ("Bundle.total counts the matches: 4", "Bundle.total tæller fundene: 4"),
        ("ehr, audit is not claimed", "ehr, audit er ikke angivet"),
        ("2 questions for a person", "2 spørgsmål til en person"),
        (
            "deleting what is not there should succeed: http.html#delete",
            "at slette det, der ikke er der, bør lykkes: http.html#delete",
        ),
        ("the answer has an ETag; id is a FHIR id", "svaret har et ETag; id er et FHIR-id"),
        ("words of another suite", "words of another suite"),
    ],
)
def test_a_reason_in_danish(english, words):
    assert danish(english) == words
