"""Each exchange of a run as a file that a person can read, and the bodies read back from these files.

The record holds short bodies itself; of a long one it holds the SHA-256 and the length, and the body lies in the exchange's
file. Everything else in the file follows from the record, so that the body can be found in it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from samspil_conformance.record import Event, bodies_in
from samspil_conformance.run import Run

__all__ = ["exchange_files", "read_run"]

Part = Mapping[str, Any]


def exchange_files(run: Run) -> dict[str, bytes]:
    """The exchanges by file name, `exchanges/001.http` and on, as they went over the wire but for what is masked."""
    return {_name(one): b"".join(map(_written, _segments(one))) for one in run.of("exchange")}


def read_run(files: Mapping[str, bytes]) -> Run:
    """The run of a bundle, long bodies filled in from the files of their exchanges as far as they are what was recorded.

    Raises:
        BadRecord: `run.jsonl` is no record.
    """
    run = Run.read(files["run.jsonl"])
    bodies: dict[str, str] = {}
    for one in run.of("exchange"):
        bodies |= _bodies(one, files.get(_name(one), b""))
    return run.filled(bodies)


def _name(one: Event) -> str:
    return f"exchanges/{one['number']:03}.http"


def _written(segment: str | Part) -> bytes:
    if isinstance(segment, str):
        return segment.encode()
    return str(segment.get("body", "")).encode()


def _bodies(one: Event, data: bytes) -> dict[str, str]:
    """The long bodies of an exchange by their digests; none where the file is not what it was."""
    found: dict[str, str] = {}
    for segment in _segments(one):
        digest = "" if isinstance(segment, str) else str(segment.get("body_sha256", ""))
        known = _written(segment)
        size = len(known) if isinstance(segment, str) or not digest else int(segment["body_length"])
        piece, data = data[:size], data[size:]
        if digest and hashlib.sha256(piece).hexdigest() == digest:
            found[digest] = piece.decode()
        elif not digest and piece != known:
            return {}
    return found


def _segments(one: Event) -> Iterator[str | Part]:
    """What the file of an exchange is made of: texts that follow from the record, and bodies."""
    yield f"# {one['number']:03} {one['direction']} {one['at']} {one.get('scenario', '')} step {one.get('step', '')}\n"
    request, response = one["request"], one["response"]
    if one["direction"] in {"out", "in"}:
        yield f"{request['method']} {request['url']} HTTP/1.1\n{_headers(request)}"
        yield request
        yield (
            f"\n\n# {response['fault']}\n"
            if "fault" in response
            else f"\n\nHTTP/1.1 {response['status']}\n{_headers(response)}"
        )
        yield response
    else:
        for part in (request, response):
            yield f"{json.dumps(_plain(part), indent=2, ensure_ascii=False, sort_keys=True)}\n"
            for body in bodies_in(part):
                yield f"# body{' in base64' if body.get('encoding') else ''}\n"
                yield body
                yield "\n"
    yield "\n"


def _headers(part: Part) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in part.get("headers", []))
    return f"{lines}\n{'# body in base64' + chr(10) if part.get('encoding') else ''}"


def _plain(part: Any) -> Any:
    """A part without its bodies."""
    if isinstance(part, dict):
        return {str(name): _plain(value) for name, value in part.items() if name not in _BODY}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return part


_BODY = {"body", "body_sha256", "body_length"}
