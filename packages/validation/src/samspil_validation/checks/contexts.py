"""Whether an extension may stand where it stands. https://hl7.org/fhir/R4/defining-extensions.html#context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samspil_validation.run import Run

__all__ = ["allowed_here"]


def allowed_here(url: str, contexts: list[list[str]], place: Any, run: Run, *, modifies: bool) -> bool:
    """Whether one of the contexts `[type, expression]` fits the element that holds the extension at `place`."""
    holder = place[0]
    keys = run.keys_to(holder)
    schema = run.schema
    remembered = schema.contexts.get((url, keys, modifies))
    if remembered is not None:
        return remembered
    names = schema.names_of(keys)
    if names is None:
        return True
    variable = False
    for kind, expression in contexts:
        if kind == "element":
            of_url = expression.startswith(("http:", "https:")) and "#" not in expression
            if (
                (expression.rpartition("/")[2] if of_url else expression) in names
                or expression.partition("#")[0].startswith("http")
                or expression in {"*", "Element"}
            ):
                return _remember(schema, url, keys, modifies, value=True)
        elif kind == "extension":
            variable = True
            outer = run.at(holder)
            if outer.__class__ is dict and _within(expression, outer, holder, run):
                return True
        elif kind == "fhirpath":
            variable = True
            if _selected(expression, holder, run):
                return True
    return False if variable else _remember(schema, url, keys, modifies, value=False)


def _remember(schema: Any, url: str, keys: Any, modifies: bool, *, value: bool) -> bool:  # noqa: FBT001
    schema.contexts[url, keys, modifies] = value
    return value


def _within(expression: str, outer: dict[str, Any], holder: Any, run: Run) -> bool:
    """Whether the holder is the extension of this URL, or the part of it that `url#part` names."""
    url, _, part = expression.partition("#")
    if not part:
        return outer.get("url") == url
    around: Any = run.at(holder[0]) if holder[0] is not None else None
    return outer.get("url") == part and around.__class__ is dict and around.get("url") == url


def _selected(expression: str, holder: Any, run: Run) -> bool:
    """Whether FHIRPath on the resource, or on the holder, gives the holder or true."""
    node = run.at(holder)
    for start in (run.resource, node):
        try:
            found = run.schema.expression(expression, "")(
                start, resource=run.resource, root_resource=run.root_resource, environment=run.environment
            )
        except Exception:  # noqa: BLE001  what cannot be evaluated forbids nothing
            return True
        if any(each is node or each is True for each in found):
            return True
    return False
