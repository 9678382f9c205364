"""Bodies: a request's within its limits, an answer's with its ETag."""

from hashlib import sha256
from typing import Any

from starlette.requests import Request

from samspil_core.jsontext import NotJson, dumps, loads
from samspil_terminology.issues import failure
from samspil_terminology.plain import is_object
from samspil_terminology.shape import misshapen

__all__ = ["TYPE", "body_of", "tag_of", "tagged"]

TYPE = "application/fhir+json"


async def body_of(request: Request, largest: int) -> dict[str, Any] | None:
    """The resource in the body; None for none. Raises `OperationFailed` when it is too large, or no JSON resource."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > largest:
            raise failure("too-long", "", "REQUEST_TOO_LARGE", status=413, limit=str(largest))
        chunks.append(chunk)
    data = b"".join(chunks)
    if not data:
        return None
    if "x-www-form-urlencoded" in request.headers.get("content-type", ""):
        return {"resourceType": " form", "data": data.decode("utf-8", "replace")}
    try:
        value = loads(data)
    except NotJson as fault:
        where = f"line {fault.line}, column {fault.column}: {fault.why}"
        raise failure("structure", "", "NOT_JSON", status=400, why=where) from None
    if not is_object(value) or "resourceType" not in value:
        raise failure("structure", "", "NOT_JSON", status=400, why="it is no FHIR resource")
    wrong = misshapen(value)
    if wrong:
        raise failure("structure", "", "MISSHAPEN", status=400, expression=wrong, place=wrong)
    return dict(value)


def tagged(resource: dict[str, Any]) -> tuple[str, bytes]:
    """The ETag of what does not change from answer to answer, and the bytes."""
    data = dumps(resource, sure=True)
    stable = data if "expansion" not in resource else dumps(_stable(resource), sure=True)
    return tag_of(stable), data


def tag_of(data: bytes) -> str:
    """The ETag of a body."""
    return f'W/"{sha256(data).hexdigest()[:20]}"'


def _stable(resource: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in resource["expansion"].items() if name not in {"identifier", "timestamp"}}
    return {**resource, "expansion": kept}
