"""What a message is looked up by: its outline, the names of its segments, its type, and what the caller asks for."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from samspil_hl7v2.engine import Wish, moment, own_offset
from samspil_hl7v2.mapping.sets import Mapping
from samspil_hl7v2.message import USUAL, Plain, separators, text_behind

from .clock import clock
from .outline import outline
from .setting import Setting

LONGEST = 20_000
"""Characters of a message from which on it has no shape: its function would have too many lines."""
FIELDS = 12
"""Parts of MSH that a message of a shape has, to the version at least."""
_BEGINS = "MSH|^~\\&"
_USUALLY = f"{_BEGINS}|"
_SPACED = re.compile(r" [|^~&\r]")
_SPACES = re.compile(r" +(?=[|^~&\r])")
_BLANKS = "\x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""All blanks outside ASCII; those within are control characters, which the outline shows, but for the usual one."""
_BLANK = re.compile(r"[|^~&][^\S \r\n]")


class Sketch(NamedTuple):
    """A message on its way to its shape: `lines` are its lines as they read, `standing` as they stand.

    The two are the same but for blanks at the end of values, which do not read.
    """

    key: Hashable
    lines: list[str]
    standing: list[str]
    outline: bytes
    standing_outline: bytes
    type: str
    """MSH-9 as it stands."""
    mapping: Mapping
    """The one for the sender."""
    setting: Setting
    plain: Plain
    wish: Wish


def sketch_of(plain: Plain, wish: Wish) -> Sketch | None:
    """None where a message cannot be of a shape: odd separators, rare blanks, no Unicode, very long."""
    text, declared = plain.text, USUAL
    if len(text) > LONGEST or not (text.isascii() or _is_usual(text)):
        return None
    if not text.startswith(_USUALLY):
        declared, findings = separators(text)
        if findings:
            return None
        text = _BEGINS + text_behind(text, declared)
    outlined = standing_outline = outline(text)
    lines = standing = text.split("\r")
    if _SPACED.search(text):
        if '"" ' in text:
            return None
        text = _SPACES.sub("", text)
        outlined, lines = outline(text), text.split("\r")
    head = lines[0].split("|")
    if len(head) < FIELDS or '""' in lines[0]:
        return None
    mapping = wish.mapping
    if mapping.by_sender:
        mapping = mapping.sender(head[2].split("^")[0], head[3].split("^")[0])
    zone = wish.timezone or mapping.timezone
    names = "\r".join([line[:4] for line in lines])
    spaced = standing_outline if standing is not lines else None
    key = (outlined, spaced, declared, names, head[8], zone, wish.bundle_type, wish.with_lineage, wish.now is None)
    where, offset = (ZoneInfo(zone), "") if zone else (None, own_offset(head[6]))  # a zone tells more than MSH-7
    now, systems = moment(wish.now), mapping.tables.coding_systems
    setting = Setting(plain.codec, where, offset, now, systems, clock(where, offset), head)
    return Sketch(key, lines, standing, outlined, standing_outline, head[8], mapping, setting, plain, wish)


def _is_usual(text: str) -> bool:
    """Whether a text is Unicode, and no value in it begins with a blank that is rare."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return not (any(map(text.__contains__, _BLANKS)) and _BLANK.search(text))
