Feature: History
  https://hl7.org/fhir/R4/http.html#history

  Background:
    Given these stored patients
      | name | active |
      | Lind | true   |
    And the server states that it supports history-instance of Patient
    And the patient "Lind" has been updated to active "false"

  @id:fhir-rest-701 @req:R4-history @severity:F1 @mode:server
  Scenario: The history of a resource has every version, newest first
    When the client sends GET "Patient/${Lind}/_history"
    Then the status is 200
    And the answer is FHIR JSON in UTF-8
    And the history tells, newest first,
      | method | version |
      | PUT    | Lind 2  |
      | POST   | Lind 1  |

  @id:fhir-rest-702 @req:R4-history @req:R4-delete @severity:F2 @mode:server
  Scenario: A deletion is in the history
    Given the server states that it supports delete of Patient
    And the patient "Lind" has been deleted
    When the client sends GET "Patient/${Lind}/_history"
    Then the status is 200
    And the history tells, newest first,
      | method | version |
      | DELETE |         |
      | PUT    | Lind 2  |
      | POST   | Lind 1  |

  @id:fhir-rest-703 @req:R4-history @req:R4-errors @severity:F3 @mode:server
  Scenario: There is no history of what was never there
    When the client sends GET "Patient/samspil-nobody/_history"
    Then the status is 404
    And the answer explains itself with an OperationOutcome

  @id:fhir-rest-704 @req:R4-history @severity:F2 @mode:server
  Scenario: The history of a type has the versions too
    Given the server states that it supports history-type of Patient
    When the client sends GET "Patient/_history?_count=50"
    Then the status is 200
    And the history tells, newest first,
      | method | version |
      | PUT    | Lind 2  |
      | POST   | Lind 1  |

  @id:fhir-rest-705 @req:R4-history-since @severity:F2 @mode:server
  Scenario: A history begins where the client asks
    When the client asks for the history of the patient "Lind" since its version 2
    And the server does not refuse the modifier
    And the server has used the parameter "_since"
    Then the status is 200
    And the history tells version 2 of "Lind" and none that is older

  @id:fhir-rest-706 @req:R4-history-since @severity:F2 @mode:server
  Scenario: A history tells what was current at a time
    When the client asks for the history of the patient "Lind" at the time of its version 1
    And the server does not refuse the modifier
    And the server has used the parameter "_at"
    Then the status is 200
    And the history tells version 1 of "Lind" and none that is younger

  @id:fhir-rest-707 @req:R4-history @severity:F2 @mode:server
  Scenario: The pages of a history lead through every version once
    Given the patient "Lind" has been updated to active "true"
    When the client sends GET "Patient/${Lind}/_history?_count=1"
    Then the status is 200
    And the history tells, newest first,
      | method | version |
      | PUT    | Lind 3  |
      | PUT    | Lind 2  |
      | POST   | Lind 1  |
