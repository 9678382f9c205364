Feature: What the server says of itself
  The CapabilityStatement tells what a server does. Every other scenario asks it first, and is skipped where the server
  does not state what the scenario tests. https://hl7.org/fhir/R4/http.html#capabilities

  @id:fhir-rest-101 @req:R4-capabilities @severity:F1 @mode:server
  Scenario: The server gives its CapabilityStatement
    When the client sends GET "metadata"
    Then the status is 200
    And the answer is FHIR JSON in UTF-8
    And the statement has what FHIR asks of every statement
    And its FHIR version is R4

  @id:fhir-rest-102 @req:R4-capabilities @req:R4-json-rules @severity:F2 @mode:server
  Scenario: The CapabilityStatement has the form of R4
    When the client sends GET "metadata"
    Then each element has the type that R4 gives it
    And the JSON keeps the rules of FHIR

  @id:fhir-rest-103 @req:R4-capabilities-true @severity:F2 @mode:server
  Scenario: The search parameters that the server states are known to it
    Given the server states that it supports search-type of Patient
    Then each search parameter stated of Patient is known to the server

  @id:fhir-rest-104 @req:R4-capabilities-true @severity:F2 @mode:server
  Scenario: The types of resources that the server states are there
    Then each type of resource that is stated can be searched or read

  @id:fhir-rest-105 @req:R4-capabilities-true @severity:F2 @mode:server
  Scenario: The formats that the server states are spoken
    Then the server speaks each format that it states
