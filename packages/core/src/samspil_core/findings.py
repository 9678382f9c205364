"""The register of every kind of finding, so that a code means one thing forever.

A package declares its kinds in a module `findings.py` of its own, and names that module under the entry
point group `samspil.findings`, where tools find them all.
"""

import re
from string import Formatter

from samspil_core.outcome import Kind, Severity
from samspil_core.points import entry_points

__all__ = ["GROUP", "BadKind", "all_kinds", "kind", "load_all", "register"]

GROUP = "samspil.findings"
"""The entry point group under which a package names its module of kinds."""

_CODE = re.compile(r"SAM-[A-Z][A-Z0-9]{1,3}-[0-9]{3}")
_kinds: dict[str, Kind] = {}


class BadKind(ValueError):
    """A kind of finding cannot be registered: its code is taken or malformed, or its wordings do not match."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why = why


def kind(  # noqa: PLR0913  a kind is its seven parts, and six are named at the call
    code: str,
    severity: Severity,
    issue_type: str,
    *,
    text: str,
    fix: str,
    text_da: str,
    fix_da: str,
) -> Kind:
    """Declare a kind of finding: made, registered and returned. Raises `BadKind`."""
    made = Kind(code, severity, issue_type, text, fix, text_da, fix_da)
    register(made)
    return made


def register(*kinds: Kind) -> None:
    """Register kinds of finding.

    Raises `BadKind` when a code is registered already or is not of the form `SAM-HL7-101`, when a wording is
    empty, or when the Danish texts name a placeholder that the English ones do not, or the other way round.
    """
    for each in kinds:
        _check(each)
        _kinds[each.code] = each


def _check(each: Kind) -> None:
    if not _CODE.fullmatch(each.code):
        raise BadKind(each.code, "a code looks like SAM-HL7-101")
    if each.code in _kinds:
        raise BadKind(each.code, "this code is registered already; codes are permanent, take a new one")
    if not all((each.text, each.fix, each.text_da, each.fix_da)):
        raise BadKind(each.code, "every wording must say something")
    if _placeholders(each, each.text, each.fix) != _placeholders(each, each.text_da, each.fix_da):
        raise BadKind(each.code, "the English and the Danish wording must have the same placeholders")


def _placeholders(each: Kind, *texts: str) -> set[str]:
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None}
    if not all(name.isidentifier() for name in names):
        raise BadKind(each.code, "a placeholder is one plain name in braces")
    return names


def all_kinds() -> tuple[Kind, ...]:
    """Every kind registered so far, sorted by code."""
    return tuple(_kinds[code] for code in sorted(_kinds))


def load_all() -> tuple[Kind, ...]:
    """Load the kinds of every installed package, and return all of them sorted by code.

    An entry point that cannot be loaded raises what its import raises: a broken installation is not hidden.
    """
    for entry_point in entry_points(group=GROUP):
        entry_point.load()
    return all_kinds()
