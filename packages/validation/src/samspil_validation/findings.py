"""Every kind of finding that samspil_validation makes. Codes are permanent."""
