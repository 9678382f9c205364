"""Findings of reading (8xx) and of the rules beyond snapshots: SAM-VAL-500 to SAM-VAL-899. Codes are permanent."""

from samspil_core.findings import kind

# reading
EMPTY_TEXT = kind(
    "SAM-VAL-801",
    "error",
    "structure",
    text="The text is empty.",
    fix="Send a resource as JSON or XML.",
    text_da="Teksten er tom.",
    fix_da="Send en ressource som JSON eller XML.",
)
TOO_LARGE = kind(
    "SAM-VAL-802",
    "fatal",
    "too-costly",
    text="The text has more than {limit} bytes and was not read.",
    fix="Send it in parts.",
    text_da="Teksten er på mere end {limit} byte og er ikke læst.",
    fix_da="Send den i dele.",
)
NOT_TEXT = kind(
    "SAM-VAL-803",
    "fatal",
    "structure",
    text="Line {line}, column {column}: the bytes are not UTF-8.",
    fix="Send the resource in UTF-8.",
    text_da="Linje {line}, kolonne {column}: bytene er ikke UTF-8.",
    fix_da="Send ressourcen i UTF-8.",
)
ENCODING_UNUSUAL = kind(
    "SAM-VAL-804",
    "warning",
    "structure",
    text="The text is in {encoding}; FHIR uses UTF-8.",
    fix="Send the resource in UTF-8.",
    text_da="Teksten er i {encoding}; FHIR bruger UTF-8.",
    fix_da="Send ressourcen i UTF-8.",
)
TOO_DEEP = kind(
    "SAM-VAL-805",
    "fatal",
    "too-costly",
    text="The text is nested more than {limit} levels deep and was not read.",
    fix="Send it with less nesting.",
    text_da="Teksten er indlejret i mere end {limit} niveauer og er ikke læst.",
    fix_da="Send den med færre niveauer.",
)
NOT_JSON = kind(
    "SAM-VAL-810",
    "fatal",
    "structure",
    text="Line {line}, column {column}: this is not JSON ({why}).",
    fix="Mend the text there; JSON has no comments and no comma before a closing bracket.",
    text_da="Linje {line}, kolonne {column}: dette er ikke JSON ({why}).",
    fix_da="Ret teksten dér; JSON har hverken kommentarer eller komma før en slutklamme.",
)
DUPLICATE_KEY = kind(
    "SAM-VAL-811",
    "error",
    "structure",
    text="Line {line}, column {column}: this property stands twice in one object; the last one was read.",
    fix="Give each property once.",
    text_da="Linje {line}, kolonne {column}: denne egenskab står to gange i ét objekt; den sidste er læst.",
    fix_da="Angiv hver egenskab én gang.",
)
NOT_A_RESOURCE = kind(
    "SAM-VAL-812",
    "error",
    "structure",
    text="The text is no resource: it is no JSON object with a resourceType.",
    fix="Name the type in resourceType.",
    text_da="Teksten er ingen ressource: den er ikke et JSON-objekt med resourceType.",
    fix_da="Angiv typen i resourceType.",
)
NOT_XML = kind(
    "SAM-VAL-820",
    "fatal",
    "structure",
    text="Line {line}, column {column}: this is not well-formed XML ({why}).",
    fix="Mend the text there.",
    text_da="Linje {line}, kolonne {column}: dette er ikke velformet XML ({why}).",
    fix_da="Ret teksten dér.",
)
DOCTYPE = kind(
    "SAM-VAL-821",
    "fatal",
    "security",
    text="Line {line}: the text declares a document type, which may carry entities, and was refused.",
    fix="Remove the DOCTYPE.",
    text_da="Linje {line}: teksten erklærer en dokumenttype, som kan bære entiteter, og er afvist.",
    fix_da="Fjern DOCTYPE.",
)
UNREADABLE_XML = kind(
    "SAM-VAL-822",
    "fatal",
    "structure",
    text="The XML could not be read ({why}).",
    fix="Check the text with an XML tool.",
    text_da="XML'en kunne ikke læses ({why}).",
    fix_da="Kontrollér teksten med et XML-værktøj.",
)
XML_NAMESPACE = kind(
    "SAM-VAL-823",
    "error",
    "structure",
    text="The element is in another namespace than {expected}, so it was not read.",
    fix="Declare the namespace {expected} for it.",
    text_da="Elementet er i et andet navnerum end {expected} og er derfor ikke læst.",
    fix_da="Erklær navnerummet {expected} for det.",
)
XML_RESOURCE_UNKNOWN = kind(
    "SAM-VAL-824",
    "error",
    "structure",
    text="{type} is no type that the definitions know, so the element was not read.",
    fix="Check the name, or add the package that defines the type.",
    text_da="{type} er ikke en type, som definitionerne kender, så elementet er ikke læst.",
    fix_da="Kontrollér navnet, eller tilføj den pakke, der definerer typen.",
)
XML_NOT_ONE_RESOURCE = kind(
    "SAM-VAL-825",
    "error",
    "structure",
    text="Exactly one resource must stand here.",
    fix="Place one resource in each such element.",
    text_da="Her skal der stå præcis én ressource.",
    fix_da="Anbring én ressource i hvert sådant element.",
)
XML_ELEMENT_UNKNOWN = kind(
    "SAM-VAL-826",
    "error",
    "structure",
    text="The element {name} is not defined here and was not read.",
    fix="Check the name, or use an extension.",
    text_da="Elementet {name} er ikke defineret her og er ikke læst.",
    fix_da="Kontrollér navnet, eller brug en extension.",
)
XML_ATTRIBUTE = kind(
    "SAM-VAL-827",
    "error",
    "structure",
    text="The attribute {name} is not defined for {type} and was not read.",
    fix="Remove it, or write it as an element.",
    text_da="Attributten {name} er ikke defineret for {type} og er ikke læst.",
    fix_da="Fjern den, eller skriv den som et element.",
)
XML_ELEMENT_EMPTY = kind(
    "SAM-VAL-828",
    "error",
    "structure",
    text="The element has neither a value nor an extension.",
    fix="Give it a value, or leave it out.",
    text_da="Elementet har hverken en værdi eller en extension.",
    fix_da="Giv det en værdi, eller udelad det.",
)
XML_ELEMENT_REPEATED = kind(
    "SAM-VAL-829",
    "error",
    "structure",
    text="The element {name} may stand here once; of several the first was read.",
    fix="Leave one.",
    text_da="Elementet {name} må stå her én gang; af flere er det første læst.",
    fix_da="Behold ét.",
)
XML_ORDER = kind(
    "SAM-VAL-830",
    "error",
    "structure",
    text="The element {name} comes too late: it belongs before {after}, or beside its like.",
    fix="Write the elements in the order of the specification.",
    text_da="Elementet {name} kommer for sent: det hører til før {after}, eller ved siden af sine lige.",
    fix_da="Skriv elementerne i specifikationens rækkefølge.",
)
XML_TEXT = kind(
    "SAM-VAL-831",
    "error",
    "structure",
    text="Text stands between elements, where none may be.",
    fix="Write it in a value attribute.",
    text_da="Der står tekst mellem elementerne, hvor der ikke må være nogen.",
    fix_da="Skriv den i en value-attribut.",
)
