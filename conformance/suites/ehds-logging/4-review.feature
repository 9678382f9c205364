Feature: Review of the log
  Annex II 3.3: there are tools to review and analyse the log, or external software can be connected. The interface is that of
  IHE ITI-81, Retrieve ATNA Audit Event.

  Background:
    Given the log of the system

  @id:ehds-logging-401 @req:EHDS-A2-3.3 @req:XTEHR-log-Review @req:XTEHR-log-Interoperability @severity:F1 @mode:server
  Scenario Outline: Records are found by <case>
    When the doctor sends GET "${test-result}"
    And the auditor searches the log for "<query>"
    Then the search finds the access to "test-result"

    Examples:
      | case    | query                                        |
      | time    | date=ge${since}                              |
      | patient | date=ge${since}&patient=${patient}           |
      | person  | date=ge${since}&agent=${doctor.person}       |
      | data    | date=ge${since}&entity=${test-result}        |
      | action  | date=ge${since}&action=R                     |
      | outcome | date=ge${since}&outcome=0                    |

  @id:ehds-logging-402 @req:EHDS-A2-3.3 @req:XTEHR-log-Review @severity:F1 @mode:server
  Scenario Outline: Records that do not fit are not found: <case>
    When the doctor sends GET "${test-result}"
    And the auditor searches the log for "<query>"
    Then the search does not find the access to "test-result"

    Examples:
      | case    | query                                        |
      | time    | date=lt${since}                              |
      | patient | date=ge${since}&patient=${other-patient}     |
      | person  | date=ge${since}&agent=${nurse.person}        |
      | data    | date=ge${since}&entity=${patient-summary}    |
      | action  | date=ge${since}&action=D                     |
      | outcome | date=ge${since}&outcome=8                    |

  @id:ehds-logging-403 @req:EHDS-A2-3.3 @severity:F1 @mode:server
  Scenario Outline: Who is no auditor cannot read the log: <who>
    When the doctor sends GET "${test-result}"
    And the <who> searches the log for "date=ge${since}"
    Then the search is refused

    Examples:
      | case     | who      |
      | doctor   | doctor   |
      | stranger | stranger |
      | nobody   | nobody   |

  @id:ehds-logging-404 @req:EHDS-A2-3.3 @req:SE-HSLF-4-9-6 @severity:F2 @mode:server
  Scenario: Who reads the log is recorded too
    When the auditor searches the log for "date=ge${since}"
    Then the search itself is recorded with the auditor

  @id:ehds-logging-405 @req:SE-HSLF-4-9-5 @severity:F3 @mode:server @attest
  Scenario: Samples of the log are checked
    Then a person confirms: are samples of the log checked systematically and again and again, and is that documented? It should be: yes, by a routine that names who, how often and how it is recorded
