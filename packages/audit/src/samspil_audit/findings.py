"""Every kind of finding the audit log makes. Codes are permanent: 1xx records, 2xx keeping, 3xx proofs, 4xx use."""

from samspil_core.findings import kind

NOT_AN_EVENT = kind(
    "SAM-AUD-101",
    "error",
    "structure",
    text="This is no FHIR R4 AuditEvent: {why}.",
    fix="Send an AuditEvent with type, recorded, agent and source.",
    text_da="Dette er ikke en FHIR R4-AuditEvent: {why}.",
    fix_da="Send en AuditEvent med type, recorded, agent og source.",
)
SEVERAL_PATIENTS = kind(
    "SAM-AUD-102",
    "error",
    "business-rule",
    text="The record is about {count} patients; a record is sealed under the key of one.",
    fix="Write one record for each patient; samspil_audit.split does that.",
    text_da="Hændelsen handler om {count} patienter; en hændelse forsegles med én patients nøgle.",
    fix_da="Skriv én hændelse for hver patient; det gør samspil_audit.split.",
)
UNCLASSIFIED = kind(
    "SAM-AUD-111",
    "information",
    "informational",
    text="No row of the category table fits {type}; it is recorded as unclassified.",
    fix="Add a row for it to a category table of your own.",
    text_da="Ingen række i kategoritabellen passer på {type}; den er registreret som uklassificeret.",
    fix_da="Tilføj en række til din egen kategoritabel.",
)
ANSWER_NOT_READ = kind(
    "SAM-AUD-112",
    "warning",
    "incomplete",
    text="The content of the answer could not be read ({why}); the access is recorded without what was in it.",
    fix="Let the server answer in FHIR JSON or XML, or record this access from the application.",
    text_da="Svarets indhold kunne ikke læses ({why}); adgangen er registreret uden indholdet.",
    fix_da="Lad serveren svare i FHIR JSON eller XML, eller registrér adgangen fra programmet.",
)
NOT_RECORDED = kind(
    "SAM-AUD-201",
    "fatal",
    "no-store",
    text="The audit log could not keep the record ({why}); the answer was withheld.",
    fix="Check the space, the permissions and the key file of the audit log; requests are answered again once it can write.",
    text_da="Auditloggen kunne ikke gemme hændelsen ({why}); svaret er holdt tilbage.",
    fix_da="Kontrollér auditloggens plads, rettigheder og nøglefil; forespørgsler besvares igen, når den kan skrive.",
)
ANSWERED_UNRECORDED = kind(
    "SAM-AUD-202",
    "error",
    "incomplete",
    text="The audit log could not keep the record ({why}); the answer left all the same, as configured. {waiting} wait.",
    fix="Check the audit log. The records that wait are kept in memory and written as soon as it works again.",
    text_da="Auditloggen kunne ikke gemme hændelsen ({why}); svaret er sendt alligevel, som opsat. {waiting} venter.",
    fix_da="Kontrollér auditloggen. De ventende hændelser ligger i hukommelsen og skrives, så snart den virker igen.",
)
SINK_DOWN = kind(
    "SAM-AUD-211",
    "warning",
    "transient",
    text="The sink {sink} did not take the records from index {index} on ({why}); they wait in the log.",
    fix="Check the receiver; run the forwarding again, nothing is lost meanwhile.",
    text_da="Modtageren {sink} tog ikke imod hændelserne fra indeks {index} ({why}); de venter i loggen.",
    fix_da="Kontrollér modtageren; kør videresendelsen igen, intet går tabt imens.",
)
SINK_REFUSED = kind(
    "SAM-AUD-212",
    "error",
    "processing",
    text="The sink {sink} refuses the record at index {index} ({why}) and will refuse it again.",
    fix="Mend the receiver, or skip the record with --skip, which is itself recorded.",
    text_da="Modtageren {sink} afviser hændelsen på indeks {index} ({why}) og vil afvise den igen.",
    fix_da="Ret modtageren, eller spring hændelsen over med --skip, hvilket selv registreres.",
)
BAD_CHECKPOINT = kind(
    "SAM-AUD-301",
    "error",
    "security",
    text="The checkpoint does not verify: {why}.",
    fix="Compare with a checkpoint kept elsewhere; the log or its key file was changed.",
    text_da="Kontrolpunktet kan ikke bekræftes: {why}.",
    fix_da="Sammenlign med et kontrolpunkt, der er gemt et andet sted; loggen eller nøglefilen er ændret.",
)
CHANGED = kind(
    "SAM-AUD-302",
    "error",
    "security",
    text="Index {index} is not what was logged: {why}.",
    fix="Treat the log as tampered with from here on; restore it from a copy that verifies.",
    text_da="Indeks {index} er ikke det, der blev logget: {why}.",
    fix_da="Betragt loggen som ændret fra dette sted; gendan den fra en kopi, der kan bekræftes.",
)
MISSING = kind(
    "SAM-AUD-303",
    "error",
    "security",
    text="Index {index} is missing: the log should hold {size} records.",
    fix="Records were deleted or the end was cut; restore the log from a copy that verifies.",
    text_da="Indeks {index} mangler: loggen skulle rumme {size} hændelser.",
    fix_da="Hændelser er slettet, eller enden er skåret af; gendan loggen fra en kopi, der kan bekræftes.",
)
SURPLUS = kind(
    "SAM-AUD-304",
    "error",
    "security",
    text="Index {index} is beyond the checkpoint, which covers {size} records.",
    fix="Records were put in beside the log; compare with a copy that verifies.",
    text_da="Indeks {index} ligger efter kontrolpunktet, som dækker {size} hændelser.",
    fix_da="Der er indsat hændelser uden om loggen; sammenlign med en kopi, der kan bekræftes.",
)
FORK = kind(
    "SAM-AUD-305",
    "error",
    "security",
    text="The log is not a continuation of the checkpoint of {size} records that was kept elsewhere.",
    fix="The log was rolled back, cut or written anew since that checkpoint; restore it from a copy that verifies.",
    text_da="Loggen er ikke en fortsættelse af det kontrolpunkt over {size} hændelser, der blev gemt et andet sted.",
    fix_da="Loggen er rullet tilbage, afskåret eller skrevet om siden; gendan den fra en kopi, der kan bekræftes.",
)
CLOCK_BACK = kind(
    "SAM-AUD-306",
    "warning",
    "security",
    text="The clock went back by {seconds} s at index {index}.",
    fix="Check the clock of the host that wrote it, and why it was changed.",
    text_da="Uret gik {seconds} s tilbage ved indeks {index}.",
    fix_da="Kontrollér uret på den maskine, der skrev, og hvorfor det blev ændret.",
)
MISFILED = kind(
    "SAM-AUD-307",
    "error",
    "security",
    text="Index {index} is filed under another {column} than its record says.",
    fix="The index was changed beside the log: searches and access reports cannot be trusted until it is made anew.",
    text_da="Indeks {index} er registreret under en anden {column}, end hændelsen siger.",
    fix_da="Registret er ændret uden om loggen: søgninger og adgangsrapporter er ikke pålidelige, før det er lavet om.",
)
GONE = kind(
    "SAM-AUD-308",
    "error",
    "security",
    text="The {what} of index {index} is gone, and no {deed} that covers it is on record.",
    fix="It was removed beside the log: restore it from a copy that verifies.",
    text_da="{what} for indeks {index} er væk, og loggen har ingen {deed}, der dækker det.",
    fix_da="Det er fjernet uden om loggen: gendan det fra en kopi, der kan bekræftes.",
)
DAMAGED = kind(
    "SAM-AUD-309",
    "error",
    "exception",
    text="The store cannot be read at index {index} ({why}).",
    fix="Its file is damaged: restore the log from a copy that verifies.",
    text_da="Lageret kan ikke læses ved indeks {index} ({why}).",
    fix_da="Dets fil er beskadiget: gendan loggen fra en kopi, der kan bekræftes.",
)
NOT_THEIRS = kind(
    "SAM-AUD-401",
    "error",
    "forbidden",
    text="The access report of a person is shown to that person and who acts for them; this reader is neither.",
    fix="Ask as the person, or with a declared representation.",
    text_da="En persons adgangsrapport vises for personen selv og den, der handler på dennes vegne; læseren er ingen af dem.",
    fix_da="Spørg som personen selv eller med en angivet repræsentation.",
)
BAD_SEARCH = kind(
    "SAM-AUD-402",
    "error",
    "invalid",
    text="The search cannot be done: {why}.",
    fix="Search by date, patient, agent, entity, type, subtype, action, outcome, source, address, site or _id.",
    text_da="Søgningen kan ikke udføres: {why}.",
    fix_da="Søg på date, patient, agent, entity, type, subtype, action, outcome, source, address, site eller _id.",
)
READ_ONLY = kind(
    "SAM-AUD-403",
    "error",
    "not-supported",
    text="Audit records are read here; they are not created, changed or deleted.",
    fix="Use GET /AuditEvent or POST /AuditEvent/_search.",
    text_da="Auditposter læses her; de oprettes, ændres og slettes ikke.",
    fix_da="Brug GET /AuditEvent eller POST /AuditEvent/_search.",
)
RETENTION_SHORT = kind(
    "SAM-AUD-404",
    "error",
    "business-rule",
    text="The retention rule {rule} keeps {years} years, less than the {floor} years of {law}.",
    fix="Lengthen the rule; a floor cannot be undercut.",
    text_da="Opbevaringsreglen {rule} bevarer i {years} år, mindre end de {floor} år i {law}.",
    fix_da="Forlæng reglen; en mindstetid kan ikke underskrides.",
)
NO_RECORD = kind(
    "SAM-AUD-405",
    "error",
    "not-found",
    text="There is no record of this id that can be read.",
    fix="Search for it; a record that was erased or purged cannot be read any more.",
    text_da="Der er ingen hændelse med dette id, som kan læses.",
    fix_da="Søg efter den; en hændelse, der er slettet, kan ikke læses mere.",
)
KEPT = kind(
    "SAM-AUD-406",
    "error",
    "not-supported",
    text="Audit records are taken and read here; they are not changed or deleted.",
    fix="Use POST /AuditEvent, GET /AuditEvent or POST /AuditEvent/_search.",
    text_da="Auditposter modtages og læses her; de ændres og slettes ikke.",
    fix_da="Brug POST /AuditEvent, GET /AuditEvent eller POST /AuditEvent/_search.",
)
NOT_A_FEED = kind(
    "SAM-AUD-407",
    "error",
    "structure",
    text="Audit events cannot be taken from this: {why}.",
    fix="Send an AuditEvent, or a Bundle of type batch or transaction whose entries POST AuditEvents, in FHIR JSON.",
    text_da="Audithændelser kan ikke modtages herfra: {why}.",
    fix_da="Send en AuditEvent eller en Bundle af typen batch eller transaction, hvis poster er POST af AuditEvent, i FHIR JSON.",
)
