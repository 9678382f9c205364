"""Translation by one map after the other.

Chaining keeps to https://mapping-commons.github.io/sssom/chaining-rules/: only what is safe is said.
"""

from collections.abc import Sequence
from dataclasses import replace

from samspil_core.values import Coding

from .catalog import Catalog
from .concept_maps import TO_EQUIVALENCE, Relationship
from .translation import TranslationAnswer, TranslationMatch, translate
from .translation_scope import Scope

__all__ = ["chain", "translate_through"]


def chain(first: Relationship, second: Relationship) -> Relationship | None:
    """What A is to C when A is `first` to B and B is `second` to C; None when nothing safe can be said.

    Equivalence passes the other one on; narrower of narrower is narrower, broader of broader is broader. Mixed
    directions and mere relatedness do not carry over.
    """
    if first == "equivalent":
        return second
    if second == "equivalent":
        return first
    directed = {"source-is-narrower-than-target", "source-is-broader-than-target"}
    return first if first == second and first in directed else None


def translate_through(catalog: Catalog, coding: Coding, maps: Sequence[str]) -> TranslationAnswer:
    """Translate by one map after the other; each match names the maps it came by, and only safe steps are taken."""
    found = list(translate(catalog, coding, Scope(map=maps[0])).matches)
    for each in maps[1:]:
        further: list[TranslationMatch] = []
        for step in found:
            if step.no_map:
                continue
            for then in translate(catalog, step.target, Scope(map=each)).matches:
                relationship = chain(step.relationship, then.relationship) if not then.no_map else None
                if relationship is not None:
                    joined = replace(
                        then,
                        source=step.source,
                        relationship=relationship,
                        equivalence=TO_EQUIVALENCE[relationship],
                        maps=(*step.maps, *then.maps),
                        product=(*step.product, *then.product),
                        unresolved=(*step.unresolved, *then.unresolved),
                    )
                    further.append(joined)
        found = further
    message = "" if found else f"No safe translation of {coding.code} through {len(maps)} maps was found"
    return TranslationAnswer(tuple(found), message, tuple(maps))
