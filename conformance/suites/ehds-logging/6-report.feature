Feature: What the patient is told
  Art. 9: a person gets information on any access to their data: who, when, which data.

  Background:
    Given the log of the system

  @id:ehds-logging-601 @claim:access-report @req:EHDS-9-1 @req:EHDS-9-2a @req:EHDS-9-2b @req:EHDS-9-2c @req:EHDS-9-2-3y @severity:F1 @mode:server
  Scenario: An access is in the report at once: who, when and which data
    When the doctor sends GET "${test-result}"
    And the patient asks for the access report of "patient"
    Then the report has one row of the access to "test-result"
    And each record names the doctor as the person
    And each record names the organisation of the doctor
    And each record tells the time of the access, with its zone
    And each record tells the category "test-result"

  @id:ehds-logging-602 @claim:access-report @req:EHDS-9-1 @severity:F1 @mode:server
  Scenario: Each access has its row
    When the doctor sends GET "${test-result}"
    And the nurse sends GET "${patient-summary}"
    And the outsider sends GET "${discharge-report}"
    And the patient asks for the access report of "patient"
    Then the report has one row of the access to "test-result"
    And each record names the doctor as the person
    And the report has one row of the access to "patient-summary"
    And each record names the nurse as the person
    And the report has one row of the access to "discharge-report"
    And each record names the outsider as the person

  @id:ehds-logging-603 @claim:access-report @req:EHDS-9-1 @severity:F1 @mode:server
  Scenario: The report tells of one's own data alone
    When the doctor sends GET "${other-patient-summary}"
    And the patient asks for the access report of "patient"
    Then the status is 200
    And the report has no row of the access to "other-patient-summary"

  @id:ehds-logging-604 @claim:access-report @req:EHDS-9-1 @severity:F1 @mode:server
  Scenario Outline: The report of another is refused: <who>
    When the <who> asks for the access report of "patient"
    Then the report is refused

    Examples:
      | case     | who      |
      | stranger | stranger |
      | doctor   | doctor   |
      | nobody   | nobody   |

  @id:ehds-logging-605 @claim:access-report @claim:emergency @req:EHDS-9-1 @req:EHDS-11-5-btg @severity:F1 @mode:server
  Scenario: Emergency access is told, and told first
    When the rescuer sends GET "${discharge-report}"
    And the doctor sends GET "${test-result}"
    And the patient asks for the access report of "patient"
    Then the report has one row of the access to "discharge-report"
    And each record tells the purpose "BTG"
    And the first row of the report is an emergency

  @id:ehds-logging-606 @claim:access-report @claim:proxy @req:EHDS-9-1 @req:EHDS-4-2a @severity:F2 @mode:server
  Scenario: Who acts for a person gets their report
    When the doctor sends GET "${test-result}"
    And the relative asks for the access report of "patient"
    Then the report has one row of the access to "test-result"

  @id:ehds-logging-607 @claim:access-report @req:EHDS-9-3 @severity:F3 @mode:server @attest
  Scenario: What is kept back from a report is kept back by law
    Then a person confirms: where the report keeps back who accessed, by which provision of national law is it, and is it recorded? It should be: nothing is kept back, or a provision under Art. 9(3) is named, and each use is in the log
