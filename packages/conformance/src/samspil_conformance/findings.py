"""Every kind of finding of the conformance kit. Codes are permanent: 1xx files, 2xx suites, 3xx bundles, 4xx TestScript."""

from samspil_core.findings import kind

NOT_READABLE = kind(
    "SAM-CNF-101",
    "error",
    "invalid",
    text="{file}, line {line}: {why}.",
    fix="Mend the file; `samspil conformance schema` prints what it may hold.",
    text_da="{file}, linje {line}: {why}.",
    fix_da="Ret filen; `samspil conformance schema` viser, hvad den må indeholde.",
)
BAD_TAGS = kind(
    "SAM-CNF-201",
    "error",
    "invalid",
    text="{file}, line {line}: the tags of the scenario are wrong: {why}.",
    fix="A scenario has one @id:, one @severity:, one @mode: and at least one @req:.",
    text_da="{file}, linje {line}: scenariets tags er forkerte: {why}.",
    fix_da="Et scenarie har ét @id:, ét @severity:, ét @mode: og mindst ét @req:.",
)
UNBOUND_STEP = kind(
    "SAM-CNF-202",
    "error",
    "not-found",
    text="{file}, line {line}: {count} definitions fit this step; one should.",
    fix="Word the step as the step catalogue does: `samspil conformance steps`.",
    text_da="{file}, linje {line}: {count} definitioner passer på trinnet; der skal være én.",
    fix_da="Formulér trinnet som i trinkataloget: `samspil conformance steps`.",
)
ORPHAN_TAG = kind(
    "SAM-CNF-203",
    "error",
    "not-found",
    text="{scenario} names the requirement {requirement}, which no requirement file of its suite has.",
    fix="Correct the tag, or add the requirement.",
    text_da="{scenario} nævner kravet {requirement}, som ingen af suitens kravfiler har.",
    fix_da="Ret tagget, eller tilføj kravet.",
)
ORPHAN_REQUIREMENT = kind(
    "SAM-CNF-204",
    "error",
    "incomplete",
    text="The requirement {requirement} has no test and no reason for having none.",
    fix="Tag a scenario with it, or say in untested.yaml why it is not tested.",
    text_da="Kravet {requirement} har hverken en test eller en begrundelse for ikke at have en.",
    fix_da="Mærk et scenarie med kravet, eller begrund i untested.yaml, hvorfor det ikke testes.",
)
TWO_STATUSES = kind(
    "SAM-CNF-205",
    "error",
    "duplicate",
    text="The requirement {requirement} has a test, and a reason for having none.",
    fix="Remove its row from untested.yaml.",
    text_da="Kravet {requirement} har en test og en begrundelse for ikke at have en.",
    fix_da="Fjern dets række i untested.yaml.",
)
TWICE = kind(
    "SAM-CNF-206",
    "error",
    "duplicate",
    text="The id {id} is given twice.",
    fix="Ids are permanent and name one thing: give the later one a new id.",
    text_da="Id'et {id} er brugt to gange.",
    fix_da="Id'er er permanente og nævner én ting: giv den seneste et nyt id.",
)
ALTERED = kind(
    "SAM-CNF-301",
    "error",
    "security",
    text="{file} is not what was written: {why}.",
    fix="Treat the bundle as tampered with; ask its maker for the original.",
    text_da="{file} er ikke, hvad der blev skrevet: {why}.",
    fix_da="Betragt pakken som ændret; bed ophavsmanden om originalen.",
)
BAD_SIGNATURE = kind(
    "SAM-CNF-302",
    "error",
    "security",
    text="The signature does not hold: {why}.",
    fix="Compare the key with the one its maker publishes; ask for the original bundle.",
    text_da="Signaturen holder ikke: {why}.",
    fix_da="Sammenlign nøglen med den, ophavsmanden offentliggør; bed om den originale pakke.",
)
UNKNOWN_SIGNER = kind(
    "SAM-CNF-303",
    "information",
    "informational",
    text="The signature holds, by a key that came with the bundle: {key}.",
    fix="Give the signer's public key with --key to know who signed.",
    text_da="Signaturen holder, med en nøgle, der fulgte med pakken: {key}.",
    fix_da="Angiv underskriverens offentlige nøgle med --key for at vide, hvem der har underskrevet.",
)
NOT_MADE_ANEW = kind(
    "SAM-CNF-305",
    "information",
    "informational",
    text="The files were not made anew and compared with the record: {why}.",
    fix="Digests and signature were checked all the same; install the version that wrote the bundle to compare the rest.",
    text_da="Filerne blev ikke dannet på ny og sammenlignet med optegnelsen: {why}.",
    fix_da="Kontrolsummer og signatur er kontrolleret alligevel; installér den version, der skrev pakken, for at sammenligne resten.",
)
NO_BUNDLE = kind(
    "SAM-CNF-304",
    "error",
    "structure",
    text="This is no evidence bundle: {why}.",
    fix="Give the evidence-*.zip that `samspil conformance run` wrote.",
    text_da="Dette er ikke en evidenspakke: {why}.",
    fix_da="Angiv den evidence-*.zip, som `samspil conformance run` skrev.",
)
