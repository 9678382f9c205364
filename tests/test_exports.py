"""What a module offers in `__all__` exists and says what it is."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

from tools.projects import projects


def public_modules() -> Iterator[str]:
    """Give every module of every package whose path has no part that begins with an underscore."""
    for project in projects():
        yield project.module
        for found in pkgutil.walk_packages([str(project.source)], project.module + "."):
            if not any(part.startswith("_") for part in found.name.split(".")):
                yield found.name


@pytest.mark.parametrize("name", sorted(public_modules()))
def test_exports(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    for export in getattr(module, "__all__", ()):
        thing = getattr(module, export)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert has_docstring(thing), f"{name}.{export} has no docstring"


def has_docstring(thing: type | object) -> bool:
    """Tell whether there is a docstring that a person wrote; a dataclass makes one up from its fields."""
    written = thing.__doc__ or ""
    return bool(written) and not written.startswith(f"{getattr(thing, '__name__', '')}(")
