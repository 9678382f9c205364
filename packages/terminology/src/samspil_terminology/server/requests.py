"""A request as a Parameters resource: of the query, of a form, of a resource in the body, of an instance in the path."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from samspil_terminology.catalog import Catalog
from samspil_terminology.issues import failure

from .resources import read_resource

__all__ = ["parameters_of", "plain_parameters"]

_CODES = frozenset({"code", "sourceCode", "targetCode", "codeA", "codeB", "displayLanguage"})
_MOST = 1000
"""The most parameters of a query or a form."""

_FLAGS = frozenset({"true", "false"})
_CODINGS = frozenset({"coding", "codingA", "codingB", "sourceCoding", "targetCoding"})


def parameters_of(
    request: Request, body: dict[str, Any] | None, instance: tuple[str, str] | None, catalog: Catalog
) -> dict[str, Any]:
    """The Parameters of a request. Raises `OperationFailed` for a body of another kind."""
    entries = list(plain_parameters(request.scope["query_string"].decode("latin-1")))
    if body is not None:
        kind = str(body.get("resourceType"))
        if kind == "Parameters":
            entries += body.get("parameter", ())
        elif kind == " form":
            entries += plain_parameters(body["data"])
        elif kind in {"ValueSet", "CodeSystem", "ConceptMap"}:
            entries.append({"name": kind[0].lower() + kind[1:], "resource": body})
        else:
            raise failure("invalid", "", "NOT_PARAMETERS", status=400, kind=kind)
    if instance is not None:
        entries = [*_of_instance(catalog, *instance), *entries]
    return {"resourceType": "Parameters", "parameter": entries}


def _of_instance(catalog: Catalog, kind: str, identifier: str) -> Iterator[dict[str, Any]]:
    """What names the resource that an operation is asked of; a code system by its URL, for its codes may be kept apart."""
    found = read_resource(catalog, kind, identifier)
    if kind != "CodeSystem" or not found.get("url"):
        yield {"name": kind[0].lower() + kind[1:], "resource": found}
        return
    yield from ({"name": name, "valueUri": found["url"]} for name in ("url", "system"))
    if found.get("version"):
        yield {"name": "version", "valueString": found["version"]}


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST)
    except ValueError:
        raise failure("too-costly", "", "TOO_MANY_PARAMETERS", status=400, limit=str(_MOST)) from None


def plain_parameters(text: str) -> Iterator[dict[str, Any]]:
    """The parameters of a query or a form. Raises `OperationFailed` when there are too many."""
    for name, value in _pairs(text):
        if name.startswith("_"):
            continue
        if name in _CODES:
            yield {"name": name, "valueCode": value}
        elif value in _FLAGS:
            yield {"name": name, "valueBoolean": value == "true"}
        elif name in _CODINGS and "|" in value:
            system, _, code = value.partition("|")
            yield {"name": name, "valueCoding": {"system": system, "code": code}}
        else:
            yield {"name": name, "valueString": value}
