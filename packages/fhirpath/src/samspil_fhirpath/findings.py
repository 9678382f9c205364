"""Every kind of finding that samspil_fhirpath makes. Codes are permanent."""
