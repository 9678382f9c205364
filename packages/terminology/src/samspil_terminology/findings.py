"""Every kind of finding the terminology engine makes. Codes are permanent.

1xx reading, 2xx importing, 3xx answering, 4xx mapping.
"""

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
MISSHAPEN = kind(
    "SAM-TRM-104",
    "error",
    "structure",
    text="{source}: {place} has not the shape of FHIR JSON. The resource was left out.",
    fix="Write lists where FHIR has lists, and objects where it has objects.",
    text_da="{source}: {place} har ikke FHIR JSON-form. Ressourcen blev udeladt.",
    fix_da="Skriv lister, hvor FHIR har lister, og objekter, hvor FHIR har objekter.",
)
DAMAGED = kind(
    "SAM-TRM-201",
    "error",
    "structure",
    text="{source}, line {line}, column {column}: {why}. Nothing was imported; what was in use stays in use.",
    fix="Fetch the release again, or mend the line.",
    text_da="{source}, linje {line}, kolonne {column}: {why}. Intet er importeret; det, der var i brug, er fortsat i brug.",
    fix_da="Hent udgivelsen igen, eller ret linjen.",
)
UNKNOWN_FORM = kind(
    "SAM-TRM-202",
    "error",
    "not-supported",
    text="The form of {source} was not recognised.",
    fix="Name it with --kind: snomed, loinc, claml, sks, sks-diagnoses, npu, sor, atc, table or fhir.",
    text_da="Formen af {source} blev ikke genkendt.",
    fix_da="Angiv den med --kind: snomed, loinc, claml, sks, sks-diagnoses, npu, sor, atc, table eller fhir.",
)
NEEDS_URL = kind(
    "SAM-TRM-203",
    "error",
    "required",
    text="{source} does not say which code system it is.",
    fix="Name the code system with --url.",
    text_da="{source} siger ikke, hvilket kodesystem det er.",
    fix_da="Angiv kodesystemet med --url.",
)
EMPTY_IMPORT = kind(
    "SAM-TRM-204",
    "error",
    "not-found",
    text="{source} holds no code system, value set or concept map.",
    fix="Check that it is the file you meant.",
    text_da="{source} rummer intet kodesystem, værdisæt eller kodekort.",
    fix_da="Kontrollér, at det er den rigtige fil.",
)
DANGLING = kind(
    "SAM-TRM-205",
    "warning",
    "incomplete",
    text="{count} rows of {source} speak of concepts that the release does not have; they were left out.",
    fix="Import an extension together with the edition it extends: both paths in one command.",
    text_da="{count} rækker i {source} handler om begreber, som udgivelsen ikke har; de blev udeladt.",
    fix_da="Importér en udvidelse sammen med den udgave, den udvider: begge stier i én kommando.",
)
SYSTEM_UNKNOWN = kind(
    "SAM-TRM-301",
    "error",
    "not-found",
    text="The code system {system} is not known.",
    fix="Import it, or use the URL it is known by.",
    text_da="Kodesystemet {system} kendes ikke.",
    fix_da="Importér det, eller brug den URL, det kendes under.",
)
CODE_UNKNOWN = kind(
    "SAM-TRM-302",
    "error",
    "code-invalid",
    text="The code {code} is not in the code system {system}.",
    fix="Correct the code, or the system it is said to be of.",
    text_da="Koden {code} findes ikke i kodesystemet {system}.",
    fix_da="Ret koden, eller det system, den siges at komme fra.",
)
NOT_IN_VALUE_SET = kind(
    "SAM-TRM-303",
    "error",
    "code-invalid",
    text="The code {code} of {system} is not in the value set {value_set}.",
    fix="Use a code of the value set.",
    text_da="Koden {code} fra {system} er ikke i værdisættet {value_set}.",
    fix_da="Brug en kode fra værdisættet.",
)
DISPLAY_WRONG = kind(
    "SAM-TRM-304",
    "warning",
    "value",
    text="The display of {code} is none that {system} gives it.",
    fix="Take the display from the code system, or leave it out.",
    text_da="Visningsteksten for {code} er ikke en, som {system} giver den.",
    fix_da="Tag visningsteksten fra kodesystemet, eller udelad den.",
)
DID_YOU_MEAN = kind(
    "SAM-TRM-305",
    "information",
    "code-invalid",
    text="{code} is a code of {other}, not of {system}.",
    fix="If that is what was meant, send it with the system {other}.",
    text_da="{code} er en kode fra {other}, ikke fra {system}.",
    fix_da="Hvis det var meningen, så send den med systemet {other}.",
)
NOT_CURRENT = kind(
    "SAM-TRM-306",
    "warning",
    "business-rule",
    text="The code {code} of {system} is inactive, abstract or deprecated.",
    fix="Use a code that is current, if there is one.",
    text_da="Koden {code} fra {system} er inaktiv, abstrakt eller udfaset.",
    fix_da="Brug en gældende kode, hvis der er en.",
)
VALUE_SET_UNKNOWN = kind(
    "SAM-TRM-307",
    "error",
    "not-found",
    text="The value set {value_set} cannot be used: it, or something it needs, is not known.",
    fix="Import the package that has it.",
    text_da="Værdisættet {value_set} kan ikke bruges: det, eller noget det kræver, kendes ikke.",
    fix_da="Importér den pakke, der har det.",
)
VERSION_WRONG = kind(
    "SAM-TRM-308",
    "error",
    "value",
    text="The version of {system} that was named is not the one to use.",
    fix="Name the version that the value set uses, or none.",
    text_da="Den angivne version af {system} er ikke den, der skal bruges.",
    fix_da="Angiv den version, værdisættet bruger, eller ingen.",
)
OTHER_ISSUE = kind(
    "SAM-TRM-309",
    "warning",
    "processing",
    text="There is something to mind about {code} of {system}: {kind}.",
    fix="Ask $validate-code for the whole answer.",
    text_da="Der er noget at bemærke ved {code} fra {system}: {kind}.",
    fix_da="Spørg $validate-code for hele svaret.",
)
MAP_UNKNOWN = kind(
    "SAM-TRM-311",
    "error",
    "not-found",
    text="The concept map {map} is not known.",
    fix="Import the package that has it.",
    text_da="Kodekortet {map} kendes ikke.",
    fix_da="Importér den pakke, der har det.",
)
NOT_MAPPED = kind(
    "SAM-TRM-312",
    "warning",
    "not-found",
    text="The concept map {map} has no target for {code} of {system}.",
    fix="Add the code to the map, or say in the map that it has no target.",
    text_da="Kodekortet {map} har intet mål for {code} fra {system}.",
    fix_da="Føj koden til kortet, eller angiv i kortet, at den intet mål har.",
)
REMOTE_FAILED = kind(
    "SAM-TRM-321",
    "error",
    "transient",
    text="The terminology server {server} did not answer: {why}.",
    fix="Try again later, or check the address.",
    text_da="Terminologiserveren {server} svarede ikke: {why}.",
    fix_da="Prøv igen senere, eller kontrollér adressen.",
)
BAD_ROW = kind(
    "SAM-TRM-401",
    "error",
    "value",
    text="{source}, line {line}, column {column}: {why}.",
    fix="Correct the line and run again.",
    text_da="{source}, linje {line}, kolonne {column}: {why}.",
    fix_da="Ret linjen, og kør igen.",
)
OWN_REVIEW = kind(
    "SAM-TRM-402",
    "error",
    "business-rule",
    text="{source}, line {line}: the reviewer of {code} is its author.",
    fix="Let somebody else review it.",
    text_da="{source}, linje {line}: den, der har godkendt {code}, har selv lavet forslaget.",
    fix_da="Lad en anden gennemgå det.",
)
