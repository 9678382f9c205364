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
      | search by id     | Observation?_id=laboratory-p1                                   |
      | search by code   | Observation?code=4548-4                                         |
      | compartment      | ${patient}/Observation                                          |
      | everything       | ${patient}/$everything                                          |
      | revinclude       | Patient?_id=p1&_revinclude=Observation:subject                  |
      | parts            | Observation?patient=${patient}&_elements=code                   |
      | summary          | Observation?patient=${patient}&_summary=true                    |
      | sorted           | Observation?patient=${patient}&_sort=-date                      |
      | system           | ?_id=laboratory-p1                                              |
      | system history   | _history                                                        |
      | type history     | Observation/_history                                            |

  @id:consent-202 @req:EHDS-8-restrict @req:EHDS-11-5-hide @severity:F1 @mode:server
  Scenario: What is restricted is not included
    Given the patient has restricted "electronic-prescription"
    When the doctor sends GET "MedicationDispense?patient=${patient}&_include=MedicationDispense:prescription"
    Then the status is 200
    And "electronic-prescription" is no resource of the answer

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
      {"resourceType": "Observation", "id": "laboratory-p1", "status": "cancelled", "code": {"text": "x"}, "subject": {"reference": "${patient}"}}
      """
    Then the request is refused
    And the patient can read "test-result"
    And the element "status" is "final"
