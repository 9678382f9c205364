"""A page of this machine's own: choose a suite, watch it run, answer its questions, read the report, take the bundle."""

from .app import application

__all__ = ["application"]
