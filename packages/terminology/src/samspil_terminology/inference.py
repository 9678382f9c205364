"""Which code system a bare code belongs to, when a value set leaves only one choice.

https://hl7.org/fhir/R5/valueset-operation-validate-code.html (inferSystem)
"""

from .compose import Prepared
from .filters import select_all
from .finder import Finder

__all__ = ["infer_system"]


def infer_system(finder: Finder, prepared: Prepared, code: str) -> list[str]:
    """The systems of the value set in which the code is a member, in the order of the value set."""
    found: list[str] = []
    for clause in prepared.includes:
        systems = [clause.system] if clause.system else []
        inner = [infer_system(finder, each, code) for each in clause.imports]
        if inner:
            shared = [each for each in inner[0] if all(each in others for others in inner)]
            systems = [each for each in systems if each in shared] if systems else shared
        for url in systems:
            if url in found:
                continue
            if not clause.system or _takes(finder, prepared, clause.place, url, code):
                found.append(url)
    return [url for url in found if not _left_out(finder, prepared, url, code)]


def _takes(finder: Finder, prepared: Prepared, place: str, url: str, code: str) -> bool:
    clause = next(each for each in (*prepared.includes, *prepared.excludes) if each.place == place)
    system = finder.system(url, clause.version)
    concept = system.find(code) if system else None
    if system is None or concept is None:
        return False
    if clause.whole or any(each.get("code") == concept.code for each in clause.concepts or ()):
        return True
    return bool(clause.filters) and select_all(system, clause.filters).contains(concept.code)


def _left_out(finder: Finder, prepared: Prepared, url: str, code: str) -> bool:
    for clause in prepared.excludes:
        inside = all(url in infer_system(finder, each, code) for each in clause.imports)
        if clause.system:
            if clause.system == url and _takes(finder, prepared, clause.place, url, code) and inside:
                return True
        elif inside:
            return True
    return False
