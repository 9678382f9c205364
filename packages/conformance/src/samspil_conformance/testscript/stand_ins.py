"""Examples in the place of fixtures that cannot be reached, so that a script can be rehearsed without them.

The example has the type that the script asks for, and of Bundles one under a profile that the script declares. Of these it is
one in which most variables that the script takes from the fixture have a value: for messages and documents each
fixture another, of all else the one with the id `example`, otherwise the first. Where operations put the fixture to a
URL that ends with a variable, the example gets that variable as its id. What stood in is named in the report: a verdict
that rests on it says how the script runs, and nothing of what its author's own fixture would have shown.
"""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from samspil_core import dumps
from samspil_fhirpath import FhirPathError

from .examples import Examples
from .exchange import Content
from .expressions import evaluate
from .fixtures import StandIn, type_of
from .paths import BadPath, select
from .script import Fixture, Operation, Script

__all__ = ["stand_ins"]

Json = dict[str, Any]
_ANY_TIME = datetime(2020, 1, 1, tzinfo=UTC)


def stand_ins(examples: Examples) -> StandIn:
    """What gives an example for a fixture."""

    def give(script: Script, fixture: Fixture) -> tuple[str, bytes] | None:
        kind = type_of(script, fixture)
        found = _chosen(script, fixture, kind, examples) if kind else None
        if found is None:
            return None
        name, resource = found
        identifier = _identifier(script, fixture)
        return name, dumps({**resource, "id": identifier} if identifier else resource)

    return give


def _chosen(script: Script, fixture: Fixture, kind: str, examples: Examples) -> tuple[str, Json] | None:
    found = [
        (_told(script, fixture, content), name, content)
        for name, content in examples.under(kind, [*script.profiles.values()])
    ]
    most = max((told for told, _, _ in found), default=0)
    fitting = [(name, content.json) for told, name, content in found if told == most and content.json]
    if not fitting:
        return None
    if kind == "Bundle":
        return fitting[_turn(script, fixture) % len(fitting)]
    return next((each for each in fitting if each[0].endswith("/example")), fitting[0])


def _told(script: Script, fixture: Fixture, content: Content) -> int:
    """How many of the variables that are taken from the fixture have a value in a resource."""
    count = 0
    for each in script.variables.values():
        if each.source == fixture.id and (each.expression or each.path):
            with suppress(FhirPathError, BadPath):
                count += bool(
                    evaluate(each.expression, content, _ANY_TIME) if each.expression else select(each.path, content)
                )
    return count


def _turn(script: Script, fixture: Fixture) -> int:
    """Which of the distinct references of the script this fixture's is."""
    references = list(dict.fromkeys(each.reference for each in script.fixtures))
    return references.index(fixture.reference)


def _identifier(script: Script, fixture: Fixture) -> str:
    """The variable that names the id of the URL to which the fixture is put, unless it is taken from the fixture."""
    for each in script.actions:
        if not isinstance(each, Operation) or each.source != fixture.id or not each.params.startswith("/${"):
            continue
        name = each.params[3:].rstrip("}")
        variable = script.variables.get(name)
        if variable is None or variable.source != fixture.id:
            return f"${{{name}}}"
    return ""
