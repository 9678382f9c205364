r"""The syntax of PCRE as RE2 and as Python write it: the few forms that differ.

`\d`, `\w`, `\s` and `\b` know ASCII alone, as in PCRE and Java; `\p{L}` takes the letters of every alphabet.
https://www.pcre.org/current/doc/html/pcre2pattern.html, https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .regex_cost import Unread

__all__ = ["for_python", "for_re2"]

_PART = re.compile(
    r"(?P<quoted>\\Q.*?(?:\\E|\Z))"
    r"|(?P<escape>\\(?:u[0-9A-Fa-f]{4}|x\{[0-9A-Fa-f]{1,6}\}|k(?:<\w+>|\{\w+\})|.))"
    r"|(?P<class>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\])"
    r"|(?P<named>\(\?<(?=\w))"
    r"|.",
    re.DOTALL,
)
_IN_CLASS = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x\{[0-9A-Fa-f]{1,6}\}|.)|\[", re.DOTALL)
_NAMED_CLASS = re.compile(r"\[:\^?\w+:\]")

_SPACE = r"\t-\r "
_NO_SPACE = r"\x00-\x08\x0e-\x1f!-\x{10FFFF}"
_RE2 = {r"\s": f"[{_SPACE}]", r"\S": f"[{_NO_SPACE}]", r"\h": r"[ \t]", r"\Z": r"\z"}
_RE2_CLASS = {r"\s": _SPACE, r"\S": _NO_SPACE, r"\h": r" \t", "[": "["}
_PYTHON = {r"\h": r"[ \t]", r"\z": r"\Z", "$": r"\Z"}
_PYTHON_CLASS = {r"\h": r" \t", "[": r"\["}


def for_re2(text: str) -> str:
    """The pattern in the syntax of RE2. What RE2 does not know stays as it is, for RE2 to refuse."""
    return _written(text, _RE2, _RE2_CLASS, r"\x{{{:x}}}")


def for_python(text: str) -> str:
    """The pattern in the syntax of Python's `re`: `$` is the end of the text, and not before its last line break too.

    Raises `Unread` for a class named as in POSIX.
    """
    if _NAMED_CLASS.search(text):
        raise Unread("a named class")
    return _written(text, _PYTHON, _PYTHON_CLASS, r"\U{:08x}")


def _written(text: str, outside: Mapping[str, str], inside: Mapping[str, str], code: str) -> str:
    def part(found: re.Match[str]) -> str:
        if found["quoted"]:
            return re.escape(found[0][2:].removesuffix(r"\E"))
        if found["class"]:
            return _IN_CLASS.sub(lambda each: _escape(each[0], inside, code), found[0][1:-1]).join("[]")
        return "(?P<" if found["named"] else _escape(found[0], outside, code)

    return _PART.sub(part, text)


def _escape(part: str, table: Mapping[str, str], code: str) -> str:
    if part in table:
        return table[part]
    if part.startswith((r"\u", r"\x{")) and len(part) > 2:  # noqa: PLR2004  more than the letter
        return code.format(int(part[2:].strip("{}"), 16))
    if part.startswith(r"\k") and len(part) > 2:  # noqa: PLR2004
        return f"(?P={part[3:-1]})"
    return part[1:] if part.startswith("\\") and not part.isascii() else part
