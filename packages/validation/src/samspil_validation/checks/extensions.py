"""Extensions: known or not, where they may stand, what their definition asks.

https://hl7.org/fhir/R4/extensibility.html, https://hl7.org/fhir/R4/defining-extensions.html#context
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

from .contexts import allowed_here
from .invariants import Invariant

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .base import Check

__all__ = ["VALUE_OR_PARTS", "compile_extension"]

URL = "http://hl7.org/fhir/StructureDefinition/Extension"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OF_ANOTHER_RELEASE = re.compile(r"http://hl7\.org/fhir/[0-9]\.[0-9]/StructureDefinition/extension-[A-Z]")
"""An element of another release as an extension: https://hl7.org/fhir/R5/versions.html#extensions."""
_EXAMPLES = (
    "http://example.org",
    "http://example.com",
    "https://example.org",
    "https://example.com",
    "http://acme.com",
)


def _value_or_parts(node: dict[str, Any], _run: Any) -> bool:
    """ext-1: a value or extensions, not both and not neither; the keys alone decide it."""
    return ("extension" in node) != any(key.startswith(("value", "_value")) for key in node)


def _both_or_neither(_node: Any, place: Any, run: Run) -> None:
    run.find(f.EXTENSION_BOTH, place, URL)


VALUE_OR_PARTS = Invariant(_both_or_neither, _value_or_parts)


def compile_extension(element: str, schema: Schema) -> Check:
    """The check of one entry of `extension` or `modifierExtension`."""
    as_element = schema.types["Extension"]
    modifies = element == "modifierExtension"

    def check(value: Any, place: Any, run: Run) -> None:
        as_element(value, place, run)
        if value.__class__ is not dict:
            return
        url = value.get("url")
        if url.__class__ is not str:
            return
        known = schema.extension(url)
        if known is not None:
            known(value, place, run, modifies)
        elif ":" not in url or not _ABSOLUTE.match(url):
            _inner(url, place, run)
        else:
            _unknown(url, place, run, modifies=modifies)

    return check


def _inner(url: str, place: Any, run: Run) -> None:
    """A relative url is right only inside another extension, whose definition says which parts it has."""
    above = place[0]
    if above is None or above[1] not in {"extension", "modifierExtension"}:
        run.find(f.EXTENSION_URL, place, URL)
        return
    outer = run.at(above)
    outer_url: Any = outer.get("url") if outer.__class__ is dict else None
    parts = run.schema.extension_parts(outer_url) if outer_url.__class__ is str else None
    if parts is not None and url not in parts:
        run.find(f.EXTENSION_PART, place, URL, url=outer_url, part=_shown(url))


def _unknown(url: str, place: Any, run: Run, *, modifies: bool) -> None:
    settings = run.settings
    tolerated = url.startswith(tuple(settings.extension_domains)) or (
        settings.example_urls and url.startswith(_EXAMPLES)
    )
    if modifies and not tolerated:
        run.find(f.MODIFIER_UNKNOWN, place, URL, url=_shown(url))
    elif settings.unknown_extensions == "error" and not tolerated and not _OF_ANOTHER_RELEASE.match(url):
        run.find(f.EXTENSION_REFUSED, place, URL, url=_shown(url))
    else:
        run.undecide(f.EXTENSION_UNKNOWN, place, URL, url=_shown(url))


def _shown(url: str) -> str:
    """A URL as far as it is one: what stands in its place may be anything."""
    return url if re.fullmatch(r"[!-~]{1,300}", url) else "?"


def compile_known(plan: dict[str, Any], profile: Check, schema: Schema) -> Any:
    """The check of an extension whose definition is at hand, in the place it stands at."""
    url, modifier = plan["url"], plan["modifier"]
    contexts = plan["contexts"]
    invariants = plan["contextInvariants"]
    shown = ", ".join(sorted({expression for _, expression in contexts if expression})) or "nothing of this release"

    def check(value: Any, place: Any, run: Run, modifies: bool) -> None:  # noqa: FBT001  the hot path
        if modifies != modifier:
            run.find(f.IS_A_MODIFIER if modifier else f.NOT_A_MODIFIER, place, url, url=url)
        if contexts and not allowed_here(url, contexts, place, run, modifies=modifies):
            run.find(f.EXTENSION_CONTEXT, place, url, url=url, element=run.element_at(place[0]), allowed=shown)
        for expression in invariants:
            _context_invariant(expression, value, place, run, url, schema)
        profile(value, place, run)

    return check


def _context_invariant(expression: str, value: Any, place: Any, run: Run, url: str, schema: Schema) -> None:  # noqa: PLR0913, PLR0917
    """FHIRPath on the element that has the extension, which is `%extension`."""
    holder = run.at(place[0])
    try:
        from samspil_fhirpath import Environment

        compiled = schema.expression(expression, "")
        environment = Environment(constants={"extension": value})
        met = compiled.is_true(holder, resource=run.resource, root_resource=run.root_resource, environment=environment)
    except Exception as error:  # noqa: BLE001  whatever an expression does, the next one runs
        run.undecide(f.INVARIANT_UNDECIDED, place, url, key="context", why=type(error).__name__)
        return
    if not met:
        run.find(f.INVARIANT, place, url, key="context", human="the extension is not allowed in this context")
