"""Every kind of finding the HL7 v2 converter makes. Codes are permanent: 1xx reading, 2xx mapping, 3xx tables, 4xx running."""

from samspil_core.findings import kind

NO_MSH = kind(
    "SAM-HL7-101",
    "error",
    "structure",
    text="No MSH segment can be read, so there is no message to convert.",
    fix="Send a message that begins with MSH and its field separator.",
    text_da="Der kan ikke læses noget MSH-segment, så der er ingen meddelelse at konvertere.",
    fix_da="Send en meddelelse, der begynder med MSH og dens feltseparator.",
)
EMPTY_INPUT = kind(
    "SAM-HL7-102",
    "error",
    "required",
    text="The input is empty.",
    fix="Check that the file was written, or that the feed sends something.",
    text_da="Inputtet er tomt.",
    fix_da="Kontrollér, at filen er skrevet, eller at kilden sender noget.",
)
SEPARATORS_SHORT = kind(
    "SAM-HL7-103",
    "warning",
    "structure",
    text="MSH-2 declares {count} of the four encoding characters; the usual ones are taken for the rest.",
    fix="Let the sender write MSH-2 whole, normally ^~\\&.",
    text_da="MSH-2 angiver {count} af de fire indkodningstegn; de sædvanlige bruges for resten.",
    fix_da="Lad afsenderen skrive hele MSH-2, normalt ^~\\&.",
)
SEPARATORS_DOUBLE = kind(
    "SAM-HL7-104",
    "warning",
    "structure",
    text="MSH-1 and MSH-2 use one character for two purposes; the first purpose counts.",
    fix="Let the sender use five different characters.",
    text_da="MSH-1 og MSH-2 bruger samme tegn til to formål; det første gælder.",
    fix_da="Lad afsenderen bruge fem forskellige tegn.",
)
JUNK_BEFORE_MSH = kind(
    "SAM-HL7-105",
    "warning",
    "structure",
    text="{count} characters stand before the MSH segment and were not read.",
    fix="Remove what the transport put before the message.",
    text_da="Der står {count} tegn før MSH-segmentet, som ikke er læst.",
    fix_da="Fjern det, som transporten har sat foran meddelelsen.",
)
CONTINUED_LINE = kind(
    "SAM-HL7-106",
    "warning",
    "structure",
    text="A line does not begin with a segment name; it was joined to the last field before it with a line break.",
    fix="Let the sender write line breaks inside a field as \\.br\\ or \\X0D\\.",
    text_da="En linje begynder ikke med et segmentnavn; den er føjet til det foregående felt med et linjeskift.",
    fix_da="Lad afsenderen skrive linjeskift inde i et felt som \\.br\\ eller \\X0D\\.",
)
LOWER_CASE_SEGMENT = kind(
    "SAM-HL7-107",
    "warning",
    "structure",
    text="A segment name is not in capitals; it was read as if it were.",
    fix="Let the sender write segment names in capitals.",
    text_da="Et segmentnavn er ikke med store bogstaver; det er læst, som om det var.",
    fix_da="Lad afsenderen skrive segmentnavne med store bogstaver.",
)
CONTROL_CHARACTERS = kind(
    "SAM-HL7-108",
    "warning",
    "value",
    text="Control characters that FHIR text cannot hold were replaced by U+FFFD.",
    fix="Let the sender leave them out, or send binary content as Base64.",
    text_da="Kontroltegn, som FHIR-tekst ikke kan rumme, er erstattet af U+FFFD.",
    fix_da="Lad afsenderen udelade dem, eller send binært indhold som Base64.",
)
CHARSET_UNKNOWN = kind(
    "SAM-HL7-111",
    "warning",
    "not-supported",
    text="The character set named in MSH-18 is not known; the next rule was tried.",
    fix="Use a name from HL7 table 0211, such as UNICODE UTF-8 or 8859/1.",
    text_da="Tegnsættet i MSH-18 er ukendt; den næste regel er prøvet.",
    fix_da="Brug et navn fra HL7-tabel 0211, f.eks. UNICODE UTF-8 eller 8859/1.",
)
CHARSET_CONTRADICTED = kind(
    "SAM-HL7-112",
    "warning",
    "value",
    text="The bytes do not look like the character set that MSH-18 names.",
    fix="Let the sender declare the character set it writes; look at names with special letters.",
    text_da="Bytene ligner ikke det tegnsæt, som MSH-18 nævner.",
    fix_da="Lad afsenderen angive det tegnsæt, den skriver; se efter navne med særlige bogstaver.",
)
CHARSET_GUESSED = kind(
    "SAM-HL7-113",
    "warning",
    "value",
    text="No character set is declared and the bytes are not UTF-8; they were read as ISO 8859-1.",
    fix="Let the sender fill MSH-18, or set --charset.",
    text_da="Intet tegnsæt er angivet, og bytene er ikke UTF-8; de er læst som ISO 8859-1.",
    fix_da="Lad afsenderen udfylde MSH-18, eller angiv --charset.",
)
BATCH_ENVELOPE = kind(
    "SAM-HL7-121",
    "information",
    "informational",
    text="A batch or file envelope ({segments}) surrounds the message; it is not part of it and was not mapped.",
    fix="Nothing, unless the envelope carries information you need.",
    text_da="En batch- eller filkonvolut ({segments}) omgiver meddelelsen; den er ikke en del af den og er ikke mappet.",
    fix_da="Intet, medmindre konvolutten rummer oplysninger, du har brug for.",
)
BATCH_COUNT = kind(
    "SAM-HL7-122",
    "warning",
    "incomplete",
    text="The envelope ends with a count of {said}, but {counted} came.",
    fix="Ask the sender for what is missing, and whether the file was cut off or changed on its way.",
    text_da="Konvolutten slutter med antallet {said}, men der kom {counted}.",
    fix_da="Spørg afsenderen om det manglende, og om filen er afkortet eller ændret undervejs.",
)
MISPLACED_SEGMENT = kind(
    "SAM-HL7-131",
    "warning",
    "structure",
    text="The segment stands where the structure {structure} does not have it; it was attached to the nearest open group.",
    fix="Check the order of the segments with the sender.",
    text_da="Segmentet står, hvor strukturen {structure} ikke har det; det er knyttet til den nærmeste åbne gruppe.",
    fix_da="Afklar segmenternes rækkefølge med afsenderen.",
)
UNEXPECTED_SEGMENT = kind(
    "SAM-HL7-132",
    "warning",
    "structure",
    text="The structure {structure} has no such segment; it was attached to the group open at that point.",
    fix="Check the message type, or add rows for it in a layer of your own.",
    text_da="Strukturen {structure} har ikke dette segment; det er knyttet til den gruppe, der er åben på stedet.",
    fix_da="Kontrollér meddelelsestypen, eller tilføj rækker for det i dit eget lag.",
)
UNKNOWN_STRUCTURE = kind(
    "SAM-HL7-133",
    "warning",
    "not-supported",
    text="The message structure is not known; segments were converted one by one.",
    fix="Check MSH-9, or add a message table in a layer of your own.",
    text_da="Meddelelsens struktur er ukendt; segmenterne er konverteret enkeltvis.",
    fix_da="Kontrollér MSH-9, eller tilføj en meddelelsestabel i dit eget lag.",
)
NOT_CARRIED = kind(
    "SAM-HL7-201",
    "information",
    "incomplete",
    text="{count} populated positions were not carried over, reason {reason}: {positions}",
    fix="See the loss report; add rows in a layer of your own where the content matters.",
    text_da="{count} udfyldte positioner er ikke overført, årsag {reason}: {positions}",
    fix_da="Se tabsrapporten; tilføj rækker i dit eget lag, hvor indholdet betyder noget.",
)
CODE_UNMAPPED = kind(
    "SAM-HL7-202",
    "warning",
    "code-invalid",
    text="The code is not in the map {vocabulary}.",
    fix="Add it to vocabulary/{vocabulary}.csv in a layer of your own.",
    text_da="Koden findes ikke i mappet {vocabulary}.",
    fix_da="Tilføj den i vocabulary/{vocabulary}.csv i dit eget lag.",
)
NOT_PARSABLE = kind(
    "SAM-HL7-203",
    "warning",
    "value",
    text="The value cannot be read as {type}.",
    fix="Check the value with the sender.",
    text_da="Værdien kan ikke læses som {type}.",
    fix_da="Afklar værdien med afsenderen.",
)
NO_ZONE = kind(
    "SAM-HL7-204",
    "warning",
    "value",
    text="A time has no zone and none is configured; the date is kept as such and the time as original text.",
    fix="Set --timezone, or the zone of the sender in a layer.",
    text_da="Et tidspunkt er uden zone, og ingen er konfigureret; datoen er bevaret som sådan og tiden som oprindelig tekst.",
    fix_da="Angiv --timezone, eller afsenderens zone i et lag.",
)
DST_GAP = kind(
    "SAM-HL7-205",
    "warning",
    "value",
    text="The local time does not exist, or exists twice, in {zone}: the clocks change there.",
    fix="Let the sender write the offset.",
    text_da="Det lokale tidspunkt findes ikke eller findes to gange i {zone}: uret stilles dér.",
    fix_da="Lad afsenderen skrive forskydningen fra UTC.",
)
END_BEFORE_START = kind(
    "SAM-HL7-208",
    "warning",
    "value",
    text="The end is before the start; FHIR allows no such period, so the end is kept as original text.",
    fix="Let the sender correct one of them.",
    text_da="Slutningen ligger før begyndelsen; FHIR tillader ikke en sådan periode, så slutningen er bevaret som tekst.",
    fix_da="Lad afsenderen rette den ene af dem.",
)
SAME_KEY = kind(
    "SAM-HL7-206",
    "warning",
    "conflict",
    text="Two {type} resources of the message have the same identity and different content; both stand, with ids of their own.",
    fix="Check the identifiers with the sender.",
    text_da="To {type}-ressourcer i meddelelsen har samme identitet og forskelligt indhold; begge står med hver sit id.",
    fix_da="Afklar identifikationerne med afsenderen.",
)
NO_TARGET = kind(
    "SAM-HL7-207",
    "warning",
    "incomplete",
    text="There is no {type} in the message for this content to refer to.",
    fix="Check that the sender sends the segment that makes it.",
    text_da="Der er ingen {type} i meddelelsen, som dette indhold kan henvise til.",
    fix_da="Kontrollér, at afsenderen sender det segment, der danner den.",
)
CODE_NOT_ALLOWED = kind(
    "SAM-HL7-209",
    "warning",
    "code-invalid",
    text="The code is none of those that FHIR allows at this element.",
    fix="Check the value with the sender; map it in a layer of your own where it has a meaning.",
    text_da="Koden er ikke blandt dem, som FHIR tillader i dette element.",
    fix_da="Afklar værdien med afsenderen; map den i dit eget lag, hvis den har en betydning.",
)
BAD_TABLE = kind(
    "SAM-HL7-301",
    "error",
    "invalid",
    text="A mapping table is wrong: {why}",
    fix="Mend the row named; docs/reference/mapping-tables.md describes the form.",
    text_da="En mappingtabel er forkert: {why}",
    fix_da="Ret den nævnte række; docs/reference/mapping-tables.md beskriver formen.",
)
CANNOT_READ = kind(
    "SAM-HL7-401",
    "error",
    "no-store",
    text="{source} cannot be read: {why}",
    fix="Check the path and the permissions.",
    text_da="{source} kan ikke læses: {why}",
    fix_da="Kontrollér stien og rettighederne.",
)
CANNOT_WRITE = kind(
    "SAM-HL7-402",
    "fatal",
    "no-store",
    text="The output cannot be written: {why}",
    fix="Check the space and the permissions; run again.",
    text_da="Outputtet kan ikke skrives: {why}",
    fix_da="Kontrollér plads og rettigheder; kør igen.",
)
INTERNAL = kind(
    "SAM-HL7-403",
    "error",
    "exception",
    text="The converter failed on this message ({why}); the message was not converted and the others went on.",
    fix="Report it with the position and the code; the message itself is not needed.",
    text_da="Konverteringen fejlede på denne meddelelse ({why}); meddelelsen er ikke konverteret, og de øvrige fortsatte.",
    fix_da="Indberet det med position og kode; selve meddelelsen er ikke nødvendig.",
)
