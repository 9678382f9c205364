"""Every kind of finding that samspil_validation makes. Codes are permanent.

1xx structure, 2xx values and codes, 3xx invariants and profiles, 4xx references and running; those of the rules
beyond snapshots (500 to 899) stand in `samspil_validation.findings_rules`.
"""

from samspil_core.findings import kind
from samspil_validation import findings_rules as findings_rules  # noqa: PLC0414  registers them

# structure
NOT_A_RESOURCE = kind(
    "SAM-VAL-101",
    "error",
    "structure",
    text="This is no FHIR resource: an object with a resourceType is expected.",
    fix="Send a JSON object whose resourceType names a FHIR type.",
    text_da="Dette er ingen FHIR-ressource: der ventes et objekt med resourceType.",
    fix_da="Send et JSON-objekt, hvis resourceType nævner en FHIR-type.",
)
UNKNOWN_TYPE = kind(
    "SAM-VAL-102",
    "error",
    "structure",
    text="FHIR {release} has no resource type of this name.",
    fix="Check the spelling of resourceType and the FHIR version.",
    text_da="FHIR {release} har ingen ressourcetype med dette navn.",
    fix_da="Kontrollér stavningen af resourceType og FHIR-versionen.",
)
UNKNOWN_ELEMENT = kind(
    "SAM-VAL-103",
    "error",
    "structure",
    text="{type} has no element {element}.",
    fix="Remove it or mend its name; content of your own goes into extensions.",
    text_da="{type} har intet element {element}.",
    fix_da="Fjern det eller ret navnet; eget indhold hører til i extensions.",
)
NOT_AN_OBJECT = kind(
    "SAM-VAL-104",
    "error",
    "structure",
    text="An object is expected here, for the type {type}.",
    fix="Write the element as a JSON object.",
    text_da="Her ventes et objekt af typen {type}.",
    fix_da="Skriv elementet som et JSON-objekt.",
)
NOT_AN_ARRAY = kind(
    "SAM-VAL-105",
    "error",
    "structure",
    text="{element} may repeat, so JSON has an array here.",
    fix="Put the value in brackets.",
    text_da="{element} kan gentages, så JSON har et array her.",
    fix_da="Sæt værdien i kantede parenteser.",
)
AN_ARRAY = kind(
    "SAM-VAL-106",
    "error",
    "structure",
    text="{element} does not repeat, so JSON has no array here.",
    fix="Write the value itself, without brackets.",
    text_da="{element} kan ikke gentages, så JSON har intet array her.",
    fix_da="Skriv selve værdien, uden kantede parenteser.",
)
EMPTY_ARRAY = kind(
    "SAM-VAL-107",
    "error",
    "structure",
    text="An array cannot be empty.",
    fix="Leave the element out.",
    text_da="Et array kan ikke være tomt.",
    fix_da="Udelad elementet.",
)
EMPTY_ELEMENT = kind(
    "SAM-VAL-108",
    "error",
    "invariant",
    text="An element must have a value or children (ele-1).",
    fix="Leave the element out, or give it content.",
    text_da="Et element skal have en værdi eller børn (ele-1).",
    fix_da="Udelad elementet, eller giv det indhold.",
)
NULL_VALUE = kind(
    "SAM-VAL-109",
    "error",
    "structure",
    text="JSON null cannot stand here.",
    fix="Leave the element out.",
    text_da="JSON-værdien null kan ikke stå her.",
    fix_da="Udelad elementet.",
)
MISSING = kind(
    "SAM-VAL-110",
    "error",
    "required",
    text="{element} is missing: at least {minimum} needed, {count} found.",
    fix="Add {element}.",
    text_da="{element} mangler: mindst {minimum} kræves, {count} fundet.",
    fix_da="Tilføj {element}.",
)
TOO_MANY = kind(
    "SAM-VAL-111",
    "error",
    "structure",
    text="Too many {element}: at most {maximum} allowed, {count} found.",
    fix="Remove those beyond the limit.",
    text_da="For mange {element}: højst {maximum} tilladt, {count} fundet.",
    fix_da="Fjern dem, der er for mange.",
)
CHOICE_TWICE = kind(
    "SAM-VAL-112",
    "error",
    "structure",
    text="{element}[x] is one value of one type, and {count} types are given.",
    fix="Keep one of them.",
    text_da="{element}[x] er én værdi af én type, og {count} typer er angivet.",
    fix_da="Behold én af dem.",
)
SIBLING_SHAPE = kind(
    "SAM-VAL-114",
    "error",
    "structure",
    text="_{element} does not fit {element}: it holds the id and extensions of the primitive, in an array of the same shape.",
    fix="Write _{element} as an object, or as an array of as many entries as {element}.",
    text_da="_{element} passer ikke til {element}: det rummer primitivens id og extensions, i et array af samme form.",
    fix_da="Skriv _{element} som et objekt, eller som et array med lige så mange poster som {element}.",
)
TYPE_NOT_ALLOWED = kind(
    "SAM-VAL-115",
    "error",
    "structure",
    text="The profile does not allow the type {found} here; it allows {allowed}.",
    fix="Use a type that the profile allows.",
    text_da="Profilen tillader ikke typen {found} her; den tillader {allowed}.",
    fix_da="Brug en type, som profilen tillader.",
)
TOO_DEEP = kind(
    "SAM-VAL-116",
    "error",
    "too-costly",
    text="The content is nested too deeply to be checked.",
    fix="Check what made it; no FHIR content needs such depth.",
    text_da="Indholdet er indlejret for dybt til at blive kontrolleret.",
    fix_da="Undersøg, hvad der har dannet det; intet FHIR-indhold kræver en sådan dybde.",
)
SLICE_SEVERAL = kind(
    "SAM-VAL-126",
    "error",
    "structure",
    text="The entry of {element} belongs to more than one slice: {slices}.",
    fix="Make the entry what one of the slices asks for; where no entry can, the profile is wrong.",
    text_da="Forekomsten af {element} hører til mere end ét slice: {slices}.",
    fix_da="Lad forekomsten være det, ét af slicene kræver; hvor ingen kan det, er profilen forkert.",
)
SLICE_MISSING = kind(
    "SAM-VAL-120",
    "error",
    "required",
    text="{element} is missing its slice {slice}: at least {minimum} needed, {count} found.",
    fix="Add an entry that fits the slice.",
    text_da="{element} mangler sit slice {slice}: mindst {minimum} kræves, {count} fundet.",
    fix_da="Tilføj en post, der passer til slicet.",
)
SLICE_TOO_MANY = kind(
    "SAM-VAL-121",
    "error",
    "structure",
    text="Too many entries of {element} in the slice {slice}: at most {maximum} allowed, {count} found.",
    fix="Remove those beyond the limit.",
    text_da="For mange poster af {element} i slicet {slice}: højst {maximum} tilladt, {count} fundet.",
    fix_da="Fjern dem, der er for mange.",
)
SLICE_CLOSED = kind(
    "SAM-VAL-122",
    "error",
    "structure",
    text="This entry fits no slice of {element}, and the profile allows no other entries.",
    fix="Remove it, or make it fit one of the slices: {slices}.",
    text_da="Denne post passer ikke til noget slice af {element}, og profilen tillader ikke andre.",
    fix_da="Fjern den, eller lad den passe til et af slicene: {slices}.",
)
SLICE_ORDER = kind(
    "SAM-VAL-123",
    "error",
    "structure",
    text="This entry, of the slice {slice}, stands out of the order that the profile asks for.",
    fix="Sort the entries of {element} in the order of the slices.",
    text_da="Denne post, af slicet {slice}, står uden for den rækkefølge, profilen kræver.",
    fix_da="Sortér posterne i {element} efter slicenes rækkefølge.",
)
SLICE_AT_END = kind(
    "SAM-VAL-124",
    "error",
    "structure",
    text="An entry of the slice {slice} follows one that fits no slice; those belong at the end of {element}.",
    fix="Move the entries without a slice to the end.",
    text_da="En post af slicet {slice} følger efter en uden slice; de hører til sidst i {element}.",
    fix_da="Flyt posterne uden slice til sidst.",
)
SLICE_UNDECIDED = kind(
    "SAM-VAL-125",
    "warning",
    "incomplete",
    text="Whether this entry belongs to the slice {slice} could not be decided: {why}.",
    fix="Provide what is missing, such as the code system or the resource referred to.",
    text_da="Det kunne ikke afgøres, om denne post hører til slicet {slice}: {why}.",
    fix_da="Tilvejebring det manglende, f.eks. kodesystemet eller den ressource, der henvises til.",
)
EXTENSION_UNKNOWN = kind(
    "SAM-VAL-130",
    "warning",
    "incomplete",
    text="The extension {url} is not among the definitions, so its content was not checked.",
    fix="Add the package that defines it.",
    text_da="Udvidelsen {url} findes ikke blandt definitionerne, så dens indhold er ikke kontrolleret.",
    fix_da="Tilføj den pakke, der definerer den.",
)
EXTENSION_REFUSED = kind(
    "SAM-VAL-131",
    "error",
    "structure",
    text="The extension {url} is not among the definitions, and unknown extensions are not allowed.",
    fix="Add the package that defines it, or allow its domain.",
    text_da="Udvidelsen {url} findes ikke blandt definitionerne, og ukendte udvidelser er ikke tilladt.",
    fix_da="Tilføj den pakke, der definerer den, eller tillad dens domæne.",
)
MODIFIER_UNKNOWN = kind(
    "SAM-VAL-132",
    "error",
    "extension",
    text="The modifier extension {url} is not known, and modifiers must be understood.",
    fix="Add the package that defines it, or remove it.",
    text_da="Den modificerende udvidelse {url} er ukendt, og modificerende udvidelser skal forstås.",
    fix_da="Tilføj den pakke, der definerer den, eller fjern den.",
)
EXTENSION_CONTEXT = kind(
    "SAM-VAL-133",
    "error",
    "extension",
    text="The extension {url} is not allowed on {element}; it belongs on {allowed}.",
    fix="Move it to an element it is defined for.",
    text_da="Udvidelsen {url} er ikke tilladt på {element}; den hører til på {allowed}.",
    fix_da="Flyt den til et element, den er defineret for.",
)
NOT_A_MODIFIER = kind(
    "SAM-VAL-134",
    "error",
    "extension",
    text="The extension {url} is no modifier and cannot stand in modifierExtension.",
    fix="Move it to extension.",
    text_da="Udvidelsen {url} er ikke modificerende og kan ikke stå i modifierExtension.",
    fix_da="Flyt den til extension.",
)
IS_A_MODIFIER = kind(
    "SAM-VAL-135",
    "error",
    "extension",
    text="The extension {url} is a modifier and must stand in modifierExtension.",
    fix="Move it to modifierExtension.",
    text_da="Udvidelsen {url} er modificerende og skal stå i modifierExtension.",
    fix_da="Flyt den til modifierExtension.",
)
EXTENSION_BOTH = kind(
    "SAM-VAL-136",
    "error",
    "invariant",
    text="An extension has either a value or extensions, not both and not neither (ext-1).",
    fix="Keep one of the two.",
    text_da="En udvidelse har enten en værdi eller udvidelser, ikke begge og ikke ingen (ext-1).",
    fix_da="Behold den ene af de to.",
)
EXTENSION_URL = kind(
    "SAM-VAL-137",
    "error",
    "value",
    text="The url of this extension is not absolute.",
    fix="Write the full canonical URL of the extension.",
    text_da="Denne udvidelses url er ikke absolut.",
    fix_da="Skriv udvidelsens fulde kanoniske URL.",
)
EXTENSION_PART = kind(
    "SAM-VAL-138",
    "error",
    "structure",
    text="The extension {url} has no part {part}.",
    fix="Check the url of the inner extension.",
    text_da="Udvidelsen {url} har ingen del {part}.",
    fix_da="Kontrollér den indre udvidelses url.",
)
# values and codes
BAD_PRIMITIVE = kind(
    "SAM-VAL-201",
    "error",
    "value",
    text="The value is no {type}.",
    fix="Write it as https://hl7.org/fhir/datatypes.html#{type} says.",
    text_da="Værdien er ingen {type}.",
    fix_da="Skriv den, som https://hl7.org/fhir/datatypes.html#{type} angiver.",
)
WRONG_JSON_TYPE = kind(
    "SAM-VAL-202",
    "error",
    "value",
    text="A {type} is a JSON {json} here.",
    fix="Write it as JSON {json}.",
    text_da="En {type} er en JSON-{json} her.",
    fix_da="Skriv den som JSON-{json}.",
)
TOO_LONG = kind(
    "SAM-VAL-203",
    "error",
    "too-long",
    text="The text is longer than the {maximum} characters allowed.",
    fix="Shorten it.",
    text_da="Teksten er længere end de tilladte {maximum} tegn.",
    fix_da="Forkort den.",
)
NOT_FIXED = kind(
    "SAM-VAL-204",
    "error",
    "value",
    text="The value is not the one that the profile fixes for {element}.",
    fix="Write exactly the value of the profile.",
    text_da="Værdien er ikke den, profilen fastsætter for {element}.",
    fix_da="Skriv netop profilens værdi.",
)
NOT_PATTERN = kind(
    "SAM-VAL-205",
    "error",
    "value",
    text="The value does not hold what the profile's pattern for {element} asks for.",
    fix="Add the content of the pattern.",
    text_da="Værdien rummer ikke det, profilens mønster for {element} kræver.",
    fix_da="Tilføj mønsterets indhold.",
)
TOO_SMALL = kind(
    "SAM-VAL-206",
    "error",
    "value",
    text="The value is less than the least one allowed ({limit}).",
    fix="Check the value.",
    text_da="Værdien er mindre end den mindst tilladte ({limit}).",
    fix_da="Kontrollér værdien.",
)
TOO_GREAT = kind(
    "SAM-VAL-207",
    "error",
    "value",
    text="The value is greater than the greatest one allowed ({limit}).",
    fix="Check the value.",
    text_da="Værdien er større end den størst tilladte ({limit}).",
    fix_da="Kontrollér værdien.",
)
TOO_SHORT = kind(
    "SAM-VAL-208",
    "error",
    "value",
    text="The text is shorter than the {minimum} characters that are needed.",
    fix="Give the whole of it.",
    text_da="Teksten er kortere end de {minimum} tegn, der er nødvendige.",
    fix_da="Angiv den i fuld længde.",
)
CANONICAL_NOT_ABSOLUTE = kind(
    "SAM-VAL-209",
    "error",
    "value",
    text="A canonical is an absolute URL, or # and the id of a contained resource; this is neither.",
    fix="Give the URL by which the resource calls itself.",
    text_da="En canonical er en absolut URL, eller # og en indeholdt ressources id; dette er ingen af delene.",
    fix_da="Angiv den URL, som ressourcen kalder sig selv.",
)
CANONICAL_DANGLING = kind(
    "SAM-VAL-219",
    "error",
    "not-found",
    text="The canonical names a contained resource that is not there.",
    fix="Add the contained resource, or name the right one.",
    text_da="Denne canonical angiver en indeholdt ressource, som ikke findes.",
    fix_da="Tilføj den indeholdte ressource, eller angiv den rigtige.",
)
NOT_THE_ALTERNATIVE = kind(
    "SAM-VAL-217",
    "error",
    "required",
    text="There is no value, and none of the extensions that may stand for it: {allowed}.",
    fix="Give the value, or one of the extensions.",
    text_da="Værdien mangler, og ingen af de udvidelser, der kan stå i stedet, er der: {allowed}.",
    fix_da="Angiv værdien eller en af udvidelserne.",
)
CODE_ABSENT = kind(
    "SAM-VAL-218",
    "warning",
    "code-invalid",
    text="There is no code, only extensions, where one of the value set {value_set} is required; some validators refuse that.",
    fix="Give a code of the value set, or leave the element out.",
    text_da="Der er ingen kode, kun udvidelser, hvor en fra værdisættet {value_set} er påkrævet; nogle validatorer afviser det.",
    fix_da="Angiv en kode fra værdisættet, eller udelad elementet.",
)
CODE_NOT_REQUIRED = kind(
    "SAM-VAL-210",
    "error",
    "code-invalid",
    text="The code is not in the value set {value_set}, and a code of it is required.",
    fix="Use a code of the value set.",
    text_da="Koden findes ikke i værdisættet {value_set}, og en kode derfra er påkrævet.",
    fix_da="Brug en kode fra værdisættet.",
)
CODE_NOT_EXTENSIBLE = kind(
    "SAM-VAL-211",
    "warning",
    "code-invalid",
    text="No code is in the value set {value_set}, whose codes should be used where one fits.",
    fix="Use a code of the value set if one says the same.",
    text_da="Ingen kode findes i værdisættet {value_set}, hvis koder bør bruges, hvor en passer.",
    fix_da="Brug en kode fra værdisættet, hvis en siger det samme.",
)
CODE_NOT_PREFERRED = kind(
    "SAM-VAL-212",
    "information",
    "code-invalid",
    text="No code is in the value set {value_set}, which is preferred.",
    fix="Consider a code of the value set.",
    text_da="Ingen kode findes i værdisættet {value_set}, som foretrækkes.",
    fix_da="Overvej en kode fra værdisættet.",
)
CODE_BEYOND_MAXIMUM = kind(
    "SAM-VAL-213",
    "error",
    "code-invalid",
    text="The code is not in the value set {value_set}, beyond which no codes are allowed.",
    fix="Use a code of the value set.",
    text_da="Koden findes ikke i værdisættet {value_set}, ud over hvilket ingen koder er tilladt.",
    fix_da="Brug en kode fra værdisættet.",
)
CODE_UNDECIDED = kind(
    "SAM-VAL-214",
    "warning",
    "incomplete",
    text="Whether the code is in the value set {value_set} could not be decided: {why}.",
    fix="Pass a terminology server, or add the package that holds the codes.",
    text_da="Det kunne ikke afgøres, om koden er i værdisættet {value_set}: {why}.",
    fix_da="Angiv en terminologiserver, eller tilføj den pakke, der rummer koderne.",
)
NO_CODE = kind(
    "SAM-VAL-215",
    "error",
    "code-invalid",
    text="No code is given, and a code of the value set {value_set} is required.",
    fix="Add a code of the value set.",
    text_da="Ingen kode er angivet, og en kode fra værdisættet {value_set} er påkrævet.",
    fix_da="Tilføj en kode fra værdisættet.",
)
NO_CODE_EXTENSIBLE = kind(
    "SAM-VAL-216",
    "warning",
    "code-invalid",
    text="No code is given; one of the value set {value_set} should be, where one fits.",
    fix="Add a code of the value set if one says the same.",
    text_da="Ingen kode er angivet; en fra værdisættet {value_set} bør være der, hvor en passer.",
    fix_da="Tilføj en kode fra værdisættet, hvis en siger det samme.",
)
# invariants and profiles
INVARIANT = kind(
    "SAM-VAL-301",
    "error",
    "invariant",
    text="The rule {key} is not met: {human}",
    fix="Mend the content so that the rule holds.",
    text_da="Reglen {key} er ikke overholdt: {human}",
    fix_da="Ret indholdet, så reglen holder.",
)
INVARIANT_WARNING = kind(
    "SAM-VAL-302",
    "warning",
    "invariant",
    text="The rule {key} is not met: {human}",
    fix="Mend the content where you can.",
    text_da="Reglen {key} er ikke overholdt: {human}",
    fix_da="Ret indholdet, hvor det er muligt.",
)
INVARIANT_UNDECIDED = kind(
    "SAM-VAL-303",
    "warning",
    "incomplete",
    text="The rule {key} could not be evaluated: {why}.",
    fix="Tell whoever publishes the profile, or provide what is missing.",
    text_da="Reglen {key} kunne ikke evalueres: {why}.",
    fix_da="Fortæl det til profilens udgiver, eller tilvejebring det manglende.",
)
BEST_PRACTICE = kind(
    "SAM-VAL-304",
    "warning",
    "business-rule",
    text="The best practice {key} is not followed: {human}",
    fix="Follow it where you can.",
    text_da="Den gode praksis {key} er ikke fulgt: {human}",
    fix_da="Følg den, hvor det er muligt.",
)
PROFILE_UNKNOWN = kind(
    "SAM-VAL-310",
    "warning",
    "incomplete",
    text="The profile {profile} is not among the definitions, so the resource was not checked against it.",
    fix="Add the package that defines it.",
    text_da="Profilen {profile} findes ikke blandt definitionerne, så ressourcen er ikke kontrolleret mod den.",
    fix_da="Tilføj den pakke, der definerer den.",
)
PROFILE_WRONG_TYPE = kind(
    "SAM-VAL-311",
    "error",
    "structure",
    text="The profile {profile} is for {type}, not for this type.",
    fix="Name a profile of the resource's own type.",
    text_da="Profilen {profile} gælder {type}, ikke denne type.",
    fix_da="Angiv en profil for ressourcens egen type.",
)
PROFILE_BROKEN = kind(
    "SAM-VAL-312",
    "warning",
    "incomplete",
    text="The profile {profile} cannot be used: {why}. What it says was not checked.",
    fix="Tell whoever publishes it, or add the packages it builds on.",
    text_da="Profilen {profile} kan ikke bruges: {why}. Det, den siger, er ikke kontrolleret.",
    fix_da="Fortæl det til udgiveren, eller tilføj de pakker, den bygger på.",
)
PROFILE_NOT_MET = kind(
    "SAM-VAL-313",
    "error",
    "structure",
    text="The content meets none of the profiles allowed here: {profiles}.",
    fix="Make it meet one of them; checked alone against one, it shows what is wrong.",
    text_da="Indholdet opfylder ingen af de profiler, der er tilladt her: {profiles}.",
    fix_da="Lad det opfylde en af dem; kontrolleret mod én alene viser det, hvad der er galt.",
)
PROFILE_IMPOSED_UNKNOWN = kind(
    "SAM-VAL-314",
    "error",
    "not-found",
    text="The profile {profile}, which the caller asked for, is not among the definitions.",
    fix="Check the URL, and add the package that defines it.",
    text_da="Profilen {profile}, som kalderen bad om, findes ikke blandt definitionerne.",
    fix_da="Kontrollér URL'en, og tilføj den pakke, der definerer den.",
)
# references, containment
REFERENCE_TYPE = kind(
    "SAM-VAL-401",
    "error",
    "structure",
    text="The reference leads to a {found}; allowed here: {allowed}.",
    fix="Refer to a resource of an allowed type.",
    text_da="Henvisningen fører til en {found}; her er tilladt: {allowed}.",
    fix_da="Henvis til en ressource af en tilladt type.",
)
REFERENCE_AGGREGATION = kind(
    "SAM-VAL-404",
    "error",
    "value",
    text="The resource referred to is {found}; the profile allows only: {allowed}.",
    fix="Place the resource where the profile allows it.",
    text_da="Den ressource, der henvises til, er {found}; profilen tillader kun: {allowed}.",
    fix_da="Anbring ressourcen, hvor profilen tillader det.",
)
REFERENCE_VERSIONING = kind(
    "SAM-VAL-405",
    "error",
    "value",
    text="The reference must be {expected} of a version, as the profile says.",
    fix="Add or remove the version part (/_history/...).",
    text_da="Henvisningen skal være {expected} af en version, som profilen siger.",
    fix_da="Tilføj eller fjern versionsdelen (/_history/...).",
)
REFERENCE_PROFILE = kind(
    "SAM-VAL-406",
    "error",
    "structure",
    text="The resource referred to meets none of the profiles allowed here: {profiles}.",
    fix="Check that resource against the profile to see what is wrong.",
    text_da="Den ressource, der henvises til, opfylder ingen af de profiler, der er tilladt her: {profiles}.",
    fix_da="Kontrollér den ressource mod profilen for at se, hvad der er galt.",
)
REFERENCE_SAYS_OTHER = kind(
    "SAM-VAL-407",
    "error",
    "structure",
    text="The reference says it leads to a {said}, and it leads to a {found}.",
    fix="Mend Reference.type.",
    text_da="Henvisningen siger, at den fører til en {said}, og den fører til en {found}.",
    fix_da="Ret Reference.type.",
)
CONTAINED_NESTED = kind(
    "SAM-VAL-410",
    "error",
    "invariant",
    text="A contained resource cannot contain resources (dom-2).",
    fix="Contain them side by side in the outer resource.",
    text_da="En indlejret ressource kan ikke indlejre ressourcer (dom-2).",
    fix_da="Indlejr dem side om side i den ydre ressource.",
)
CONTAINED_UNUSED = kind(
    "SAM-VAL-411",
    "error",
    "invariant",
    text="A contained resource must be referred to from the resource it is in, or refer to it (dom-3).",
    fix="Refer to it as #id, or remove it.",
    text_da="En indlejret ressource skal være henvist til fra den ydre ressource, eller henvise til den (dom-3).",
    fix_da="Henvis til den som #id, eller fjern den.",
)
CONTAINED_VERSION = kind(
    "SAM-VAL-412",
    "error",
    "invariant",
    text="A contained resource has no versionId and no lastUpdated (dom-4).",
    fix="Remove them from its meta.",
    text_da="En indlejret ressource har hverken versionId eller lastUpdated (dom-4).",
    fix_da="Fjern dem fra dens meta.",
)
CONTAINED_SECURITY = kind(
    "SAM-VAL-413",
    "error",
    "invariant",
    text="A contained resource has no security label (dom-5).",
    fix="Label the outer resource.",
    text_da="En indlejret ressource har ingen sikkerhedsmærkning (dom-5).",
    fix_da="Mærk den ydre ressource.",
)
NO_NARRATIVE = kind(
    "SAM-VAL-414",
    "warning",
    "business-rule",
    text="A resource should have narrative for robust management (dom-6).",
    fix="Add text.",
    text_da="En ressource bør have en narrativ tekst (dom-6).",
    fix_da="Tilføj text.",
)
# running
INTERNAL = kind(
    "SAM-VAL-450",
    "error",
    "exception",
    text="The validator failed on this content ({why}), so it was not checked in full.",
    fix="Report it with the place and the code; the content itself is not needed.",
    text_da="Valideringen fejlede på dette indhold ({why}), så det er ikke kontrolleret fuldt ud.",
    fix_da="Indberet det med sted og kode; selve indholdet er ikke nødvendigt.",
)
BUNDLE_IN_PARTS = kind(
    "SAM-VAL-452",
    "warning",
    "incomplete",
    text="The bundle is so large that it was checked entry by entry; rules over its entries as a whole were not.",
    fix="Where such rules matter, check it in parts that can be held.",
    text_da="Bundlen er så stor, at den er kontrolleret post for post; regler for posterne som helhed er ikke.",
    fix_da="Hvor sådanne regler har betydning, kontrollér den i dele, der kan rummes.",
)
BUNDLE_BROKEN = kind(
    "SAM-VAL-453",
    "fatal",
    "structure",
    text="The bundle cannot be read to its end: {why}.",
    fix="Check that the file was written whole.",
    text_da="Bundlen kan ikke læses til ende: {why}.",
    fix_da="Kontrollér, at filen er skrevet helt.",
)
BUNDLE_ENTRY_BROKEN = kind(
    "SAM-VAL-454",
    "error",
    "structure",
    text="This entry is not JSON: {why}; the others were read.",
    fix="Mend the entry.",
    text_da="Denne post er ikke JSON: {why}; de øvrige er læst.",
    fix_da="Ret posten.",
)
BUNDLE_FULL_URL_TWICE = kind(
    "SAM-VAL-455",
    "error",
    "invariant",
    text="The fullUrl is that of another entry with the same version (bdl-7).",
    fix="Give each entry a fullUrl of its own.",
    text_da="Denne fullUrl er også en anden posts med samme version (bdl-7).",
    fix_da="Giv hver post sin egen fullUrl.",
)
CANNOT_READ = kind(
    "SAM-VAL-451",
    "error",
    "no-store",
    text="{source} cannot be read: {why}",
    fix="Check the path and the permissions.",
    text_da="{source} kan ikke læses: {why}",
    fix_da="Kontrollér stien og rettighederne.",
)

UNDECIDED = frozenset(
    {
        each.code
        for each in (
            SLICE_UNDECIDED,
            EXTENSION_UNKNOWN,
            CODE_UNDECIDED,
            INVARIANT_UNDECIDED,
            PROFILE_UNKNOWN,
            PROFILE_BROKEN,
            BUNDLE_IN_PARTS,
            *findings_rules.UNDECIDED_BY_RULES,
        )
    }
)
"""The codes of the findings that say that something was seen and could not be decided."""
