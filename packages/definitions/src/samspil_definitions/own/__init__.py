"""Our own FHIR package, `samspil.fhir.r4`: the codes of findings, the extensions of the HL7 v2 converter, naming systems.

The archive beside this file is built from `profiles/` by `make profiles`.
"""

from pathlib import Path

__all__ = ["NAME", "own_package"]

NAME = "samspil.fhir.r4"


def own_package() -> Path:
    """The path of the archive."""
    return Path(__file__).with_name(f"{NAME}.tgz")
