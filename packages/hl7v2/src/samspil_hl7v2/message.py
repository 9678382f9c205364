r"""An HL7 v2 message as the engine sees it: separators, segments, fields; components are split only when a row asks.

ER7 encoding, HL7 v2.9 chapter 2, section 2.5 and 2.6 (https://www.hl7.eu/HL7v2x/v29/std29/ch02.html).
Whatever characters a message declares in MSH-1 and MSH-2, the text in the segments uses the usual ones, so that
everything after reads `|^~\&` only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from samspil_core.outcome import Issue

from .charset import decode
from .escapes import unescape
from .findings import (
    CONTINUED_LINE,
    CONTROL_CHARACTERS,
    JUNK_BEFORE_MSH,
    LOWER_CASE_SEGMENT,
    NO_MSH,
    SEPARATORS_DOUBLE,
    SEPARATORS_SHORT,
)

USUAL = "|^~\\&"
SEGMENT, FIELD, REPETITION, COMPONENT = 40, 28, 12, 4
"""Shifts of the parts of a position number: segment, field, repetition, component; the sub-component takes the low bits."""
WIDEST = 1 << SEGMENT - FIELD
"""From this field on no row can address a position: its number is -1, so that it is never taken for mapped."""

_MSH = re.compile(r"MSH[^\sA-Za-z0-9]")
_ESCAPED = {"|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "\\": "\\E\\", "&": "\\T\\"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CONTROL_BYTES = bytes(code for code in range(32) if chr(code) not in "\t\n\r")
_LEAF = re.compile(r"[^\^~&]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{2}(?:\||$)")
_SPACED = re.compile(r" [|^~&\r]")
_HOLLOW = re.compile(r"\|[\^~&]+(?![^|\r])")
_BLANK = re.compile(r"[|^~&][^\S \r\n]")


class Leaf(NamedTuple):
    """One populated position of a segment: its place there, its position number, and its text as it stands."""

    field: int
    repetition: int
    component: int
    subcomponent: int
    key: int
    text: str


class Outline:
    """A field split into its repetitions, and one of these into its components."""

    __slots__ = ("field", "parts", "repetition", "repetitions")

    def __init__(self, field: int, repetitions: list[str]) -> None:
        self.field = field
        self.repetitions = repetitions
        self.repetition = -1
        self.parts: list[str] = []


class Segment:
    """One segment: `fields[5]` is field 5 as read, `raw[5]` as it stands; both hold repetitions and components unsplit.

    `fields` differs from `raw` only where positions hold an explicit null (`""`) or blanks: there they read as empty.
    """

    __slots__ = ("_outline", "base", "fields", "group", "index", "name", "number", "raw")

    def __init__(self, name: str, raw: list[str], index: int, number: int) -> None:
        self.name = name
        self.raw = raw
        self.fields = raw
        self.index = index
        self.number = number
        self.base = index << SEGMENT
        self.group: object = None
        self._outline: Outline | None = None

    def leaves(self) -> Iterator[Leaf]:
        """Every populated position, in order: what the loss identity counts."""
        start = 1
        if self.name == "MSH":
            for field in (1, 2):
                if len(self.raw) > field and self.raw[field]:
                    yield Leaf(field, 0, 1, 1, self.base | field << FIELD | 17, self.raw[field])
            start = 3
        for field in range(start, len(self.raw)):
            text = self.raw[field]
            if text:
                yield from field_leaves(text, field, self.base | field << FIELD if field < WIDEST else -1)

    def text(self, leaf: Leaf, codec: str) -> str:
        """A leaf's text with its escapes decoded, line breaks shown."""
        return unescape(leaf.text, codec).replace("\n", "\\n")

    def position(self, leaf: Leaf) -> str:
        """The place of a leaf in words: `PID-3[2].4.1`, `OBX[3]-5`; a part that is the first of one is left out."""
        return self.place(leaf.field, leaf.repetition, leaf.component, leaf.subcomponent)

    def place(self, field: int, repetition: int = 0, component: int = 1, subcomponent: int = 1) -> str:
        """As `position`, from the numbers (repetition from 0, component and sub-component from 1)."""
        name = self.name if self.number == 1 else f"{self.name}[{self.number}]"
        text = f"{name}-{field}" if repetition == 0 else f"{name}-{field}[{repetition + 1}]"
        if self.name == "MSH" and field <= 2:  # noqa: PLR2004  MSH-1 and MSH-2 have no components
            return text
        parts = self._parts(field, repetition) if field < len(self.raw) else []
        if len(parts) > 1 or (parts and "&" in parts[0]):
            text = f"{text}.{component}"
            if component <= len(parts) and "&" in parts[component - 1]:
                text = f"{text}.{subcomponent}"
        return text

    def _parts(self, field: int, repetition: int) -> list[str]:
        """The components of a repetition, split once for all its positions, which are asked for one after another."""
        outline = self._outline
        if outline is None or outline.field != field:
            outline = self._outline = Outline(field, self.raw[field].split("~"))
        if outline.repetition != repetition:
            outline.repetition, outline.parts = repetition, outline.repetitions[repetition].split("^")
        return outline.parts


def field_leaves(text: str, field: int, base: int) -> Iterator[Leaf]:
    """Every populated position of a field, in order; `base` is the field's position number."""
    if "^" not in text and "~" not in text and "&" not in text:
        yield Leaf(field, 0, 1, 1, base | 17, text)
        return
    for r, repetition in enumerate(text.split("~")):
        if not repetition:
            continue
        for c, component in enumerate(repetition.split("^"), 1):
            if not component:
                continue
            for s, leaf in enumerate(component.split("&"), 1):
                if leaf:
                    yield Leaf(field, r, c, s, key_of(base, r, c, s), leaf)


def key_of(base: int, repetition: int, component: int, subcomponent: int) -> int:
    """Position number; -1 beyond what any row can address, so that such a position is never taken for mapped."""
    if component > 255 or subcomponent > 15 or repetition > 65_535:  # noqa: PLR2004  widths of the parts
        return -1
    return base | repetition << REPETITION | component << COMPONENT | subcomponent


class Message(NamedTuple):
    """A parsed message. `segments[0]` is MSH. `tidy` says that `fields` is `raw` everywhere."""

    segments: list[Segment]
    codec: str
    tidy: bool
    issues: tuple[Issue, ...]


class Plain(NamedTuple):
    """The text of a message from MSH on: decoded, a carriage return between lines, nothing around it."""

    text: str
    codec: str
    issues: tuple[Issue, ...]


def parse(data: bytes | str, default_charset: str | None = None) -> Message | Issue:
    """Parse one message; an Issue (NO_MSH) where none can be read. Never raises on content.

    `data` may hold MLLP framing, blanks and line ends of any kind around it. `default_charset` is a name of table 0211
    or of a codec, used where neither a byte order mark nor MSH-18 tells.
    """
    plain = read_plain(data, default_charset)
    return plain if isinstance(plain, Issue) else parse_plain(plain)


def read_plain(data: bytes | str, default_charset: str | None = None) -> Plain | Issue:
    """The text of a message, as `parse` takes it; an Issue (NO_MSH) where there is none."""
    text, codec, issues = _text(data, default_charset)
    start = 0 if text.startswith("MSH|") or _MSH.match(text) else _start(text)
    if start < 0 or len(text) < start + 4:
        return Issue(NO_MSH)
    if start and (junk := text[:start].strip("\x0b\x1c\x00 \t\r\n﻿")):
        issues = (*issues, JUNK_BEFORE_MSH.at("MSH", count=len(junk)))
    text = text[start:].rstrip("\x1c\x00\r\n \t")
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    return Plain(text, codec, issues)


def parse_plain(plain: Plain) -> Message:
    """The segments of a message whose text is read."""
    text, codec, issues = plain
    if _has_control(text):
        text = _CONTROL.sub("�", text)
        issues = (*issues, Issue(CONTROL_CHARACTERS))
    declared, found = separators(text)
    behind = text_behind(text, declared)
    first, *rest = behind.split("\r")
    segments = [Segment("MSH", ["MSH", "|", declared[1:], *first.split("|")[1:]], 0, 1)]
    more = _segments(rest, segments)
    tidy = declared[:5] == USUAL and _is_tidy(text[8:])  # what follows MSH-2
    if not tidy:
        _tidy(segments)
    return Message(segments, codec, tidy, (*issues, *found, *more))


def _has_control(text: str) -> bool:
    """Whether a control character stands in a text: by its bytes, which is faster than a search by far."""
    data = text.encode("utf-8", "surrogatepass")
    return len(data.translate(None, _CONTROL_BYTES)) < len(data)


def _text(data: bytes | str, default_charset: str | None) -> tuple[str, str, tuple[Issue, ...]]:
    if isinstance(data, str):
        return data, "utf-8", ()
    if data.isascii():
        return data.decode("ascii"), "ascii", ()
    return decode(data, _declared_charset(data), default_charset)


def _declared_charset(data: bytes) -> str:
    """MSH-18.1, read from the bytes before they are decoded: every character set in use agrees on ASCII there."""
    start = max(data.find(b"MSH"), 0)
    line = re.split(rb"[\r\n]", data[start : start + 4096], maxsplit=1)[0].decode("latin-1")
    if len(line) < 9:  # noqa: PLR2004  MSH, separators and one field
        return ""
    fields = line.split(line[3])
    return re.split(r"[\^~]", fields[17])[0].strip() if len(fields) > 17 else ""  # noqa: PLR2004  MSH-18


def _start(text: str) -> int:
    found = re.search(r"(?:^|[\r\n\x0b\x1c\x00])[ \t﻿]*(?=MSH[^\sA-Za-z0-9])", text)
    if found:
        return found.end()
    found = _MSH.search(text)
    return found.start() if found else -1


def text_behind(text: str, declared: str) -> str:
    """What follows MSH-2, with the usual separators in place of those declared."""
    behind = text[3 + len(declared) :]
    return behind if declared[:5] == USUAL else behind.translate(_to_usual(declared))


def separators(text: str) -> tuple[str, tuple[Issue, ...]]:
    r"""MSH-1 and MSH-2 as they stand, `|^~\&` or with a truncation character after; and what is wrong with them."""
    line = text[: text.find("\r")] if "\r" in text else text
    field = line[3]
    end = line.find(field, 4)
    characters = line[4:end] if end > 0 else line[4:]
    issues: list[Issue] = []
    if len(characters) < 4:  # noqa: PLR2004  four encoding characters
        issues.append(SEPARATORS_SHORT.at("MSH-2", count=len(characters)))
    declared = field + characters
    if len(set(declared)) < len(declared):
        issues.append(Issue(SEPARATORS_DOUBLE, "MSH-2"))
    return declared, tuple(issues)


def _to_usual(declared: str) -> dict[int, str]:
    """Translation of a message's own separators to the usual ones; usual ones that are plain text here get escaped."""
    table = {ord(usual): escaped for usual, escaped in _ESCAPED.items()}
    own = declared[:5]
    missing = USUAL[len(own) :]
    for usual in missing:
        if usual not in own:
            table.pop(ord(usual), None)
    for own_character, usual in reversed(list(zip(own, USUAL, strict=False))):
        table[ord(own_character)] = usual
    return table


def _segments(lines: list[str], segments: list[Segment]) -> list[Issue]:
    issues: list[Issue] = []
    numbers: dict[str, int] = {"MSH": 1}
    for line in lines:
        if line[3:4] != "|" or not _NAME.match(line):
            stripped = line.lstrip(" \t")
            if not stripped:
                continue
            if not _NAME.match(stripped):
                last = segments[-1]
                last.raw[-1] = f"{last.raw[-1]}\n{line}" if len(last.raw) > 1 else line
                issues.append(Issue(CONTINUED_LINE, last.name))
                _resplit(last)
                continue
            line = stripped  # noqa: PLW2901  an indented segment
        raw = line.split("|")
        name = raw[0]
        if not name.isupper():
            name = name.upper()
            issues.append(Issue(LOWER_CASE_SEGMENT, name))
        number = numbers[name] = numbers.get(name, 0) + 1
        segments.append(Segment(name, raw, len(segments), number))
    return issues


def _resplit(segment: Segment) -> None:
    """A joined line may bring further fields of its segment."""
    last = segment.raw.pop()
    segment.raw.extend(last.split("|"))


def _is_tidy(text: str) -> bool:
    """Whether no position holds an explicit null or blanks, and no field separators alone: then it reads as it stands."""
    if '""' in text or (" " in text and _SPACED.search(text)):
        return False
    if ("|^" in text or "|&" in text or "|~" in text) and _HOLLOW.search(text):
        return False
    return (text.isascii() and "\t" not in text) or not _BLANK.search(text)


def _tidy(segments: list[Segment]) -> None:
    for segment in segments:
        first = 3 if segment.name == "MSH" else 1
        segment.fields = segment.raw[:first] + [
            text if not text or text.isalnum() else _read_field(text) for text in segment.raw[first:]
        ]


def _read_field(text: str) -> str:
    """A field with its blanks and explicit nulls taken out; nothing where it holds separators alone."""
    if not (" " in text or '""' in text or text.endswith(("^", "~", "&")) or _BLANK.search(f"|{text}")):
        return text
    read = _LEAF.sub(_read_leaf, text)
    return read if read.strip("^~&") else ""


def _read_leaf(found: re.Match[str]) -> str:
    leaf = found[0]
    return "" if leaf == '""' or leaf.isspace() else leaf.rstrip(" ")
