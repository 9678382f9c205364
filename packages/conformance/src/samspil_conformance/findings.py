"""Every kind of finding of the conformance kit. Codes are permanent: 1xx files, 2xx suites, 3xx bundles, 4xx TestScript."""

from samspil_core.findings import kind

NOT_READABLE = kind(
    "SAM-CNF-101",
    "error",
    "invalid",
    text="{file}, line {line}: {why}.",
    fix="Mend the file; its schema is printed by samspil conformance schema.",
    text_da="{file}, linje {line}: {why}.",
    fix_da="Ret filen; dens skema skrives af samspil conformance schema.",
)
