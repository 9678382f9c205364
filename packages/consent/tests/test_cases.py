"""The published cases, each under the profile of its source; expected values are read from the corpora."""

import json
import os
from pathlib import Path

import pytest

from samspil_consent.cases import profile_of, run_case

CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or Path(__file__).parents[4] / "shared" / "corpora")
FILES = sorted((CORPORA / "consent" / "cases").rglob("*.json"))
CONTRADICTED = {"connectathon2020-A"}
"""What no one rule can decide together with connectathon D; see docs/explanation/consent-contradictions.md."""


@pytest.mark.skipif(not FILES, reason="corpora are not there")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_published_case_is_decided_as_published(file):
    case = json.loads(file.read_text(encoding="utf-8"))
    results = list(run_case(case))
    assert results
    agree = all(result.agrees is not False for result in results)
    assert agree == (case["id"] not in CONTRADICTED), [result.why for result in results]


@pytest.mark.skipif(not FILES, reason="corpora are not there")
def test_the_contradiction_is_real_typed_decides_a_and_misses_d():
    cases = {case["id"]: case for case in (json.loads(file.read_text(encoding="utf-8")) for file in FILES)}
    (first,) = run_case(cases["connectathon2020-A"], "typed")
    (other,) = run_case(cases["connectathon2020-D"], "typed")
    assert (first.agrees, other.agrees) == (True, False)


def test_the_profile_follows_the_source_alone():
    assert [profile_of(each) for each in ("leap-cds", "leap-demos", "ihe-pcf", "mine")] == [
        "leap-flip",
        "leap-flip",
        "pcf",
        "typed",
    ]


def test_what_is_no_case_says_so():
    with pytest.raises(ValueError, match="request, consents and expected"):
        list(run_case({"id": "x"}))
