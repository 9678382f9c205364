"""Several terminologies behind the same ports, asked in turn: here first, then there."""

from collections.abc import Callable
from typing import Any

from samspil_core.values import CodeValidity, Coding, Translation

from . import findings
from .issues import OperationFailed
from .remote import RemoteFailed

__all__ = ["Chain"]

_UNKNOWN = frozenset(
    each.code
    for each in (findings.SYSTEM_UNKNOWN, findings.VALUE_SET_UNKNOWN, findings.MAP_UNKNOWN, findings.REMOTE_FAILED)
)
_NOT_KNOWN_HERE = frozenset({"not-found", "not-supported"})


class Chain:
    """Several terminologies, asked one after the other until one knows: the code system, the value set, the map.

    A link has one or more of `validate_code`, `translate` and `expand`, as `code_validator`, `translator` and
    `RemoteTerminology` have. Raises LookupError when no link has what is asked for.
    """

    def __init__(self, *links: Any) -> None:
        self.links = links

    def validate_code(self, coding: Coding, value_set_url: str = "", /) -> CodeValidity:
        """The first answer that is not "I do not know that"."""
        return self._first("validate_code", lambda each: each.validate_code(coding, value_set_url))

    def translate(self, coding: Coding, map_url: str, /) -> Translation:
        """The first answer that is not "I do not know that map"."""
        return self._first("translate", lambda each: each.translate(coding, map_url))

    def expand(self, value_set_url: str, text: str = "", count: int | None = None) -> list[Coding]:
        """The codings of a value set out of the first link that knows it, and can be reached.

        Raises what the last link raised: `OperationFailed` or `RemoteFailed`.
        """
        failed: Exception | None = None
        for each in self._with("expand"):
            try:
                return each.expand(value_set_url, text, count)
            except RemoteFailed as error:
                failed = error
            except OperationFailed as error:
                if error.issue.code not in _NOT_KNOWN_HERE:
                    raise
                failed = error
        raise failed or LookupError("no link of the chain expands value sets")

    def _with(self, name: str) -> list[Any]:
        return [each for each in self.links if hasattr(each, name)]

    def _first(self, name: str, ask: Callable[[Any], Any]) -> Any:
        answer: Any = None
        for each in self._with(name):
            answer = ask(each)
            if not any(issue.code in _UNKNOWN for issue in answer.outcome):
                return answer
        if answer is None:
            raise LookupError(f"no link of the chain has {name}")
        return answer
