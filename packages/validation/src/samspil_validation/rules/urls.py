"""The form of URLs. https://www.rfc-editor.org/rfc/rfc3986#section-3.1."""

from __future__ import annotations

import re

__all__ = ["is_absolute"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_absolute(url: str) -> bool:
    """Whether a URL begins with a scheme."""
    return _SCHEME.match(url) is not None
