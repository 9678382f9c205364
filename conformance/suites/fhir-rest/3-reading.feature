Feature: Reading
  https://hl7.org/fhir/R4/http.html#read

  @id:fhir-rest-301 @req:R4-read @severity:F1 @mode:server
  Scenario: A resource is read with its id and content
    Given a stored patient "Lind"
    When the client reads the patient "Lind"
    Then the status is 200
    And the answer is the patient "Lind"

  @id:fhir-rest-302 @req:R4-read-headers @severity:F3 @mode:server
  Scenario: A read tells the version as entity tag
    Given a stored patient "Lind"
    When the client reads the patient "Lind"
    Then the entity tag is that of the version

  @id:fhir-rest-303 @req:R4-read-headers @severity:F3 @mode:server
  Scenario: A read tells when the resource was last modified
    Given a stored patient "Lind"
    When the client reads the patient "Lind"
    Then the time of last modification is an HTTP date, and that of the resource

  @id:fhir-rest-304 @req:R4-read-unknown @req:R4-errors @severity:F2 @mode:server
  Scenario: What was never there is not found
    When the client sends GET "Patient/samspil-nobody"
    Then the status is 404
    And the answer explains itself with an OperationOutcome

  @id:fhir-rest-305 @req:R4-read-unknown @req:R4-delete @req:R4-errors @severity:F2 @mode:server
  Scenario: What was deleted is gone
    Given the server states that it supports delete of Patient
    And a stored patient "Lind"
    And the patient "Lind" has been deleted
    When the client reads the patient "Lind"
    Then the status is 410 or 404
    And the answer explains itself with an OperationOutcome

  @id:fhir-rest-306 @req:R4-type-unknown @severity:F3 @mode:server
  Scenario: A type of resource that there is not is not found
    When the client sends GET "Samspil/1"
    Then the status is 404

  @id:fhir-rest-307 @req:R4-head @severity:F4 @mode:server
  Scenario: HEAD gives the headers alone
    Given a stored patient "Lind"
    When the client sends HEAD "Patient/${Lind}"
    Then the status is 200 without a body, or 405

  @id:fhir-rest-308 @req:R4-cond-read @severity:F3 @mode:server
  Scenario: What has not changed is not sent again
    Given the server states reading by entity tag for Patient
    And a stored patient "Lind"
    And the client has read the patient "Lind" with its entity tag
    When the client sends GET "Patient/${Lind}"
    Then the status is 304
    And the body is empty

  @id:fhir-rest-309 @req:R4-cond-read @severity:F2 @mode:server
  Scenario: What has changed is sent
    Given the server states reading by entity tag for Patient
    And a stored patient "Lind"
    And the request header "If-None-Match" with the value "W/"no-such-version""
    When the client sends GET "Patient/${Lind}"
    Then the status is 200
    And the answer is the patient "Lind"

  @id:fhir-rest-310 @req:R4-vread @severity:F1 @mode:server
  Scenario: An old version is read as it was
    Given the server states that it supports vread of Patient
    And a stored patient "Lind"
    And the patient "Lind" has been updated to active "true"
    And the patient "Lind" has been updated to active "false"
    When the client reads version 1 of the patient "Lind"
    Then the status is 200
    And the answer is version 1 of the patient "Lind"
    And there is no element "active"
    And the entity tag is that of the version

  @id:fhir-rest-311 @req:R4-vread @severity:F1 @mode:server
  Scenario: The version between is read as it was
    Given the server states that it supports vread of Patient
    And a stored patient "Lind"
    And the patient "Lind" has been updated to active "true"
    And the patient "Lind" has been updated to active "false"
    When the client reads version 2 of the patient "Lind"
    Then the answer is version 2 of the patient "Lind"
    And the element "active" is true

  @id:fhir-rest-312 @req:R4-vread-unknown @req:R4-errors @severity:F3 @mode:server
  Scenario: A version that there is not is not found
    Given the server states that it supports vread of Patient
    And a stored patient "Lind"
    When the client sends GET "Patient/${Lind}/_history/samspil-none"
    Then the status is 404 or 400
    And the answer explains itself with an OperationOutcome

  @id:fhir-rest-313 @req:R4-vread @req:R4-delete @severity:F2 @mode:server
  Scenario: A version before the deletion is still there
    Given the server states that it supports vread of Patient
    And the server states that it supports delete of Patient
    And a stored patient "Lind"
    And the patient "Lind" has been deleted
    When the client reads version 1 of the patient "Lind"
    Then the status is 200
    And the answer is version 1 of the patient "Lind"
