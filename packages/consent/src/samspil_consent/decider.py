"""The port `Decider`: `find("decider", "consent")(consents, ...)` makes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from samspil_core.values import Access, Decision

from .context import Context
from .decision import decide_with
from .profile import load_profile
from .request import from_access
from .store import Engines

__all__ = ["ConsentDecider"]


class ConsentDecider:
    """Decides by the consents of the patient of each access.

    `consents` are Consent or Permission resources, or a function from a patient's reference to those. `profile` is a
    shipped profile's name or the path of a file.
    """

    def __init__(
        self,
        consents: Sequence[Any] | Callable[[str], Sequence[Any]],
        profile: str = "typed",
        context: Context | None = None,
    ) -> None:
        source: Callable[[str], Sequence[Any]] = consents if callable(consents) else lambda _patient: consents
        self._engines = Engines(source, load_profile(profile), context)

    def decide(self, access: Access, /) -> Decision:
        """Whether the access is permitted as of `access.at`, on which obligations, and why."""
        request = from_access(access)
        return decide_with(self._engines(request.patient), request).decision
