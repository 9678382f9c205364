"""What FHIR R4 allows: its elements, their cardinalities, types and required codes."""
