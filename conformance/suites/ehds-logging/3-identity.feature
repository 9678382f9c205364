Feature: Identification
  Annex II 3.1: health professionals are identified and authenticated by reliable mechanisms.

  Background:
    Given the log of the system

  @id:ehds-logging-301 @req:EHDS-A2-3.1 @req:EHDS-12 @severity:F1 @mode:server
  Scenario Outline: Who is not identified gets nothing: <who>
    When the <who> sends GET "${test-result}"
    Then the status is 401 or 403
    And no data leave the system

    Examples:
      | case     | who       |
      | nobody   | nobody    |
      | forged   | forger    |
      | expired  | latecomer |

  @id:ehds-logging-302 @req:EHDS-A2-3.1 @severity:F1 @mode:server @attest
  Scenario: Professionals are identified by a means of electronic identification
    Then a person confirms: by which means do health professionals identify themselves, and at which level of assurance? It should be: a means of electronic identification that the Member State recognises, at the level it asks for

  @id:ehds-logging-303 @req:EHDS-2-2-o @severity:F2 @mode:server @attest
  Scenario: The logging component works without the interoperability component
    Then a person confirms: does the logging component start and record accesses where the interoperability component is not installed? It should be: yes, shown by a test of the maker
