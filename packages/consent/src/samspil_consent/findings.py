"""Every kind of finding of consent. Codes are permanent: 1xx reading, 2xx deciding, 3xx enforcing, 4xx lint, 5xx running."""

from samspil_core.findings import kind

UNREADABLE = kind(
    "SAM-CON-101",
    "error",
    "structure",
    text="The consent {source} cannot be read ({why}); it denies.",
    fix="Correct the file at the place named, or remove it from the consents.",
    text_da="Samtykket {source} kan ikke læses ({why}); det afviser.",
    fix_da="Ret filen på det nævnte sted, eller fjern den fra samtykkerne.",
)
UNKNOWN_ELEMENT = kind(
    "SAM-CON-102",
    "warning",
    "not-supported",
    text="This element is not understood, so the rule it stands in permits nothing, and refuses where it may.",
    fix="Remove the element, or express it by one that the reference page lists.",
    text_da="Dette element forstås ikke, så reglen, det står i, tillader intet og afviser, hvor den kan.",
    fix_da="Fjern elementet, eller udtryk det med et, som referencesiden nævner.",
)
BAD_VALUE = kind(
    "SAM-CON-103",
    "error",
    "value",
    text="The value is not what this element holds ({expected}), so the rule it stands in permits nothing, and refuses where it may.",
    fix="Correct the value.",
    text_da="Værdien er ikke, hvad elementet skal indeholde ({expected}), så reglen, den står i, tillader intet og afviser, hvor den kan.",
    fix_da="Ret værdien.",
)
NO_BASE = kind(
    "SAM-CON-104",
    "information",
    "informational",
    text="The consent names no base rule; the profile {profile} says {base}.",
    fix="State the base: decision (R5), provision.type or policyRule (R4).",
    text_da="Samtykket nævner ingen grundregel; profilen {profile} siger {base}.",
    fix_da="Angiv grundreglen: decision (R5), provision.type eller policyRule (R4).",
)
IGNORED = kind(
    "SAM-CON-105",
    "information",
    "informational",
    text="The profile {profile} does not look at {element}.",
    fix="Choose another profile where that matters.",
    text_da="Profilen {profile} ser ikke på {element}.",
    fix_da="Vælg en anden profil, hvor det har betydning.",
)
INPUT_MISSING = kind(
    "SAM-CON-201",
    "warning",
    "required",
    text="The request does not say {element}, which a rule asks for; that rule permits nothing, and refuses where it can.",
    fix="State {element} in the request.",
    text_da="Forespørgslen angiver ikke {element}, som en regel spørger om; reglen tillader intet og afviser, hvor den kan.",
    fix_da="Angiv {element} i forespørgslen.",
)
UNRESOLVED = kind(
    "SAM-CON-202",
    "warning",
    "not-found",
    text="The actor reference does not resolve, so it is not known whom the rule speaks of.",
    fix="Pass the resource it points to in the directory.",
    text_da="Aktørreferencen kan ikke slås op, så det vides ikke, hvem reglen taler om.",
    fix_da="Giv ressourcen, den peger på, med i kataloget.",
)
TAKEN_FOR = kind(
    "SAM-CON-203",
    "warning",
    "not-found",
    text="The actor reference of the case does not resolve; it was taken for the only {type} the case has.",
    fix="Correct the reference in the case.",
    text_da="Aktørreferencen i casen kan ikke slås op; den er taget for den eneste {type}, casen har.",
    fix_da="Ret referencen i casen.",
)
NOT_EVALUATED = kind(
    "SAM-CON-204",
    "warning",
    "not-supported",
    text="The condition could not be evaluated ({why}), so its rule permits nothing.",
    fix="Install what evaluates it, or correct the condition.",
    text_da="Betingelsen kunne ikke evalueres ({why}), så dens regel tillader intet.",
    fix_da="Installér det, der evaluerer den, eller ret betingelsen.",
)
RESIDUAL_NARROWED = kind(
    "SAM-CON-205",
    "warning",
    "incomplete",
    text="A rule does not fit the token's residual; the residual forbids more than the consents do.",
    fix="Let the enforcement point ask again for each resource.",
    text_da="En regel kan ikke udtrykkes i tokenets residual; residualet forbyder mere, end samtykkerne gør.",
    fix_da="Lad håndhævelsespunktet spørge igen for hver ressource.",
)
BAD_REQUEST = kind(
    "SAM-CON-206",
    "error",
    "value",
    text="The request cannot be read: {why}.",
    fix="Correct the request; the reference page shows its form.",
    text_da="Forespørgslen kan ikke læses: {why}.",
    fix_da="Ret forespørgslen; referencesiden viser dens form.",
)
BREAK_GLASS = kind(
    "SAM-CON-211",
    "warning",
    "informational",
    text="Access was opened in an emergency; it must be recorded and the patient told.",
    fix="Record the access with its reason, and notify the patient.",
    text_da="Der er givet adgang i en nødsituation; den skal registreres, og patienten skal underrettes.",
    fix_da="Registrér adgangen med begrundelse, og underret patienten.",
)
BREAK_GLASS_REFUSED = kind(
    "SAM-CON-212",
    "warning",
    "forbidden",
    text="The emergency access was refused: {why}.",
    fix="Meet the condition, or ask without emergency access.",
    text_da="Nødadgangen blev afvist: {why}.",
    fix_da="Opfyld betingelsen, eller spørg uden nødadgang.",
)
NOT_FOUND = kind(
    "SAM-CON-301",
    "error",
    "not-found",
    text="The resource is not known.",
    fix="Check the address.",
    text_da="Ressourcen er ukendt.",
    fix_da="Kontrollér adressen.",
)
REFUSED = kind(
    "SAM-CON-302",
    "error",
    "forbidden",
    text="The access is not permitted.",
    fix="Ask with another purpose, or ask the patient for consent.",
    text_da="Adgangen er ikke tilladt.",
    fix_da="Spørg med et andet formål, eller bed patienten om samtykke.",
)
NOT_ENFORCEABLE = kind(
    "SAM-CON-303",
    "error",
    "not-supported",
    text="This interaction cannot be filtered by consent, so it is refused.",
    fix="Use read, search, history, $everything or batch.",
    text_da="Denne interaktion kan ikke filtreres efter samtykke, så den er afvist.",
    fix_da="Brug read, search, history, $everything eller batch.",
)
ANNOUNCED = kind(
    "SAM-CON-304",
    "information",
    "suppressed",
    text="There are data that the patient has blocked.",
    fix="Ask the patient, or declare an emergency, to see which; then ask again.",
    text_da="Der findes oplysninger, som patienten har spærret.",
    fix_da="Spørg patienten, eller erklær en nødsituation, for at se hvilke; spørg derefter igen.",
)
DEAD_RULE = kind(
    "SAM-CON-401",
    "warning",
    "business-rule",
    text="The rule changes no decision: {why}.",
    fix="Remove it, or correct its conditions.",
    text_da="Reglen ændrer ingen afgørelse: {why}.",
    fix_da="Fjern den, eller ret dens betingelser.",
)
UNREACHABLE = kind(
    "SAM-CON-405",
    "warning",
    "business-rule",
    text="No access reaches the rule: its conditions cannot hold together with those of the rules it stands in.",
    fix="Remove it, or correct its conditions.",
    text_da="Ingen adgang når reglen: dens betingelser kan ikke være opfyldt sammen med dem i reglerne, den står i.",
    fix_da="Fjern den, eller ret dens betingelser.",
)
CONTRADICTION = kind(
    "SAM-CON-402",
    "warning",
    "business-rule",
    text="The rule and {other} match the same access with opposite effect; the profile lets {winner} win.",
    fix="Make the conditions of one of them narrower.",
    text_da="Reglen og {other} gælder samme adgang med modsat virkning; profilen lader {winner} vinde.",
    fix_da="Indsnævr betingelserne i en af dem.",
)
TYPED_ROOT = kind(
    "SAM-CON-403",
    "information",
    "business-rule",
    text="R4 permits no type on the root provision; it was taken for the base rule.",
    fix="State the base in policyRule, or keep the type if your profile (such as IHE PCF) requires it.",
    text_da="R4 tillader ingen type på rodbestemmelsen; den er taget for grundreglen.",
    fix_da="Angiv grundreglen i policyRule, eller behold typen, hvis din profil (f.eks. IHE PCF) kræver den.",
)
EXPIRED = kind(
    "SAM-CON-404",
    "information",
    "business-rule",
    text="The consent is not in force: {why}.",
    fix="Nothing, if that is meant.",
    text_da="Samtykket er ikke i kraft: {why}.",
    fix_da="Intet, hvis det er meningen.",
)
BROKEN_ENFORCEMENT = kind(
    "SAM-CON-501",
    "error",
    "exception",
    text="The access could not be decided ({why}), so it is refused.",
    fix="Look at the server's own report; nothing was let through.",
    text_da="Adgangen kunne ikke afgøres ({why}), så den er afvist.",
    fix_da="Se serverens egen rapport; intet er sluppet igennem.",
)
NOT_RECORDED = kind(
    "SAM-CON-502",
    "error",
    "exception",
    text="The decision could not be recorded, so the access is refused.",
    fix="Look at the audit log's own report, and ask again.",
    text_da="Afgørelsen kunne ikke registreres, så adgangen er afvist.",
    fix_da="Se auditloggens egen rapport, og spørg igen.",
)
