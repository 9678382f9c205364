"""An old map on a new release and a new list of local codes: what still stands, and what somebody has to look at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from samspil_core.values import Coding
from samspil_terminology.catalog import Catalog
from samspil_terminology.translation import translate
from samspil_terminology.translation_scope import Scope

from .coverage import is_retired
from .local import LocalCode
from .sssom import Mapping, MappingSet

__all__ = ["Change", "reapply"]

Kind = Literal["target-gone", "target-retired", "target-renamed", "code-gone", "code-new", "code-renamed"]

_HISTORY = ("900000000000526001", "900000000000527005")


@dataclass(frozen=True, slots=True)
class Change:
    """What is no longer as it was: of which code, the old and the new, and a successor if one is known."""

    kind: Kind
    code: str
    before: str = ""
    after: str = ""
    successor: str = ""

    def row(self) -> tuple[str, ...]:
        """The same for a table."""
        return self.kind, self.code, self.before, self.after, self.successor


def reapply(
    catalog: Catalog, some: MappingSet, codes: Iterable[LocalCode] | None = None
) -> tuple[MappingSet, list[Change]]:
    """The map as it stands now, and the changes. Rows whose target is gone or retired go back to `proposed`.

    `catalog` has the new release; `codes` is the new local list, if there is one.
    """
    changes: list[Change] = []
    kept: list[Mapping] = []
    for each in some.mappings:
        if each.no_map or each.review_state == "rejected":
            kept.append(each)
            continue
        found = list(_of_target(catalog, some, each))
        changes += found
        gone = any(change.kind in {"target-gone", "target-retired"} for change in found)
        renamed = next((change.after for change in found if change.kind == "target-renamed"), each.object_label)
        state = "proposed" if gone and each.review_state == "accepted" else each.review_state
        kept.append(
            replace(each, review_state=state, object_label=renamed, reviewer_id="" if gone else each.reviewer_id)
        )
    if codes is not None:
        changes += _of_codes(some, codes)
    return replace(some, mappings=kept), changes


def _of_target(catalog: Catalog, some: MappingSet, each: Mapping) -> Iterator[Change]:
    target = some.coding(each.object_id)
    system = catalog.system(target.system)
    if system is None:
        return
    concept = system.find(target.code)
    subject = each.subject_code
    if concept is None:
        yield Change("target-gone", subject, target.code, "", _successor(catalog, target))
    elif is_retired(catalog, target):
        yield Change("target-retired", subject, target.code, concept.status, _successor(catalog, target))
    elif each.object_label and concept.display and all(text.value != each.object_label for text in concept.texts()):
        yield Change("target-renamed", subject, each.object_label, concept.display)


def _successor(catalog: Catalog, target: Coding) -> str:
    """What the code system itself says to use instead: the history of SNOMED CT."""
    if target.system != "http://snomed.info/sct":
        return ""
    for refset in _HISTORY:
        found = translate(catalog, target, Scope(map=f"{target.system}?fhir_cm={refset}"))
        if found.matches:
            return found.matches[0].target.code
    return ""


def _of_codes(some: MappingSet, codes: Iterable[LocalCode]) -> Iterator[Change]:
    now = {each.code: each.display for each in codes}
    before = {each.subject_code: each.subject_label for each in some.mappings}
    for code in sorted(before.keys() - now.keys()):
        yield Change("code-gone", code, before[code])
    for code in sorted(now.keys() - before.keys()):
        yield Change("code-new", code, "", now[code])
    for code in sorted(before.keys() & now.keys()):
        if before[code] and now[code] and before[code] != now[code]:
            yield Change("code-renamed", code, before[code], now[code])
