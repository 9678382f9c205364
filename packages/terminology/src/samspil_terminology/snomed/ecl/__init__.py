"""The Expression Constraint Language of SNOMED CT, version 2.2.

https://confluence.ihtsdotools.org/display/DOCECL
"""
