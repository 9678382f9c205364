"""FHIR packages: found, verified by hash, indexed once, with snapshots generated where absent."""
