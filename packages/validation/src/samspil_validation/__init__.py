"""FHIR resources checked against profiles: an outcome with places, and a list of what could not be decided."""
