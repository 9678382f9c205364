"""A FHIR terminology engine in-process: code systems, value sets and concept maps.

https://hl7.org/fhir/R5/terminology-service.html
"""
