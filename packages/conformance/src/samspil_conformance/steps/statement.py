"""What the server states of itself in its CapabilityStatement, asked for once in a scenario."""

from functools import lru_cache
from typing import Any

from samspil_core import NotJson, loads

from .talk import Json, as_json, as_list, look, objects

__all__ = [
    "feature_stated",
    "include_stated",
    "interaction_stated",
    "parameter_stated",
    "patch_formats",
    "resource_stated",
    "statement",
]

_FEATURES = {
    "conditional create": ("conditionalCreate", (True,)),
    "conditional update": ("conditionalUpdate", (True,)),
    "single conditional delete": ("conditionalDelete", ("single",)),
    "conditional delete": ("conditionalDelete", ("single", "multiple")),
    "update as create": ("updateCreate", (True,)),
    "no update as create": ("updateCreate", (False,)),
    "reading by entity tag": ("conditionalRead", ("not-match", "full-support")),
    "reading by time": ("conditionalRead", ("modified-since", "full-support")),
    "versions": ("versioning", ("versioned", "versioned-update")),
    "old versions": ("readHistory", (True,)),
}


def statement(sut: Any, world: dict[str, Any]) -> Json:
    """The CapabilityStatement; empty where there is none that can be read."""
    if "statement" not in world:
        world["statement"] = _read(look(sut, world, "metadata").content)
    return as_json(world["statement"])


@lru_cache(maxsize=4)
def _read(content: bytes) -> Json:
    """A statement is long, and the same in each scenario."""
    try:
        return as_json(loads(content)) if content else {}
    except NotJson:
        return {}


def _rest(sut: Any, world: dict[str, Any]) -> Json:
    found = objects(statement(sut, world).get("rest"))
    return next((each for each in found if each.get("mode") == "server"), as_json(None))


def resource_stated(sut: Any, world: dict[str, Any], kind: str) -> Json:
    """What is stated of one type; empty where it is not named."""
    found = objects(_rest(sut, world).get("resource"))
    return next((each for each in found if each.get("type") == kind), as_json(None))


def interaction_stated(sut: Any, world: dict[str, Any], kind: str, code: str) -> bool:
    """Whether an interaction of a type is stated; `system` is the server as a whole."""
    told = _rest(sut, world) if kind == "system" else resource_stated(sut, world, kind)
    return any(each.get("code") == code for each in objects(told.get("interaction")))


def parameter_stated(sut: Any, world: dict[str, Any], kind: str, name: str) -> bool:
    """Whether a search parameter of a type is stated."""
    told = objects(resource_stated(sut, world, kind).get("searchParam")) + objects(_rest(sut, world).get("searchParam"))
    return any(each.get("name") == name for each in told)


def patch_formats(sut: Any, world: dict[str, Any]) -> list[str]:
    """The media types of patches that are stated; none where nothing is said of them."""
    return [str(each) for each in as_list(statement(sut, world).get("patchFormat"))]


def include_stated(sut: Any, world: dict[str, Any], kind: str, name: str) -> bool:
    """Whether an include of a type is stated."""
    told = as_list(resource_stated(sut, world, kind).get("searchInclude"))
    return name in told or "*" in told


def feature_stated(sut: Any, world: dict[str, Any], kind: str, feature: str) -> bool:
    """Whether a feature is stated, such as `conditional create`."""
    element, values = _FEATURES[feature]
    return resource_stated(sut, world, kind).get(element) in values
