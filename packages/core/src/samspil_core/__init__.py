"""The words all Samspil modules share: outcomes, findings, exact primitives, JSON, ids, ports.

Fakes of the ports for tests are in `samspil_core.testing`; NDJSON, which has verbs of its own, in
`samspil_core.ndjson`.
"""

from samspil_core.findings import BadKind, all_kinds, kind, load_all, register
from samspil_core.identity import name_uuid
from samspil_core.jsontext import NotJson, NotWritable, dumps, loads
from samspil_core.not_available import NOT_AVAILABLE
from samspil_core.outcome import (
    FINDINGS_SYSTEM,
    Issue,
    Kind,
    Language,
    Outcome,
    Severity,
    Wording,
    http_status,
    merge,
    to_operation_outcome,
)
from samspil_core.ports import (
    CodeValidator,
    Decider,
    Evaluator,
    PortNotFound,
    Recorder,
    ResourceValidator,
    Translator,
    available,
    find,
)
from samspil_core.primitives import (
    NotAPrimitive,
    Temporal,
    Time,
    ZoneNeeded,
    format_decimal,
    parse_date,
    parse_date_time,
    parse_decimal,
    parse_instant,
    parse_time,
)
from samspil_core.values import Access, CodeValidity, Coding, Decision, Equivalence, Match, Receipt, Translation

__all__ = [
    "FINDINGS_SYSTEM",
    "NOT_AVAILABLE",
    "Access",
    "BadKind",
    "CodeValidator",
    "CodeValidity",
    "Coding",
    "Decider",
    "Decision",
    "Equivalence",
    "Evaluator",
    "Issue",
    "Kind",
    "Language",
    "Match",
    "NotAPrimitive",
    "NotJson",
    "NotWritable",
    "Outcome",
    "PortNotFound",
    "Receipt",
    "Recorder",
    "ResourceValidator",
    "Severity",
    "Temporal",
    "Time",
    "Translation",
    "Translator",
    "Wording",
    "ZoneNeeded",
    "all_kinds",
    "available",
    "dumps",
    "find",
    "format_decimal",
    "http_status",
    "kind",
    "load_all",
    "loads",
    "merge",
    "name_uuid",
    "parse_date",
    "parse_date_time",
    "parse_decimal",
    "parse_instant",
    "parse_time",
    "register",
    "to_operation_outcome",
]
