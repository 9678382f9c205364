"""From suggestions to rows: the file that people then edit."""

from collections.abc import Iterable

from .coverage import Covered
from .sssom import Mapping, MappingSet
from .suggest import Suggester

__all__ = ["suggestions"]


def suggestions(  # noqa: PLR0913  what the operation takes
    covered: Iterable[Covered], suggester: Suggester, system: str, *, author: str, limit: int = 5, least: float = 0.1
) -> MappingSet:
    """The best candidates for every unmapped code as rows in the state `suggested`; nothing is accepted."""
    made = MappingSet()
    source = made.prefix(system, "local")
    for each in covered:
        if each.state not in {"unmapped", "retired-target"}:
            continue
        for found in suggester.suggest(each.local.display or each.local.code, limit):
            if found.score < least:
                continue
            target = made.prefix(found.coding.system, "target")
            made.mappings.append(
                Mapping(
                    f"{source}:{each.local.code}",
                    f"{target}:{found.coding.code}",
                    subject_label=each.local.display,
                    object_label=found.coding.display,
                    mapping_justification="semapv:LexicalSimilarityThresholdMatching",
                    author_id=author,
                    confidence=f"{found.score:.2f}",
                    review_state="suggested",
                )
            )
    return made
