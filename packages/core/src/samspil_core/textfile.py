"""A text file that a person wrote or saved."""

import codecs
import errno
from pathlib import Path

__all__ = ["read_text"]

_PACKED = (b"\x1f\x8b", b"PK\x03\x04")


def read_text(path: str | Path) -> str:
    r"""The UTF-8 text of a file, without a byte order mark, `\n` at the end of its lines.

    Raises OSError where the system refuses the file, and with EILSEQ, saying where, where it is no UTF-8 text: a
    mistake like the others that a person makes with a file.
    """
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        why = _why(data, fault.start)
    else:
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise OSError(errno.EILSEQ, why, str(path))  # here, so that no exception holding the text comes with it


def _why(data: bytes, at: int) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "this is UTF-16, save it as UTF-8"
    if data.startswith(_PACKED):
        return "this is packed, unpack it first"
    line, column = data.count(b"\n", 0, at) + 1, at - data.rfind(b"\n", 0, at)
    return f"this is not UTF-8 text, see line {line}, byte {column}; save it as UTF-8"
