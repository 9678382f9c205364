"""SNOMED CT as a code system: concepts and expressions, its filters, its implicit value sets and maps.

https://terminology.hl7.org/SNOMEDCT.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from samspil_core.jsontext import loads
from samspil_core.values import Coding
from samspil_terminology.concepts import Concept, Designation, Property
from samspil_terminology.filters import InvalidConstraint
from samspil_terminology.store.held import Held
from samspil_terminology.store.ids import has, in_order, minus, span
from samspil_terminology.store.reader import Snapshot
from samspil_terminology.system import Filter, Selection, SystemFacts

from .ecl.evaluate import Evaluator, UnknownConcept
from .ecl.parser import BadConstraint, parse
from .ecl.tree import Concept as Reference
from .ecl.tree import MemberOf, Node, Operated
from .expressions import BadExpression, Virtual, holds, parse_expression, rendered
from .implicit import concept_map, value_set
from .known import DEFINITION, FSN, KINDS, URL

__all__ = ["SnomedSystem"]

Json = Mapping[str, Any]
_USES = {kind: Coding(URL, kind, name) for kind, name in KINDS.items()}
_OPEN = frozenset({"constraint", "expression"})
_OPERATORS = {
    "is-a": "<<",
    "descendent-of": "<",
    "child-of": "<!",
    "generalizes": ">>",
}


class SnomedSystem(Held):
    """A release of SNOMED CT out of its snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        meta = snapshot.meta
        super().__init__(snapshot, self._concepts)
        self.evaluate = Evaluator(snapshot)
        self.facts = SystemFacts(
            url=URL,
            version=meta["version"],
            name=meta.get("name", "SNOMED_CT"),
            title=meta.get("title", "SNOMED CT"),
            language=meta.get("language", "en"),
            content="complete",
            nested=False,
            closed=False,
            edition=meta.get("edition", ""),
            properties=_PROPERTIES,
            license=meta.get("license", ""),
        )
        self.profiles = [_profile(each) for each in snapshot.profiles]
        self._detail = lru_cache(maxsize=64)(self._detailed)
        self._find = lru_cache(maxsize=1024)(self._found)

    # ------------------------------------------------------------------------------------------------ concepts
    def find(self, code: str, /) -> Concept | None:
        """The concept, or the expression as a concept of its own."""
        return self._find(code)

    def _found(self, code: str) -> Concept | None:
        if not code.isdigit():
            return self._expression(code)
        row = self._detail(code)
        return self._concept(row) if row else None

    def _detailed(self, code: str) -> tuple[Any, ...] | None:
        n = self.snapshot.number(code)
        return self.snapshot.detail(n) if n is not None else None

    def _concept(self, row: tuple[Any, ...]) -> Concept:
        _, code, display, flags, module, effective, _, terms = row
        inactive = bool(flags & 1)
        return Concept(
            code=code,
            display=display,
            language=self.facts.language,
            designations=tuple(self._designations(terms)),
            properties=(
                Property("effectiveTime", "String", str(effective)),
                Property("moduleId", "Code", str(module)),
                Property("sufficientlyDefined", "Boolean", bool(flags & 4)),
            ),
            status="inactive" if inactive else "active",
            inactive=inactive,
        )

    def _designations(self, terms: str) -> Iterator[Designation]:
        """The texts of a concept, the fully specified name first."""
        later: list[Designation] = []
        for line in terms.split("\n") if terms else ():
            text, _, profile = line.split("\t")
            language, use, active, preferred = self.profiles[int(profile)]
            made = Designation(text, language, use, "", (), active, preferred)
            if use.code == FSN:
                yield made
            elif use.code != DEFINITION:
                later.append(made)
        yield from later

    def attribute_properties(self, code: str) -> Iterator[Property]:
        """The attributes of a concept."""
        row = self._detail(code)
        for _, kind, target, *value in loads(row[6]) if row and row[6] else ():
            if target is not None:
                yield Property(self.snapshot.code(kind), "Code", self.snapshot.code(target))
            else:
                yield self.concrete(kind, value[0])

    def concrete(self, kind: int, value: object) -> Property:
        """An attribute that is a number or a text."""
        return Property(self.snapshot.code(kind), "String", str(value).removeprefix("#"))

    def _expression(self, text: str) -> Concept | None:
        try:
            expression = parse_expression(text)
            Virtual.of(expression, self.snapshot)
        except BadExpression:
            return None
        return Concept(text, rendered(expression, self._term), self.facts.language, status="active")

    def _term(self, code: str) -> str:
        row = self.snapshot.row(code)
        return str(row[2]) if row else ""

    def why_not(self, code: str) -> str:
        """Why a text that looks like an expression is none; empty for a plain code."""
        if code.isdigit() or (":" not in code and "+" not in code):
            return ""
        try:
            Virtual.of(parse_expression(code), self.snapshot)
        except BadExpression as error:
            return f"Not a valid expression: {error}"
        return ""

    def virtual(self, code: str) -> Virtual | None:
        """The expression behind a code that is one."""
        if code.isdigit():
            return None
        try:
            return Virtual.of(parse_expression(code), self.snapshot)
        except BadExpression:
            return None

    def has(self, code: str) -> bool:
        """Whether it is the code of a concept, expressions apart."""
        return self.snapshot.number(code) is not None

    # ------------------------------------------------------------------------------------------------ hierarchy
    def parents(self, code: str, /) -> Sequence[str]:
        """The codes right above; the focus concepts of an expression."""
        virtual = self.virtual(code)
        return list(self.snapshot.codes(sorted(virtual.focus))) if virtual else super().parents(code)

    def subsumes(self, broad: str, narrow: str, /) -> bool:
        """Whether `broad` is above `narrow`."""
        above = self.snapshot.number(broad)
        if above is None:
            return False
        below = self.snapshot.number(narrow)
        if below is None:
            virtual = self.virtual(narrow)
            return virtual is not None and above in virtual.above
        return self.snapshot.is_above(above, below)

    # ------------------------------------------------------------------------------------------------ filters
    def select(self, wanted: Filter, /) -> Selection | None:
        """Hierarchy, reference sets, constraints, attributes. Raises `NotUnderstood` for a constraint that is none."""
        node = self._node(wanted)
        if node is not None:
            return self._selection(node, wanted)
        if wanted.property == "expressions" and wanted.op == "=":
            allowed = wanted.value == "true"
            return Selection(lambda code: allowed or code.isdigit(), self.codes, len(self), closed=not allowed)
        if wanted.property in {"inactive", "active"} and wanted.op == "=":
            inactive = (wanted.value == "true") is (wanted.property == "inactive")
            active = self.evaluate.active()
            return self.selection(minus(span(self.snapshot.count), active) if inactive else active)
        if wanted.property == "moduleId" and wanted.op == "=" and wanted.value.isdigit():
            rows = self.snapshot.connection.execute(
                "SELECT n FROM concept WHERE module = ? ORDER BY n", (int(wanted.value),)
            )
            return self.selection(in_order(n for (n,) in rows))
        return None

    def _node(self, wanted: Filter) -> Node | None:
        if wanted.property in {"constraint", "expression"} and wanted.op == "=":
            return self._parsed(wanted.value)
        if wanted.property in {"concept", "code"} and wanted.op in _OPERATORS:
            return Operated(_OPERATORS[wanted.op], Reference(wanted.value)) if wanted.value.isdigit() else None
        if wanted.property in {"concept", "code"} and wanted.op == "in":
            return MemberOf(Reference(wanted.value))
        if wanted.property.isdigit() and wanted.op in {"=", "is-a"}:
            prefix = "<< " if wanted.op == "is-a" else ""
            return self._parsed(f"* : {wanted.property} = {prefix}{wanted.value}")
        return None

    @staticmethod
    def _parsed(text: str) -> Node:
        try:
            return parse(text)
        except BadConstraint as error:
            raise InvalidConstraint(text, str(error)) from None

    def _selection(self, node: Node, wanted: Filter) -> Selection:
        try:
            some = self.evaluate(node)
        except UnknownConcept as error:
            raise InvalidConstraint(wanted.value, str(error)) from None

        def contains(code: str) -> bool:
            n = self.snapshot.number(code)
            if n is not None:
                return has(some, n)
            virtual = self.virtual(code)
            return virtual is not None and holds(node, virtual, self.evaluate)

        return Selection(
            contains,
            lambda: self.snapshot.codes(some),
            len(some),
            closed=wanted.property not in _OPEN,
            members=some,
            active=lambda: self.evaluate.all_active(some),
        )

    def _concepts(self, numbers: Iterable[int], light: bool) -> list[Concept]:  # noqa: FBT001  of a page
        if not light:
            return [self._concept(self.snapshot.detail(int(each))) for each in numbers]
        language = self.facts.language
        return [
            Concept(row[1], row[2], language, status="inactive" if row[3] & 1 else "active", inactive=bool(row[3] & 1))
            for row in self.snapshot.rows(numbers)
        ]

    # ------------------------------------------------------------------------------------------------ implicit
    def value_set(self, url: str) -> Json | None:
        """The implicit value set of a URL with `?fhir_vs`."""
        return value_set(unquote(url), self.snapshot)

    def concept_map(self, url: str) -> Json | None:
        """The implicit concept map of a URL with `?fhir_cm=`."""
        return concept_map(unquote(url), self.facts.version, self.snapshot)


def _profile(parts: list[str]) -> tuple[str, Coding, bool, bool]:
    """Language, use, whether active, whether preferred in some language reference set, of texts that have it in common."""
    language, kind, flags, *_ = parts
    return language, _USES.get(kind) or Coding(URL, kind), flags in {"1", "3"}, flags == "3"


_PROPERTIES = {
    "inactive": "http://hl7.org/fhir/concept-properties#inactive",
    "sufficientlyDefined": "http://snomed.info/field/sufficientlyDefined",
    "moduleId": "http://snomed.info/field/moduleId",
    "effectiveTime": "http://snomed.info/field/effectiveTime",
    "parent": "http://hl7.org/fhir/concept-properties#parent",
    "child": "http://hl7.org/fhir/concept-properties#child",
}
