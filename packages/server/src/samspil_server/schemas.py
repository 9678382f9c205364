"""JSON Schemas of what goes in and out, as far as they help a client: the elements that an operation reads and writes."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _resource(kind: str, /, **elements: Schema) -> Schema:
    """Give the schema of a resource: an element whose schema says `always` is required."""
    required = [name for name, schema in elements.items() if schema.pop("always", False)]
    properties = {"resourceType": {"const": kind}, **elements}
    return {"type": "object", "required": ["resourceType", *required], "properties": properties}


def _list(items: Schema, *, least: int = 1) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


def _object(*required: str, **members: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": members}


def _text(*values: str) -> Schema:
    return {"enum": list(values)} if values else {"type": "string", "minLength": 1}


def ref(name: str) -> Schema:
    """Give a reference to one of `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


_CODING = _object(system=_text(), code=_text(), display=_text())
_REFERENCE = _object(reference=_text(), display=_text())
_TIME: Schema = {"type": "string", "format": "date-time"}
_ASKED = (
    *(
        "url",
        "system",
        "version",
        "code",
        "display",
        "coding",
        "codeableConcept",
        "valueSet",
        "codeSystem",
        "conceptMap",
    ),
    *("codeA", "codeB", "codingA", "codingB", "filter", "count", "offset", "date", "displayLanguage", "property"),
    *("includeDesignations", "activeOnly", "excludeNested", "sourceCode", "targetCode", "target", "reverse", "name"),
    *("concept", "context", "tx-resource", "useSupplement", "system-version", "abstract", "inferSystem", "validation"),
)
_CODE: Schema = {"anyOf": [_text(), _CODING, _list(_CODING)]}

SCHEMAS: dict[str, Schema] = {
    "Resource": _object("resourceType", resourceType=_text()),
    "Object": {"type": "object"},
    "Text": {"type": "string"},
    "OperationOutcome": _resource(
        "OperationOutcome",
        issue={
            "always": True,
            **_list(
                _object(
                    "severity",
                    "code",
                    severity=_text("fatal", "error", "warning", "information"),
                    code=_text(),
                    details=_object(),
                    diagnostics=_text(),
                )
            ),
        },
    ),
    "Parameters": _resource("Parameters", parameter=_list(_object("name", name=_text()))),
    "Question": _resource(
        "Parameters",
        parameter={
            "always": True,
            **_list(
                _object(
                    "name",
                    name=_text(*_ASKED),
                    valueUri=_text(),
                    valueCode=_text(),
                    valueString=_text(),
                    valueBoolean={"type": "boolean"},
                    valueInteger={"type": "integer"},
                    valueCoding=_CODING,
                    valueCodeableConcept=_object(coding=_list(_CODING), text=_text()),
                    resource=ref("Resource"),
                )
            ),
        },
    ),
    "CapabilityStatement": _resource(
        "CapabilityStatement",
        status={"always": True, **_text()},
        date={"always": True, **_text()},
        kind={"always": True, **_text()},
        fhirVersion={"always": True, **_text()},
        format={"always": True, **_list(_text())},
        rest=_list(_object("mode", mode=_text("server"))),
    ),
    "OperationDefinition": _resource("OperationDefinition", code={"always": True, **_text()}),
    "Bundle": _resource("Bundle", type={"always": True, **_text()}, entry=_list(_object(), least=0)),
    "Message": _resource(
        "Parameters",
        parameter={
            "always": True,
            "type": "array",
            "minItems": 1,
            "items": {
                "anyOf": [
                    _object("name", "valueString", name=_text("message"), valueString=_text()),
                    _object(
                        "name",
                        "valueBase64Binary",
                        name=_text("message"),
                        valueBase64Binary={"type": "string", "contentEncoding": "base64"},
                    ),
                ]
            },
        },
    ),
    "AuditEvent": _resource(
        "AuditEvent",
        type={"always": True, **_CODING},
        recorded={"always": True, **_TIME},
        agent={"always": True, **_list(_object("requestor", who=_REFERENCE, requestor={"type": "boolean"}))},
        source={"always": True, **_object("observer", observer=_REFERENCE)},
        entity=_list(_object(what=_REFERENCE, type=_CODING, role=_CODING)),
        outcome=_text("0", "4", "8", "12"),
        action=_text("C", "R", "U", "D", "E"),
    ),
    "AuditEvents": _resource(
        "Bundle",
        type={"always": True, **_text("batch", "transaction")},
        entry=_list(
            _object(
                "resource",
                "request",
                resource=ref("AuditEvent"),
                request=_object("method", "url", method=_text("POST"), url=_text("AuditEvent")),
            )
        ),
    ),
    "Access": {
        **_object(
            actor={"anyOf": [_text(), _object("value", system=_text(), value=_text())]},
            purpose=_CODE,
            action=_CODE,
            patient=_text(),
            at=_TIME,
            resource=ref("Resource"),
            **{"class": _CODE},
        ),
        "additionalProperties": False,
    },
    "Decision": _object("decision", decision=_text()),
    "Hook": _object(
        "hook",
        "context",
        hook=_text("patient-consent-consult"),
        hookInstance=_text(),
        context=_object(
            patientId=_list(_object(system=_text(), value=_text())),
            actor=_list(_object("value", system=_text(), value=_text())),
            purposeOfUse=_text(),
            scope=_text(),
            category=_list(_CODING),
            content=ref("Bundle"),
        ),
    ),
    "Cards": _object("cards", cards=_list(_object("summary", "indicator", "source"))),
    "HookServices": _object("services", services=_list(_object("hook", "description", "id"))),
    "OpenAPI": _object("openapi", "info", "paths"),
}
"""Every schema by the name that a `Path` gives it."""
