"""Secrets of sut.yaml, which stand in the environment."""

import os
import re
from typing import Any, cast

__all__ = ["from_environment"]


def from_environment(value: Any) -> Any:
    """A value of sut.yaml with `${NAME}` filled from the environment, so that no secret stands in the file.

    Raises:
        KeyError: the environment has no such name.
    """
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)\}", lambda found: os.environ[found[1]], value)
    if isinstance(value, dict):
        return {name: from_environment(one) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [from_environment(one) for one in cast("list[Any]", value)]
    return value
