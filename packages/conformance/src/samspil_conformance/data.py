"""Where the suites, requirements and schemas lie: inside the wheel, or in the repository's folder `conformance/`."""

from pathlib import Path

__all__ = ["folder"]


def folder() -> Path:
    """The folder that holds `suites`, `requirements` and `schemas`."""
    packaged = Path(__file__).parent / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[4] / "conformance"
