"""StructureDefinitions to plans: plain values that say what is to be checked, made once and kept by content hash."""
