"""Local codes in a resource, with what they mean in other code systems put beside them."""

from collections.abc import Mapping
from typing import Any, cast

from samspil_core.outcome import Outcome, merge
from samspil_core.ports import Translator
from samspil_core.values import Coding

__all__ = ["map_codes"]


def map_codes(
    resource: Mapping[str, Any], translator: Translator, maps: Mapping[str, str], /
) -> tuple[dict[str, Any], Outcome]:
    """A copy of a resource in which each CodeableConcept also says what its local codes mean, and what was found on the way.

    `maps` gives the canonical URL of a ConceptMap for each system of local codes. A code that the map holds to mean the same
    as another (equal or equivalent) gets that one beside it, once; the local code stays, as it is what was sent. A code
    without such a target stays alone, with the translator's findings about it in the outcome.
    https://hl7.org/fhir/R4/conceptmap.html
    """
    found: list[Outcome] = []

    def mapped(node: Any) -> Any:
        if isinstance(node, list):
            return [mapped(each) for each in cast("list[Any]", node)]
        if not isinstance(node, Mapping):
            return node
        made = {name: mapped(value) for name, value in cast("Mapping[str, Any]", node).items()}
        if isinstance(codings := made.get("coding"), list):
            made["coding"] = with_targets(cast("list[Any]", codings))
        return made

    def with_targets(codings: list[Any]) -> list[Any]:
        known = {_named(each) for each in codings}
        added: list[dict[str, str]] = []
        for each in codings:
            local = _local(each, maps)
            if local is None:
                continue
            translation = translator.translate(local, maps[local.system])
            found.append(translation.outcome)
            target = translation.same
            if target is not None and (target.system, target.code) not in known:
                known.add((target.system, target.code))
                added.append(_written(target))
        return codings + added

    return mapped(resource), merge(found)


def _named(coding: Any) -> tuple[str, str]:
    if not isinstance(coding, Mapping):
        return "", ""
    held = cast("Mapping[str, Any]", coding)
    return str(held.get("system")), str(held.get("code"))


def _local(coding: Any, maps: Mapping[str, str]) -> Coding | None:
    if not isinstance(coding, Mapping):
        return None
    held = cast("Mapping[str, Any]", coding)
    system, code = held.get("system"), held.get("code")
    return Coding(system, code) if isinstance(system, str) and isinstance(code, str) and system in maps else None


def _written(coding: Coding) -> dict[str, str]:
    values = {"system": coding.system, "version": coding.version, "code": coding.code, "display": coding.display}
    return {name: value for name, value in values.items() if value}
