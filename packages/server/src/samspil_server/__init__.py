"""One HTTP service over the modules that are installed."""

from .app import application
from .settings import Settings, read_settings

__all__ = ["Settings", "application", "read_settings"]
