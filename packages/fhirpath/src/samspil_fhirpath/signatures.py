"""Groups of types, and what functions take and give, for the static check."""

from __future__ import annotations

__all__ = ["BOOLEANS", "INTEGERS", "NUMBERS", "ON_STRINGS", "RESULTS", "SAME", "STRINGS", "TEMPORALS"]

BOOLEANS = frozenset({"System.Boolean", "boolean"})
INTEGERS = frozenset({"System.Integer", "System.Long", "integer", "unsignedInt", "positiveInt", "integer64"})
NUMBERS = INTEGERS | {
    "System.Decimal", "System.Quantity", "decimal", "Quantity", "Age", "Duration", "Count", "Distance", "Money", "SimpleQuantity",
}  # fmt: skip
TEMPORALS = frozenset({"System.Date", "System.DateTime", "System.Time", "date", "dateTime", "instant", "time"})
STRINGS = frozenset(
    [
        "System.String",
        "string",
        "code",
        "id",
        "markdown",
        "uri",
        "url",
        "canonical",
        "oid",
        "uuid",
        "base64Binary",
        "xhtml",
        "date",
        "dateTime",
        "instant",
        "time",
    ]
)
"""Types whose values are texts, so that the functions on Strings take them."""

ON_STRINGS = frozenset(
    [
        "indexOf",
        "lastIndexOf",
        "substring",
        "startsWith",
        "endsWith",
        "contains",
        "upper",
        "lower",
        "replace",
        "matches",
        "matchesFull",
        "replaceMatches",
        "length",
        "toChars",
        "encode",
        "decode",
        "escape",
        "unescape",
        "trim",
        "split",
    ]
)
SAME = frozenset(
    [
        "where",
        "first",
        "last",
        "single",
        "tail",
        "skip",
        "take",
        "distinct",
        "intersect",
        "exclude",
        "trace",
        "checkModifiers",
        "min",
        "max",
    ]
)
"""Functions that give items of their input."""

RESULTS = {
    **dict.fromkeys(
        [
            "empty",
            "exists",
            "all",
            "allTrue",
            "anyTrue",
            "allFalse",
            "anyFalse",
            "subsetOf",
            "supersetOf",
            "isDistinct",
            "not",
            "hasValue",
            "memberOf",
            "conformsTo",
            "subsumes",
            "subsumedBy",
            "htmlChecks",
            "startsWith",
            "endsWith",
            "contains",
            "matches",
            "matchesFull",
            "comparable",
            "hasTemplateIdOf",
        ],
        "System.Boolean",
    ),
    **{
        f"convertsTo{name}": "System.Boolean"
        for name in ("Boolean", "Integer", "Long", "Decimal", "String", "Date", "DateTime", "Time", "Quantity")
    },
    **{
        f"to{name}": f"System.{name}"
        for name in ("Boolean", "Integer", "Long", "Decimal", "String", "Date", "DateTime", "Time", "Quantity")
    },
    **dict.fromkeys(
        ["count", "indexOf", "lastIndexOf", "length", "precision", "ceiling", "floor", "truncate"], "System.Integer"
    ),
    **dict.fromkeys(
        [
            "substring",
            "upper",
            "lower",
            "replace",
            "replaceMatches",
            "encode",
            "decode",
            "escape",
            "unescape",
            "trim",
            "join",
        ],
        "System.String",
    ),
    **dict.fromkeys(["exp", "ln", "log", "sqrt"], "System.Decimal"),
    "now": "System.DateTime",
    "today": "System.Date",
    "timeOfDay": "System.Time",
    "type": "System.TypeInfo",
}
"""Functions that always give one item of one System type, or nothing."""
