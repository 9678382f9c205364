"""What operations are asked for: the service they work on, and what their parameters have in common."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from samspil_core.values import Coding
from samspil_terminology.catalog import Catalog
from samspil_terminology.closure import ClosureTable
from samspil_terminology.expansion import DEFAULT_LIMIT
from samspil_terminology.issues import OperationFailed, TxIssue, failure
from samspil_terminology.json_system import coding_of
from samspil_terminology.messages import say
from samspil_terminology.options import Options, languages_of
from samspil_terminology.plain import is_object
from samspil_terminology.validation import Mode

from .parameters import Reader

__all__ = [
    "Service",
    "catalog_of",
    "coded_of",
    "given_resource",
    "options_of",
]

Json = Mapping[str, Any]

_PLAIN = Options()


@dataclass(slots=True)
class Service:
    """What operations work on: a catalogue, the closure tables, and what an answer takes from outside.

    `clock` gives the time of an expansion, `new_id` its identifier, so that the same request can give the same bytes.
    `fhir` is the release whose forms are spoken, such as `4.0.1`; `limit` how many codes an expansion without page has;
    `seconds`, told by `timer`, how long an expansion may take.
    """

    catalog: Catalog
    clock: Callable[[], datetime]
    new_id: Callable[[], str] = lambda: str(uuid4())
    fhir: str = "5.0.0"
    limit: int = DEFAULT_LIMIT
    seconds: float = math.inf
    timer: Callable[[], float] = time.monotonic
    closures: dict[str, ClosureTable] = field(default_factory=dict[str, ClosureTable])


def options_of(request: Reader, accept_language: str, service: Service | None = None) -> Options:
    """The options that a request sets. Raises `OperationFailed` for a value that none can have."""
    options = _PLAIN
    if service is not None and service.seconds < math.inf:
        timer, end = service.timer, service.timer() + service.seconds
        options = replace(options, give_up=lambda: timer() > end)
    if accept_language:
        options = replace(options, accept_language=_lenient_languages(accept_language))
    for name, value in request:
        if name == "profile" and is_object(value):
            for inner, held in Reader(value):
                options = options.see(inner, held)
        else:
            options = options.see(name, value)
    return options


def _lenient_languages(text: str) -> Any:
    try:
        return languages_of(text)
    except OperationFailed:
        return None


def catalog_of(service: Service, request: Reader) -> Catalog:
    """The catalogue with the resources that came with a request over it."""
    return service.catalog.over([each for each in request.all("tx-resource") if is_object(each)])


def given_resource(request: Reader, name: str) -> Json | None:
    """The resource of a parameter. Raises `OperationFailed` when it is one of another type."""
    found = request.first(name)
    if not is_object(found):
        return None
    kind = name[0].upper() + name[1:]
    if found.get("resourceType") != kind:
        raise failure("invalid", "", "WRONG_RESOURCE", status=400, expression=name, name=name, kind=kind)
    return found


def coded_of(request: Reader, options: Options, *, of_system: bool) -> tuple[Mode, Sequence[Coding], Json | None]:
    """What to validate: a CodeableConcept, a Coding, or a code with its system."""
    concept = request.first("codeableConcept")
    if is_object(concept):
        return "codeableConcept", [coding_of(each) for each in concept.get("coding", ())], concept
    coding = request.coding("coding")
    if coding is not None:
        return "coding", [coding], None
    code = request.text("code")
    system = request.text("url", "system") if of_system else request.text("system")
    if not code or not (system or options.infer_system or of_system):
        raise OperationFailed(TxIssue("error", "invalid", "", "", say("NO_CODE")), 400)
    version = request.text("version") if of_system else request.text("systemVersion", "version")
    return "code", [Coding(system, code, request.text("display"), version)], None
