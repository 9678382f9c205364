Feature: What a record of an access says
  Annex II 3.2 of Regulation (EU) 2025/327: who, which person, which categories of data, when, and where the data come from.

  Background:
    Given the log of the system

  @id:ehds-logging-101 @req:EHDS-A2-3.2a @req:EHDS-A2-3.2b @req:XTEHR-log-UserID @req:SE-HSLF-4-9-4 @req:ISO27789-min @severity:F1 @mode:server
  Scenario Outline: A record names the person and the provider: <case>
    When the doctor sends GET "${<case>}"
    Then the status is 200
    And it is recorded as an access to "<case>"
    And each record names the doctor as the person
    And each record names the organisation of the doctor
    And each record names the patient "patient"

    Examples:
      | case                    |
      | patient-summary         |
      | electronic-prescription |
      | electronic-dispensation |
      | medical-imaging         |
      | test-result             |
      | discharge-report        |

  @id:ehds-logging-102 @req:EHDS-A2-3.2c @req:EHDS-14-1 @severity:F1 @mode:server
  Scenario Outline: A record tells the category of the data: <case>
    When the doctor sends GET "${<case>}"
    Then the status is 200
    And it is recorded as an access to "<case>"
    And each record tells the category "<case>"

    Examples:
      | case                    |
      | patient-summary         |
      | electronic-prescription |
      | electronic-dispensation |
      | medical-imaging         |
      | test-result             |
      | discharge-report        |

  @id:ehds-logging-103 @req:EHDS-A2-3.2e @severity:F1 @mode:server
  Scenario Outline: A record tells where the data come from: <case>
    When the doctor sends GET "${<case>}"
    Then the status is 200
    And it is recorded as an access to "<case>"
    And each record tells the origin of "<case>"

    Examples:
      | case                    |
      | patient-summary         |
      | electronic-dispensation |
      | test-result             |

  @id:ehds-logging-104 @req:EHDS-A2-3.2d @req:SE-HSLF-4-9-3 @req:ISO27789-min @severity:F1 @mode:server
  Scenario: A record tells when the data were accessed
    When the doctor sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And each record tells the time of the access, with its zone

  @id:ehds-logging-105 @req:SE-HSLF-4-9-1 @req:ISO27789-min @severity:F2 @mode:server
  Scenario: A record tells what was done, and that it succeeded
    When the doctor sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And each record tells the action R
    And each record tells that it was a "read"
    And each record tells that it succeeded

  @id:ehds-logging-106 @req:EHDS-A2-3.2b @req:XTEHR-log-UserID @severity:F1 @mode:server
  Scenario: Two people of one provider are told apart
    When the nurse sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And each record names the nurse as the person
    And each record names the organisation of the nurse

  @id:ehds-logging-107 @req:EHDS-A2-3.2a @severity:F1 @mode:server
  Scenario: Another provider is told apart
    When the outsider sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And each record names the organisation of the outsider

  @id:ehds-logging-108 @req:EHDS-A2-3.2a @req:XTEHR-log-APIAccess @severity:F2 @mode:server
  Scenario: The access of another system is recorded with its provider
    When the machine sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And each record names the organisation of the machine

  @id:ehds-logging-109 @req:EHDS-A2-3.2-cover @severity:F2 @mode:server
  Scenario: One access is recorded once
    When the doctor sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And no record comes twice

  @id:ehds-logging-110 @req:EHDS-A2-3.2a @req:EHDS-9-1 @severity:F2 @mode:server
  Scenario: A record tells what the access was for
    When the doctor sends GET "${test-result}"
    Then it is recorded as an access to "test-result"
    And each record tells the purpose "TREAT"
