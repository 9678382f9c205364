"""What an expression constraint is, once parsed: one small value a production of the grammar."""

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Any_",
    "AttributeSet",
    "AttributeTest",
    "Cardinality",
    "Comparison",
    "Compound",
    "Concept",
    "ConceptFilter",
    "DescriptionFilter",
    "Dotted",
    "Filtered",
    "Group",
    "History",
    "MemberFilter",
    "MemberOf",
    "Node",
    "Operated",
    "Refined",
    "SearchTerm",
    "Test",
]

Comparison = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept reference, with the term that was written beside it."""

    code: str
    term: str = ""


@dataclass(frozen=True, slots=True)
class Alternate:
    """An alternate identifier: `LOINC#54486-6`."""

    scheme: str
    code: str


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801  the grammar calls it any
    """`*`."""


@dataclass(frozen=True, slots=True)
class Operated:
    """A hierarchy operator on a constraint: `<< X`."""

    operator: str
    inner: "Node"


@dataclass(frozen=True, slots=True)
class MemberOf:
    """`^ X`, with the fields to give instead of the members and the filters on the members."""

    inner: "Node"
    fields: tuple[str, ...] = ()
    filters: "tuple[MemberFilter, ...]" = ()


@dataclass(frozen=True, slots=True)
class Compound:
    """Constraints joined by AND, OR or MINUS."""

    operator: Literal["AND", "OR", "MINUS"]
    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Cardinality:
    """`[1..*]`; no maximum is many."""

    minimum: int
    maximum: int | None


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Words that must begin words of a text (match), or a pattern with `*` for the whole of it (wild)."""

    text: str
    wild: bool = False


@dataclass(frozen=True, slots=True)
class AttributeTest:
    """`[1..3] R name = value`."""

    name: "Node"
    comparison: Comparison
    value: "Node | str | bool | tuple[SearchTerm, ...]"
    kind: Literal["concept", "number", "text", "boolean"]
    cardinality: Cardinality | None = None
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """Attribute tests, groups and sets joined by AND or OR."""

    operator: Literal["AND", "OR"]
    parts: "tuple[AttributeTest | Group | AttributeSet, ...]"


@dataclass(frozen=True, slots=True)
class Group:
    """`[1..1] { ... }`: tests that hold within one role group."""

    inner: "AttributeSet | AttributeTest"
    cardinality: Cardinality | None = None


@dataclass(frozen=True, slots=True)
class Refined:
    """`X : refinement`."""

    focus: "Node"
    refinement: "AttributeSet | AttributeTest | Group"


@dataclass(frozen=True, slots=True)
class Dotted:
    """`X . attribute`."""

    focus: "Node"
    attribute: "Node"


@dataclass(frozen=True, slots=True)
class Test:
    """One condition of a filter: a name, a comparison, and what to compare with, whatever its kind."""

    name: str
    comparison: Comparison
    values: "tuple[Node | str | SearchTerm | tuple[str, tuple[str, ...]], ...]"


@dataclass(frozen=True, slots=True)
class DescriptionFilter:
    """`{{ D ... }}`."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class ConceptFilter:
    """`{{ C ... }}`."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """`{{ M ... }}`."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Filtered:
    """A constraint with a filter on its concepts."""

    inner: "Node"
    filter: DescriptionFilter | ConceptFilter


@dataclass(frozen=True, slots=True)
class History:
    """`{{ + HISTORY-MOD }}`; or a constraint that names the associations."""

    inner: "Node"
    profile: str = "MAX"
    subset: "Node | None" = None


Node = Concept | Alternate | Any_ | Operated | MemberOf | Compound | Refined | Dotted | Filtered | History
"""An expression constraint."""
