"""Findings and outcomes as a caller writes them."""

from typing import assert_type

from samspil_core.outcome import Issue, Kind, Outcome

TOO_LATE = Kind(
    "SAM-DOC-102",
    "warning",
    "value",
    text="The message came after {limit}.",
    fix="Send it earlier.",
    text_da="Meddelelsen kom efter {limit}.",
    fix_da="Send den tidligere.",
)
issue = TOO_LATE.at("MSH-7", limit="noon")
assert_type(issue, Issue)
assert_type(Outcome((issue,)).ok, bool)
assert_type(issue.text, str)
