"""Every kind of finding the test server answers with. Codes are permanent."""

from samspil_core.findings import kind

NOT_FOUND = kind(
    "SAM-TST-101",
    "error",
    "not-found",
    text="There is no such resource.",
    fix="Check type and id.",
    text_da="Der er ingen sådan ressource.",
    fix_da="Kontrollér type og id.",
)
GONE = kind(
    "SAM-TST-102",
    "error",
    "deleted",
    text="The resource was deleted.",
    fix="Read an earlier version of it.",
    text_da="Ressourcen er slettet.",
    fix_da="Læs en tidligere version af den.",
)
NOT_A_RESOURCE = kind(
    "SAM-TST-103",
    "error",
    "structure",
    text="The content is not the resource it should be: {why}.",
    fix="Send a FHIR R4 resource as JSON.",
    text_da="Indholdet er ikke den ressource, det skulle være: {why}.",
    fix_da="Send en FHIR R4-ressource som JSON.",
)
NOT_SUPPORTED = kind(
    "SAM-TST-104",
    "error",
    "not-supported",
    text="This server does not know {what}.",
    fix="Ask /metadata what it knows.",
    text_da="Denne server kender ikke {what}.",
    fix_da="Spørg /metadata, hvad den kender.",
)
CONFLICT = kind(
    "SAM-TST-105",
    "error",
    "conflict",
    text="The resource has changed: it is at version {version}.",
    fix="Read it again and repeat the change.",
    text_da="Ressourcen er ændret: den er i version {version}.",
    fix_da="Læs den igen, og gentag ændringen.",
)
SEVERAL = kind(
    "SAM-TST-106",
    "error",
    "multiple-matches",
    text="{count} resources fit the condition; at most one may.",
    fix="Narrow the condition.",
    text_da="{count} ressourcer passer på betingelsen; højst én må.",
    fix_da="Gør betingelsen snævrere.",
)
BAD_PATCH = kind(
    "SAM-TST-107",
    "error",
    "processing",
    text="The patch cannot be applied: operation {number}.",
    fix="Send a JSON Patch (RFC 6902) or a FHIRPath Patch that fits the resource.",
    text_da="Ændringen kan ikke udføres: operation {number}.",
    fix_da="Send en JSON Patch (RFC 6902) eller en FHIRPath Patch, der passer.",
)
TAKEN = kind(
    "SAM-TST-108",
    "error",
    "conflict",
    text="No resource fits the condition, but there is one of the id that was sent.",
    fix="Leave the id out, or update that resource by its id.",
    text_da="Ingen ressource passer på betingelsen, men der er en med det sendte id.",
    fix_da="Udelad id'et, eller opdater ressourcen via dens id.",
)
MEDIA_TYPE = kind(
    "SAM-TST-109",
    "error",
    "not-supported",
    text="This server speaks FHIR JSON alone: {what} is another media type.",
    fix="Use application/fhir+json.",
    text_da="Denne server taler kun FHIR JSON: {what} er en anden medietype.",
    fix_da="Brug application/fhir+json.",
)
MODIFIER = kind(
    "SAM-TST-110",
    "error",
    "not-supported",
    text="This server does not know the modifier of a search parameter.",
    fix="Search without it.",
    text_da="Denne server kender ikke søgeparameterens modifier.",
    fix_da="Søg uden den.",
)
TOO_LARGE = kind(
    "SAM-TST-111",
    "error",
    "too-long",
    text="The content is longer than {most} bytes.",
    fix="Send the resources in several requests.",
    text_da="Indholdet er længere end {most} bytes.",
    fix_da="Send ressourcerne i flere forespørgsler.",
)
