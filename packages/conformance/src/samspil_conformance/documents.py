"""Files that a person writes, checked against their schemas, with the file and the line in every fault."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft202012Validator

from samspil_core import Issue
from samspil_core.textfile import read_text

from . import data
from .findings import NOT_READABLE
from .yaml_bounds import TooMuch, bounded

__all__ = ["BadFile", "faults", "read", "schema"]


class BadFile(ValueError):
    """A file cannot be used; `issues` says where and why, one finding a fault."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(issue.text for issue in self.issues))


_LONG, _LONGEST = 60, 400
"""Characters of a value, and of a whole message, that are shown."""
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):
    """YAML without dates: what looks like a date stays text."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for letter, rules in cast("dict[str, list[tuple[str, Any]]]", yaml.SafeLoader.yaml_implicit_resolvers).items()
}


def schema(name: str) -> dict[str, Any]:
    """A schema that travels with the kit, such as `requirements`."""
    return yaml.safe_load((data.folder() / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))


def read(path: Path, rules: Mapping[str, Any] | str | None = None) -> Any:
    """Read YAML or JSON and check it against a schema, given or named.

    Raises:
        BadFile: it is no YAML, or it breaks the schema; each fault with the line.
        OSError: it cannot be read, or is no UTF-8 text.
    """
    text = read_text(path)
    try:
        bounded(text)
        loader = _Loader(text)
        node: yaml.Node | None = loader.get_single_node()
        value: Any = loader.construct_document(node) if node else None
    except TooMuch as fault:
        raise BadFile([_issue(path, fault.line, str(fault))]) from None
    except (yaml.YAMLError, ValueError) as fault:
        mark = getattr(fault, "problem_mark", None)
        why = getattr(fault, "problem", None) or "it is not YAML, or holds a number or date that there is not"
        raise BadFile([_issue(path, mark.line + 1 if mark else 1, str(why))]) from None
    if rules is not None:
        wanted = schema(rules) if isinstance(rules, str) else rules
        if found := faults(path, value, node, wanted):
            raise BadFile(found)
    return value


def faults(path: Path, value: Any, node: yaml.Node | None, rules: Mapping[str, Any]) -> list[Issue]:
    """Every way in which a value breaks a schema, with the line of the file."""
    errors = sorted(cast("Any", Draft202012Validator(rules)).iter_errors(value), key=_place)
    return [_issue(path, _line(node, error.absolute_path), _why(error)) for error in errors]


def _place(error: Any) -> list[str]:
    return [str(part) for part in error.absolute_path]


def _why(error: Any) -> str:
    """What is wrong, without a value that is long or is the whole file: a person's record may be given by mistake."""
    place, message, value = "/".join(_place(error)), str(error.message), repr(error.instance)
    if not place or len(value) > _LONG:
        message = message.replace(value, "the value" if place else "the file", 1)
    if len(message) > _LONGEST:
        message = f"{message[:_LONGEST]} ..."
    return f"{place}: {message}" if place else message


def _line(node: yaml.Node | None, path: Iterable[str | int]) -> int:
    """The line of a place in the file, or of the deepest part of it that is there."""
    for part in path:
        found = _child(node, part)
        if found is None:
            break
        node = found
    return node.start_mark.line + 1 if node else 1


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
        return next((value for key, value in pairs if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


def _issue(path: Path, line: int, why: str) -> Issue:
    return NOT_READABLE.at(file=path.name, line=line, why=why.rstrip("."))
