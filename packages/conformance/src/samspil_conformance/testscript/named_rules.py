"""Rules that scripts of public test services name, where their meaning is known by their name.

The services keep such rules in a language of their own; none of that is run. `queryParamsInSelfLink`: the server handled every
parameter of the request, as the self link of the Bundle tells. https://hl7.org/fhir/R4/search.html#conformance
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from .exchange import Exchange

__all__ = ["rule_of"]

Json = Mapping[str, Any]
_ASSERTED = ("testscript-assert-rule", "CL-ext-assert-rule", "CL-ext-rule")
_CONTROL = frozenset({"_format", "_pretty", "_count", "_page"})
"""Parameters that a self link need not repeat."""


def rule_of(extensions: Sequence[Json]) -> "Callable[[Exchange], str] | None":
    """The rule that an assert names, as what is against an exchange, in words; None where none is named or known."""
    for extension in extensions:
        if str(extension.get("url", "")).endswith(_ASSERTED):
            parts = cast("Sequence[Json]", extension.get("extension", ()))
            name = next((str(each.get("valueId", "")) for each in parts if each.get("url") == "ruleId"), "")
            if name.endswith("queryParamsInSelfLink"):
                return _echoed
    return None


def _echoed(exchange: Exchange) -> str:
    resource = exchange.response.content.json or {}
    own = next((str(each.get("url", "")) for each in resource.get("link", ()) if each.get("relation") == "self"), "")
    if not own:
        return "there is no self link"
    told = {_plain(name) for name, _ in parse_qsl(urlsplit(own).query, keep_blank_values=True)}
    asked = [name for name, _ in parse_qsl(urlsplit(exchange.request.url).query, keep_blank_values=True)]
    lost = [name for name in asked if name not in _CONTROL and _plain(name) not in told]
    return f"the self link leaves out {', '.join(lost)}" if lost else ""


def _plain(name: str) -> str:
    """A parameter without its modifier."""
    return name.partition(":")[0]
