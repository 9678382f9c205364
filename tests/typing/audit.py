"""The audit log as a caller writes it."""

from typing import assert_type

from samspil_audit import AuditLog, Proof

with AuditLog.open("audit.db") as log:
    receipt = log.append({"resourceType": "AuditEvent"})
    assert_type(receipt.index, int)
    assert_type(log.prove(receipt.index), Proof)
