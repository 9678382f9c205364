"""Bundles: full URLs, what references in them lead to, documents, messages, search results.

https://hl7.org/fhir/R4/bundle.html
"""
