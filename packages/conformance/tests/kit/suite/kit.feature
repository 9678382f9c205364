Feature: What the kit can do

  Background:
    Given a patient on the server

  @id:kit-001 @req:EHDS-A2-2.1 @severity:F1 @mode:server
  Scenario: A patient is read
    When the patient is read
    Then the status is 200

  @id:kit-002 @req:EHDS-A2-2.1 @req:EHDS-A2-2.2 @severity:F4 @mode:server
  Scenario Outline: A title that is there twice
    When <path> is read with a secret
    Then the status is <status>

    Examples:
      | case    | path      | status |
      | there   | Patient/1 | 200    |
      | missing | Patient/2 | 404    |

  @id:kit-003 @req:EHDS-A2-2.3 @severity:F3 @mode:server
  Scenario: A title that is there twice
    When the patient is read
    Then a person sees the patient

  @id:kit-004 @req:EHDS-A2-2.4 @severity:F2 @mode:server @claim:writing
  Scenario: Not claimed
    When the patient is read
    Then the status is 200

  @id:kit-005 @req:EHDS-A2-2.5 @severity:F2 @mode:server
  Scenario: A precondition that is not met
    When there are no two patients
    Then the status is 200

  @id:kit-006 @req:EHDS-A2-2.6 @severity:F2 @mode:client
  Scenario: The system sends
    When the system is asked to send a patient
    Then the kit received a patient

  @id:kit-007 @req:EHDS-A2-1.1 @severity:F2 @mode:files
  Scenario: The system turns bytes around
    When the command is given "abc"
    Then it gave "cba"

  @id:kit-008 @req:EHDS-A2-1.2 @severity:F3 @mode:server
  Scenario: Something that should be and need not
    When the patient is read
    Then the patient should have a name
