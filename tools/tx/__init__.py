"""Running HL7's terminology server tests (tx-ecosystem): which tests there are, what to send, how to compare.

https://github.com/HL7/fhir-tx-ecosystem-ig
"""
