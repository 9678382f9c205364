"""Code systems and value sets as resources.

https://hl7.org/fhir/R4/codesystem.html, https://hl7.org/fhir/R4/valueset.html
"""
