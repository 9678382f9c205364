"""Mappings out of Usagi, the mapping tool of OHDSI: https://ohdsi.github.io/Usagi/."""

from pathlib import Path

from samspil_terminology.systems.tables import delimiter_of, read_table

from .sssom import NO_TERM, Mapping, MappingSet

__all__ = ["read_usagi"]

_STATES = {
    "APPROVED": "accepted",
    "AUTO_MAPPED": "suggested",
    "UNCHECKED": "suggested",
    "FLAGGED": "proposed",
    "SEMI_APPROVED": "proposed",
    "IGNORED": "rejected",
}
_PREDICATES = {
    "EQUAL": "skos:exactMatch",
    "EQUIVALENT": "skos:exactMatch",
    "WIDER": "skos:broadMatch",
    "NARROWER": "skos:narrowMatch",
    "INEXACT": "skos:closeMatch",
}


def read_usagi(
    path: Path, source_system: str, target_system: str = "https://athena.ohdsi.org/search-terms/terms/"
) -> MappingSet:
    """The mappings of an exported file. Raises `BadTable` when a column is missing."""
    made = MappingSet()
    source, target = made.prefix(source_system, "local"), made.prefix(target_system, "omop")
    for line, row in enumerate(read_table(path, delimiter_of(path), "sourceCode", "conceptId", "mappingStatus"), 2):
        unmatched = row.get("equivalence", "").upper() == "UNMATCHED" or row["conceptId"] in {"", "0"}
        made.mappings.append(
            Mapping(
                f"{source}:{row['sourceCode']}",
                NO_TERM if unmatched else f"{target}:{row['conceptId']}",
                _PREDICATES.get(row.get("equivalence", "").upper(), "skos:exactMatch"),
                row.get("sourceName", ""),
                "" if unmatched else row.get("conceptName", ""),
                mapping_justification="semapv:ManualMappingCuration"
                if row["mappingStatus"] == "APPROVED"
                else "semapv:LexicalMatching",
                author_id=row.get("createdBy", "") or "usagi",
                reviewer_id=row.get("statusSetBy", "") if row["mappingStatus"] == "APPROVED" else "",
                confidence=row.get("matchScore", ""),
                review_state=_STATES.get(row["mappingStatus"].upper(), "proposed"),
                comment=row.get("comment", ""),
                line=line,
            )
        )
    return made
