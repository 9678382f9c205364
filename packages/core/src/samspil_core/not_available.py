"""The implementation of every port that is there when no other is: it answers that there is none."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from samspil_core.kinds import PORT_NOT_AVAILABLE
from samspil_core.outcome import Outcome
from samspil_core.ports import PACKAGES, PortNotFound
from samspil_core.values import Access, CodeValidity, Coding, Decision, Receipt, Translation

__all__ = ["NOT_AVAILABLE", "NotAvailable"]


def _nothing(port_name: str) -> Outcome:
    return Outcome((PORT_NOT_AVAILABLE.at(port=port_name, package=PACKAGES[port_name]),))


class NotAvailable:
    """Every port at once. Answers with the finding `SAM-CORE-010` where an answer can hold one, else raises.

    It never lets anything through: no code is valid, no access permitted, no record said to be kept.
    """

    __slots__ = ()

    def translate(self, _coding: Coding, _map_url: str, /) -> Translation:
        """A translation without matches."""
        return Translation(outcome=_nothing("translator"))

    def validate_code(self, _coding: Coding, _value_set_url: str = "", /) -> CodeValidity:
        """Not valid, because not known."""
        return CodeValidity(valid=False, outcome=_nothing("code-validator"))

    def validate(self, _resource: Mapping[str, Any], _profiles: Sequence[str] = (), /) -> Outcome:
        """An outcome that says that nothing was checked."""
        return _nothing("resource-validator")

    def evaluate(self, _expression: str, _resource: Mapping[str, Any], /) -> list[Any]:
        """Raises `PortNotFound`: an empty collection would be an answer."""
        raise PortNotFound("evaluator")

    def decide(self, _access: Access, /) -> Decision:
        """Deny."""
        return Decision("deny", outcome=_nothing("decider"))

    def record(self, _event: Mapping[str, Any], /) -> Receipt:
        """Raises `PortNotFound`: a record that is not kept must not look kept."""
        raise PortNotFound("recorder")


NOT_AVAILABLE: Final = NotAvailable()
"""The one instance; it holds nothing."""
