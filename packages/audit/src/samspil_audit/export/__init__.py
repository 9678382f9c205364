"""What leaves the log: the whole log to be verified elsewhere, and records in the forms that others read."""

from .folder import export_folder

__all__ = ["export_folder"]
