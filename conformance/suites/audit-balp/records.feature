Feature: Audit records after IHE BALP
  https://profiles.ihe.net/ITI/BALP/content.html

  Background:
    Given the log of the system

  @id:audit-balp-101 @req:BALP-read @req:BALP-patient @severity:F1 @mode:server
  Scenario: A read
    When the doctor sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And each record is of the interaction "read" with the action R
    And the client is the agent of type "110152" and the server of type "110153"
    And the patient "patient" is an entity in the role of patient
    And "test-result" is an entity in the role of a domain resource

  @id:audit-balp-102 @req:BALP-event @severity:F1 @mode:server
  Scenario: A record is an AuditEvent of R4
    When the doctor sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And each record is an AuditEvent of R4
    And each record tells the time of the access, with its zone
    And each record names its source

  @id:audit-balp-103 @req:BALP-agents @severity:F2 @mode:server
  Scenario: Client, server and person
    When the doctor sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And client and server have network addresses
    And one agent is marked as the one who asked
    And each record names the doctor as the person

  @id:audit-balp-104 @req:BALP-create @req:BALP-patient @severity:F1 @mode:server
  Scenario: A create
    When the doctor sends POST "Observation" with
      """
      {"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
       "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
       "subject": {"reference": "${patient}"}, "valueQuantity": {"value": 61}}
      """
    Then the status is 201
    And it is recorded
    And each record is of the interaction "create" with the action C
    And the client is the agent of type "110153" and the server of type "110152"
    And the patient "patient" is an entity in the role of patient
    And what the Location names is an entity in the role of a domain resource

  @id:audit-balp-105 @req:BALP-update @req:BALP-patient @severity:F1 @mode:server
  Scenario: An update
    When the doctor sends PUT "${discharge-report}" with
      """
      {"resourceType": "DocumentReference", "id": "discharge-p1", "status": "current", "subject": {"reference": "${patient}"},
       "content": [{"attachment": {"contentType": "text/plain", "data": "RXBpa3Jpc2U="}}]}
      """
    Then the request succeeds
    And it is recorded with the action U
    And each record is of the interaction "update" with the action U
    And the client is the agent of type "110153" and the server of type "110152"
    And "discharge-report" is an entity in the role of a domain resource
    And the patient "patient" is an entity in the role of patient

  @id:audit-balp-106 @req:BALP-delete @severity:F1 @mode:server
  Scenario: A delete
    When the doctor sends POST "Observation" with
      """
      {"resourceType": "Observation", "status": "final", "code": {"text": "to be deleted"}, "subject": {"reference": "${patient}"}}
      """
    And the doctor deletes what was created
    Then the request succeeds
    And it is recorded with the action D
    And each record is of the interaction "delete" with the action D

  @id:audit-balp-107 @req:BALP-query @req:BALP-patient @severity:F1 @mode:server
  Scenario: A search
    When the doctor sends GET "Observation?patient=${patient}&category=laboratory"
    Then the status is 200
    And it is recorded as an access to "test-result"
    And each record is of a search with the action E
    And the query is told as it was asked, in base64
    And the client is the agent of type "110153" and the server of type "110152"
    And the patient "patient" is an entity in the role of patient

  @id:audit-balp-108 @req:BALP-patient @severity:F1 @mode:server
  Scenario: Each patient of an answer has a record
    When the doctor sends GET "AllergyIntolerance?_id=allergy-p1,allergy-p2"
    Then it is recorded as an access to "patient-summary"
    And the patient "patient" is an entity in the role of patient
    And it is recorded as an access to "other-patient-summary"
    And the patient "other-patient" is an entity in the role of patient
    And no record names two patients

  @id:audit-balp-109 @req:BALP-request-id @severity:F3 @mode:server
  Scenario: The id of a request is in its record
    Given the request header "X-Request-Id" with the value "samspil-request-77"
    When the doctor sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And each record holds the request id "samspil-request-77"

  @id:audit-balp-110 @req:BALP-repository @severity:F1 @mode:server
  Scenario: The repository is searched as ITI-81 says
    When the doctor sends GET "${test-result}"
    And the auditor searches the log for "date=ge${since}&patient=${patient}"
    Then the search finds the access to "test-result"
    And the search is a searchset of AuditEvents

  @id:audit-balp-111 @req:BALP-claims @severity:F2 @mode:server
  Scenario: What a record claims is true
    When the doctor sends GET "${test-result}"
    And the doctor sends GET "Observation?patient=${patient}"
    Then it is recorded
    And each record keeps the profiles of BALP that it claims

  @id:audit-balp-112 @req:BALP-event @severity:F2 @mode:server
  Scenario: A refusal is told as one
    When the doctor sends GET "Observation/samspil-nobody"
    Then it is recorded as refused
    And each record is an AuditEvent of R4
    And each record says what went wrong
