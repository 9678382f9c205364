Feature: Formats, characters and numbers
  https://hl7.org/fhir/R4/http.html#mime-type, https://hl7.org/fhir/R4/json.html

  @id:fhir-rest-201 @req:R4-json-type @req:R4-json-rules @severity:F2 @mode:server
  Scenario: A resource is sent as FHIR JSON
    Given a stored patient "Lind"
    When the client reads the patient "Lind"
    Then the status is 200
    And the answer is FHIR JSON in UTF-8
    And the JSON keeps the rules of FHIR

  @id:fhir-rest-202 @req:R4-negotiate @severity:F3 @mode:server
  Scenario: A client that takes XML alone gets XML or is told that there is none
    Given a stored patient "Lind"
    And the request header "Accept" with the value "application/fhir+xml"
    When the client reads the patient "Lind"
    Then the answer is XML or refused as not acceptable

  @id:fhir-rest-203 @req:R4-negotiate @severity:F3 @mode:server
  Scenario: A client that takes plain JSON gets JSON
    Given a stored patient "Lind"
    And the request header "Accept" with the value "application/json"
    When the client reads the patient "Lind"
    Then the answer is JSON or refused as not acceptable

  @id:fhir-rest-204 @req:R4-format @severity:F3 @mode:server
  Scenario: _format goes before the Accept header
    Given a stored patient "Lind"
    And the request header "Accept" with the value "text/html"
    When the client sends GET "Patient/${Lind}?_format=json"
    Then the status is 200
    And the answer is JSON or refused as not acceptable

  @id:fhir-rest-205 @req:R4-negotiate @severity:F3 @mode:server
  Scenario: Content in a format that the server cannot read is refused
    Given the server states that it supports create of Patient
    And the request header "Content-Type" with the value "application/x-samspil"
    When the client sends POST "Patient" with
      """
      {"resourceType": "Patient", "active": true}
      """
    Then the request is refused

  @id:fhir-rest-206 @req:R4-json-type @req:R4-create @severity:F1 @mode:server
  Scenario: Letters of every language are kept
    Given the server states that it supports create of Patient
    When the client creates a patient "Ærø" with
      """
      {"name": [{"family": "Ærøskøbing-Ødegård", "given": ["Åse", "李", "𝒜mbrosius"]}]}
      """
    And the client reads the patient "Ærø"
    Then the answer holds everything that was sent of "Ærø"

  @id:fhir-rest-207 @req:R4-decimal @severity:F1 @mode:server
  Scenario Outline: A decimal keeps its precision: <value>
    Given the server states that it supports create of Patient
    When the client creates a patient "Measured" with
      """
      {"extension": [{"url": "urn:samspil:conformance:decimal", "valueDecimal": <value>}]}
      """
    And the client reads the patient "Measured"
    Then the element "extension.0.valueDecimal" is <value>

    Examples:
      | case     | value                |
      | zeros    | 1.500                |
      | long     | 3.141592653589793238 |
      | whole    | 10.0                 |

  @id:fhir-rest-208 @req:R4-create @severity:F1 @mode:server
  Scenario: Everything that is sent is kept
    Given the server states that it supports create of Patient
    When the client creates a patient "Whole" with
      """
      {"name": [{"use": "official", "family": "Lind", "given": ["Karen", "Marie"], "prefix": ["dr."]}, {"use": "maiden", "family": "Holm"}],
       "telecom": [{"system": "phone", "value": "+45 00 00 00 00", "use": "home", "rank": 1}],
       "address": [{"line": ["Strandvejen 1", "2. tv."], "city": "Aarhus", "postalCode": "8000", "country": "DK"}],
       "deceasedBoolean": false, "multipleBirthInteger": 2,
       "_birthDate": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1990-05-17T04:05:06+02:00"}]},
       "extension": [{"url": "urn:samspil:conformance:text", "valueString": "line one\nline two"}],
       "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "da"}]}, "preferred": true}]}
      """
    And the client reads the patient "Whole"
    Then the answer holds everything that was sent of "Whole"

  @id:fhir-rest-209 @req:R4-create @severity:F2 @mode:server
  Scenario: What a resource contains is kept
    Given the server states that it supports create of Patient
    When the client creates a patient "Holder" with
      """
      {"contained": [{"resourceType": "Organization", "id": "practice", "name": "Praksis"}],
       "managingOrganization": {"reference": "#practice"}}
      """
    And the client reads the patient "Holder"
    Then the element "contained.0.name" is "Praksis"
