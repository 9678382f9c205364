Feature: Every access is recorded
  Annex II 3.2: for every access event or group of events.

  Background:
    Given the log of the system

  @id:ehds-logging-201 @req:EHDS-A2-3.2-cover @req:XTEHR-log-UserAccess @req:CRA-A1-I-2l @severity:F1 @mode:server
  Scenario Outline: A read in any form is recorded: <case>
    When the doctor sends GET "<url>"
    Then the status is 200
    And it is recorded as an access to "test-result"
    And each record names the doctor as the person
    And each record names the patient "patient"
    And each record tells that it succeeded

    Examples:
      | case             | url                                                              |
      | version          | ${test-result}/_history/1                                        |
      | history          | ${test-result}/_history                                          |
      | search           | Observation?patient=${patient}&category=laboratory               |
      | search by code   | Observation?patient=${patient}&code=4548-4                       |
      | compartment      | ${patient}/Observation                                           |
      | everything       | ${patient}/$everything                                           |
      | parts            | Observation?patient=${patient}&category=laboratory&_elements=code,subject |

  @id:ehds-logging-202 @req:EHDS-A2-3.2c @req:EHDS-A2-3.2-cover @severity:F1 @mode:server
  Scenario: The categories are those that were answered
    When the doctor sends GET "${patient}/$everything"
    Then the status is 200
    And it is recorded
    And the records together tell the categories "patient-summary electronic-prescription electronic-dispensation medical-imaging test-result discharge-report"

  @id:ehds-logging-203 @req:EHDS-A2-3.2c @severity:F2 @mode:server
  Scenario: What was asked for and not answered is not told
    When the doctor sends GET "MedicationRequest?patient=${patient}&status=cancelled"
    Then the status is 200
    And it is recorded
    And no record tells the category "electronic-prescription"

  @id:ehds-logging-204 @req:EHDS-A2-3.2-cover @severity:F1 @mode:server
  Scenario: A search by POST is recorded
    When the doctor posts the form "patient=${patient}&category=laboratory" to "Observation/_search"
    Then the status is 200
    And it is recorded as an access to "test-result"
    And each record names the patient "patient"

  @id:ehds-logging-205 @req:EHDS-A2-3.2-cover @severity:F1 @mode:server
  Scenario: Each page of a search is recorded
    When the doctor sends GET "Observation?patient=${patient}&_count=1"
    And the doctor follows the next link
    Then the status is 200
    And there are records of 2 accesses

  @id:ehds-logging-206 @req:EHDS-A2-3.2-cover @req:XTEHR-log-APIAccess @severity:F1 @mode:server
  Scenario: Each entry of a batch is recorded
    When the doctor sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "batch", "entry": [
        {"request": {"method": "GET", "url": "${test-result}"}},
        {"request": {"method": "GET", "url": "${patient-summary}"}}]}
      """
    Then the status is 200
    And it is recorded as an access to "test-result"
    And it is recorded as an access to "patient-summary"
    And each record names the patient "patient"

  @id:ehds-logging-207 @req:EHDS-A2-3.2-cover @req:EHDS-13-4 @req:SE-HSLF-4-9-1 @severity:F1 @mode:server
  Scenario: What is written is recorded, with who wrote it and when
    When the doctor sends POST "Observation" with
      """
      {"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
       "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
       "subject": {"reference": "${patient}"}, "valueQuantity": {"value": 61}}
      """
    Then the status is 201
    And it is recorded
    And each record tells the action C
    And each record names the doctor as the person
    And each record names the organisation of the doctor
    And each record names the patient "patient"
    And each record tells the time of the access, with its zone

  @id:ehds-logging-208 @req:EHDS-A2-3.2-cover @req:SE-HSLF-4-9-1 @severity:F1 @mode:server
  Scenario: A change is recorded as a change
    When the doctor sends GET "${patient-summary}"
    And the doctor sends back what was read
    Then the request succeeds
    And the change of "patient-summary" is recorded

  @id:ehds-logging-209 @req:EHDS-A2-3.2-cover @severity:F1 @mode:server
  Scenario: An attempt to read what is not there is recorded
    When the doctor sends GET "Observation/samspil-nobody"
    Then the status is 404
    And it is recorded as refused
    And each record names the doctor as the person

  @id:ehds-logging-210 @req:EHDS-A2-3.2-cover @req:EHDS-A2-3.1 @severity:F1 @mode:server
  Scenario: An attempt without identification is recorded
    When the nobody sends GET "${test-result}"
    Then the status is 401 or 403
    And it is recorded as refused

  @id:ehds-logging-211 @req:EHDS-9-1 @req:EHDS-A2-3.2-cover @severity:F1 @mode:server
  Scenario: What the patients read themselves is recorded
    When the patient sends GET "${test-result}"
    Then the status is 200
    And it is recorded as an access to "test-result"
    And each record names the patient as the person

  @id:ehds-logging-212 @req:EHDS-A2-3.2-cover @severity:F2 @mode:server
  Scenario: HEAD is an access like any other
    When the doctor sends HEAD "${test-result}"
    Then it is recorded

  @id:ehds-logging-213 @req:EHDS-A2-3.2-cover @severity:F2 @mode:server
  Scenario: A record is about the patient whose data were accessed, and no other
    When the doctor sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And no record names the patient "other-patient"

  @id:ehds-logging-214 @req:EHDS-A2-3.2-cover @severity:F1 @mode:server
  Scenario: A search over several patients is recorded for each of them
    When the doctor sends GET "AllergyIntolerance?_id=allergy-p1,allergy-p2"
    Then the status is 200
    And it is recorded as an access to "patient-summary"
    And each record names the patient "patient"
    And it is recorded as an access to "other-patient-summary"
    And each record names the patient "other-patient"

  @id:ehds-logging-215 @claim:test-hooks @req:EHDS-A2-3.2-cover @severity:F1 @mode:server
  Scenario: What cannot be recorded is not answered
    Given the log cannot write
    When the doctor sends GET "${test-result}"
    Then no data leave the system
