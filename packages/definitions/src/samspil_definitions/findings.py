"""Every kind of finding about FHIR packages. Codes are permanent: 1xx reading, 2xx resolving, 3xx fetching, 4xx snapshots."""

from samspil_core.findings import kind

NO_MANIFEST = kind(
    "SAM-DEF-101",
    "error",
    "structure",
    text="{path} is no FHIR package: it holds no package.json.",
    fix="Name a package archive (.tgz) or a folder with package/package.json.",
    text_da="{path} er ingen FHIR-pakke: den rummer ingen package.json.",
    fix_da="Angiv et pakkearkiv (.tgz) eller en mappe med package/package.json.",
)
NOT_AN_ARCHIVE = kind(
    "SAM-DEF-102",
    "error",
    "structure",
    text="{path} cannot be read as a gzipped tar archive: {why}.",
    fix="Fetch the archive anew; a download may have stopped half way.",
    text_da="{path} kan ikke læses som et gzippet tar-arkiv: {why}.",
    fix_da="Hent arkivet igen; en overførsel kan være stoppet halvvejs.",
)
UNSAFE_MEMBER = kind(
    "SAM-DEF-103",
    "error",
    "security",
    text="{path} was refused: its member {member} leads outside the package or is no plain file.",
    fix="Do not use this archive; get the package from its publisher.",
    text_da="{path} er afvist: dens medlem {member} fører ud af pakken eller er ingen almindelig fil.",
    fix_da="Brug ikke dette arkiv; hent pakken hos udgiveren.",
)
TOO_LARGE = kind(
    "SAM-DEF-104",
    "error",
    "too-costly",
    text="{path} was refused: it unpacks to more than {limit}.",
    fix="Check that it is a FHIR package; split it if it truly is that large.",
    text_da="{path} er afvist: den pakkes ud til mere end {limit}.",
    fix_da="Kontrollér, at det er en FHIR-pakke; del den, hvis den virkelig er så stor.",
)
MANIFEST_WRONG = kind(
    "SAM-DEF-105",
    "error",
    "structure",
    text="The package.json of {path} cannot be used: {why}.",
    fix="Mend the file: it must be a JSON object with name and version.",
    text_da="Filen package.json i {path} kan ikke bruges: {why}.",
    fix_da="Ret filen: den skal være et JSON-objekt med name og version.",
)
FILE_NOT_RESOURCE = kind(
    "SAM-DEF-106",
    "warning",
    "structure",
    text="{file} of {package} is no JSON resource ({why}) and was left out.",
    fix="Mend or remove the file; everything else of the package is used.",
    text_da="{file} i {package} er ingen JSON-ressource ({why}) og er udeladt.",
    fix_da="Ret eller fjern filen; alt andet i pakken bruges.",
)
NO_SUCH_PATH = kind(
    "SAM-DEF-107",
    "error",
    "not-found",
    text="There is no file or folder {path}.",
    fix="Check the path; a package of the cache is written NAME#VERSION.",
    text_da="Der er ingen fil eller mappe {path}.",
    fix_da="Kontrollér stien; en pakke i cachen skrives NAVN#VERSION.",
)
CACHE_NOT_WRITABLE = kind(
    "SAM-DEF-108",
    "warning",
    "no-store",
    text="The index folder cannot be written ({why}); the index lives in a temporary folder and is lost afterwards.",
    fix="Set SAMSPIL_CACHE to a folder that can be written.",
    text_da="Indeksmappen kan ikke skrives ({why}); indekset ligger i en midlertidig mappe og går tabt bagefter.",
    fix_da="Sæt SAMSPIL_CACHE til en mappe, der kan skrives i.",
)
PACKAGE_MISSING = kind(
    "SAM-DEF-201",
    "error",
    "not-found",
    text="The package {package} is not in the package cache.",
    fix="Fetch it: samspil definitions install {package}",
    text_da="Pakken {package} er ikke i pakkecachen.",
    fix_da="Hent den: samspil definitions install {package}",
)
DEPENDENCY_MISSING = kind(
    "SAM-DEF-202",
    "warning",
    "not-found",
    text="{package}, which {by} depends on, is not in the package cache; what refers to it cannot be decided.",
    fix="Fetch it: samspil definitions install {package}; or name another version of it in the list of packages.",
    text_da="{package}, som {by} afhænger af, er ikke i pakkecachen; hvad der henviser til den, kan ikke afgøres.",
    fix_da="Hent den: samspil definitions install {package}; eller nævn en anden version af den i listen af pakker.",
)
DEPENDENCY_REPLACED = kind(
    "SAM-DEF-203",
    "information",
    "informational",
    text="{by} depends on {package}; {used} was used, because the list of packages names it.",
    fix="Nothing, if that is what you meant; otherwise leave {used} out of the list.",
    text_da="{by} afhænger af {package}; {used} er brugt, fordi listen af pakker nævner den.",
    fix_da="Intet, hvis det var meningen; ellers udelad {used} af listen.",
)
CORE_MISMATCH = kind(
    "SAM-DEF-204",
    "warning",
    "conflict",
    text="{package} is made for FHIR {version}, and the core definitions are those of FHIR {core}.",
    fix="Load packages of one FHIR version together.",
    text_da="{package} er lavet til FHIR {version}, og kernedefinitionerne er dem fra FHIR {core}.",
    fix_da="Indlæs pakker af én FHIR-version sammen.",
)
BAD_REFERENCE = kind(
    "SAM-DEF-205",
    "error",
    "value",
    text="{text} names no package.",
    fix="Write NAME#VERSION, such as hl7.fhir.r4.core#4.0.1, or the path of an archive or folder.",
    text_da="{text} er ikke navnet på en pakke.",
    fix_da="Skriv NAVN#VERSION, f.eks. hl7.fhir.r4.core#4.0.1, eller stien til et arkiv eller en mappe.",
)
ALL_SOURCES_FAILED = kind(
    "SAM-DEF-301",
    "error",
    "not-found",
    text="{package} could not be fetched from any source: {tried}.",
    fix="Check the network, or fetch the archive elsewhere and run: samspil definitions install FILE.tgz",
    text_da="{package} kunne ikke hentes fra nogen kilde: {tried}.",
    fix_da="Kontrollér netværket, eller hent arkivet et andet sted og kør: samspil definitions install FIL.tgz",
)
HASH_WRONG = kind(
    "SAM-DEF-302",
    "error",
    "security",
    text="{package} from {source} has the SHA-256 {found}, expected {expected}; it was not used.",
    fix="Do not use this archive. If the publisher truly changed it, name the new hash with --sha256.",
    text_da="{package} fra {source} har SHA-256 {found}, ventet {expected}; den er ikke brugt.",
    fix_da="Brug ikke dette arkiv. Hvis udgiveren virkelig har ændret det, angiv den nye hash med --sha256.",
)
NOT_PINNED = kind(
    "SAM-DEF-303",
    "information",
    "informational",
    text="No hash is known for {package}; the one fetched has the SHA-256 {found}.",
    fix="Compare it with the publisher's, and give it with --sha256 next time.",
    text_da="Der kendes ingen hash for {package}; den hentede har SHA-256 {found}.",
    fix_da="Sammenlign med udgiverens, og angiv den med --sha256 næste gang.",
)
WRONG_PACKAGE = kind(
    "SAM-DEF-304",
    "error",
    "conflict",
    text="{source} answered with {found} where {package} was asked for; it was not used.",
    fix="Check the source; install an archive under its own name.",
    text_da="{source} svarede med {found}, hvor der blev spurgt om {package}; den er ikke brugt.",
    fix_da="Kontrollér kilden; installér et arkiv under dets eget navn.",
)
CHANGED = kind(
    "SAM-DEF-305",
    "error",
    "security",
    text="The cached package {package} is not what it was: its content hash is {found}, expected {expected}.",
    fix="Remove its folder from the package cache and install it anew.",
    text_da="Pakken {package} i cachen er ikke, hvad den var: dens indholdshash er {found}, ventet {expected}.",
    fix_da="Fjern dens mappe fra pakkecachen, og installér den igen.",
)
VERIFIED_UNKNOWN = kind(
    "SAM-DEF-306",
    "warning",
    "informational",
    text="{package} can be read, but no hash of it is known to compare with.",
    fix="Install it with samspil definitions install, which remembers the hash.",
    text_da="{package} kan læses, men der kendes ingen hash at sammenligne med.",
    fix_da="Installér den med samspil definitions install, som husker hashen.",
)
NO_BASE = kind(
    "SAM-DEF-401",
    "error",
    "not-found",
    text="No snapshot can be made for {url}: its base {base} is not among the packages.",
    fix="Add the package that defines the base.",
    text_da="Der kan ikke dannes snapshot for {url}: dens base {base} er ikke blandt pakkerne.",
    fix_da="Tilføj pakken, der definerer basen.",
)
CIRCULAR_BASE = kind(
    "SAM-DEF-402",
    "error",
    "structure",
    text="No snapshot can be made for {url}: it derives from itself.",
    fix="Mend the baseDefinition of the profile.",
    text_da="Der kan ikke dannes snapshot for {url}: den nedstammer fra sig selv.",
    fix_da="Ret profilens baseDefinition.",
)
ELEMENT_UNMATCHED = kind(
    "SAM-DEF-403",
    "error",
    "structure",
    text="The differential of {url} constrains {element}, which its base does not have.",
    fix="Mend the path of the element, or the order of the differential.",
    text_da="Differentialet i {url} begrænser {element}, som dens base ikke har.",
    fix_da="Ret elementets sti, eller differentialets rækkefølge.",
)
SLICING_WRONG = kind(
    "SAM-DEF-404",
    "error",
    "structure",
    text="The differential of {url} slices {element}, but {why}.",
    fix="Mend the slicing of the element.",
    text_da="Differentialet i {url} opdeler {element}, men {why}.",
    fix_da="Ret elementets slicing.",
)
WIDER_THAN_BASE = kind(
    "SAM-DEF-405",
    "error",
    "structure",
    text="The differential of {url} makes {element} wider than its base: {why}.",
    fix="A profile may only constrain; mend the element.",
    text_da="Differentialet i {url} gør {element} videre end dens base: {why}.",
    fix_da="En profil må kun begrænse; ret elementet.",
)
OUT_OF_ORDER = kind(
    "SAM-DEF-406",
    "warning",
    "structure",
    text="The differential of {url} names {element} after elements that follow it in the base; it was put in its place.",
    fix="Put the elements of the differential in the order of the base; other tools insist on it.",
    text_da="Differentialet i {url} nævner {element} efter elementer, der følger den i basen; det er sat på plads.",
    fix_da="Sæt differentialets elementer i basens rækkefølge; andre værktøjer kræver det.",
)
MALFORMED = kind(
    "SAM-DEF-407",
    "error",
    "structure",
    text="No snapshot can be made for {url}: it, or a definition it builds on, is malformed ({why}).",
    fix="Validate the StructureDefinition; an element without a path, or a list where none belongs, is a usual cause.",
    text_da="Der kan ikke dannes snapshot for {url}: den, eller en definition den bygger på, er misdannet ({why}).",
    fix_da="Validér denne StructureDefinition; et element uden path, eller en liste på et forkert sted, er en almindelig årsag.",
)
INSIDE_UNKNOWN = kind(
    "SAM-DEF-408",
    "warning",
    "not-found",
    text="The differential of {url} constrains the inside of {element}, whose definition {profile} is not among the packages.",
    fix="Add the package that defines it; until then the inside is taken to be that of any extension.",
    text_da="Differentialet i {url} begrænser det indre af {element}, hvis definition {profile} ikke er blandt pakkerne.",
    fix_da="Tilføj pakken, der definerer den; indtil da regnes det indre som det i en hvilken som helst udvidelse.",
)
