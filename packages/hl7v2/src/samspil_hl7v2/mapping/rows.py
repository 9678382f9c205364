"""Rows of the mapping tables as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .conditions import Condition
from .paths import Step
from .refs import Ref

__all__ = ["RESOURCES", "CodeRow", "Layer", "MessageRow", "Reference", "ResourceRule", "Row", "Tables", "Vocabulary"]


RESOURCES = "resources"
"""Under which name `Tables.drops` has the rules of resources."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a segment or datatype map. `place` is file and line; `name` the full id, `PID[Patient]/5a`."""

    name: str
    source: Ref
    when: Condition | None
    target: tuple[Step, ...]
    target_text: str
    map: str
    vocabulary: str
    value: str
    guide: str
    note: str
    layer: str
    place: str
    when_text: str = ""
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """One statement of a message row: the element `path` of `owner` refers to `target`; `this` is the row's own resource."""

    owner: str
    path: tuple[Step, ...]
    target: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A row of a message table: which map a segment runs, and what its resource refers to."""

    name: str
    group: str
    segment: str
    when: Condition | None
    make: str
    resource: str
    map: str
    references: tuple[Reference, ...]
    guide: str
    note: str
    layer: str
    place: str
    when_text: str = ""

    @property
    def type(self) -> str:
        """The FHIR type of the row's resource: its label up to the colon."""
        return self.resource.partition(":")[0]


@dataclass(frozen=True, slots=True)
class ResourceRule:
    """A row of resources.csv: identity (`key`) or `default` of a resource type."""

    name: str
    type: str
    rule: str
    path: str
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code of a vocabulary and what it becomes; `note` says why, where it is not simply the guide's."""

    target: str
    system: str
    display: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A code map: `source` is the system of its v2 table, `url` its canonical for the Translator port."""

    name: str
    source: str
    codes: dict[str, CodeRow] = field(default_factory=dict[str, CodeRow])

    @property
    def url(self) -> str:
        """The canonical of this map as the Translator port is asked for it."""
        return f"urn:samspil:v2:ConceptMap:{self.name}"


@dataclass(frozen=True, slots=True)
class Layer:
    """A folder of tables: its name, the senders it holds for (empty: all), and settings of the site.

    `digest` is that of the folder; empty where it is not known. `sure` are the layers that travel in this package: they are
    checked when it is tested.
    """

    name: str
    senders: tuple[str, ...]
    settings: dict[str, str]
    tables: Tables
    digest: str = ""
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables of one layer, or of several laid over each other."""

    maps: Mapping[str, dict[str, Row]] = field(default_factory=dict[str, dict[str, Row]])
    messages: Mapping[str, dict[str, MessageRow]] = field(default_factory=dict[str, dict[str, MessageRow]])
    resources: dict[str, ResourceRule] = field(default_factory=dict[str, ResourceRule])
    vocabulary: Mapping[str, Vocabulary] = field(default_factory=dict[str, Vocabulary])
    coding_systems: dict[str, str] = field(default_factory=dict[str, str])
    drops: Mapping[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    """Rows that a layer drops: of each message table, and of `resources`, their ids with the reason."""
