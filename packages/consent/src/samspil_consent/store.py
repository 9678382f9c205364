"""Engines by patient, compiled once for each version of the consents: a revocation counts from the next request on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from samspil_core.jsontext import dumps

from .context import Context
from .engine import Engine
from .parts import as_dict
from .profile import Profile
from .reading import read_consents, unreadable

__all__ = ["Engines"]

_KEPT = 10_000


class Engines:
    """Gives the engine of a patient. `consents_of` is asked every time, and gives the consents as they are now.

    Compiled engines are kept by what the consents say, byte by byte, so a stale one is never used. When `consents_of`
    raises, the engine refuses everything.
    """

    def __init__(
        self, consents_of: Callable[[str], Sequence[Any]], profile: Profile, context: Context | None = None
    ) -> None:
        self._consents_of = consents_of
        self._profile = profile
        self._context = context or Context()
        self._kept: OrderedDict[bytes, Engine] = OrderedDict()

    def __call__(self, patient: str) -> Engine:
        """The engine with the consents of a patient."""
        try:
            found = list(self._consents_of(patient))
            version = b"\n".join(dumps(_plain(one)) for one in found)
        except Exception as error:  # noqa: BLE001  whatever a source of consents does, nothing is let through
            return Engine((unreadable("the consents", type(error).__name__),), self._profile, self._context)
        engine = self._kept.get(version)
        if engine is None:
            engine = Engine(read_consents(found, zone=self._context.zone), self._profile, self._context)
            self._kept[version] = engine
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return engine


def _plain(value: Any) -> Mapping[str, Any]:
    return dict(as_dict(value))
