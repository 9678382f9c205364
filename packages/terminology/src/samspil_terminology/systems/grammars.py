"""Code systems that are a grammar or a list of the standard: UCUM, BCP 47, BCP 13, ISO 3166, ISO 639.

Each is there when its library is installed (extra `systems`); media types need none.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from samspil_terminology.catalog import Provider
from samspil_terminology.concepts import Concept, Designation
from samspil_terminology.filters import Unending
from samspil_terminology.system import Filter, Selection, System, SystemFacts

__all__ = ["GrammarSystem", "StandardSystems"]

_MEDIA = re.compile(
    r"(?:application|audio|example|font|haptics|image|message|model|multipart|text|video)/[A-Za-z0-9][A-Za-z0-9!#$&\-^_.+]{0,126}"
    r'(?:\s*;\s*[A-Za-z0-9!#$&\-^_.+]+=(?:[A-Za-z0-9!#$&\-^_.+/:]+|"[^"]*"))*'
)

Find = Callable[[str], Concept | None]


class GrammarSystem:
    """A code system whose codes are known by a function; it may also list some of them."""

    __slots__ = ("_codes", "_find", "facts")

    def __init__(self, facts: SystemFacts, find: Find, codes: Sequence[str] = ()) -> None:
        self.facts = facts
        self._find = lru_cache(maxsize=1024)(find)
        self._codes = codes

    def find(self, code: str, /) -> Concept | None:
        """The concept, when the grammar takes the code."""
        return self._find(code)

    def codes(self) -> Iterator[str]:
        """The codes that can be listed. Raises `Unending` when there is no end of them."""
        if not self._codes:
            raise Unending(self.facts.url)
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def parents(self, code: str, /) -> Sequence[str]:  # noqa: ARG002  there is no hierarchy
        """None."""
        return ()

    def children(self, code: str, /) -> Sequence[str]:  # noqa: ARG002  there is no hierarchy
        """None."""
        return ()

    def subsumes(self, broad: str, narrow: str, /) -> bool:  # noqa: ARG002  there is no hierarchy
        """Never."""
        return False

    def select(self, wanted: Filter, /) -> Selection | None:  # noqa: ARG002  the general filters do
        """None: the general filters answer."""
        return None

    def search(self, text: str, /) -> None:  # noqa: ARG002  there is no index
        """None: there is no index."""
        return


class StandardSystems(Provider):
    """The grammars and lists whose libraries are installed."""

    def __init__(self) -> None:
        self._systems: dict[str, System] = {}
        for make in (_media_types, _units, _language_tags, _countries, _languages):
            try:
                made = make()
            except ImportError:
                continue
            self._systems[made.facts.url] = made

    def urls(self) -> Iterable[str]:
        """The code systems there are."""
        return self._systems

    def versions(self, url: str, /) -> Iterable[str]:
        """One version each."""
        found = self._systems.get(url)
        return (found.facts.version,) if found is not None else ()

    def system(self, url: str, version: str, /) -> System | None:
        """The code system."""
        found = self._systems.get(url)
        return found if found is not None and found.facts.version == version else None


def _media_types() -> System:
    facts = SystemFacts(
        "urn:ietf:bcp:13", name="MimeTypes", title="Media types (BCP 13)", case_sensitive=False, closed=False
    )
    return GrammarSystem(facts, lambda code: Concept(code, code) if _MEDIA.fullmatch(code) else None)


def _units() -> System:
    from lark.exceptions import LarkError
    from ucumvert import get_ucum_parser  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    parser: Any = get_ucum_parser()
    parse: Callable[[str], object] = parser.parse

    def find(code: str) -> Concept | None:
        try:
            parse(code)
        except (LarkError, ValueError, KeyError):
            return None
        return Concept(code, code, "en")

    facts = SystemFacts(
        "http://unitsofmeasure.org",
        "2.2",
        "UCUM",
        "Unified Code for Units of Measure (UCUM)",
        "en",
        closed=False,
        license="UCUM is (c) Regenstrief Institute, Inc. (https://ucum.org/license)",
    )
    return GrammarSystem(facts, find)


def _language_tags() -> System:
    from iso639 import Lang
    from iso639.exceptions import InvalidLanguageValue
    from langcodes import standardize_tag, tag_is_valid

    def find(code: str) -> Concept | None:
        if not code or not tag_is_valid(code):
            return None
        plain = standardize_tag(code)
        language, _, rest = plain.partition("-")
        try:
            name = Lang(language).name
        except InvalidLanguageValue:
            name = language
        return Concept(plain, f"{name} ({rest})" if rest else name, "en")

    facts = SystemFacts(
        "urn:ietf:bcp:47",
        name="Languages",
        title="Language tags (BCP 47)",
        language="en",
        case_sensitive=False,
        closed=False,
    )
    return GrammarSystem(facts, find)


def _countries() -> System:
    from iso3166 import countries

    held: dict[str, Concept] = {}
    for each in countries:
        name = each.apolitical_name
        texts = (Designation(each.name, "en"),) if each.name != name else ()
        for code in (each.alpha2, each.alpha3, each.numeric):
            held[code] = Concept(code, name, "en", designations=texts)
    facts = SystemFacts("urn:iso:std:iso:3166", "2024", "ISO3166", "Countries (ISO 3166-1)", "en")
    return GrammarSystem(facts, held.get, sorted(held))


def _languages() -> System:
    from iso639 import iter_langs

    held: dict[str, Concept] = {}
    for each in iter_langs():
        for code in (each.pt1, each.pt2b, each.pt2t, each.pt3):
            if code:
                held[code] = Concept(code, each.name, "en")
    facts = SystemFacts("urn:iso:std:iso:639", "2024", "ISO639", "Languages (ISO 639)", "en", case_sensitive=False)
    return GrammarSystem(facts, held.get, sorted(held))
