"""The evidence of a run: one deterministic bundle, every file of it a function of the record."""

from .bundle import bundle_name, evidence_files, pack, unpack
from .signing import Key
from .verify import verify

__all__ = ["Key", "bundle_name", "evidence_files", "pack", "unpack", "verify"]
