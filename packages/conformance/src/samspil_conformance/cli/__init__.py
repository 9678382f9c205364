"""`samspil conformance`."""

from .group import group

__all__ = ["group"]
