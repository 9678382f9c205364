"""memberOf(), subsumes(), subsumedBy() and %terminologies, by the environment's ports.

https://hl7.org/fhir/R4/fhirpath.html#functions
"""

from __future__ import annotations

from typing import Any

from samspil_core.values import Coding
from samspil_fhirpath.collections import one, string
from samspil_fhirpath.environment import Run, Scope
from samspil_fhirpath.errors import not_available
from samspil_fhirpath.navigation import as_node
from samspil_fhirpath.output import json_value
from samspil_fhirpath.shapes import is_array, is_object

from .registry import Items, values


class Terminologies:
    """What `%terminologies` is; its functions are calls on the environment's object."""

    __slots__ = ()


TERMINOLOGIES = Terminologies()


def codings(item: Any) -> list[Coding]:
    """The codings of a Coding, a CodeableConcept, a Quantity or a code."""
    value = json_value(item)
    if isinstance(value, str):
        return [Coding("", value)]
    if not is_object(value):
        return []
    listed = value.get("coding")
    found = listed if is_array(listed) else [value] if "code" in value else []
    return [
        Coding(str(each.get("system", "")), str(each.get("code", "")), "", str(each.get("version", "")))
        for each in found
        if is_object(each)
    ]


@values("memberOf", 1)
def _member_of(scope: Scope, items: Items, value_set: Items) -> Items:
    item, url = one(items, "memberOf()"), string(value_set, "memberOf()")
    if item is None or url is None:
        return []
    environment = scope.run.environment
    if environment.member_of:
        known = environment.member_of(json_value(item), url)
        return [] if known is None else [known]
    if environment.code_validator is None:
        raise not_available("memberOf() needs a code validator: pip install samspil-terminology brings one")
    validator = environment.code_validator
    return [any(validator.validate_code(coding, url).valid for coding in codings(item))]


def _subsumes(name: str, *, turned: bool) -> None:
    def body(scope: Scope, items: Items, other: Items) -> Items:
        left, right = one(items, f"{name}()"), one(other, f"{name}()")
        if left is None or right is None:
            return []
        general, special = (right, left) if turned else (left, right)
        return [any(_covers(a, b, scope.run) for a in codings(general) for b in codings(special))]

    values(name, 1)(body)


def _covers(general: Coding, special: Coding, run: Run) -> bool:
    if (general.system, general.code) == (special.system, special.code):
        return True
    if general.system != special.system:
        return False
    ask = getattr(run.environment.terminologies, "subsumes", None)
    if ask is None:
        raise not_available("subsumes() needs a terminology service in the environment")
    return ask(general.system, general.code, special.code) in {"subsumes", "equivalent"}


_subsumes("subsumes", turned=False)
_subsumes("subsumedBy", turned=True)


def _service(name: str, least: int, most: int) -> None:
    def body(scope: Scope, _items: Items, *arguments: Items) -> Items:
        ask = getattr(scope.run.environment.terminologies, name, None)
        if ask is None:
            raise not_available(f"%terminologies.{name}() needs a terminology service in the environment")
        found = ask(*[[json_value(each) for each in given] for given in arguments])
        if found is None:
            return []
        made = as_node(found, "", scope.run.model)
        return [made if is_object(found) else made.value]

    values(name, least, most)(body)


for _name, _least, _most in (
    ("expand", 1, 2),
    ("lookup", 1, 2),
    ("validateVS", 2, 3),
    ("validateCS", 2, 3),
    ("translate", 2, 3),
):
    _service(_name, _least, _most)
