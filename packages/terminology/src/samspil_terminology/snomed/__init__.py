"""SNOMED CT: RF2 import, the code system, expression constraints, expressions, implicit value sets and maps."""
