"""Masking: what may not stand in evidence is replaced by a mark, the same mark for the same value."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

__all__ = ["ALWAYS_HEADERS", "ALWAYS_KEYS", "Masker"]

ALWAYS_HEADERS = ("authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key")
ALWAYS_KEYS = (
    "access_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "id_token",
    "password",
    "refresh_token",
)
_JWT = r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*"
_LONG = 50_000


class Masker:
    """Masks the exchanges of one run. Values are numbered as they come, so that equal ones stay recognisable."""

    def __init__(
        self, headers: Iterable[str] = (), json_keys: Iterable[str] = (), patterns: Iterable[str] = ()
    ) -> None:
        self.headers = tuple(sorted({*ALWAYS_HEADERS, *(name.lower() for name in headers)}))
        self.json_keys = tuple(sorted({*ALWAYS_KEYS, *json_keys}))
        self.patterns = (_JWT, *patterns)
        keys = "|".join(map(re.escape, self.json_keys))
        self._member = re.compile(rf'("(?:{keys})"\s*:\s*")((?:[^"\\]|\\.)*)(")')
        self._field = re.compile(rf"((?:^|[?&])(?:{keys})=)([^&#\s]+)()")
        self._anywhere = re.compile("|".join(f"(?:{one})" for one in self.patterns))
        self._seen: dict[str, str] = {}
        self._long: dict[str, str] = {}

    def rules(self) -> dict[str, list[str]]:
        """What is masked, for the record."""
        return {"headers": list(self.headers), "json_keys": list(self.json_keys), "patterns": list(self.patterns)}

    def header(self, name: str, value: str) -> str:
        """A header's value, masked where its name is that of a secret."""
        return self._mark(value) if name.lower() in self.headers else self.text(value)

    def text(self, text: str) -> str:
        """A text: URL, form or body. What is long, such as a CapabilityStatement, comes again and again, and is masked once."""
        if len(text) < _LONG:
            return self._masked(text)
        if text not in self._long:
            self._long = {text: self._masked(text)}
        return self._long[text]

    def _masked(self, text: str) -> str:
        for rule in (self._member, self._field):
            text = rule.sub(lambda found: found[1] + self._mark(found[2]) + found[3], text)
        return self._anywhere.sub(lambda found: self._mark(found[0]), text)

    def value(self, value: Any) -> Any:
        """A JSON value, its texts masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {str(name): self._member_value(str(name), one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        if isinstance(value, list | tuple):
            return [self.value(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
        return value

    def _member_value(self, name: str, value: Any) -> Any:
        secret = name in self.json_keys or name.lower() in self.headers
        return self._mark(value) if secret and isinstance(value, str) else self.value(value)

    def _mark(self, value: str) -> str:
        if re.fullmatch(r"\[masked-\d+\]", value):
            return self._seen.setdefault(value, value)
        return self._seen.setdefault(quote(value), f"[masked-{len(self._seen) + 1}]")
