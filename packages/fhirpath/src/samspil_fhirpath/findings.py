"""Every kind of finding of samspil_fhirpath. Codes are permanent: 1xx text, 2xx types, 3xx evaluation, 4xx running."""

from samspil_core.findings import kind

SYNTAX = kind(
    "SAM-FP-101",
    "error",
    "invalid",
    text="The expression is no FHIRPath: {why} (line {line}, column {column}).",
    fix="Mend the expression at that place; the language is described at https://hl7.org/fhirpath/N1/.",
    text_da="Udtrykket er ikke FHIRPath: {why} (linje {line}, kolonne {column}).",
    fix_da="Ret udtrykket på det sted; sproget er beskrevet på https://hl7.org/fhirpath/N1/.",
)
UNKNOWN_FUNCTION = kind(
    "SAM-FP-102",
    "error",
    "not-supported",
    text="There is no such function, or not with that many arguments: {why} (line {line}, column {column}).",
    fix="Check the spelling and the arguments, or give the function with the environment.",
    text_da="Funktionen findes ikke, eller ikke med så mange argumenter: {why} (linje {line}, kolonne {column}).",
    fix_da="Kontrollér stavemåden og argumenterne, eller giv funktionen med i omgivelserne.",
)
TOO_DEEP = kind(
    "SAM-FP-103",
    "error",
    "too-costly",
    text="The expression or the data is nested too deeply, or asks too much: {why} (line {line}, column {column}).",
    fix="Make the expression or the data simpler.",
    text_da="Udtrykket eller dataene er indlejret for dybt eller kræver for meget: {why} (linje {line}, kolonne {column}).",
    fix_da="Gør udtrykket eller dataene enklere.",
)
SEMANTIC = kind(
    "SAM-FP-201",
    "error",
    "invalid",
    text="The types say that the expression cannot mean anything: {why} (line {line}, column {column}).",
    fix="Check the names of elements and the types on both sides.",
    text_da="Typerne viser, at udtrykket ikke kan betyde noget: {why} (linje {line}, kolonne {column}).",
    fix_da="Kontrollér elementernes navne og typerne på begge sider.",
)
EVALUATION = kind(
    "SAM-FP-301",
    "error",
    "processing",
    text="The expression cannot be evaluated on this data: {why} (line {line}, column {column}).",
    fix="Narrow the input with where(), first() or ofType(), or convert it.",
    text_da="Udtrykket kan ikke beregnes på disse data: {why} (linje {line}, kolonne {column}).",
    fix_da="Indsnævr inputtet med where(), first() eller ofType(), eller konvertér det.",
)
NOT_AVAILABLE = kind(
    "SAM-FP-302",
    "error",
    "not-supported",
    text="The expression needs what is not there: {why} (line {line}, column {column}).",
    fix="Give it with the environment, or install the package named.",
    text_da="Udtrykket kræver noget, der ikke er til stede: {why} (linje {line}, kolonne {column}).",
    fix_da="Giv det med i omgivelserne, eller installér den nævnte pakke.",
)
NOT_JSON = kind(
    "SAM-FP-401",
    "error",
    "structure",
    text="The input is not JSON (line {line}, column {column}: {why}).",
    fix="Give one resource as JSON, or one resource a line as NDJSON, in UTF-8.",
    text_da="Inputtet er ikke JSON (linje {line}, kolonne {column}: {why}).",
    fix_da="Giv én ressource som JSON eller én ressource pr. linje som NDJSON, i UTF-8.",
)
AT_RESOURCE = kind(
    "SAM-FP-402",
    "error",
    "processing",
    text="Resource {number} of the input: {why} (line {line}, column {column} of the expression); the others were evaluated.",
    fix="Narrow the input with where(), first() or ofType(), or convert it.",
    text_da="Ressource {number} i inputtet: {why} (linje {line}, kolonne {column} i udtrykket); de øvrige blev beregnet.",
    fix_da="Indsnævr inputtet med where(), first() eller ofType(), eller konvertér det.",
)
