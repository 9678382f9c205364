"""Examples in the place of fixtures that cannot be reached, so that a script can be rehearsed without them.

The example has the type that the script asks for: of messages and documents one under a profile that the script declares, each
fixture another; of all else the one with the id `example`, otherwise the first. Where operations put the fixture to a
URL that ends with a variable, the example gets that variable as its id. What stood in is named in the report: a verdict
that rests on it says how the script runs, and nothing of what its author's own fixture would have shown.
"""

from typing import Any

from samspil_core import dumps

from .examples import Examples
from .fixtures import StandIn, type_of
from .script import Fixture, Operation, Script

__all__ = ["stand_ins"]

Json = dict[str, Any]


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
    found = [(name, content.json) for name, content in examples.under(kind, list(script.profiles.values()))]
    fitting = [(name, json) for name, json in found if json is not None]
    if kind == "Bundle":
        return fitting[_turn(script, fixture) % len(fitting)] if fitting else None
    return next((each for each in fitting if each[0].endswith("/example")), fitting[0] if fitting else None)


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
