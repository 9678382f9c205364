"""Every kind of finding that samspil_definitions makes. Codes are permanent."""
