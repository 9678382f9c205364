"""The sentences of a terminology answer, exactly as the HL7 tx-ecosystem test suite compares them.

https://github.com/HL7/fhir-tx-ecosystem-ig. The suite compares `details.text` letter for letter, so the wording is part of
the interface: every sentence stands here and nowhere else, under its message id.
"""

__all__ = ["TEXTS", "say"]

_MOST = 2000
"""Characters of one detail that a sentence repeats."""

TEXTS = {
    "ABSTRACT_CODE_NOT_ALLOWED": "Code '{system}#{code}' is abstract, and not allowed in this context",
    "BAD_NUMBER": "'{value}' is no whole number",
    "BAD_REGEX": "The regular expression '{value}' could not be understood: {why}",
    "CLOSURE_BOTH": "A request names either concepts to add or a version to catch up from, not both",
    "CLOSURE_UNKNOWN": "The closure table '{name}' is not known in that version; start it with its name alone",
    "CODE_CASE_DIFFERENCE": (
        "The code '{code}' differs from the correct code '{normal}' by case. Although the code system '{system}' is case "
        "insensitive, implementers are strongly encouraged to use the correct case anyway"
    ),
    "CODESYSTEM_CS_NO_SUPPLEMENT": "CodeSystem {system} is a supplement, so can't be used as a value in Coding.system",
    "CONCEPT_DEPRECATED_IN_VALUESET": (
        "The presence of the concept '{code}' in the system '{system}' in the value set {value_set} is marked with a status "
        "of {status} and its use should be reviewed"
    ),
    "Coding_has_no_system__cannot_validate": (
        "Coding has no system. A code with no system has no defined meaning, and it cannot be validated. A system should be "
        "provided"
    ),
    "DEPRECATED_CONCEPT_FOUND": "The concept '{code}' is deprecated and its use should be reviewed",
    "DID_YOU_MEAN": "'{code}' is a code of '{other}', not of '{system}'",
    "Display_Name_WS_for__should_be_one_of__instead_of": (
        "Wrong whitespace in Display Name '{display}' for {system}#{code}. {valid} (for the language(s) '{languages}')"
    ),
    "Display_Name_for__should_be_one_of__instead_of": (
        "Wrong Display Name '{display}' for {system}#{code}. {valid} (for the language(s) '{languages}')"
    ),
    "FILTER_NOT_UNDERSTOOD": (
        'The filter "{property} {op} {value}" from the value set {value_set} was not understood in the context of {system}'
    ),
    "INACTIVE_CONCEPT_FOUND": "The concept '{code}' has a status of {status} and its use should be reviewed",
    "INACTIVE_DISPLAY_FOUND": (
        "'{display}' is no longer considered a correct display for code '{code}' (status = {status}). "
        "The correct display is one of {valid}"
    ),
    "INVALID_DISPLAY_NAME": "Invalid displayLanguage: '{language}'",
    "INVALID_ECL": "Invalid ECL expression: '{value}': ({why})",
    "MSG_DEPRECATED": "Reference to deprecated {type} {canonical}",
    "MSG_DRAFT": "Reference to draft {type} {canonical}",
    "MSG_EXPERIMENTAL": "Reference to experimental {type} {canonical}",
    "MSG_RETIRED": "Reference to retired {type} {canonical}",
    "MSG_WITHDRAWN": "Reference to withdrawn {type} {canonical}",
    "NO_CLOSURE_NAME": "A closure table needs a name",
    "NO_CODES_TO_COMPARE": "To compare two codes, give their system, and codeA and codeB or codingA and codingB",
    "NO_CODE_TO_LOOK_UP": "To look up a code, give system and code, or a coding",
    "NO_CODE_TO_TRANSLATE": "To translate a code, give code and system, coding, codeableConcept, or the same of the target",
    "NOT_AUTHORISED": "This server asks for a bearer token",
    "INTERNAL": "The server has a fault of its own; its log tells where",
    "MISSHAPEN": "{place} has not the shape of FHIR JSON: a list, or an object, where the other belongs",
    "NO_PLAIN_VALUE": "The parameter {name} must have a plain value, not an object",
    "WRONG_RESOURCE": "The parameter {name} must be a {kind}",
    "NOT_JSON": "The body could not be read: {why}",
    "NO_SUCH_METHOD": "{method} is not answered; ask with GET or POST",
    "NOT_PARAMETERS": "The body is a {kind}, and must be Parameters",
    "REQUEST_TOO_LARGE": "The request is larger than {limit} bytes",
    "TOO_MANY_PARAMETERS": "The request has more than {limit} parameters",
    "RESOURCE_UNKNOWN": "There is no {kind} with the id {id}",
    "TOOK_TOO_LONG": "The answer took too long; ask for less",
    "NO_VALUE_SET": "No value set was named; give url, or the valueSet itself",
    "UNKNOWN_OPERATION": "There is no operation '{name}'",
    "NO_CODE": "Unable to find code to validate (looked for coding | codeableConcept | code+system | code+inferSystem in parameters",
    "NO_VALID_DISPLAY_AT_ALL": "Cannot validate display '{display}' for code {system}#{code}: No displays are known",
    "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR": (
        "Wrong Display Name '{display}' for {system}#{code}. There are no valid display names found for language(s) "
        "'{languages}'. Default display is '{default}'"
    ),
    "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK": (
        "There are no valid display names found for the code {system}#{code} for language(s) '{languages}'. The display is "
        "'{display}' which is a valid display for the default language"
    ),
    "None_of_the_provided_codes_are_in_the_value_set_one": (
        "The provided code {codes} was not found in the value set '{value_set}'"
    ),
    "STATUS_CODE_WARNING_CODE": "The concept '{code}' is valid but is not active",
    "TX_GENERAL_CC_ERROR_MESSAGE": "No valid coding was found for the value set '{value_set}'",
    "Terminology_TX_System_Relative": "Coding.system must be an absolute reference, not a local reference",
    "Terminology_TX_System_ValueSet2": "The Coding references a value set, not a code system ('{system}')",
    "UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE": (
        "The system {system} filter with property = {property}, op = {op} has no value"
    ),
    "UNABLE_TO_INFER_CODESYSTEM": (
        "The System URI could not be determined for the code '{code}' in the ValueSet '{value_set}'"
    ),
    "UNKNOWN_CODESYSTEM": "A definition for CodeSystem '{system}' could not be found, so the code cannot be validated",
    "UNKNOWN_CODESYSTEM_EXP": "A definition for CodeSystem '{system}' could not be found, so the value set cannot be expanded",
    "UNKNOWN_CODESYSTEM_VERSION": (
        "A definition for CodeSystem '{system}' version '{version}' could not be found, so the code cannot be validated. "
        "Valid versions: {versions}"
    ),
    "UNKNOWN_CODESYSTEM_VERSION_NONE": (
        "A definition for CodeSystem '{system}' version '{version}' could not be found, so the code cannot be validated. "
        "No versions of this code system are known"
    ),
    "UNKNOWN_CODESYSTEM_VERSION_EXP": (
        "A definition for CodeSystem '{system}' version '{version}' could not be found, so the value set cannot be expanded. "
        "Valid versions: {versions}"
    ),
    "UNKNOWN_CODESYSTEM_VERSION_EXP_NONE": (
        "A definition for CodeSystem '{system}' version '{version}' could not be found, so the value set cannot be expanded. "
        "No versions of this code system are known"
    ),
    "UNKNOWN_CODE_IN_FRAGMENT": (
        "Unknown Code '{code}' in the CodeSystem '{system}' version '{version}' - note that the code system is labeled as a "
        "fragment, so the code may be valid in some other fragment"
    ),
    "Unable_to_resolve_system__value_set_has_multiple_matches": (
        "The System URI could not be determined for the code '{code}' in the ValueSet '{value_set}': value set expansion has "
        "multiple matches: [{systems}]"
    ),
    "Unable_to_resolve_value_Set_": "A definition for the value Set '{value_set}' could not be found",
    "Unknown_Code_in": "Unknown code '{code}' in the CodeSystem '{system}'",
    "MAPS_TOO_MANY": "The concept map '{map}' leads to more other maps than can be followed (>{limit})",
    "NOT_AN_EXPRESSION": "{why}",
    "Unknown_Code_in_Edition": "Unknown code '{code}' in the CodeSystem '{system}' version '{version}' ({edition})",
    "Unknown_Code_in_Version": "Unknown code '{code}' in the CodeSystem '{system}' version '{version}'",
    "VALUESET_CIRCULAR_REFERENCE": (
        "Found a circularity pointing to {value_set} processing ValueSet with pathway [{pathway}]"
    ),
    "VALUESET_SUPPLEMENT_MISSING": "Required supplement not found: {supplements}",
    "VALUESET_SUPPLEMENTS_MISSING": "Required supplements not found: {supplements}",
    "CODESYSTEM_UNENDING": "The codes of the code system '{system}' cannot be listed: it is a grammar without end",
    "VALUESET_IMPORTS_TOO_MANY": "The value set '{value_set}' imports more value sets than can be followed (>{limit})",
    "VALUESET_TOO_COSTLY": "The value set '{value_set}' expansion has too many codes to produce (>{limit})",
    "VALUESET_VALUE_MISMATCH": (
        "The code system '{system}' version '{version}' in the ValueSet include is different to the one in the value "
        "('{given}')"
    ),
    "VALUESET_VALUE_MISMATCH_CHANGED": (
        "The code system '{system}' version '{version}' resulting from the version '{include}' in the ValueSet include is "
        "different to the one in the value ('{given}')"
    ),
    "VALUESET_VALUE_MISMATCH_DEFAULT": (
        "The code system '{system}' version '{version}' for the versionless include in the ValueSet include is different to "
        "the one in the value ('{given}')"
    ),
    "VALUESET_VERSION_CHECK": (
        "The version '{version}' is not allowed for system '{system}': required to be '{required}' by a version-check "
        "parameter"
    ),
    "VS_EXP_IMPORT_UNK": "Unable to find included value set '{value_set}'",
    "VS_EXP_IMPORT_UNK_PINNED": "Unable to find included value set '{value_set}' version '{version}'",
    "Unable_to_find_code_system": "Unable to find code system '{system}'",
    "Unable_to_find_code": "Unable to find code '{code}' in {system} version {version}",
}
"""Every sentence by its message id; `{placeholders}` are filled by `say`."""


def say(message_id: str, **detail: str) -> str:
    """The sentence of that id, filled. What is longer than a message should be is repeated only in its beginning."""
    return TEXTS[message_id].format(**{name: _cut(value) for name, value in detail.items()})


def _cut(value: str) -> str:
    return value if len(value) <= _MOST else f"{value[:_MOST]}..."
