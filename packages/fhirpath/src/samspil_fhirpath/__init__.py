"""FHIRPath for FHIR R4, R4B and R5: compiled once, evaluated many times."""
