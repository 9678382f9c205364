"""Every kind of finding the terminology engine makes. Codes are permanent: 1xx reading, 2xx importing, 3xx answering, 4xx mapping."""

from samspil_core.findings import kind

CANNOT_READ = kind(
    "SAM-TRM-101",
    "error",
    "no-store",
    text="{source} cannot be read: {why}.",
    fix="Check that the file exists, is whole, and that you may read it.",
    text_da="{source} kan ikke læses: {why}.",
    fix_da="Kontrollér, at filen findes, er hel, og at du må læse den.",
)
NOT_JSON = kind(
    "SAM-TRM-102",
    "error",
    "structure",
    text="{source} is no JSON: line {line}, column {column}: {why}.",
    fix="Mend the file, or leave it out.",
    text_da="{source} er ikke JSON: linje {line}, kolonne {column}: {why}.",
    fix_da="Ret filen, eller udelad den.",
)
NOT_A_RESOURCE = kind(
    "SAM-TRM-103",
    "warning",
    "structure",
    text="{source} holds no FHIR resource.",
    fix="Give files of FHIR resources: CodeSystem, ValueSet, ConceptMap, or a Bundle of them.",
    text_da="{source} rummer ingen FHIR-ressource.",
    fix_da="Angiv filer med FHIR-ressourcer: CodeSystem, ValueSet, ConceptMap eller en Bundle med dem.",
)
