"""JSON text to values, with decimals kept exactly: https://hl7.org/fhir/R4/json.html#decimal."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

__all__ = ["NotJson", "loads"]

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
_RAW_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG_INTEGER = re.compile(r"[0-9]{4301}")
_BYTE_ORDER_MARK = "\ufeff"


class NotJson(ValueError):
    """A text is not JSON. Holds what is wrong and where, never the text itself."""

    def __init__(self, why: str, line: int, column: int) -> None:
        super().__init__(f"not JSON, line {line} column {column}: {why}")
        self.why = why
        self.line = line
        self.column = column


class _Constant(ValueError):
    """NaN or Infinity, which the standard library reads and RFC 8259 section 6 forbids."""


def _refuse(_constant: str) -> NoReturn:
    raise _Constant


_decode = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse).decode


def loads(data: bytes | str) -> Any:
    """The value of a JSON text: numbers with a fraction or an exponent become Decimal, others int.

    `data` is UTF-8 or str, with or without a byte order mark. Of duplicate keys the last wins.

    Raises `NotJson`, with line and column, for anything that RFC 8259 refuses, and for NaN, lone surrogates,
    integers beyond 4300 digits (the limit of Python), exponents no Decimal can hold, and nesting too deep to
    follow. At least 200 levels can be read.
    """
    text = _checked(data).removeprefix(_BYTE_ORDER_MARK)
    try:
        return _decode(text)
    except json.JSONDecodeError as error:
        fault = NotJson(error.msg, error.lineno, error.colno)
    except RecursionError:
        fault = NotJson("nested too deeply", 1, 1)
    except _Constant:
        fault = NotJson("NaN and Infinity are no JSON numbers", 1, 1)
    except (ValueError, ArithmeticError):
        fault = _unholdable_number(text)
    raise fault  # here, so that no exception holding the text comes with it


def _checked(data: bytes | str) -> str:
    """The text, once it is known to be Unicode without lone surrogates, raw or escaped."""
    text = str(data, "utf-8", "surrogateescape") if isinstance(data, bytes) else data
    raw = None if text.isascii() else _RAW_SURROGATE.search(text)
    if raw:
        raise _fault_after(text[: raw.start()], "not UTF-8")
    if "\\u" in text:
        _refuse_lone_surrogates(text)
    return text


def _refuse_lone_surrogates(text: str) -> None:
    for escape in _ESCAPE.finditer(text):
        if escape["lone"]:
            raise _fault_after(text[: escape.start()], "a lone surrogate")


def _unholdable_number(text: str) -> NotJson:
    found = _LONG_INTEGER.search(text)
    if found:
        return _fault_after(text[: found.start()], "an integer of more than 4300 digits")
    return NotJson("an exponent that no decimal can hold", 1, 1)


def _fault_after(before: str, why: str) -> NotJson:
    return NotJson(why, before.count("\n") + 1, len(before) - before.rfind("\n"))
