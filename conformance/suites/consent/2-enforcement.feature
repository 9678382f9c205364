Feature: Enforcement
  A restriction holds on every way by which data leave.

  Background:
    Given the professionals' interface of the system
    And the patient has restricted "test-result"

  @id:consent-201 @req:EHDS-8-restrict @req:EHDS-11-5-hide @severity:F1 @mode:server
  Scenario Outline: What is restricted does not leave by <case>
    Then the doctor gets nothing of "test-result" by <request>

    Examples:
      | case             | request                                                         |
      | version          | ${test-result}/_history/1                                       |
      | history          | ${test-result}/_history                                         |
      | search           | Observation?patient=${patient}                                  |
      | search by id     | Observation?_id=${test-result.id}                               |
      | compartment      | ${patient}/Observation                                          |
      | everything       | ${patient}/$everything                                          |
      | everything typed | ${patient}/$everything?_type=Observation                        |
      | everything since | ${patient}/$everything?_since=2000-01-01T00:00:00Z              |
      | revinclude       | Patient?_id=${patient.id}&_revinclude=Observation:subject       |
      | revinclude again | Patient?_id=${patient.id}&_revinclude:iterate=Observation:subject |
      | parts            | Observation?patient=${patient}&_elements=code                   |
      | summary          | Observation?patient=${patient}&_summary=true                    |
      | sorted           | Observation?patient=${patient}&_sort=-date                      |
      | counted          | Observation?patient=${patient}&_total=accurate                  |
      | system           | ?_id=${test-result.id}                                          |
      | system history   | _history                                                        |
      | type history     | Observation/_history                                            |
      | newer history    | Observation/_history?_since=2000-01-01T00:00:00Z                |

  @id:consent-202 @req:EHDS-8-restrict @req:EHDS-11-5-hide @severity:F1 @mode:server
  Scenario: What is restricted is not included
    Given the patient has restricted "electronic-prescription"
    When the doctor sends GET "MedicationDispense?patient=${patient}&_include=MedicationDispense:prescription"
    Then the status is 200
    And "electronic-prescription" is no resource of the answer

  @id:consent-207 @req:EHDS-8-restrict @req:EHDS-11-5-hide @severity:F1 @mode:server
  Scenario Outline: What is restricted is not included by <case>
    Given the patient has restricted "electronic-prescription"
    When the doctor sends GET "MedicationDispense?patient=${patient}&<asked>"
    Then "electronic-prescription" is no resource of the answer

    Examples:
      | case            | asked                                             |
      | every reference | _include=*                                        |
      | several steps   | _include:iterate=MedicationDispense:prescription  |

  @id:consent-208 @req:EHDS-8-restrict @req:EHDS-11-5-hide @severity:F1 @mode:server
  Scenario: What is restricted is not found by its code
    Given the code of "test-result"
    Then the doctor gets nothing of "test-result" by Observation?code=${test-result.code}

  @id:consent-203 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: A search by POST is filtered too
    When the doctor posts the form "patient=${patient}" to "Observation/_search"
    Then "test-result" is not in the answer, nor in any page that follows

  @id:consent-204 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: A batch is filtered too
    When the doctor sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "batch", "entry": [
        {"request": {"method": "GET", "url": "${test-result}"}},
        {"request": {"method": "GET", "url": "Observation?patient=${patient}"}},
        {"request": {"method": "GET", "url": "${patient-summary}"}}]}
      """
    Then "test-result" is not in the answer, nor in any page that follows
    And "patient-summary" is in the answer

  @id:consent-205 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: What is not restricted still leaves by a search
    When the doctor sends GET "Observation?patient=${patient}"
    Then the status is 200
    And the search holds the other observation of the patient
    And the total counts what is in the answer

  @id:consent-206 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: What is restricted is not changed by who cannot read it
    When the doctor sends PUT "${test-result}" with
      """
      {"resourceType": "Observation", "id": "${test-result.id}", "status": "cancelled", "code": {"text": "x"}, "subject": {"reference": "${patient}"}}
      """
    Then the request is refused
    And the patient can read "test-result"
    And the element "status" is "final"
