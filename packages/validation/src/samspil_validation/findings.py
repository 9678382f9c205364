"""Every kind of finding that samspil_validation makes. Codes are permanent.

1xx structure, 2xx values and codes, 3xx invariants and profiles, 4xx references and running; those of the rules
beyond snapshots (500 to 899) stand in `samspil_validation.findings_rules`.
"""

from samspil_validation import findings_rules as findings_rules  # noqa: PLC0414  registers them
