"""Findings of the rules beyond snapshots: SAM-VAL-500 to SAM-VAL-899."""
