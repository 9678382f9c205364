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
# questionnaires and responses
QUESTIONNAIRE_MISSING = kind(
    "SAM-VAL-500",
    "warning",
    "business-rule",
    text="The response names no questionnaire, so its items were not checked.",
    fix="Name the questionnaire by its canonical URL.",
    text_da="Besvarelsen nævner intet spørgeskema, så dens punkter er ikke kontrolleret.",
    fix_da="Angiv spørgeskemaet ved dets kanoniske URL.",
)
QUESTIONNAIRE_UNKNOWN = kind(
    "SAM-VAL-501",
    "warning",
    "incomplete",
    text="The questionnaire {canonical} is not among the definitions, so the items were not checked.",
    fix="Add the questionnaire to the definitions.",
    text_da="Spørgeskemaet {canonical} findes ikke blandt definitionerne, så punkterne er ikke kontrolleret.",
    fix_da="Tilføj spørgeskemaet til definitionerne.",
)
ITEM_NO_LINK = kind(
    "SAM-VAL-502",
    "error",
    "required",
    text="The item has no linkId, so it belongs to no item of the questionnaire.",
    fix="Give it the linkId of the item it answers.",
    text_da="Punktet har intet linkId og hører derfor ikke til noget punkt i spørgeskemaet.",
    fix_da="Giv det linkId fra det punkt, det besvarer.",
)
ITEM_UNKNOWN = kind(
    "SAM-VAL-503",
    "error",
    "not-found",
    text="The questionnaire has no item with the linkId {link}.",
    fix="Use the linkId of an item of the questionnaire.",
    text_da="Spørgeskemaet har intet punkt med linkId {link}.",
    fix_da="Brug linkId fra et punkt i spørgeskemaet.",
)
ITEM_MISPLACED = kind(
    "SAM-VAL-504",
    "error",
    "structure",
    text="The item {link} stands elsewhere in the questionnaire.",
    fix="Place it below the item it belongs to.",
    text_da="Punktet {link} står et andet sted i spørgeskemaet.",
    fix_da="Anbring det under det punkt, det hører til.",
)
ITEM_ORDER = kind(
    "SAM-VAL-505",
    "error",
    "structure",
    text="The item {link} is out of the questionnaire's order.",
    fix="Give the items in the order of the questionnaire.",
    text_da="Punktet {link} følger ikke spørgeskemaets rækkefølge.",
    fix_da="Angiv punkterne i spørgeskemaets rækkefølge.",
)
ITEM_REPEATED = kind(
    "SAM-VAL-506",
    "error",
    "invalid",
    text="The item {link} may stand here once, and stands {count} times.",
    fix="Leave one, or let the questionnaire repeat it.",
    text_da="Punktet {link} må stå her én gang og står {count} gange.",
    fix_da="Behold ét, eller lad spørgeskemaet gentage det.",
)
ITEM_DISABLED = kind(
    "SAM-VAL-507",
    "error",
    "invalid",
    text="The item {link} has content, and its conditions (enableWhen) do not hold.",
    fix="Remove it, or mend the answers it depends on.",
    text_da="Punktet {link} har indhold, men dets betingelser (enableWhen) er ikke opfyldt.",
    fix_da="Fjern det, eller ret de svar, det afhænger af.",
)
ITEM_MISSING = kind(
    "SAM-VAL-508",
    "error",
    "required",
    text="The required item {link} is not answered.",
    fix="Answer it.",
    text_da="Det påkrævede punkt {link} er ikke besvaret.",
    fix_da="Besvar det.",
)
ITEM_MISSING_YET = kind(
    "SAM-VAL-509",
    "information",
    "required",
    text="The required item {link} is not answered yet.",
    fix="Answer it before the response is completed.",
    text_da="Det påkrævede punkt {link} er endnu ikke besvaret.",
    fix_da="Besvar det, før besvarelsen afsluttes.",
)
GROUP_EMPTY = kind(
    "SAM-VAL-510",
    "error",
    "required",
    text="The required group {link} holds no items.",
    fix="Answer items of it.",
    text_da="Den påkrævede gruppe {link} har ingen punkter.",
    fix_da="Besvar punkter i den.",
)
GROUP_EMPTY_YET = kind(
    "SAM-VAL-511",
    "information",
    "required",
    text="The required group {link} holds no items yet.",
    fix="Answer items of it before the response is completed.",
    text_da="Den påkrævede gruppe {link} har endnu ingen punkter.",
    fix_da="Besvar punkter i den, før besvarelsen afsluttes.",
)
ANSWER_ON_GROUP = kind(
    "SAM-VAL-512",
    "error",
    "structure",
    text="A group takes no answers, and neither does an item of the abstract type question.",
    fix="Answer the items below it.",
    text_da="En gruppe har ingen svar, og det har et punkt af den abstrakte type question heller ikke.",
    fix_da="Besvar punkterne under den.",
)
ANSWER_ON_DISPLAY = kind(
    "SAM-VAL-513",
    "error",
    "structure",
    text="An item that only displays takes no answers.",
    fix="Remove the answer.",
    text_da="Et punkt, der kun viser tekst, har ingen svar.",
    fix_da="Fjern svaret.",
)
ANSWER_ITEM_OUTSIDE = kind(
    "SAM-VAL-514",
    "error",
    "structure",
    text="The items below the question {link} must stand in its answer (answer.item).",
    fix="Move them into the answer.",
    text_da="Punkterne under spørgsmålet {link} skal stå i dets svar (answer.item).",
    fix_da="Flyt dem ind i svaret.",
)
ANSWERS_ONE = kind(
    "SAM-VAL-515",
    "error",
    "invalid",
    text="The question {link} takes one answer.",
    fix="Leave one.",
    text_da="Spørgsmålet {link} har ét svar.",
    fix_da="Behold ét.",
)
ANSWERS_FEW = kind(
    "SAM-VAL-516",
    "error",
    "invalid",
    text="At least {limit} answers are needed, {count} given.",
    fix="Add answers.",
    text_da="Der kræves mindst {limit} svar, {count} er givet.",
    fix_da="Tilføj svar.",
)
ANSWERS_MANY = kind(
    "SAM-VAL-517",
    "error",
    "invalid",
    text="At most {limit} answers are allowed, {count} given.",
    fix="Remove answers.",
    text_da="Der tillades højst {limit} svar, {count} er givet.",
    fix_da="Fjern svar.",
)
ANSWER_TYPE = kind(
    "SAM-VAL-518",
    "error",
    "invariant",
    text="A question of type {wanted} is not answered by a {found}.",
    fix="Answer with a value of the question's type.",
    text_da="Et spørgsmål af typen {wanted} besvares ikke med {found}.",
    fix_da="Svar med en værdi af spørgsmålets type.",
)
ANSWER_NOT_AN_OPTION = kind(
    "SAM-VAL-519",
    "error",
    "code-invalid",
    text="The answer is none of the options of {link}.",
    fix="Choose one of them.",
    text_da="Svaret er ikke en af mulighederne for {link}.",
    fix_da="Vælg en af dem.",
)
ANSWER_NOT_IN_VALUE_SET = kind(
    "SAM-VAL-520",
    "error",
    "code-invalid",
    text="The answer is not in the value set {value_set} that the question takes its options from.",
    fix="Choose a code of it.",
    text_da="Svaret er ikke i værdisættet {value_set}, som spørgsmålet henter sine muligheder fra.",
    fix_da="Vælg en kode i det.",
)
ANSWER_REFERENCE_TYPE = kind(
    "SAM-VAL-521",
    "error",
    "invalid",
    text="The answer refers to a {found}; the question takes: {allowed}.",
    fix="Refer to a resource of an allowed type.",
    text_da="Svaret henviser til en {found}; spørgsmålet tager: {allowed}.",
    fix_da="Henvis til en ressource af en tilladt type.",
)
ANSWER_TYPE_UNKNOWN = kind(
    "SAM-VAL-522",
    "error",
    "invalid",
    text="The answer refers to a {type}, which is no type of resource.",
    fix="Mend the reference.",
    text_da="Svaret henviser til en {type}, som ikke er en ressourcetype.",
    fix_da="Ret henvisningen.",
)
ANSWER_TOO_SHORT = kind(
    "SAM-VAL-523",
    "error",
    "invalid",
    text="The answer has {found} characters; at least {limit} are needed.",
    fix="Write more.",
    text_da="Svaret har {found} tegn; mindst {limit} kræves.",
    fix_da="Skriv mere.",
)
ANSWER_TOO_LONG = kind(
    "SAM-VAL-524",
    "error",
    "invalid",
    text="The answer has {found} characters; at most {limit} are allowed.",
    fix="Shorten it.",
    text_da="Svaret har {found} tegn; højst {limit} er tilladt.",
    fix_da="Forkort det.",
)
ANSWER_TOO_SMALL = kind(
    "SAM-VAL-525",
    "error",
    "invalid",
    text="The answer is less than the least allowed, {limit}.",
    fix="Check the value.",
    text_da="Svaret er mindre end det mindst tilladte, {limit}.",
    fix_da="Kontrollér værdien.",
)
ANSWER_TOO_GREAT = kind(
    "SAM-VAL-526",
    "error",
    "invalid",
    text="The answer is greater than the greatest allowed, {limit}.",
    fix="Check the value.",
    text_da="Svaret er større end det højst tilladte, {limit}.",
    fix_da="Kontrollér værdien.",
)
ANSWER_UNITS_DIFFER = kind(
    "SAM-VAL-527",
    "error",
    "invalid",
    text="The answer cannot be compared with the limit {limit}: their units do not convert into each other.",
    fix="Give both in units (system and code) of the same kind.",
    text_da="Svaret kan ikke sammenlignes med grænsen {limit}: deres enheder kan ikke omregnes til hinanden.",
    fix_da="Angiv begge i enheder (system og kode) af samme slags.",
)
ANSWER_PLACES = kind(
    "SAM-VAL-528",
    "error",
    "invalid",
    text="The answer has {found} decimal places; at most {limit} are allowed.",
    fix="Round it.",
    text_da="Svaret har {found} decimaler; højst {limit} er tilladt.",
    fix_da="Afrund det.",
)
ANSWER_MEDIA_TYPE = kind(
    "SAM-VAL-529",
    "error",
    "invalid",
    text="The media type of the file is not allowed here; allowed: {allowed}.",
    fix="Attach a file of an allowed type.",
    text_da="Filens medietype er ikke tilladt her; tilladt: {allowed}.",
    fix_da="Vedhæft en fil af en tilladt type.",
)
ANSWER_SIZE = kind(
    "SAM-VAL-530",
    "error",
    "invalid",
    text="The file is larger than {limit} MB.",
    fix="Attach a smaller file.",
    text_da="Filen er større end {limit} MB.",
    fix_da="Vedhæft en mindre fil.",
)
ANSWER_UNIT = kind(
    "SAM-VAL-531",
    "error",
    "code-invalid",
    text="The unit of the answer is none that the question takes.",
    fix="Use one of them.",
    text_da="Svarets enhed er ikke en af dem, spørgsmålet tager.",
    fix_da="Brug en af dem.",
)
# bundles
FULL_URL_MISSING = kind(
    "SAM-VAL-540",
    "error",
    "invalid",
    text="The entry has no fullUrl, and in a bundle of this type it names the resource.",
    fix="Give each entry its full URL, such as urn:uuid:...",
    text_da="Posten har ingen fullUrl, og i en bundle af denne type er det ressourcens navn.",
    fix_da="Giv hver post dens fulde URL, f.eks. urn:uuid:...",
)
FULL_URL_RELATIVE = kind(
    "SAM-VAL-541",
    "error",
    "invalid",
    text="The fullUrl is not absolute.",
    fix="Give the whole URL, or urn:uuid:...",
    text_da="fullUrl er ikke absolut.",
    fix_da="Angiv hele URL'en, eller urn:uuid:...",
)
FULL_URL_OTHER = kind(
    "SAM-VAL-542",
    "error",
    "invalid",
    text="The fullUrl is that of another resource: it must end in {type}/ and the id of the resource.",
    fix="Mend fullUrl or id.",
    text_da="fullUrl tilhører en anden ressource: den skal ende på {type}/ og ressourcens id.",
    fix_da="Ret fullUrl eller id.",
)
FULL_URL_NO_ID = kind(
    "SAM-VAL-543",
    "error",
    "invalid",
    text="The fullUrl names a resource on a server, and the resource has no id.",
    fix="Give the resource its id, or use urn:uuid:...",
    text_da="fullUrl navngiver en ressource på en server, og ressourcen har intet id.",
    fix_da="Giv ressourcen dens id, eller brug urn:uuid:...",
)
LINK_OF_SEARCH = kind(
    "SAM-VAL-544",
    "error",
    "invalid",
    text="The link {relation} is for pages of searches and histories, not for this type of bundle.",
    fix="Remove it.",
    text_da="Linket {relation} er til sider af søgninger og historik, ikke til denne type bundle.",
    fix_da="Fjern det.",
)
STYLESHEET_MISSING = kind(
    "SAM-VAL-545",
    "error",
    "not-found",
    text="The stylesheet is not in the bundle.",
    fix="Add it as a Binary, or remove the link.",
    text_da="Stilarket er ikke i bundlen.",
    fix_da="Tilføj det som Binary, eller fjern linket.",
)
NOT_IN_BUNDLE = kind(
    "SAM-VAL-546",
    "error",
    "not-found",
    text="The resource referred to is not in the bundle.",
    fix="Add it to the bundle.",
    text_da="Den ressource, der henvises til, er ikke i bundlen.",
    fix_da="Tilføj den til bundlen.",
)
NOT_IN_BUNDLE_BY_URL = kind(
    "SAM-VAL-547",
    "error",
    "not-found",
    text="The reference leads to no full URL of the bundle, though a resource of that type and id is in it.",
    fix="Let the reference and the fullUrl agree: with fullUrl urn:uuid:... refer by that same URL.",
    text_da="Henvisningen fører ikke til nogen fullUrl i bundlen, selv om en ressource med den type og det id er i den.",
    fix_da="Lad henvisning og fullUrl stemme overens: med fullUrl urn:uuid:... henvises ved samme URL.",
)
SEVERAL_IN_BUNDLE = kind(
    "SAM-VAL-548",
    "error",
    "multiple-matches",
    text="The reference leads to {count} entries of the bundle.",
    fix="Name the version (/_history/...), or leave one entry.",
    text_da="Henvisningen fører til {count} poster i bundlen.",
    fix_da="Angiv versionen (/_history/...), eller behold én post.",
)
ENTRY_UNREACHED = kind(
    "SAM-VAL-549",
    "error",
    "informational",
    text="No chain of references joins this entry with the Composition, so it is no part of the document.",
    fix="Refer to it, or remove it.",
    text_da="Ingen kæde af henvisninger forbinder denne post med Composition, så den hører ikke til dokumentet.",
    fix_da="Henvis til den, eller fjern den.",
)
RESULT_NO_ID = kind(
    "SAM-VAL-550",
    "error",
    "invalid",
    text="A search result must have an id.",
    fix="Give the resource its id.",
    text_da="Et søgeresultat skal have et id.",
    fix_da="Giv ressourcen dens id.",
)
RESULT_NOT_OUTCOME = kind(
    "SAM-VAL-551",
    "error",
    "invalid",
    text="An entry of mode outcome must be an OperationOutcome, not a {type}.",
    fix="Mend search.mode.",
    text_da="En post med mode outcome skal være en OperationOutcome, ikke en {type}.",
    fix_da="Ret search.mode.",
)
RESULT_OTHER_TYPE = kind(
    "SAM-VAL-552",
    "error",
    "invalid",
    text="The search asked for {asked}, and this match is a {type}.",
    fix="Mend search.mode, or the self link.",
    text_da="Søgningen bad om {asked}, og dette resultat er en {type}.",
    fix_da="Ret search.mode eller self-linket.",
)
# ids
ID_REPEATED = kind(
    "SAM-VAL-560",
    "error",
    "business-rule",
    text="The id of this element is that of another one in the resource.",
    fix="Give each element an id of its own.",
    text_da="Dette elements id er også et andet elements i ressourcen.",
    fix_da="Giv hvert element sit eget id.",
)
CONTAINED_NO_ID = kind(
    "SAM-VAL-561",
    "error",
    "invalid",
    text="A contained resource needs an id to be referred to.",
    fix="Give it an id.",
    text_da="En indlejret ressource skal have et id for at kunne henvises til.",
    fix_da="Giv den et id.",
)
CONTAINED_SAME_ID = kind(
    "SAM-VAL-562",
    "error",
    "duplicate",
    text="Another contained resource has the same id.",
    fix="Give each an id of its own.",
    text_da="En anden indlejret ressource har samme id.",
    fix_da="Giv hver sit eget id.",
)
ID_EXTENDED = kind(
    "SAM-VAL-563",
    "error",
    "business-rule",
    text="The id of a resource has no extensions.",
    fix="Remove them.",
    text_da="En ressources id har ingen extensions.",
    fix_da="Fjern dem.",
)
# attachments
ATTACHMENT_SIZE = kind(
    "SAM-VAL-570",
    "error",
    "value",
    text="The stated size is {stated} bytes, and the data are {found}.",
    fix="State the size of the data.",
    text_da="Den angivne størrelse er {stated} byte, og data er på {found}.",
    fix_da="Angiv dataenes størrelse.",
)
ATTACHMENT_HASH = kind(
    "SAM-VAL-571",
    "error",
    "value",
    text="The stated hash is not the SHA-1 of the data.",
    fix="State the SHA-1 of the data in Base64.",
    text_da="Den angivne hash er ikke SHA-1 af dataene.",
    fix_da="Angiv SHA-1 af dataene i Base64.",
)
# narratives
BLOCK_IN_PARAGRAPH = kind(
    "SAM-VAL-580",
    "error",
    "structure",
    text="A paragraph of the narrative holds {names}, which cannot stand in a paragraph.",
    fix="Close the paragraph first.",
    text_da="Et afsnit i den narrative tekst rummer {names}, som ikke kan stå i et afsnit.",
    fix_da="Luk afsnittet først.",
)
LINK_DANGLING = kind(
    "SAM-VAL-581",
    "error",
    "not-found",
    text="A link of the narrative (#...) leads to nothing in the resource or the document.",
    fix="Add the anchor, or remove the link.",
    text_da="Et link i den narrative tekst (#...) fører ikke til noget i ressourcen eller dokumentet.",
    fix_da="Tilføj ankeret, eller fjern linket.",
)
LINK_SCHEME = kind(
    "SAM-VAL-582",
    "error",
    "value",
    text="A link of the narrative begins with {scheme}:, which no reader can follow.",
    fix="Link to an http, mailto or tel URL, or to an anchor.",
    text_da="Et link i den narrative tekst begynder med {scheme}:, som ingen læser kan følge.",
    fix_da="Link til en http-, mailto- eller tel-URL eller til et anker.",
)
LINK_SIGNS = kind(
    "SAM-VAL-583",
    "error",
    "value",
    text="A link of the narrative holds signs that no URL may have.",
    fix="Encode them (%7B for a brace).",
    text_da="Et link i den narrative tekst rummer tegn, som ingen URL må have.",
    fix_da="Kod dem (%7B for en krøllet parentes).",
)
# codes
CODE_UNKNOWN = kind(
    "SAM-VAL-590",
    "error",
    "code-invalid",
    text="The code system {system} does not have this code.",
    fix="Use a code of the system.",
    text_da="Kodesystemet {system} har ikke denne kode.",
    fix_da="Brug en kode fra systemet.",
)
CODE_BEYOND_FRAGMENT = kind(
    "SAM-VAL-595",
    "warning",
    "incomplete",
    text="Only a part of the code system {system} is at hand, and this code is not in it.",
    fix="Ask a terminology server.",
    text_da="Kun en del af kodesystemet {system} er til rådighed, og denne kode er ikke i den.",
    fix_da="Spørg en terminologiserver.",
)
DISPLAY_OTHER = kind(
    "SAM-VAL-591",
    "error",
    "invalid",
    text="The display is none of the code; the code system says: {display}",
    fix="Use a display of the code system, and CodeableConcept.text for other words.",
    text_da="Visningsnavnet hører ikke til koden; kodesystemet siger: {display}",
    fix_da="Brug et visningsnavn fra kodesystemet, og CodeableConcept.text til andre ord.",
)
DISPLAY_OTHER_WARNING = kind(
    "SAM-VAL-592",
    "warning",
    "invalid",
    text="The display is none of the code; the code system says: {display}",
    fix="Use a display of the code system, and CodeableConcept.text for other words.",
    text_da="Visningsnavnet hører ikke til koden; kodesystemet siger: {display}",
    fix_da="Brug et visningsnavn fra kodesystemet, og CodeableConcept.text til andre ord.",
)
SYSTEM_IS_VALUE_SET = kind(
    "SAM-VAL-593",
    "error",
    "invalid",
    text="{system} is a value set, not a code system.",
    fix="Give the code system that the code comes from.",
    text_da="{system} er et værdisæt, ikke et kodesystem.",
    fix_da="Angiv det kodesystem, koden kommer fra.",
)
SYSTEM_IS_SUPPLEMENT = kind(
    "SAM-VAL-594",
    "error",
    "invalid",
    text="{system} only supplements a code system.",
    fix="Give the code system that it supplements.",
    text_da="{system} supplerer kun et kodesystem.",
    fix_da="Angiv det kodesystem, det supplerer.",
)
# references, identifiers, canonicals
REFERENCE_FORM = kind(
    "SAM-VAL-600",
    "warning",
    "value",
    text="The reference is neither Type/id with a type of FHIR, nor #id, nor an absolute URL.",
    fix="Write Patient/123, #id, urn:uuid:... or a whole URL.",
    text_da="Henvisningen er hverken Type/id med en FHIR-type, #id eller en absolut URL.",
    fix_da="Skriv Patient/123, #id, urn:uuid:... eller en hel URL.",
)
ANSWER_PATTERN = kind(
    "SAM-VAL-677",
    "error",
    "value",
    text="The answer does not match the regular expression of its question.",
    fix="Answer in the form that the question asks for.",
    text_da="Svaret passer ikke til spørgsmålets regulære udtryk.",
    fix_da="Svar i den form, som spørgsmålet beder om.",
)
FILTER_REGEX = kind(
    "SAM-VAL-678",
    "error",
    "value",
    text="The value of the filter is no regular expression.",
    fix="Mend the expression.",
    text_da="Filterets værdi er intet regulært udtryk.",
    fix_da="Ret udtrykket.",
)
SYSTEM_COUNT = kind(
    "SAM-VAL-679",
    "error",
    "business-rule",
    text="The code system is complete and says that it has {stated} concepts, and it has {found}.",
    fix="Mend count, or add the concepts that are missing.",
    text_da="Kodesystemet er komplet og siger, at det har {stated} begreber, men det har {found}.",
    fix_da="Ret count, eller tilføj de manglende begreber.",
)
SUPPLEMENT_OF_NOTHING = kind(
    "SAM-VAL-680",
    "error",
    "required",
    text="A supplement says in supplements which code system it adds to.",
    fix="Add supplements.",
    text_da="Et tillæg siger i supplements, hvilket kodesystem det føjer til.",
    fix_da="Tilføj supplements.",
)
PROPERTY_LEADS_NOWHERE = kind(
    "SAM-VAL-681",
    "error",
    "value",
    text="The property {property} names a concept that the code system does not have.",
    fix="Mend the code, or add the concept.",
    text_da="Egenskaben {property} nævner et begreb, som kodesystemet ikke har.",
    fix_da="Ret koden, eller tilføj begrebet.",
)
ELEMENT_WIDER = kind(
    "SAM-VAL-682",
    "error",
    "business-rule",
    text="A profile may only narrow its base, and {path} goes beyond it: {why}.",
    fix="Stay within what the base allows.",
    text_da="En profil må kun indsnævre sit grundlag, og {path} går ud over det: {why}.",
    fix_da="Hold dig inden for det, som grundlaget tillader.",
)
DEFINITION_TYPE = kind(
    "SAM-VAL-683",
    "error",
    "business-rule",
    text="A constraint has the type of its base ({base}), and a specialization has a type of its own; this one says {type}.",
    fix="Mend type, derivation or baseDefinition.",
    text_da="En indsnævring har sit grundlags type ({base}), og en specialisering sin egen; denne siger {type}.",
    fix_da="Ret type, derivation eller baseDefinition.",
)
REFERENCE_NO_URL = kind(
    "SAM-VAL-674",
    "error",
    "value",
    text="The reference is no URL that could lead anywhere from here.",
    fix="Write Patient/123, #id, urn:uuid:... or a whole URL, without white space.",
    text_da="Henvisningen er ingen URL, der kan føre nogen steder hen herfra.",
    fix_da="Skriv Patient/123, #id, urn:uuid:... eller en hel URL uden mellemrum.",
)
REFERENCE_CONDITIONAL = kind(
    "SAM-VAL-675",
    "error",
    "business-rule",
    text="The reference is a search, which may stand only in a transaction.",
    fix="Refer to the resource itself, or send it in a transaction.",
    text_da="Henvisningen er en søgning, og det må kun stå i en transaktion.",
    fix_da="Henvis til selve ressourcen, eller send den i en transaktion.",
)
REFERENCE_QUERY = kind(
    "SAM-VAL-601",
    "error",
    "value",
    text="The reference is a search, and its query is not one.",
    fix="Write Type?name=value&name=value.",
    text_da="Henvisningen er en søgning, men dens forespørgsel er ikke gyldig.",
    fix_da="Skriv Type?navn=værdi&navn=værdi.",
)
IDENTIFIER_NO_URI = kind(
    "SAM-VAL-602",
    "error",
    "value",
    text="The system urn:ietf:rfc:3986 says that the value is a URI, and it has no scheme.",
    fix="Write the whole URI, such as urn:oid:...",
    text_da="Systemet urn:ietf:rfc:3986 siger, at værdien er en URI, men den har intet skema.",
    fix_da="Skriv hele URI'en, f.eks. urn:oid:...",
)
IDENTIFIER_SYSTEM_RELATIVE = kind(
    "SAM-VAL-676",
    "error",
    "value",
    text="The system of an identifier is an absolute URI, and this one has no scheme.",
    fix="Write the whole URI, such as urn:oid:... or http://...",
    text_da="En identifikators system er en absolut URI, men denne har intet skema.",
    fix_da="Skriv hele URI'en, f.eks. urn:oid:... eller http://...",
)
CANONICAL_RELATIVE = kind(
    "SAM-VAL-603",
    "error",
    "value",
    text="The canonical URL is not absolute.",
    fix="Give the whole URL.",
    text_da="Den kanoniske URL er ikke absolut.",
    fix_da="Angiv hele URL'en.",
)
CANONICAL_UUID = kind(
    "SAM-VAL-604",
    "error",
    "value",
    text="The UUID of the canonical URL is not whole, or not in lower case.",
    fix="Write urn:uuid: and 32 hexadecimal digits in lower case.",
    text_da="UUID'et i den kanoniske URL er ikke helt eller ikke med små bogstaver.",
    fix_da="Skriv urn:uuid: og 32 hexadecimale cifre med små bogstaver.",
)
CANONICAL_NO_VERSION = kind(
    "SAM-VAL-605",
    "error",
    "value",
    text="The canonical URL ends in a vertical bar, with no version after it.",
    fix="Name the version, or leave the bar out.",
    text_da="Den kanoniske URL slutter på en lodret streg, uden nogen version efter.",
    fix_da="Angiv versionen, eller udelad stregen.",
)
MARKUP_IN_TEXT = kind(
    "SAM-VAL-606",
    "error",
    "security",
    text="The text looks as if it held HTML tags, which a program that shows it may run.",
    fix="Write plain text here; formatted text belongs in the narrative.",
    text_da="Teksten ser ud til at indeholde HTML-mærker, som et program, der viser den, kan udføre.",
    fix_da="Skriv almindelig tekst her; formateret tekst hører til i den narrative tekst.",
)
COMMITTEE_MISSING = kind(
    "SAM-VAL-607",
    "error",
    "business-rule",
    text="A resource that HL7 publishes names the committee that owns it (structuredefinition-wg).",
    fix="Add the extension.",
    text_da="En ressource, som HL7 udgiver, nævner den komité, der ejer den (structuredefinition-wg).",
    fix_da="Tilføj udvidelsen.",
)
# code systems, value sets
ALL_CODES_OTHERWISE = kind(
    "SAM-VAL-635",
    "error",
    "business-rule",
    text="The value set {value_set} is to be that of all codes here, and it is not: {why}.",
    fix="Name a value set that includes this code system alone, and all of it.",
    text_da="Værdisættet {value_set} skal være det med alle koderne her, og det er det ikke: {why}.",
    fix_da="Angiv et værdisæt, der omfatter dette kodesystem alene, og hele det.",
)
PARAMETER_OTHER_TYPE = kind(
    "SAM-VAL-636",
    "error",
    "value",
    text="The search parameter is of type {type} by its definition {definition}.",
    fix="State the type of the definition, or name the definition that is meant.",
    text_da="Søgeparameteren er af typen {type} ifølge sin definition {definition}.",
    fix_da="Angiv definitionens type, eller angiv den definition, der menes.",
)
CONCEPTS_NOT_PRESENT = kind(
    "SAM-VAL-610",
    "error",
    "invalid",
    text="The code system says that its concepts are not present, and concepts are given.",
    fix="Mend content, or remove the concepts.",
    text_da="Kodesystemet siger, at dets begreber ikke er til stede, men der er angivet begreber.",
    fix_da="Ret content, eller fjern begreberne.",
)
SUPPLEMENT_CONTENT = kind(
    "SAM-VAL-611",
    "error",
    "business-rule",
    text="A code system that supplements another one has the content supplement.",
    fix="Set content to supplement.",
    text_da="Et kodesystem, der supplerer et andet, har content supplement.",
    fix_da="Sæt content til supplement.",
)
SUPPLEMENT_CODE_UNKNOWN = kind(
    "SAM-VAL-612",
    "error",
    "business-rule",
    text="The supplemented code system {system} does not have this code.",
    fix="A supplement adds to codes that are there; remove this one.",
    text_da="Det supplerede kodesystem {system} har ikke denne kode.",
    fix_da="Et supplement føjer til koder, der findes; fjern denne.",
)
PROPERTY_CODE_REPEATED = kind(
    "SAM-VAL-613",
    "error",
    "business-rule",
    text="A property with the code {property} is defined already.",
    fix="Define each property once.",
    text_da="En egenskab med koden {property} er allerede defineret.",
    fix_da="Definér hver egenskab én gang.",
)
PROPERTY_URI_REPEATED = kind(
    "SAM-VAL-614",
    "error",
    "business-rule",
    text="A property with this URI is defined already.",
    fix="Define each property once.",
    text_da="En egenskab med denne URI er allerede defineret.",
    fix_da="Definér hver egenskab én gang.",
)
PROPERTY_OTHER_TYPE = kind(
    "SAM-VAL-615",
    "error",
    "business-rule",
    text="HL7 defines the property {property} with the type {type}.",
    fix="Use that type, or a URI of your own.",
    text_da="HL7 definerer egenskaben {property} med typen {type}.",
    fix_da="Brug den type, eller en egen URI.",
)
PROPERTY_OTHER_CODE = kind(
    "SAM-VAL-616",
    "error",
    "business-rule",
    text="The property {property} of HL7 is given the code {code}, which is that of another one.",
    fix="Give it the code {property}.",
    text_da="HL7's egenskab {property} har fået koden {code}, som er en andens.",
    fix_da="Giv den koden {property}.",
)
PROPERTY_OF_HL7_UNKNOWN = kind(
    "SAM-VAL-617",
    "error",
    "business-rule",
    text="HL7 defines no property {property}.",
    fix="Use a URI of your own.",
    text_da="HL7 definerer ingen egenskab {property}.",
    fix_da="Brug en egen URI.",
)
PROPERTY_VALUE_TYPE = kind(
    "SAM-VAL-618",
    "error",
    "business-rule",
    text="The property {property} is defined with the type {type}, and this value is of another one.",
    fix="Give a value of that type.",
    text_da="Egenskaben {property} er defineret med typen {type}, og denne værdi er af en anden.",
    fix_da="Angiv en værdi af den type.",
)
INCLUDE_RELATIVE = kind(
    "SAM-VAL-619",
    "error",
    "value",
    text="The system is not absolute; a contained code system is named by its whole URL too.",
    fix="Give the URL of the code system.",
    text_da="Systemet er ikke absolut; også et indlejret kodesystem angives ved sin hele URL.",
    fix_da="Angiv kodesystemets URL.",
)
INCLUDE_CONTAINED_MISSING = kind(
    "SAM-VAL-620",
    "error",
    "not-found",
    text="There is no contained code system of this id.",
    fix="Add it, or give the URL of another one.",
    text_da="Der er intet indlejret kodesystem med dette id.",
    fix_da="Tilføj det, eller angiv et andets URL.",
)
INCLUDE_OF_VALUE_SET = kind(
    "SAM-VAL-621",
    "error",
    "invalid",
    text="{system} is a value set, not a code system.",
    fix="Name it under valueSet.",
    text_da="{system} er et værdisæt, ikke et kodesystem.",
    fix_da="Angiv det under valueSet.",
)
INCLUDE_CODE_UNKNOWN = kind(
    "SAM-VAL-622",
    "error",
    "business-rule",
    text="The code system {system} does not have this code.",
    fix="Use a code of the system.",
    text_da="Kodesystemet {system} har ikke denne kode.",
    fix_da="Brug en kode fra systemet.",
)
FILTER_VALUE = kind(
    "SAM-VAL-623",
    "error",
    "value",
    text="The property {property} has the type {type}, and the value of the filter is none.",
    fix="Write a coding as system#code, a number as digits.",
    text_da="Egenskaben {property} har typen {type}, og filterets værdi er ikke en sådan.",
    fix_da="Skriv en kodning som system#kode, et tal med cifre.",
)
# questionnaires derived from others
DERIVED_ITEM_UNKNOWN = kind(
    "SAM-VAL-630",
    "error",
    "business-rule",
    text="The questionnaire it complies with has no item {link}.",
    fix="Remove the item, or say that it extends that questionnaire.",
    text_da="Det spørgeskema, det overholder, har intet punkt {link}.",
    fix_da="Fjern punktet, eller angiv, at det udvider det spørgeskema.",
)
DERIVED_TYPE = kind(
    "SAM-VAL-631",
    "error",
    "business-rule",
    text="The item {link} has the type {type} in the questionnaire this one derives from.",
    fix="Keep the type.",
    text_da="Punktet {link} har typen {type} i det spørgeskema, som dette er afledt af.",
    fix_da="Behold typen.",
)
DERIVED_REPEATS = kind(
    "SAM-VAL-632",
    "error",
    "business-rule",
    text="The item {link} does not repeat in the questionnaire this one derives from.",
    fix="Let it not repeat.",
    text_da="Punktet {link} gentages ikke i det spørgeskema, som dette er afledt af.",
    fix_da="Lad det ikke gentages.",
)
DERIVED_REQUIRED = kind(
    "SAM-VAL-633",
    "error",
    "business-rule",
    text="The item {link} is required in the questionnaire this one derives from.",
    fix="Let it be required.",
    text_da="Punktet {link} er påkrævet i det spørgeskema, som dette er afledt af.",
    fix_da="Lad det være påkrævet.",
)
DERIVED_OPTION = kind(
    "SAM-VAL-634",
    "error",
    "business-rule",
    text="The item {link} does not have this option in the questionnaire this one derives from.",
    fix="Remove the option.",
    text_da="Punktet {link} har ikke denne mulighed i det spørgeskema, som dette er afledt af.",
    fix_da="Fjern muligheden.",
)
# measure reports
MEASURE_UNKNOWN = kind(
    "SAM-VAL-640",
    "warning",
    "incomplete",
    text="The measure {canonical} is not among the definitions, so the report was not checked against it.",
    fix="Add the measure to the definitions.",
    text_da="Målet {canonical} findes ikke blandt definitionerne, så rapporten er ikke kontrolleret mod det.",
    fix_da="Tilføj målet til definitionerne.",
)
REPORT_GROUP_CODE = kind(
    "SAM-VAL-641",
    "error",
    "business-rule",
    text="The measure has no group of this code.",
    fix="Give the group the code that the measure gives it.",
    text_da="Målet har ingen gruppe med denne kode.",
    fix_da="Giv gruppen den kode, målet giver den.",
)
REPORT_GROUP_MISSING = kind(
    "SAM-VAL-642",
    "error",
    "business-rule",
    text="The report lacks the group {code} of the measure.",
    fix="Report it.",
    text_da="Rapporten mangler målets gruppe {code}.",
    fix_da="Rapportér den.",
)
REPORT_POPULATION_CODE = kind(
    "SAM-VAL-643",
    "error",
    "business-rule",
    text="The measure has no population of this code in the group.",
    fix="Give the population the code that the measure gives it.",
    text_da="Målet har ingen population med denne kode i gruppen.",
    fix_da="Giv populationen den kode, målet giver den.",
)
REPORT_POPULATION_MISSING = kind(
    "SAM-VAL-644",
    "error",
    "business-rule",
    text="The report lacks the population {code} of the measure.",
    fix="Report it.",
    text_da="Rapporten mangler målets population {code}.",
    fix_da="Rapportér den.",
)
REPORT_STRATIFIER_CODE = kind(
    "SAM-VAL-645",
    "error",
    "business-rule",
    text="The measure has no stratifier of this code in the group.",
    fix="Give the stratifier the code that the measure gives it.",
    text_da="Målet har ingen stratificering med denne kode i gruppen.",
    fix_da="Giv stratificeringen den kode, målet giver den.",
)
REPORT_STRATIFIER_MISSING = kind(
    "SAM-VAL-646",
    "error",
    "business-rule",
    text="The report lacks the stratifier {code} of the measure.",
    fix="Report it.",
    text_da="Rapporten mangler målets stratificering {code}.",
    fix_da="Rapportér den.",
)
REPORT_SUBJECTS = kind(
    "SAM-VAL-647",
    "error",
    "business-rule",
    text="Only a report of type subject-list names its subjects.",
    fix="Remove subjectResults, or mend the type.",
    text_da="Kun en rapport af typen subject-list nævner sine personer.",
    fix_da="Fjern subjectResults, eller ret typen.",
)
REPORT_COUNT = kind(
    "SAM-VAL-648",
    "error",
    "business-rule",
    text="The count is {count}, and {found} subjects are named.",
    fix="Let the two agree.",
    text_da="Antallet er {count}, og {found} personer er nævnt.",
    fix_da="Lad de to stemme overens.",
)
# structure definitions, search parameters
SNAPSHOT_IMPOSSIBLE = kind(
    "SAM-VAL-660",
    "error",
    "exception",
    text="No snapshot can be made of this definition: {why}",
    fix="Mend the differential.",
    text_da="Der kan ikke dannes et snapshot af denne definition: {why}",
    fix_da="Ret differentialet.",
)
ROOT_SLICED = kind(
    "SAM-VAL-661",
    "error",
    "invalid",
    text="The root of a profile cannot be sliced.",
    fix="Slice an element below it.",
    text_da="Roden af en profil kan ikke opdeles.",
    fix_da="Opdel et element under den.",
)
MEANING_IN_PROFILE = kind(
    "SAM-VAL-662",
    "error",
    "business-rule",
    text="A profile cannot say what it means that {path} is missing.",
    fix="Leave meaningWhenMissing out.",
    text_da="En profil kan ikke sige, hvad det betyder, at {path} mangler.",
    fix_da="Udelad meaningWhenMissing.",
)
CONSTRAINT_KEY = kind(
    "SAM-VAL-663",
    "error",
    "invalid",
    text="The invariant {key} is there already, with another expression.",
    fix="Give the new one a key of its own.",
    text_da="Invarianten {key} findes allerede med et andet udtryk.",
    fix_da="Giv den nye sin egen nøgle.",
)
TYPE_PROFILE_OTHER = kind(
    "SAM-VAL-664",
    "error",
    "invalid",
    text="{profile} is a profile of {found}, and the type here is {type}.",
    fix="Name a profile of the type.",
    text_da="{profile} er en profil af {found}, og typen her er {type}.",
    fix_da="Angiv en profil af typen.",
)
TYPE_PROFILE_MODIFIER = kind(
    "SAM-VAL-665",
    "error",
    "invalid",
    text="The extension {profile} is a modifier and the element is for others, or the other way round.",
    fix="Use modifierExtension for modifiers alone.",
    text_da="Udvidelsen {profile} ændrer betydningen, og elementet er til andre, eller omvendt.",
    fix_da="Brug modifierExtension til de ændrende alene.",
)
EXTENSION_OTHER_URL = kind(
    "SAM-VAL-666",
    "error",
    "invalid",
    text="The url is fixed to {found}, which is not the URL of this definition.",
    fix="Fix it to the URL of the definition.",
    text_da="url er fastsat til {found}, som ikke er denne definitions URL.",
    fix_da="Fastsæt den til definitionens URL.",
)
EXTENSION_DERIVED_URL = kind(
    "SAM-VAL-667",
    "error",
    "invalid",
    text="The url of an extension derived from {base} stays that of {base}.",
    fix="Profile Extension itself for a new extension.",
    text_da="url for en udvidelse afledt af {base} forbliver den fra {base}.",
    fix_da="Profilér selve Extension til en ny udvidelse.",
)
CONTEXT_UNKNOWN = kind(
    "SAM-VAL-668",
    "error",
    "invalid",
    text="No element has the path {path}.",
    fix="Mend the context.",
    text_da="Intet element har stien {path}.",
    fix_da="Ret konteksten.",
)
PARAMETER_BASE = kind(
    "SAM-VAL-669",
    "error",
    "business-rule",
    text="{base}, from which this parameter derives, is not for {type}.",
    fix="Leave that base out, or derive from another parameter.",
    text_da="{base}, som denne parameter er afledt af, er ikke til {type}.",
    fix_da="Udelad den base, eller afled fra en anden parameter.",
)
LANGUAGE_SECTIONS_MISSING = kind(
    "SAM-VAL-584",
    "error",
    "business-rule",
    text="The profile asks for a narrative with a section for each language, and there is none.",
    fix="Write a div with lang for each language.",
    text_da="Profilen kræver en narrativ tekst med et afsnit for hvert sprog, og der er ingen.",
    fix_da="Skriv en div med lang for hvert sprog.",
)
LANGUAGE_SECTIONS_REFUSED = kind(
    "SAM-VAL-585",
    "error",
    "business-rule",
    text="The profile allows no sections for languages in the narrative.",
    fix="Write the narrative in one language.",
    text_da="Profilen tillader ikke afsnit for sprog i den narrative tekst.",
    fix_da="Skriv den narrative tekst på ét sprog.",
)
LANGUAGE_SECTION_MISSING = kind(
    "SAM-VAL-586",
    "error",
    "business-rule",
    text="The profile asks for a section of the narrative in {language}.",
    fix="Add a div with lang {language}.",
    text_da="Profilen kræver et afsnit af den narrative tekst på {language}.",
    fix_da="Tilføj en div med lang {language}.",
)
QUESTIONNAIRE_OTHER = kind(
    "SAM-VAL-532",
    "error",
    "invalid",
    text="{canonical} is a {type}, not a Questionnaire.",
    fix="Name the questionnaire that is answered.",
    text_da="{canonical} er en {type}, ikke et Questionnaire.",
    fix_da="Angiv det spørgeskema, der besvares.",
)
COMPLIANCE_NOT_MET = kind(
    "SAM-VAL-670",
    "error",
    "business-rule",
    text="The profile does not comply with {profile}, as it claims: {why}.",
    fix="Tighten the profile, or leave the claim out.",
    text_da="Profilen overholder ikke {profile}, som den hævder: {why}.",
    fix_da="Stram profilen, eller udelad påstanden.",
)
JSON_COMMENTS = kind(
    "SAM-VAL-832",
    "warning",
    "structure",
    text="The JSON holds fhir_comments, which FHIR left behind before R4; they were not read.",
    fix="Leave them out.",
    text_da="JSON'en rummer fhir_comments, som FHIR forlod før R4; de er ikke læst.",
    fix_da="Udelad dem.",
)
XML_CONTROL = kind(
    "SAM-VAL-833",
    "warning",
    "structure",
    text="The text refers to control characters, which XML 1.1 alone allows; they were read as spaces.",
    fix="Leave them out, and write XML 1.0.",
    text_da="Teksten henviser til kontroltegn, som kun XML 1.1 tillader; de er læst som mellemrum.",
    fix_da="Udelad dem, og skriv XML 1.0.",
)
CONDITION_UNKNOWN = kind(
    "SAM-VAL-533",
    "error",
    "business-rule",
    text="The condition asks for an answer to {link}, which is no item of the questionnaire.",
    fix="Name the linkId of a question.",
    text_da="Betingelsen spørger efter svaret på {link}, som ikke er et punkt i spørgeskemaet.",
    fix_da="Angiv linkId for et spørgsmål.",
)
CONDITION_SELF = kind(
    "SAM-VAL-534",
    "error",
    "business-rule",
    text="The condition of {link} asks for its own answer.",
    fix="Name another question.",
    text_da="Betingelsen for {link} spørger efter sit eget svar.",
    fix_da="Angiv et andet spørgsmål.",
)
CONDITION_INSIDE = kind(
    "SAM-VAL-535",
    "error",
    "business-rule",
    text="The condition asks for an answer to {link}, which stands inside the item it enables.",
    fix="Name a question outside it.",
    text_da="Betingelsen spørger efter svaret på {link}, som står inde i det punkt, den aktiverer.",
    fix_da="Angiv et spørgsmål uden for det.",
)
CONDITION_LATER = kind(
    "SAM-VAL-536",
    "warning",
    "business-rule",
    text="The condition asks for an answer to {link}, which comes later.",
    fix="Move the question up.",
    text_da="Betingelsen spørger efter svaret på {link}, som kommer senere.",
    fix_da="Flyt spørgsmålet op.",
)
MAPPED_CODE_UNKNOWN = kind(
    "SAM-VAL-624",
    "warning",
    "business-rule",
    text="The code system {system} does not have this code.",
    fix="Map codes of the system.",
    text_da="Kodesystemet {system} har ikke denne kode.",
    fix_da="Oversæt koder fra systemet.",
)
GROUP_OF_VALUE_SET = kind(
    "SAM-VAL-625",
    "error",
    "invalid",
    text="{system} is a value set, not a code system.",
    fix="Name the code system.",
    text_da="{system} er et værdisæt, ikke et kodesystem.",
    fix_da="Angiv kodesystemet.",
)
EXPRESSION_BAD = kind(
    "SAM-VAL-671",
    "error",
    "invalid",
    text="The expression is not FHIRPath: {why}.",
    fix="Mend the expression.",
    text_da="Udtrykket er ikke FHIRPath: {why}.",
    fix_da="Ret udtrykket.",
)
OBLIGATIONS_FROM_OTHER = kind(
    "SAM-VAL-672",
    "error",
    "business-rule",
    text="Obligations cannot be taken over from {profile}: {why}.",
    fix="Name an obligation profile of the same base.",
    text_da="Forpligtelser kan ikke overtages fra {profile}: {why}.",
    fix_da="Angiv en forpligtelsesprofil med samme base.",
)
PARAMETER_OTHERWISE = kind(
    "SAM-VAL-673",
    "error",
    "business-rule",
    text="The profile gives the parameter {name} another {what} than the operation: {found}, and {wanted} there.",
    fix="Make the profile of the parameters and the operation agree.",
    text_da="Profilen giver parameteren {name} en anden {what} end operationen: {found}, og {wanted} der.",
    fix_da="Bring parametrenes profil og operationen i overensstemmelse.",
)
NARRATIVE_NOT_XHTML = kind(
    "SAM-VAL-587",
    "error",
    "invariant",
    text="The narrative is no well-formed XHTML (txt-1).",
    fix="Mend the markup; every element must be closed, and there is no DOCTYPE.",
    text_da="Den narrative tekst er ikke velformet XHTML (txt-1).",
    fix_da="Ret opmærkningen; alle elementer skal lukkes, og der er ingen DOCTYPE.",
)
NARRATIVE_REFUSED = kind(
    "SAM-VAL-588",
    "error",
    "invariant",
    text="The narrative holds what no narrative may (txt-1): {names}.",
    fix="Leave it out; text, lists, tables, links and images are allowed.",
    text_da="Den narrative tekst rummer noget, som ingen narrativ tekst må (txt-1): {names}.",
    fix_da="Udelad det; tekst, lister, tabeller, links og billeder er tilladt.",
)
NARRATIVE_EMPTY = kind(
    "SAM-VAL-589",
    "error",
    "invariant",
    text="The narrative holds neither text nor an image (txt-2).",
    fix="Write what the resource says.",
    text_da="Den narrative tekst rummer hverken tekst eller et billede (txt-2).",
    fix_da="Skriv, hvad ressourcen siger.",
)
FILTER_CODE = kind(
    "SAM-VAL-626",
    "error",
    "value",
    text="The filter names a code that {system} does not have.",
    fix="Name a code of the system.",
    text_da="Filteret nævner en kode, som {system} ikke har.",
    fix_da="Angiv en kode fra systemet.",
)
REPORT_SCORE = kind(
    "SAM-VAL-649",
    "error",
    "business-rule",
    text="A cohort has no score, and neither has a report that only collects data.",
    fix="Remove measureScore, or mend the scoring of the measure.",
    text_da="En kohorte har ingen score, og det har en rapport, der kun indsamler data, heller ikke.",
    fix_da="Fjern measureScore, eller ret målets scoring.",
)
ANSWER_UNDECIDED = kind(
    "SAM-VAL-537",
    "warning",
    "incomplete",
    text="Whether the answer is in the value set {value_set} could not be decided.",
    fix="Add the packages that define it, or ask a terminology server.",
    text_da="Om svaret er i værdisættet {value_set}, kunne ikke afgøres.",
    fix_da="Tilføj de pakker, der definerer det, eller spørg en terminologiserver.",
)

ANSWER_PATTERN_UNDECIDED = kind(
    "SAM-VAL-559",
    "warning",
    "incomplete",
    text="Whether the answer matches the regular expression of its question could not be decided: {why}.",
    fix="Write the expression without look-around, back references and repetitions of repetitions.",
    text_da="Om svaret passer til spørgsmålets regulære udtryk, kunne ikke afgøres: {why}.",
    fix_da="Skriv udtrykket uden look-around, tilbagehenvisninger og gentagelser af gentagelser.",
)

UNDECIDED_BY_RULES = (
    QUESTIONNAIRE_UNKNOWN,
    ANSWER_PATTERN_UNDECIDED,
    ANSWER_UNDECIDED,
    CODE_BEYOND_FRAGMENT,
    MEASURE_UNKNOWN,
)
"""The findings of rules that say that something was seen and could not be decided."""
