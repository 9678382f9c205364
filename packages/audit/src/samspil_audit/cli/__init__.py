"""`samspil audit`: data on standard output, everything for people on standard error."""

from .group import group

__all__ = ["group"]
