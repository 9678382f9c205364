Feature: Emergency
  Art. 11(5): restricted data may be opened to protect vital interests; that is recorded clearly, and the person can see it.

  Background:
    Given the log of the system
    And the patient has restricted "test-result"

  @id:consent-401 @claim:emergency @req:EHDS-11-5-btg @req:EHDS-10-2 @severity:F1 @mode:server
  Scenario: A declared emergency opens what is restricted, and is recorded
    Then the rescuer can read "test-result"
    And the emergency is recorded, with its purpose
    And each record names the rescuer as the person
    And each record names the patient "patient"

  @id:consent-402 @claim:emergency @req:EHDS-11-5-btg @severity:F1 @mode:server
  Scenario: An emergency without a reason opens nothing
    Then the hasty cannot read "test-result"

  @id:consent-403 @claim:emergency @req:EHDS-11-5-btg @severity:F1 @mode:server
  Scenario: Without an emergency nothing is opened
    Then the doctor cannot read "test-result"

  @id:consent-404 @claim:emergency @claim:access-report @req:EHDS-11-5-btg @req:EHDS-9-1 @severity:F1 @mode:server
  Scenario: The person sees the emergency in the report
    Then the rescuer can read "test-result"
    When the patient asks for the access report of "patient"
    Then the report has one row of the access to "test-result"
    And each record tells the purpose "BTG"

  @id:consent-405 @claim:emergency @req:EHDS-11-5-btg @req:EHDS-A2-1.3 @severity:F1 @mode:server
  Scenario: An emergency does not lift the restriction for others
    Then the rescuer can read "test-result"
    And the doctor cannot read "test-result"
