"""The kinds of finding that core itself makes."""

from samspil_core.findings import kind

__all__ = ["LINE_NOT_JSON", "LINE_NOT_RESOURCE", "PORT_NOT_AVAILABLE"]

LINE_NOT_JSON = kind(
    "SAM-CORE-001",
    "error",
    "structure",
    text="Line {line} is not JSON (column {column}: {why}); the other lines were read.",
    fix="Write one resource on each line, as NDJSON, in UTF-8.",
    text_da="Linje {line} er ikke JSON (kolonne {column}: {why}); de øvrige linjer blev læst.",
    fix_da="Skriv én ressource på hver linje, som NDJSON, i UTF-8.",
)
LINE_NOT_RESOURCE = kind(
    "SAM-CORE-002",
    "error",
    "structure",
    text="Line {line} is JSON, but not an object; the other lines were read.",
    fix="Write one resource on each line: an object that starts with a brace.",
    text_da="Linje {line} er JSON, men ikke et objekt; de øvrige linjer blev læst.",
    fix_da="Skriv én ressource på hver linje: et objekt, der begynder med en klammeparentes.",
)
PORT_NOT_AVAILABLE = kind(
    "SAM-CORE-010",
    "error",
    "not-supported",
    text="This needs a {port}, and none is set up.",
    fix="Install one with `pip install {package}` and pass it in, or pass one of your own.",
    text_da="Dette kræver en {port}, og der er ikke sat nogen op.",
    fix_da="Installér en med `pip install {package}` og giv den med, eller giv din egen med.",
)
