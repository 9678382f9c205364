"""JSON Schema of the table rows: what a person writes is checked, and the error names file, line and column."""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
ID: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"}
GUIDE: dict[str, Any] = {"type": "string", "pattern": r"^(?:[A-Za-z0-9_]+:)?\d+(?: (?:[A-Za-z0-9_]+:)?\d+)*$|^$"}
NAME: dict[str, Any] = {"type": "string", "pattern": r"^[A-Z][A-Z0-9]{1,2}\[[A-Za-z0-9.-]+\]$|^$"}
VOCABULARY: dict[str, Any] = {"type": "string", "pattern": r"^[A-Za-z0-9.-]+(?:\[[A-Za-z0-9.-]+\])?$|^$"}

MAP = {
    "type": "object",
    "properties": {
        "id": ID,
        "source": {"type": "string", "pattern": r"^(?:[A-Z][A-Z0-9]{1,2}(?:[-.]\d+(?:\.\d+){0,2})?)?$"},
        "when": TEXT,
        "target": {"type": "string", "pattern": r"^\S*$"},
        "map": NAME,
        "vocabulary": VOCABULARY,
        "value": {"type": "string", "pattern": r'^(?:".*"|@[A-Za-z_0-9-]+(?: .*)?|.*\{.+\}.*)?$'},
        "guide": GUIDE,
        "note": TEXT,
        "action": {"enum": ["", "add", "replace", "drop"]},
    },
    "required": ["id", "source", "when", "target", "map", "vocabulary", "value", "guide", "note"],
    "additionalProperties": False,
    "if": {"properties": {"action": {"const": "drop"}}, "required": ["action"]},
    "then": {"properties": {"note": {"minLength": 1}}},
    "else": {"properties": {"target": {"minLength": 1}, "source": {"minLength": 1}}},
}

MESSAGE = {
    "type": "object",
    "properties": {
        "id": ID,
        "group": {"type": "string", "pattern": r"^(?:\*|[A-Z0-9_]+(?:\.[A-Z0-9_]+)*)?$"},
        "segment": {"type": "string", "pattern": r"^[A-Z][A-Z0-9]{2}$"},
        "when": TEXT,
        "make": {"enum": ["new", "into", "onto", "always"]},
        "resource": {"type": "string", "pattern": r"^[A-Z][A-Za-z]+(?::[A-Za-z0-9-]+)?$"},
        "map": {"type": "string", "pattern": r"^[A-Z][A-Z0-9]{2}\[[A-Za-z0-9.-]+\]$"},
        "references": TEXT,
        "guide": GUIDE,
        "note": TEXT,
        "action": {"enum": ["", "add", "replace", "drop"]},
    },
    "required": ["id", "group", "segment", "when", "make", "resource", "map", "references", "guide", "note"],
    "additionalProperties": False,
}
DROPPED_MESSAGE = {
    "type": "object",
    "properties": {"id": ID, "note": {"type": "string", "minLength": 1}},
    "required": ["id", "note"],
}

RESOURCE = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"},
        "type": {"type": "string", "pattern": "^[A-Z][A-Za-z]+$"},
        "rule": {"enum": ["key", "default"]},
        "path": {"type": "string", "minLength": 1},
        "value": TEXT,
        "note": TEXT,
        "action": {"enum": ["", "add", "replace", "drop"]},
    },
    "required": ["id", "type", "rule", "path", "value", "note"],
    "additionalProperties": False,
}

CODE = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "minLength": 1},
        "target": {"type": "string", "minLength": 1},
        "system": {"type": "string", "pattern": r"^\S*$"},
        "display": TEXT,
        "when": TEXT,
        "note": TEXT,
        "action": {"enum": ["", "add", "replace", "drop"]},
    },
    "required": ["code", "target", "system", "display"],
    "additionalProperties": False,
}

LAYER = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"},
        "senders": {"type": "array", "items": {"type": "string", "pattern": r"^[^|]*\|[^|]*$"}},
        "timezone": {"type": "string"},
        "charset": {"type": "string"},
    },
    "required": ["name"],
    "additionalProperties": False,
}
