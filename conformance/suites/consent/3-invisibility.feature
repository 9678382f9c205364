Feature: Invisibility
  Art. 8 and Art. 11(5): that a restriction exists is not visible to healthcare providers; they are not told of the restricted
  content. What is restricted is answered as what is not there.

  Background:
    Given the professionals' interface of the system
    And the patient has restricted "test-result"

  @id:consent-301 @req:EHDS-8-hidden @req:EHDS-11-5-hide @severity:F1 @mode:server
  Scenario Outline: <request> tells nothing
    Then to the doctor, <request> of "test-result" looks like that of what is not there

    Examples:
      | case     | request     |
      | read     | a read      |
      | version  | a version   |
      | history  | the history |
      | search   | a search    |
      | count    | a count     |
      | update   | an update   |
      | deletion | a deletion  |
      | batch    | a batch     |
      | head               | a HEAD                  |
      | conditional read   | a conditional read      |
      | history count      | a count of the history  |
      | transaction        | a transaction           |
      | conditional create | a conditional create    |
      | referred to        | a search from the patient |
      | referred to, count | a count from the patient |

  @id:consent-307 @req:EHDS-8-hidden @req:EHDS-11-5-hide @severity:F1 @mode:server
  Scenario Outline: A search by what is restricted tells nothing: <case>
    Given the patient has restricted "<what>"
    Then to the doctor, GET "<query>" says the same of the code of "<what>" as of another

    Examples:
      | case             | what                    | query                                                                      |
      | referring        | test-result             | Patient?_id=${patient.id}&_has:Observation:patient:code=CODE               |
      | referring, count | test-result             | Patient?_id=${patient.id}&_has:Observation:patient:code=CODE&_summary=count |
      | chained          | electronic-prescription | MedicationDispense?patient=${patient}&prescription:MedicationRequest.code=CODE |
      | chained, count   | electronic-prescription | MedicationDispense?patient=${patient}&prescription:MedicationRequest.code=CODE&_summary=count |
      | direct, count    | test-result             | Observation?patient=${patient}&code=CODE&_summary=count                     |

  @id:consent-302 @req:EHDS-8-hidden @severity:F1 @mode:server
  Scenario: The totals tell nothing
    When the doctor sends GET "Observation?patient=${patient}"
    Then the status is 200
    And the total counts what is in the answer
    And the answer to the doctor says nothing of a restriction

  @id:consent-303 @req:EHDS-8-hidden @severity:F1 @mode:server
  Scenario: A count alone tells nothing
    When the doctor sends GET "Observation?patient=${patient}&_summary=count"
    Then the status is 200
    And the count is that of what the doctor may see by "Observation?patient=${patient}"

  @id:consent-304 @req:EHDS-8-hidden @severity:F1 @mode:server
  Scenario: Pages tell nothing
    When the doctor sends GET "Observation?patient=${patient}&_count=1"
    Then the status is 200
    And "test-result" is not in the answer, nor in any page that follows
    And the total counts what is in the answer

  @id:consent-305 @req:EHDS-8-hidden @severity:F1 @mode:server
  Scenario: The restriction itself is not shown to professionals
    Then the doctor finds no consent of the patient
    And the outsider finds no consent of the patient

  @id:consent-306 @req:EHDS-8-hidden @req:EHDS-11-5-hide @severity:F1 @mode:server
  Scenario: The words of a refusal tell nothing
    When the doctor sends GET "${test-result}"
    Then the request is refused
    And the answer to the doctor says nothing of a restriction
