"""The FHIR feed of IHE ITI-20: AuditEvents posted one by one, or many in a batch. Needs the extra `http`.

https://profiles.ihe.net/ITI/BALP/ITI-20.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import httpx

from samspil_core import NotJson, dumps, loads

from .forward import Delivery, SinkDown, SinkRefused

__all__ = ["FhirFeed"]

_HEADERS = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
_LATER = frozenset({401, 403, 408, 423, 425, 429})
_BROKEN = 500
_FAILED = 400


class FhirFeed:
    """Posts to `base` with an httpx client of yours. Each event carries its id, by which a receiver tells doubles."""

    def __init__(self, base: str, client: httpx.Client, *, batch: bool = False) -> None:
        self.name = f"fhir:{base}"
        self._base = base.rstrip("/")
        self._client = client
        self._batch = batch

    def send(self, deliveries: Sequence[Delivery], /) -> None:
        """Post the records. Raises `SinkDown`, `SinkRefused`."""
        if self._batch and deliveries:
            self._send_batch(deliveries)
            return
        for each in deliveries:
            response = self._post(f"{self._base}/{each.event['resourceType']}", each.event)
            _check(response.status_code, each.index)

    def _send_batch(self, deliveries: Sequence[Delivery]) -> None:
        entries = [_entry(each.event) for each in deliveries]
        response = self._post(f"{self._base}/", {"resourceType": "Bundle", "type": "batch", "entry": entries})
        _check(response.status_code, deliveries[0].index)
        for each, status in zip(deliveries, _statuses(response, len(deliveries)), strict=True):
            _check(status, each.index)

    def _post(self, url: str, resource: Any) -> httpx.Response:
        try:
            return self._client.post(url, content=dumps(resource), headers=_HEADERS)
        except httpx.HTTPError as fault:
            raise SinkDown(type(fault).__name__) from None


def _entry(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}


def _check(status: int, index: int) -> None:
    if status >= _BROKEN or status in _LATER:
        raise SinkDown(f"HTTP {status}")
    if status >= _FAILED:
        raise SinkRefused(index, f"HTTP {status}")


def _statuses(response: httpx.Response, count: int) -> list[int]:
    """The status of each entry; an answer without them says nothing of success."""
    try:
        told = cast("dict[str, Any]", loads(response.content))
        found = [int(str(entry["response"]["status"])[:3]) for entry in told["entry"]]
    except (NotJson, KeyError, TypeError, ValueError):
        raise SinkDown("the answer to a batch tells no status for each entry") from None
    if len(found) != count:
        raise SinkDown("the answer to a batch has another number of entries")
    return found
