"""htmlChecks().

https://hl7.org/fhir/R4/fhirpath.html#functions
"""

from __future__ import annotations

from samspil_fhirpath.collections import value
from samspil_fhirpath.environment import Scope
from samspil_fhirpath.values import Node

from .registry import Items, values


def _checks(_scope: Scope, items: Items) -> Items:
    from samspil_fhirpath.xhtml import NAMESPACE, has_content, is_allowed

    found = value(items, "htmlChecks()")
    if not isinstance(found, str):
        return []
    narrative = isinstance(items[0], Node) and items[0].type == "xhtml"
    text = found if narrative else f'<div xmlns="{NAMESPACE}">{found}</div>'
    return [is_allowed(text) and has_content(text)]


values("htmlChecks")(_checks)
values("htmlChecks2")(_checks)
