"""Did you mean: a code that does not belong to its system, but to another one that is known.

Seen in published messages: an ICPC-2 code under the OID of SKS, an SKS code under that of ICPC-2.
"""

from samspil_core.values import Coding

from .aliases import GROUPS, AliasGroups
from .catalog import Catalog

__all__ = ["did_you_mean"]

_NAMED = AliasGroups(GROUPS)
_LISTS = frozenset({"urn:ietf:bcp:13", "urn:ietf:bcp:47", "urn:iso:std:iso:3166", "http://unitsofmeasure.org"})


def did_you_mean(catalog: Catalog, coding: Coding, limit: int = 3) -> list[Coding]:
    """The codings that are probably meant, as their systems write them: of another known system, or written otherwise.

    Only the code systems of the built-in alias groups are looked in, and only for a coding that says it is of one of them.
    """
    if len(_NAMED.of(coding.system)) < 2 and not any(coding.system in each for each in GROUPS):  # noqa: PLR2004
        return []
    found: list[Coding] = []
    for group in GROUPS:
        url = catalog.known_url(group[0])
        if url in _LISTS:
            continue
        system = catalog.system(url)
        if system is None:
            continue
        same = catalog.aliases.same(url, coding.system)
        for form in _forms(coding.code, group[0])[1 if same else 0 :]:
            concept = system.find(form)
            if concept is not None:
                found.append(
                    Coding(catalog.aliases.preferred(url), concept.code, concept.display, system.facts.version)
                )
                break
        if len(found) == limit:
            break
    return found


def _forms(code: str, url: str) -> list[str]:
    """The ways the code may be written in a system: ICD-10 with its dot, SKS with its D, ATC with the M of SKS."""
    forms = [code]
    if "icd-10" in url:
        plain = code[1:] if code.startswith("D") and len(code) > 3 and code[1].isalpha() else code  # noqa: PLR2004  as in "DE785"
        plain = plain.replace(".", "")
        forms += [plain[:3] + "." + plain[3:] if len(plain) > 3 else plain]  # noqa: PLR2004  "E785" is "E78.5"
    if url.startswith("urn:oid:1.2.208.176.2.4"):
        forms += ["D" + code.replace(".", "").upper(), "M" + code.upper()]
    if url == "http://www.whocc.no/atc" and code[:1] in {"M", "m"}:
        forms.append(code[1:])
    return list(dict.fromkeys(forms))
