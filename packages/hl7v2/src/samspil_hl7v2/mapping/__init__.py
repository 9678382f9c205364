"""The mapping tables: read, layered, checked against FHIR R4, and compiled to functions."""
