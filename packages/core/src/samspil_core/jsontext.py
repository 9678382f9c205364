"""The one seam through which JSON is read and written.

https://hl7.org/fhir/R4/json.html, https://www.rfc-editor.org/rfc/rfc8259

Text is written by `orjson` when it is installed (the extra `speed`) and by the standard library otherwise, with
the same bytes. Text is read by the standard library always: orjson cannot keep decimals to the last zero, and
finding out beforehand whether a text has any costs more than orjson gains.
"""

from typing import TYPE_CHECKING

from samspil_core import json_writer
from samspil_core.json_reader import NotJson, loads
from samspil_core.json_writer import NotWritable

if TYPE_CHECKING:
    from collections.abc import Callable

try:
    from samspil_core import orjson_writer
except ImportError:  # orjson is not there, or too old to have Fragment
    _write_fast: "Callable[..., bytes] | None" = None
else:
    _write_fast = orjson_writer.dumps

__all__ = ["NotJson", "NotWritable", "dumps", "loads"]


def dumps(value: object, *, pretty: bool = False, sure: bool = False) -> bytes:
    """A value as JSON text in UTF-8: no spaces, key order kept, nothing escaped that need not be.

    Takes str, int, bool, None, list, tuple, dict with str keys, and Decimal, which is written as `str(value)`,
    so 1.50 stays 1.50 (https://hl7.org/fhir/R4/json.html#decimal); an Enum member is written as its value, a
    UUID as its text. `pretty` indents by two spaces. `sure` is for hot paths that made the value themselves: they
    vouch that it holds no float, and the search for one is spared.

    Raises `NotWritable`, with the place of the fault, for anything else: a float (FHIR decimals must stay
    exact), NaN or Infinity, a lone surrogate, an integer beyond 4300 digits (the limit of Python), a value
    nested too deeply or in itself. At least 200 levels can be written.
    """
    if _write_fast is None or pretty:
        return json_writer.dumps(value, pretty=pretty)
    return _write_fast(value, sure=sure)
