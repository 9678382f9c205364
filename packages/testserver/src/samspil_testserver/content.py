"""Which media types a request may ask for and send. https://hl7.org/fhir/R4/http.html#mime-type."""

from .findings import MEDIA_TYPE
from .interactions import Request
from .refused import Refused

__all__ = ["check_accept", "check_sent"]

_JSON = frozenset({"application/fhir+json", "application/json", "text/json", "application/json+fhir", "json"})
_ANY = frozenset({"*/*", "application/*"})
_PATCH = "application/json-patch+json"
_FORM = "application/x-www-form-urlencoded"


def check_accept(request: Request) -> None:
    """Raises `Refused` (406) where the client takes no JSON; `_format` goes before the Accept header."""
    asked = dict(request.pairs).get("_format", "").replace(" ", "+")
    wanted = [asked] if asked else request.headers.get("accept", "*/*").split(",")
    if not any(_plain(each) in _JSON | _ANY for each in wanted):
        raise Refused(MEDIA_TYPE.at(what="what the client accepts"), 406)


def check_sent(method: str, path: str, content_type: str) -> None:
    """Raises `Refused` (415) where a body came as something else than FHIR JSON, JSON Patch or the form of a search."""
    sent = _plain(content_type)
    fits = sent in _JSON or (sent == _PATCH and method == "PATCH") or (sent == _FORM and path.endswith("_search"))
    if sent and not fits:
        raise Refused(MEDIA_TYPE.at(what="what was sent"), 415)


def _plain(value: str) -> str:
    """A media type without its parameters."""
    return value.partition(";")[0].strip().lower()
