"""Structure definitions, search parameters and implementation guides as resources.

https://hl7.org/fhir/R4/structuredefinition.html, https://hl7.org/fhir/R4/searchparameter.html
"""
