"""FHIRPath as a caller writes it."""

from typing import Any, assert_type

from samspil_fhirpath import FhirPathError, compile_expression

family = compile_expression("name.family", release="R4", context="Patient")
assert_type(family({"resourceType": "Patient"}), list[Any])
assert_type(compile_expression("active").is_true({"resourceType": "Patient"}), bool)
try:
    compile_expression("name.")
except FhirPathError as error:
    assert_type(error.line, int)
