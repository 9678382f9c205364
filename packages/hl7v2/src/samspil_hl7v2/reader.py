"""Messages out of streams: batches split, framing and byte order marks taken off, in constant memory.

MLLP framing (HL7 v2 transport specification, Minimal Lower Layer Protocol), FHS/BHS batches
(HL7 v2.9 chapter 2, section 2.10.3).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

CHUNK = 1 << 20
"""Bytes read from a stream at once."""
_START = re.compile(rb"(?:(?<=[\r\n\x0b\x1c\x00])|\A(?:\xef\xbb\xbf)?)[ \t]*(?=MSH[^\sA-Za-z0-9])")
_ENVELOPE = re.compile(
    rb"(?:(?<=[\r\n\x0b\x1c\x00])|\A(?:\xef\xbb\xbf)?)[ \t]*(FHS|BHS|BTS|FTS)([^\sA-Za-z0-9][^\r\n]*)[\r\n]*"
)
_BEGINS = re.compile(rb"(?:\A(?:\xef\xbb\xbf)?|[\r\n\x0b])[ \t]*(?:MSH|FHS|BHS)[^\sA-Za-z0-9]")
_SNIFFED = 1 << 16
_TAIL = 16
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Miscount(NamedTuple):
    """A count that is wrong: `BTS-1` (messages of a batch) or `FTS-1` (batches of a file), what it says, what came."""

    where: str
    said: int
    counted: int


class RawMessage(NamedTuple):
    """Bytes of one message, and where they were read.

    `envelope` names the segments (FHS, BHS, BTS, FTS) that stood before or after it, which are no part of it;
    `miscounted` the counts among them that are not what came. `unreadable` says why a file could not be read; it is then
    the only thing there is.
    """

    data: bytes
    source: str
    number: int
    envelope: tuple[str, ...] = ()
    miscounted: tuple[Miscount, ...] = ()
    unreadable: str = ""


def read_files(paths: Iterable[Path]) -> Iterator[RawMessage | OSError]:
    """Messages of files and of the files in folders (sorted, hidden ones left out); what cannot be read comes as OSError."""
    for path in paths:
        try:
            files = sorted(file for file in path.rglob("*") if _is_input(file, path)) if path.is_dir() else [path]
        except OSError as error:
            yield error
            continue
        for file in files:
            try:
                with file.open("rb") as stream:
                    yield from read_stream(stream, str(file))
            except OSError as error:
                yield error


def read_inputs(names: Iterable[str], standard: BinaryIO) -> Iterator[RawMessage | OSError]:
    """Messages of files and folders by name, `-` for the standard input, which is also what no name means."""
    for name in tuple(names) or ("-",):
        yield from read_stream(standard, "-") if name == "-" else read_files([Path(name)])


def _is_input(file: Path, folder: Path) -> bool:
    """A file of a folder is one to convert if it is called .hl7, or holds a line that begins a message or a batch."""
    if any(part.startswith(".") for part in file.relative_to(folder).parts) or not file.is_file():
        return False
    if file.suffix.lower() == ".hl7":
        return True
    with file.open("rb") as stream:
        head = stream.read(_SNIFFED)
    return _BEGINS.search(head) is not None or _unmarked(head[2:]) is not None


def read_stream(stream: BinaryIO, source: str) -> Iterator[RawMessage]:
    """Messages of a stream, in order.

    Bytes before the first MSH stay with the first message; a stream without any MSH is one message, so that it gets its
    line in the report.
    """
    index = 0
    counts = EnvelopeCounts()
    for piece in _split(_chunks(stream)):
        found = [*_ENVELOPE.finditer(piece)]
        data = _ENVELOPE.sub(b"", piece) if found else piece
        if not data.strip(b"\x0b\x1c\x00\r\n \t\x1a"):
            continue
        message = _START.search(piece)
        at = message.start() if message else 0
        miscounted = [*counts.take(match for match in found if match.start() < at)]
        counts.messages += 1
        miscounted += counts.take(match for match in found if match.start() >= at)
        envelope = tuple(match[1].decode("ascii") for match in found)
        yield RawMessage(data, source, index, envelope, tuple(miscounted))
        index += 1
    if index == 0:
        yield RawMessage(b"", source, 0)


@dataclass
class EnvelopeCounts:
    """What came since the last BHS and the last FHS. BTS-1 and FTS-1: HL7 v2.9 chapter 2, 2.14.3 and 2.14.6."""

    messages: int = 0
    batches: int = 0

    def take(self, segments: Iterable[re.Match[bytes]]) -> Iterator[Miscount]:
        """Go over envelope segments in their order, and give the counts that are wrong; an empty count says nothing."""
        for segment in segments:
            name = segment[1].decode("ascii")
            if name == "FHS":
                self.messages = self.batches = 0
            elif name == "BHS":
                self.messages, self.batches = 0, self.batches + 1
            else:
                came = self.messages if name == "BTS" else self.batches
                said = segment[2][1:].split(segment[2][:1])[0].strip()
                if said.isdigit() and int(said) != came:
                    yield Miscount(f"{name}-1", int(said), came)
                self.messages = 0


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in UTF-8 where it begins with the mark of a wider encoding, as it is otherwise."""
    head = stream.read(CHUNK)
    codec = next((codec for mark, codec in _BOMS if head.startswith(mark)), _unmarked(head))
    if codec is None:
        while head:
            yield head
            head = stream.read(CHUNK)
        return
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    first = True
    while head:
        text = decoder.decode(head)
        yield (codecs.BOM_UTF8 if first else b"") + text.lstrip("\ufeff").encode("utf-8", "replace")
        first = False
        head = stream.read(CHUNK)


def _unmarked(head: bytes) -> str | None:
    """UTF-16 without a mark shows by the zero bytes in `MSH`."""
    if head.startswith(b"M\0S\0H\0"):
        return "utf-16-le"
    return "utf-16-be" if head.startswith(b"\0M\0S\0H") else None


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces that begin at an MSH; the first one also holds what stands before it."""
    pending: list[bytes] = []
    tail = b""
    for chunk in chunks:
        buffer = tail + chunk
        starts = [found.end() for found in _START.finditer(buffer)]
        begin = 0
        for start in starts:
            if pending or begin or _has_message(buffer[begin:start]):
                piece = b"".join((*pending, buffer[begin:start]))
                if _has_message(piece):
                    yield piece
                    pending, begin = [], start
        keep = max(len(buffer) - _TAIL, begin)
        pending.append(buffer[begin:keep])
        tail = buffer[keep:]
    last = b"".join((*pending, tail))
    if last.strip(b"\x0b\x1c\x00\r\n \t\x1a"):
        yield last


def _has_message(piece: bytes) -> bool:
    return _START.search(piece) is not None or piece.startswith(b"MSH")
