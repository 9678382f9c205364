"""The answer of $validate-code."""

from dataclasses import dataclass, field
from typing import Literal

from samspil_core.values import Coding
from samspil_terminology.issues import TxIssue

__all__ = ["Mode", "Validation"]


Mode = Literal["code", "coding", "codeableConcept"]


@dataclass(frozen=True, slots=True)
class Validation:
    """The answer of $validate-code.

    `result` is whether the code is valid; `coding` is what was found of it (empty parts are unknown), `issues` why not
    and what to mind, `message` the same in one line. `unknown` holds the code systems that were not found:
    they are the reason of a negative result when `caused_by_unknown` is set.
    """

    result: bool
    coding: Coding = field(default_factory=Coding)
    issues: tuple[TxIssue, ...] = ()
    message: str = ""
    inactive: bool = False
    status: str = ""
    normalized: str = ""
    unknown: tuple[str, ...] = ()
    caused_by_unknown: bool = False
