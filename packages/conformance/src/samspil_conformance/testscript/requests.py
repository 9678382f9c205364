"""From an operation to a request: method, URL, headers and body.

https://hl7.org/fhir/R4/testscript-definitions.html#TestScript.setup.action.operation
"""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from samspil_core import dumps

from .exchange import Content, Message
from .script import Operation
from .variables import Values
from .xmlform import NotFhirXml, from_xml, parse, xml_bytes

__all__ = ["MEDIA", "CannotSend", "build", "has_body", "method_of"]

MEDIA = {"json": "application/fhir+json", "xml": "application/fhir+xml", "ttl": "text/turtle", "none": ""}
"""Media types of the short names that scripts use."""

_METHODS: Mapping[str, str] = {
    "read": "GET",
    "vread": "GET",
    "search": "GET",
    "history": "GET",
    "capabilities": "GET",
    "metadata": "GET",
    "get": "GET",
    "head": "HEAD",
    "create": "POST",
    "batch": "POST",
    "transaction": "POST",
    "post": "POST",
    "update": "PUT",
    "updateCreate": "PUT",
    "put": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "deleteCondSingle": "DELETE",
    "deleteCondMultiple": "DELETE",
    "options": "OPTIONS",
}
_OPERATIONS = frozenset(
    [
        "apply",
        "closure",
        "conforms",
        "data-requirements",
        "document",
        "evaluate",
        "evaluate-measure",
        "everything",
        "expand",
        "find",
        "find-matches",
        "graphql",
        "implements",
        "lastn",
        "lookup",
        "match",
        "meta",
        "meta-add",
        "meta-delete",
        "populate",
        "populatehtml",
        "populatelink",
        "process-message",
        "questionnaire",
        "stats",
        "subset",
        "subsumes",
        "transform",
        "translate",
        "validate",
        "validate-code",
        "convert",
        "docref",
        "export",
        "import",
        "submit",
        "summary",
        "versions",
    ]
)
_SAFE = "/?&=:;,@!$'()*+~#[]"


class CannotSend(LookupError):
    """The operation says no request that can be sent; the text says why."""


def method_of(operation: Operation) -> str:
    """The HTTP method of an operation. Raises `CannotSend` for a code that means nothing here."""
    if operation.method:
        return operation.method.upper()
    if operation.code in _METHODS:
        return _METHODS[operation.code]
    if operation.code in _OPERATIONS:
        return "POST" if operation.source else "GET"
    if not operation.code:
        return "POST" if operation.source and not (operation.target or operation.params) else "GET"
    raise CannotSend(f"no meaning of the operation code {operation.code} is known")


def has_body(operation: Operation) -> bool:
    """Whether the request has a body; the fixture in sourceId is that of a PUT, POST or PATCH and of nothing else.

    https://hl7.org/fhir/R4/testscript-definitions.html#TestScript.setup.action.operation.sourceId
    Raises `CannotSend` for a code that means nothing here.
    """
    return method_of(operation) in {"POST", "PUT", "PATCH"}


def build(
    operation: Operation, base: str, values: Values, body: Content | None, target: tuple[str, str, str] | None
) -> Message:
    """The request of an operation. `target` is type, id and version of the resource that targetId names.

    Raises `CannotSend`, `NoValue`, `BadVariable` and `ScriptFault`.
    """
    headers: dict[str, str] = {}
    if accept := values.write(operation.accept):
        headers |= {"accept": MEDIA[accept]} if MEDIA.get(accept) else {} if accept == "none" else {"accept": accept}
    method = method_of(operation)
    content = Content(b"")
    if body is not None:
        content, media = _body(operation, values, body)
        headers["content-type"] = media
    for name, value in operation.headers:
        headers[name.lower()] = values.write(value)
    url = _url(operation, base, values, target, content.resource_type)
    return Message(headers, content, method, url)


def _url(operation: Operation, base: str, values: Values, target: tuple[str, str, str] | None, kind_sent: str) -> str:
    if operation.url:
        told = values.write(operation.url)
        written = told if "://" in told else f"{base}/{told.lstrip('/')}"
        return _encoded(written) if operation.encode else written
    params = values.write(operation.params)
    path = _path(operation, params, target, kind_sent)
    if operation.code in {"capabilities", "metadata"}:
        path, params = "metadata", "" if params.strip("/") == "metadata" else params
    if operation.code in _OPERATIONS and f"${operation.code}" not in params:
        path = f"{path}/${operation.code}".lstrip("/")
    if params and not params.startswith(("/", "?")):
        params = f"/{params}" if "=" not in params else f"?{params}"
    written = f"{base}/{path}{params}" if path else f"{base}{params or '/'}"
    return _encoded(written) if operation.encode else written


def _path(operation: Operation, params: str, target: tuple[str, str, str] | None, kind_sent: str) -> str:
    if operation.code in {"batch", "transaction"}:
        return ""
    if target is None or params.startswith("/"):
        if operation.target and target is None:
            raise CannotSend(f"nothing is known yet of the target {operation.target}")
        return operation.resource or ("" if params.count("/") > 1 or "?" in params[1:] else kind_sent)
    kind, identifier, version = target
    path = f"{operation.resource or kind}/{identifier}" if identifier else operation.resource or kind
    tail = {"history": "/_history", "vread": f"/_history/{version}"}.get(operation.code, "")
    return path + tail


def _encoded(url: str) -> str:
    """The URL with what may not stand in one percent-encoded; what is encoded already stays."""
    parts = urlsplit(url)
    start = len(f"{parts.scheme}://{parts.netloc}") if parts.scheme else 0
    return url[:start] + quote(url[start:], safe=_SAFE + "%")


def _body(operation: Operation, values: Values, body: Content) -> tuple[Content, str]:
    """The body with variables put in, in the form that contentType asks for."""
    asked = values.write(operation.content_type)
    media = MEDIA.get(asked, asked)
    text = body.data.decode("utf-8", "replace")
    written = Content(values.write(text).encode() if "${" in text else body.data, body.name)
    if not media:
        media = MEDIA["xml" if written.is_xml else "json"]
        if operation.code == "patch" or operation.method == "patch":
            media = "application/json-patch+json" if text.lstrip()[:1] == "[" else media
    try:
        if "xml" in media and not written.is_xml and written.json is not None:
            return Content(xml_bytes(written.json), body.name), media
        if "json" in media and written.is_xml:
            return Content(dumps(from_xml(parse(written.data))), body.name), media
    except NotFhirXml as error:
        raise CannotSend(f"the fixture {body.name} cannot be written as {media}: {error}") from None
    return written, media
