"""Validation as a caller writes it."""

from typing import assert_type

from samspil_core.outcome import Outcome
from samspil_definitions import Definitions, load_packages
from samspil_validation import Report, Validator

definitions = load_packages(["samspil.fhir.r4"])
assert_type(definitions, Definitions)
validator = Validator(definitions)
assert_type(validator.validate({"resourceType": "Patient"}), Outcome)
assert_type(validator.examine({"resourceType": "Patient"}), Report)
