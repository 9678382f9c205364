"""Rules of Art. 9(3): national law may keep back who accessed, where telling would endanger someone.

A rule masks fields and never drops a row; that it was applied is recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from samspil_core.jsontext import NotJson, loads
from samspil_core.textfile import read_text

from .rows import Row

__all__ = ["Rule", "load_rules", "withheld"]

Masked = Literal["person", "organization", "data", "purposes"]
_FIELDS = ("person", "organization", "data", "purposes")


@dataclass(frozen=True, slots=True)
class Rule:
    """What to mask (`mask`) in rows of these organisations, persons or purposes, and the legal basis for it."""

    id: str
    basis: str
    mask: tuple[Masked, ...]
    organizations: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()

    def fits(self, row: Row) -> bool:
        """Whether the rule is about this row: each list that is not empty must name it."""
        return (
            (not self.organizations or row.organization in self.organizations)
            and (not self.persons or row.person in self.persons)
            and (not self.purposes or bool(set(self.purposes).intersection(row.purposes)))
        )


def load_rules(path: str | Path) -> tuple[Rule, ...]:
    """The rules of a JSON file: a list of objects with the fields of `Rule`. Raises OSError, ValueError."""
    try:
        return tuple(_rule(each) for each in loads(read_text(path)))
    except NotJson as fault:
        raise ValueError(f"{path}: {fault}") from None
    except (TypeError, KeyError):
        raise ValueError(f"{path}: a rule has id, basis, mask, and lists to match rows by") from None


def _rule(told: dict[str, Any]) -> Rule:
    mask = tuple(told["mask"])
    if not mask or not told["basis"] or any(each not in _FIELDS for each in mask):
        raise ValueError(f"rule {told['id']}: mask is some of {', '.join(_FIELDS)}, and basis says by which law")
    lists = {name: tuple(told.get(name, ())) for name in ("organizations", "persons", "purposes")}
    return Rule(str(told["id"]), str(told["basis"]), cast("tuple[Masked, ...]", mask), **lists)


def withheld(row: Row, rules: Sequence[Rule]) -> Row:
    """The row with what the first rule that fits keeps back."""
    rule = next((each for each in rules if each.fits(row)), None)
    if rule is None:
        return row
    empty: dict[str, Any] = {"person": "", "organization": "", "data": (), "purposes": ()}
    masked = {name: empty[name] for name in rule.mask}
    return replace(row, **masked, withheld=rule.mask, rule=rule.id)
