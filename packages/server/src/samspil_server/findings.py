"""Every kind of finding that the service itself answers with. Codes are permanent."""

from samspil_core.findings import kind

UNAUTHORISED = kind(
    "SAM-SRV-101",
    "error",
    "login",
    text="The request carries no token that this service knows.",
    fix="Send the header Authorization: Bearer with the token of the service.",
    text_da="Forespørgslen har intet token, som denne tjeneste kender.",
    fix_da="Send headeren Authorization: Bearer med tjenestens token.",
)
TOO_LARGE = kind(
    "SAM-SRV-102",
    "error",
    "too-long",
    text="The body is longer than {limit} bytes.",
    fix="Send less at once, or raise max_bytes.",
    text_da="Indholdet er længere end {limit} byte.",
    fix_da="Send mindre ad gangen, eller hæv max_bytes.",
)
TOO_SLOW = kind(
    "SAM-SRV-103",
    "error",
    "timeout",
    text="The request was not done after {seconds} seconds.",
    fix="Send the body at once; send less; or raise seconds.",
    text_da="Forespørgslen var ikke færdig efter {seconds} sekunder.",
    fix_da="Send indholdet på én gang, send mindre, eller hæv seconds.",
)
NOT_READABLE = kind(
    "SAM-SRV-104",
    "error",
    "structure",
    text="The body cannot be read: {why}.",
    fix="Send what the operation takes; /openapi.json says what that is.",
    text_da="Indholdet kan ikke læses: {why}.",
    fix_da="Send det, operationen tager; /openapi.json siger hvad.",
)
NOT_FOUND = kind(
    "SAM-SRV-105",
    "error",
    "not-found",
    text="There is nothing at this address.",
    fix="/openapi.json lists what there is.",
    text_da="Der er intet på denne adresse.",
    fix_da="/openapi.json viser, hvad der er.",
)
NOT_ALLOWED = kind(
    "SAM-SRV-106",
    "error",
    "not-supported",
    text="This address does not take the method.",
    fix="/openapi.json lists the methods.",
    text_da="Denne adresse tager ikke metoden.",
    fix_da="/openapi.json viser metoderne.",
)
BROKEN = kind(
    "SAM-SRV-107",
    "fatal",
    "exception",
    text="The service failed at this request ({where}).",
    fix="Report it with the code and the place; nothing was changed.",
    text_da="Tjenesten fejlede på denne forespørgsel ({where}).",
    fix_da="Meld det med koden og stedet; intet er ændret.",
)
MEDIA_TYPE = kind(
    "SAM-SRV-108",
    "error",
    "not-supported",
    text="This address does not take this type of content.",
    fix="Send the type that /openapi.json names.",
    text_da="Denne adresse tager ikke denne indholdstype.",
    fix_da="Send den type, som /openapi.json nævner.",
)
TOO_BUSY = kind(
    "SAM-SRV-109",
    "error",
    "throttled",
    text="The service has as many requests at once as it takes.",
    fix="Send the request again in a moment; or raise requests.",
    text_da="Tjenesten har så mange forespørgsler på én gang, som den tager.",
    fix_da="Send forespørgslen igen om lidt, eller hæv requests.",
)
TOO_MANY = kind(
    "SAM-SRV-110",
    "error",
    "too-costly",
    text="The URL has more than {limit} parameters.",
    fix="Send fewer, or send them in the body.",
    text_da="URL'en har mere end {limit} parametre.",
    fix_da="Send færre, eller send dem i indholdet.",
)
BAD_HTTP = kind(
    "SAM-SRV-111",
    "error",
    "structure",
    text="This is no HTTP request that can be read, or its head is too long.",
    fix="Send HTTP/1.1 with a head of at most {limit} bytes.",
    text_da="Dette er ingen HTTP-forespørgsel, som kan læses, eller dens hoved er for langt.",
    fix_da="Send HTTP/1.1 med et hoved på højst {limit} byte.",
)
ENCODED = kind(
    "SAM-SRV-112",
    "error",
    "not-supported",
    text="The body is compressed or otherwise encoded; it is taken as it is alone.",
    fix="Send it without Content-Encoding.",
    text_da="Indholdet er komprimeret eller på anden måde kodet; det modtages kun, som det er.",
    fix_da="Send det uden Content-Encoding.",
)
AMBIGUOUS = kind(
    "SAM-SRV-113",
    "error",
    "structure",
    text="The request has two lengths, or a host that is none: who stands in between may take it for another one.",
    fix="Send Content-Length or Transfer-Encoding, not both, and Host as a name and a port.",
    text_da="Forespørgslen har to længder eller en vært, som ikke er en: den, der står imellem, kan tage den for en anden.",
    fix_da="Send Content-Length eller Transfer-Encoding, ikke begge, og Host som et navn og en port.",
)
