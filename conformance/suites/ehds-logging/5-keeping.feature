Feature: Keeping the log
  Art. 9(2): three years from each access at least. Annex II 3.4: periods of retention differ by origin and category.

  Background:
    Given the log of the system

  @id:ehds-logging-501 @req:XTEHR-log-Retention @req:EHDS-9-2-3y @severity:F1 @mode:server
  Scenario Outline: Nobody changes a record: the <who> tries to <deed> one
    When the doctor sends GET "${test-result}"
    And the <who> tries to <deed> the newest record
    Then the attempt is refused, and the record is as it was

    Examples:
      | case            | who     | deed    |
      | doctor deletes  | doctor  | delete  |
      | auditor deletes | auditor | delete  |
      | auditor changes | auditor | replace |
      | auditor adds    | auditor | add     |
      | nobody deletes  | nobody  | delete  |

  @id:ehds-logging-502 @claim:provable-log @req:XTEHR-log-Retention @req:EHDS-A2-3.3 @severity:F2 @mode:server
  Scenario: The log proves that nothing was changed
    When the doctor sends GET "${test-result}"
    And the log is exported
    Then the export proves that no record was changed or left out
    And the export holds every record of the scenario

  @id:ehds-logging-503 @claim:provable-log @req:XTEHR-log-Retention @severity:F2 @mode:server
  Scenario: The log continues what it was
    Given the signed checkpoint of the log is kept
    When the doctor sends GET "${test-result}"
    And the log is exported
    Then the export continues the log of the kept checkpoint

  @id:ehds-logging-504 @claim:test-hooks @req:EHDS-9-2-3y @req:XTEHR-log-Retention @severity:F1 @mode:server
  Scenario: A record is kept for three years
    Given the clock of the system is set back afterwards
    When the doctor sends GET "${patient-summary}"
    And 2 years and 364 days have passed, and the system has purged its log
    Then the access to "patient-summary" is still in the log

  @id:ehds-logging-505 @claim:test-hooks @claim:retention-rules @req:EHDS-A2-3.4 @severity:F2 @mode:server
  Scenario: Periods differ by category and origin
    Given the clock of the system is set back afterwards
    When the doctor sends GET "${patient-summary}"
    And the doctor sends GET "${test-result}"
    And the doctor sends GET "${electronic-dispensation}"
    And 6 years and 1 days have passed, and the system has purged its log
    Then the access to "patient-summary" is no longer in the log
    And the access to "test-result" is no longer in the log
    And the access to "electronic-dispensation" is still in the log

  @id:ehds-logging-506 @claim:test-hooks @claim:retention-rules @req:EHDS-A2-3.4 @req:SE-HSLF-4-9-7 @severity:F2 @mode:server
  Scenario: What a rule keeps for five years is there after four
    Given the clock of the system is set back afterwards
    When the doctor sends GET "${test-result}"
    And 4 years and 1 days have passed, and the system has purged its log
    Then the access to "test-result" is still in the log
