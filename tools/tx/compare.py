"""Compare an answer with an expected one, by the rules of the suite's own runner.

The expected file is a template: marks in it (`$optional$`, `$choice:a|b$`, ...) say what may differ.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

__all__ = ["Rules", "differs"]

Json = Any

_PATTERNS = {
    "$id$": r"[A-Za-z0-9\-.]{1,64}",
    "$uuid$": r"(urn:uuid:)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "$token$": r"[0-9a-zA-Z_][0-9a-zA-Z_.\-]*",
    "$instant$": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+\-]\d{2}:\d{2})",
    "$date$": r"\d{4}(-\d{2}(-\d{2}(T.*)?)?)?",
    "$url$": r"[a-z][a-z0-9+.\-]*:\S+",
    "$semver$": r"\d+(\.\d+){0,2}([\-+].*)?",
}


@dataclass(frozen=True)
class Rules:
    """What the comparison depends on: the modes that are on, the FHIR release spoken, the server's own messages."""

    modes: frozenset[str] = frozenset({"general"})
    version: str = "5.0.0"
    externals: Mapping[str, str] = field(default_factory=dict)
    pattern: bool = False


def differs(expected: Json, actual: Json, rules: Rules, path: str = "") -> str | None:
    """Say the first difference, or None."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return _objects(expected, actual, rules, path)
    if isinstance(expected, list) and isinstance(actual, list):
        return _arrays(expected, actual, rules, path)
    if isinstance(expected, str) and isinstance(actual, str):
        return None if _texts(expected, actual, rules) else f"{path}: {actual!r} is not {expected!r}"
    if isinstance(expected, bool) or isinstance(actual, bool):
        same = expected is actual
    elif isinstance(expected, int | float | Decimal) and isinstance(actual, int | float | Decimal):
        same = str(expected) == str(actual)
    else:
        same = expected == actual
    return None if same else f"{path}: {actual!r} is not {expected!r}"


def _objects(expected: Mapping[str, Json], actual: Mapping[str, Json], rules: Rules, path: str) -> str | None:  # noqa: C901  the steps, in their order
    optional = set(expected.get("$optional-properties$", ()))
    counted = set(expected.get("$count-arrays$", ()))
    if not rules.pattern:
        for name in actual:
            if name not in expected and name not in optional and "*" not in optional:
                return f"{path}.{name}: not expected ({str(actual[name])[:160]})"
    for name, wanted in expected.items():
        if name.startswith("$") or name == "fhir_comments":
            continue
        here = f"{path}.{name}"
        if name not in actual:
            if name in optional or "*" in optional or _may_be_missing(wanted, rules):
                continue
            return f"{here}: missing"
        if name in counted:
            if len(wanted) != len(actual[name]):
                return f"{here}: {len(actual[name])} items, not {len(wanted)}"
            continue
        why = differs(wanted, actual[name], rules, here)
        if why:
            return why
    return None


def _may_be_missing(wanted: Json, rules: Rules) -> bool:
    """A missing element is no failure when all its objects are optional; a list of primitives never is one."""
    if isinstance(wanted, Mapping):
        return _optional(wanted, rules)
    return isinstance(wanted, list) and all(_optional(each, rules) for each in wanted if isinstance(each, Mapping))


def _optional(wanted: Json, rules: Rules) -> bool:
    mark = wanted.get("$optional$") if isinstance(wanted, Mapping) else None
    if mark is None or isinstance(mark, bool):
        return bool(mark)
    kind, _, value = str(mark).partition(":")
    if kind == "warning":
        return True
    if kind == "version":
        return rules.version.startswith(value)
    return mark[1:] not in rules.modes if str(mark).startswith("!") else mark in rules.modes


def _arrays(expected: Sequence[Json], actual: Sequence[Json], rules: Rules, path: str) -> str | None:
    """Match in order; an optional item may be passed over, and in a pattern any actual one."""
    at = 0
    for position, wanted in enumerate(expected):
        here = f"{path}[{position}]"
        why: str | None = "missing"
        if rules.pattern:
            found = next((i for i in range(at, len(actual)) if differs(wanted, actual[i], rules, here) is None), None)
            if found is not None:
                at, why = found + 1, None
        elif at < len(actual):
            why = differs(wanted, actual[at], rules, here)
            if why is None:
                at += 1
        if why is not None and not _optional(wanted, rules):
            return f"{here}: missing" if why == "missing" else why
    if at < len(actual) and not rules.pattern:
        return f"{path}: {len(actual) - at} items more than expected, the first: {str(actual[at])[:300]}"
    return None


def _texts(expected: str, actual: str, rules: Rules) -> bool:  # noqa: PLR0911  one return a case
    if expected == "$$":
        return True
    if expected in _PATTERNS:
        return re.fullmatch(_PATTERNS[expected], actual) is not None
    if expected == "$string$":
        return actual == actual.strip()
    if expected == "$version$":
        return actual == rules.version
    if expected.startswith("$") and expected.endswith("$") and ":" in expected:
        kind, _, rest = expected[1:-1].partition(":")
        if kind == "choice":
            return actual in rest.split("|")
        if kind == "fragments":
            return _holds(rest, actual)
        if kind == "external":
            number, _, fragments = rest.partition(":")
            if number in rules.externals:
                return _same(rules.externals[number], actual)
            return _holds(fragments, actual) if fragments else True
    return _same(expected.replace("$version$", rules.version), actual)


def _holds(fragments: str, actual: str) -> bool:
    return all(each.lower() in actual.lower() for each in fragments.split("|"))


def _same(expected: str, actual: str) -> bool:
    """Equal, or equal as Base64: the suite's runner takes texts for the same whose bytes decode alike."""
    if expected == actual or ("<div" in expected and "<div" in actual):
        return True
    one, other = _decoded(expected), _decoded(actual)
    return bool(one) and one == other


def _decoded(text: str) -> bytes:
    """The bytes of Base64 read leniently: other characters are passed over, `=` ends it, a lone last digit is dropped."""
    digits = re.sub(r"[^A-Za-z0-9+/\-_]", "", text.partition("=")[0]).replace("-", "+").replace("_", "/")
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return base64.b64decode(digits + "=" * (-len(digits) % 4))
