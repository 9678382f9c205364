"""The operations as FHIR resources in and out: R5 Parameters inside, R4 forms at the edge."""
