"""The answer to a message: accepted, in error, rejected; in original or enhanced mode (HL7 v2.9 chapter 2, section 2.9)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from .header import Header

Outcome = Literal["accepted", "error", "rejected"]
ORIGINAL: dict[Outcome, bytes] = {"accepted": b"AA", "error": b"AE", "rejected": b"AR"}
ENHANCED: dict[Outcome, bytes] = {"accepted": b"CA", "error": b"CE", "rejected": b"CR"}
_WANTED: dict[bytes, tuple[Outcome, ...]] = {
    b"AL": ("accepted", "error", "rejected"),
    b"NE": (),
    b"ER": ("error", "rejected"),
    b"SU": ("accepted",),
}
"""Table 0155: when the sender wants the accept acknowledgement."""


def acknowledge(head: Header | None, outcome: Outcome, at: datetime, number: str, text: str = "") -> bytes | None:
    """Give the answer to the message with this header, without its frame; None where its sender wants none.

    In enhanced mode (MSH-15 or MSH-16 is valued) it is the accept acknowledgement, which says that the message is kept; in
    original mode the same is said by AA. `number` becomes MSH-10 of the answer, `text` MSA-3: words of the listener, never
    of the message.
    """
    if head is None:
        head = Header((b"MSH", b"|", b"^~\\&", *[b""] * 8, b"P", b"2.5", *[b""] * 4))
    enhanced = bool(head.fields[15] or head.fields[16])
    if enhanced and outcome not in _WANTED.get(head.fields[15], _WANTED[b"AL"]):
        return None
    code = (ENHANCED if enhanced else ORIGINAL)[outcome]
    bar, event = head.fields[1], head.fields[9].split(head.component)[1:2]
    kind = head.component.join([b"ACK", *event, b"ACK"] if event else [b"ACK"])
    msh = [b"MSH", head.fields[2], head.fields[5], head.fields[6], head.fields[3], head.fields[4], _time(at), b"", kind]
    msh += [number.encode("ascii"), head.fields[11] or b"P", head.fields[12] or b"2.5"]
    msa = [b"MSA", code, head.fields[10], *([text.encode("ascii", "replace")] if text else [])]
    return b"".join(bar.join(segment) + b"\r" for segment in (msh, msa))


def _time(at: datetime) -> bytes:
    return at.strftime("%Y%m%d%H%M%S%z").encode("ascii")


def answer_of(message: bytes) -> tuple[str, str]:
    """Read an answer: MSA-1 and MSA-2, both empty where there is no MSA."""
    for line in message.replace(b"\n", b"\r").split(b"\r"):
        if line[:3] == b"MSA" and len(line) > 3:  # noqa: PLR2004  the name of a segment
            parts = line[4:].split(line[3:4])
            return parts[0].decode("latin-1"), (parts[1] if len(parts) > 1 else b"").decode("latin-1")
    return "", ""
