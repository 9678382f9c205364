"""The words of the report, in English and Danish."""

from collections.abc import Mapping
from typing import Literal

from samspil_conformance.reasons import danish

__all__ = ["LANGUAGES", "RESULT_WORDS", "WORDS", "Language", "reason_in", "source_in"]

Language = Literal["en", "da"]
LANGUAGES: tuple[Language, ...] = ("da", "en")

RESULT_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "pass": "✓ passed",
        "fail": "✗ failed",
        "warning": "! warning",
        "pending": "? needs a person",
        "skipped": "– skipped",
        "error": "# not judged",
        "not-applicable": "· not claimed",
        "not-run": "· left out",
        "other-suite": "→ other suite",
        "not-tested": "○ not tested",
        "approved": "approved",
        "not-approved": "not approved",
    },
    "da": {
        "pass": "✓ bestået",
        "fail": "✗ ikke bestået",
        "warning": "! advarsel",
        "pending": "? kræver en person",
        "skipped": "– sprunget over",
        "error": "# ikke bedømt",
        "not-applicable": "· ikke angivet",
        "not-run": "· udeladt",
        "other-suite": "→ anden suite",
        "not-tested": "○ ikke testet",
        "approved": "godkendt",
        "not-approved": "ikke godkendt",
    },
}

MEANINGS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "pass": "every test of it passed",
        "fail": "at least one test of it failed",
        "warning": "the system need not do otherwise, but should",
        "pending": "a person has to judge, and has not yet",
        "skipped": "a precondition of a test was not met",
        "error": "the kit could not judge: a fault of the kit or of the connection, not of the system",
        "not-applicable": "the system does not claim it, or is not given in the mode that tests it",
        "not-run": "its tests were left out of this run",
        "other-suite": "another suite tests it",
        "not-tested": "no suite tests it; the reason stands beside it",
    },
    "da": {
        "pass": "alle dets test er bestået",
        "fail": "mindst én af dets test er ikke bestået",
        "warning": "systemet behøver ikke gøre andet, men bør",
        "pending": "en person skal bedømme det og har ikke gjort det endnu",
        "skipped": "en forudsætning for en test var ikke opfyldt",
        "error": "værktøjet kunne ikke bedømme: en fejl i værktøjet eller forbindelsen, ikke i systemet",
        "not-applicable": "systemet angiver det ikke eller er ikke givet på den måde, der tester det",
        "not-run": "dets test blev udeladt af denne kørsel",
        "other-suite": "en anden suite tester det",
        "not-tested": "ingen suite tester det; begrundelsen står ved siden af",
    },
}

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "report": "Conformance report",
        "system": "System under test",
        "name": "System",
        "company": "Maker",
        "version": "Version",
        "build": "Build",
        "test": "Kind of test",
        "self": "self-test",
        "final": "final test",
        "tester": "Tester",
        "place": "Place",
        "suite": "Suite",
        "started": "Started",
        "seed": "Seed",
        "run": "Run",
        "verdict": "Verdict",
        "rule": "Approved means: no failure graded F1 (critical), F2 (serious) or F3 (significant), and nothing left to judge.",
        "summary": "Summary",
        "requirements": "Requirements",
        "others": "Requirements that this run did not test",
        "scenarios": "Scenarios",
        "result": "Result",
        "number": "Number",
        "meaning": "Meaning",
        "clause": "Clause",
        "requirement": "Requirement",
        "status": "Status",
        "reason": "Reason",
        "tests": "Tests",
        "severity": "Severity",
        "regraded": "graded {to} by a person, {from} in the suite",
        "steps": "Steps",
        "observed": "Observed",
        "exchanges": "Exchanges",
        "questions": "Questions for a person",
        "question": "Question",
        "expected": "Expected",
        "who": "Who",
        "when": "When",
        "attachment": "Attachment",
        "unanswered": "not answered yet",
        "selftest": "How the suite itself was tested",
        "selftest_text": "Against {defects} systems with one seeded defect each, this version of the suite found {killed}. Against {variants} systems that differ in lawful ways, it raised {alarms} false alarms.",
        "selftest_none": "There are no self-test figures for exactly this version of the suite.",
        "limits": "What this report is not",
        "limits_text": "It shows what the named tests found in the named version of the system, on the day of the run. It is no certificate and no CE mark, does not replace the run in the European digital testing environment (Regulation (EU) 2025/327, Art. 40), and says nothing about requirements marked as not tested.",
        "integrity": "Files and digests",
        "integrity_text": "The record run.jsonl is the source of every statement here. Its SHA-256 is {digest}. `samspil conformance verify` checks the whole bundle offline.",
        "page": "Page",
        "failures": "What failed",
        "none": "none",
        "mode": "Mode",
        "not-run-step": "not run",
    },
    "da": {
        "report": "Overensstemmelsesrapport",
        "system": "System under test",
        "name": "System",
        "company": "Fabrikant",
        "version": "Version",
        "build": "Build",
        "test": "Testtype",
        "self": "egentest",
        "final": "afsluttende test",
        "tester": "Tester",
        "place": "Sted",
        "suite": "Suite",
        "started": "Begyndt",
        "seed": "Frø",
        "run": "Kørsel",
        "verdict": "Afgørelse",
        "rule": "Godkendt betyder: ingen fejl af grad F1 (kritisk), F2 (alvorlig) eller F3 (væsentlig), og intet, der mangler at blive bedømt.",
        "summary": "Oversigt",
        "requirements": "Krav",
        "others": "Krav, som denne kørsel ikke testede",
        "scenarios": "Scenarier",
        "result": "Resultat",
        "number": "Antal",
        "meaning": "Betydning",
        "clause": "Bestemmelse",
        "requirement": "Krav",
        "status": "Status",
        "reason": "Begrundelse",
        "tests": "Test",
        "severity": "Grad",
        "regraded": "grad {to} fastsat af en person, {from} i suiten",
        "steps": "Trin",
        "observed": "Observeret",
        "exchanges": "Udvekslinger",
        "questions": "Spørgsmål til en person",
        "question": "Spørgsmål",
        "expected": "Forventet",
        "who": "Hvem",
        "when": "Hvornår",
        "attachment": "Bilag",
        "unanswered": "ikke besvaret endnu",
        "selftest": "Hvordan suiten selv er testet",
        "selftest_text": "Over for {defects} systemer med hver sin indbyggede fejl fandt denne version af suiten {killed}. Over for {variants} systemer, der afviger på lovlige måder, gav den {alarms} falske alarmer.",
        "selftest_none": "Der findes ingen tal fra selvtest for netop denne version af suiten.",
        "limits": "Hvad denne rapport ikke er",
        "limits_text": "Den viser, hvad de nævnte test fandt i den nævnte version af systemet på dagen for kørslen. Den er hverken et certifikat eller en CE-mærkning, erstatter ikke kørslen i det europæiske digitale testmiljø (forordning (EU) 2025/327, artikel 40) og siger intet om krav, der er mærket som ikke testet.",
        "integrity": "Filer og kontrolsummer",
        "integrity_text": "Optegnelsen run.jsonl er kilden til alt, hvad der står her. Dens SHA-256 er {digest}. `samspil conformance verify` kontrollerer hele pakken uden netadgang.",
        "page": "Side",
        "failures": "Hvad der ikke blev bestået",
        "none": "ingen",
        "mode": "Måde",
        "not-run-step": "ikke udført",
    },
}


def reason_in(language: Language, text: str) -> str:
    """A reason in a language."""
    return danish(text) if language == "da" else text


def source_in(language: Language, text: str) -> str:
    """A clause as a language cites it."""
    if language == "da":
        for english, danish in (
            ("Annex", "bilag"),
            ("Art ", "artikel "),
            (" para ", ", stk. "),
            ("chapeau", "indledning"),
        ):
            text = text.replace(english, danish)
    return text
