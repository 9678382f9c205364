"""The rules of review: who proposes does not accept, and what was accepted says by whom."""

from collections.abc import Iterator

from samspil_core.outcome import Issue, Outcome
from samspil_terminology.findings import BAD_ROW, OWN_REVIEW

from .sssom import STATES, Mapping, MappingSet

__all__ = ["check_review"]


def check_review(some: MappingSet, source: str) -> Outcome:
    """What is wrong with the states of a file, row by row."""
    return Outcome(tuple(_faults(some, source)))


def _faults(some: MappingSet, source: str) -> Iterator[Issue]:
    for each in some.mappings:
        yield from _of_row(each, source)
    decided: dict[tuple[str, str], Mapping] = {}
    for each in some.mappings:
        key = (each.subject_id, each.object_id)
        if each.review_state == "accepted" and key in decided:
            yield BAD_ROW.at("", source=source, line=each.line, column=1, why=f"{each.subject_code} is accepted twice")
        decided[key] = each
    accepted = [each for each in some.mappings if each.review_state == "accepted"]
    without = {each.subject_id for each in accepted if each.no_map}
    for subject in sorted(without & {each.subject_id for each in accepted if not each.no_map}):
        line = next(each.line for each in some.mappings if each.subject_id == subject)
        why = f"{subject.partition(':')[2]} has both a target and none"
        yield BAD_ROW.at("", source=source, line=line, column=1, why=why)


def _of_row(each: Mapping, source: str) -> Iterator[Issue]:
    if each.review_state not in STATES:
        why = f"{each.review_state!r} is no state; there are {', '.join(STATES)}"
        yield BAD_ROW.at("", source=source, line=each.line, column=1, why=why)
        return
    if each.review_state != "accepted":
        return
    if not each.reviewer_id:
        yield BAD_ROW.at("", source=source, line=each.line, column=1, why=f"{each.subject_code} is accepted by nobody")
    elif each.reviewer_id.strip().casefold() == each.author_id.strip().casefold():
        yield OWN_REVIEW.at("", source=source, line=each.line, code=each.subject_code)
