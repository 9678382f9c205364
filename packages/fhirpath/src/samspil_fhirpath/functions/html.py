"""htmlChecks(). https://hl7.org/fhir/R4/fhirpath.html#functions"""

from __future__ import annotations

from ..collections import value
from ..environment import Scope
from .registry import Items, values


def _checks(_scope: Scope, items: Items) -> Items:
    from ..xhtml import has_content, is_allowed

    found = value(items, "htmlChecks()")
    return [is_allowed(found) and has_content(found)] if isinstance(found, str) else []


values("htmlChecks")(_checks)
values("htmlChecks2")(_checks)
