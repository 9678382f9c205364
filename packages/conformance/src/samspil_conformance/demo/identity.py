"""Who the demonstration system is."""

from importlib.metadata import version

from samspil_conformance.sut.identity import Identity

__all__ = ["identity"]


def identity() -> Identity:
    """The identity block of the demonstration."""
    return Identity(company="Samspil", name="Samspil demonstration system", version=version("samspil-conformance"))
