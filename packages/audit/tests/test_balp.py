"""IHE BALP's published examples and the mutants of them; the whole of it is `make corpora SUITE=audit`."""

from pathlib import Path
from typing import Any

import pytest

from samspil_audit import AuditLog, split
from tools.suites.audit_balp import names, run


def test_the_examples_are_valid_and_each_mutant_is_refused_for_the_rule_it_breaks(corpora: Path) -> None:
    failed = [case for case in run(corpora) if case[1] is not None]
    assert failed == []


def test_every_example_can_be_logged_and_reads_back_the_same(
    log: AuditLog, balp_examples: list[dict[str, Any]]
) -> None:
    events = [each for example in balp_examples for each in split(example)]
    log.append_all(events)
    assert [found.event for found in log.read()] == events


@pytest.mark.parametrize(
    ("fault", "rule", "same"),
    [
        ("AuditEvent.agent:client: min 1, there are 0", "slice agent:client min 1", True),
        ("AuditEvent.agent:client: max 1, there are 2", "slice agent:client min 1", False),
        ("AuditEvent.agent:client.who: min 1, there are 0", "agent:client.who min 1", True),
        ('AuditEvent.type: must be {"code": "x"}', 'AuditEvent.type must be {"code": "x"}', True),
        ("AuditEvent.agent:source: val-audit-source", "invariant val-audit-source", True),
    ],
)
def test_a_fault_is_told_from_another(fault: str, rule: str, same: bool) -> None:
    assert names(fault, rule) is same
