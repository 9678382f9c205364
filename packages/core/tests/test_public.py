"""The public face of the package."""

import pkgutil
import subprocess
import sys
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path

import pytest

import samspil_core

MODULES = [name for _, name, _ in pkgutil.iter_modules(samspil_core.__path__, "samspil_core.")]


@pytest.mark.parametrize("name", ["samspil_core", *MODULES])
def test_names(name):
    """Every module names what is public, has it, and documents it."""
    if name.endswith(".orjson_writer"):
        pytest.importorskip("orjson")
    module = import_module(name)
    assert module.__doc__
    for each in module.__all__:
        value = getattr(module, each)
        assert value.__doc__ or not (isclass(value) or isfunction(value)), each


def test_standard_library_only():
    """Everything but the orjson writer starts with no other package in reach."""
    modules = [name for name in MODULES if name != "samspil_core.orjson_writer"]
    home = Path(samspil_core.__path__[0]).parent
    code = f"import sys; sys.path.insert(0, {str(home)!r}); import {', '.join(modules)}"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
