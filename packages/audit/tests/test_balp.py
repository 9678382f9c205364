"""IHE BALP's published examples in the log; that they are valid is for the validator to say (`make corpora SUITE=balp`)."""

from typing import Any

from samspil_audit import AuditLog, split


def test_every_example_can_be_logged_and_reads_back_the_same(
    log: AuditLog, balp_examples: list[dict[str, Any]]
) -> None:
    events = [each for example in balp_examples for each in split(example)]
    log.append_all(events)
    assert [found.event for found in log.read()] == events
