"""What leaves the log: the whole log to be verified elsewhere, and records in the forms that others read."""

from .folder import export_folder
from .records import FORMATS, Format, export_records, minlog, store_log

__all__ = ["FORMATS", "Format", "export_folder", "export_records", "minlog", "store_log"]
