Feature: Conditional changes
  https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #cond-delete

  Background:
    Given these stored patients
      | name | family | gender |
      | Anna | Berg   | female |
      | Bent | Berg   | male   |

  @id:fhir-rest-501 @req:R4-cond-create @severity:F1 @mode:server
  Scenario: A conditional create where one fits creates nothing
    Given the server states conditional create for Patient
    And the request header "If-None-Exist" with the value "identifier=urn:samspil:conformance|${Anna.identifier}"
    When the client sends POST "Patient" with
      """
      {"resourceType": "Patient", "identifier": [{"system": "urn:samspil:conformance", "value": "${Anna.identifier}"}]}
      """
    Then the status is 200
    And a search by the identifier of "Anna" finds 1

  @id:fhir-rest-502 @req:R4-cond-create @severity:F2 @mode:server
  Scenario: A conditional create where none fits creates
    Given the server states conditional create for Patient
    And a text "new" that nothing else in the server holds
    And the request header "If-None-Exist" with the value "identifier=urn:samspil:conformance|${new}"
    When the client sends POST "Patient" with
      """
      {"resourceType": "Patient", "identifier": [{"system": "urn:samspil:conformance", "value": "${new}"}]}
      """
    Then the status is 201
    And what the Location names can be read

  @id:fhir-rest-503 @req:R4-cond-create @req:R4-errors @severity:F2 @mode:server
  Scenario: A conditional create where several fit fails
    Given the server states conditional create for Patient
    And the request header "If-None-Exist" with the value "family=Berg${tag}"
    When the client sends POST "Patient" with
      """
      {"resourceType": "Patient", "name": [{"family": "Berg${tag}"}]}
      """
    Then the status is 412
    And the answer explains itself with an OperationOutcome

  @id:fhir-rest-511 @req:R4-cond-update @severity:F1 @mode:server
  Scenario: A conditional update where one fits updates it
    Given the server states conditional update for Patient
    When the client sends PUT "Patient?identifier=urn:samspil:conformance|${Anna.identifier}" with
      """
      {"resourceType": "Patient", "active": true, "identifier": [{"system": "urn:samspil:conformance", "value": "${Anna.identifier}"}]}
      """
    Then the request succeeds
    And the patient "Anna" now has active true
    And a search by the identifier of "Anna" finds 1

  @id:fhir-rest-512 @req:R4-cond-update @severity:F2 @mode:server
  Scenario: A conditional update where none fits creates
    Given the server states conditional update for Patient
    And a text "new" that nothing else in the server holds
    When the client sends PUT "Patient?identifier=urn:samspil:conformance|${new}" with
      """
      {"resourceType": "Patient", "identifier": [{"system": "urn:samspil:conformance", "value": "${new}"}]}
      """
    Then the status is 201
    And what the Location names can be read

  @id:fhir-rest-513 @req:R4-cond-update @severity:F1 @mode:server
  Scenario: A conditional update where several fit fails and changes nothing
    Given the server states conditional update for Patient
    When the client sends PUT "Patient?family=Berg${tag}" with
      """
      {"resourceType": "Patient", "active": true}
      """
    Then the status is 412
    And the patient "Anna" now has gender "female"
    And the patient "Bent" now has gender "male"

  @id:fhir-rest-514 @req:R4-cond-update @severity:F2 @mode:server
  Scenario: A conditional update that sends the id of another fails
    Given the server states conditional update for Patient
    When the client sends PUT "Patient?identifier=urn:samspil:conformance|${Anna.identifier}" with
      """
      {"resourceType": "Patient", "id": "${Bent}", "active": true}
      """
    Then the request is refused
    And the patient "Bent" now has gender "male"

  @id:fhir-rest-521 @req:R4-cond-delete @severity:F1 @mode:server
  Scenario: A conditional delete deletes the one that fits
    Given the server states conditional delete for Patient
    When the client sends DELETE "Patient?identifier=urn:samspil:conformance|${Anna.identifier}"
    Then the request succeeds
    And a search by the identifier of "Anna" finds 0
    And a search by the identifier of "Bent" finds 1

  @id:fhir-rest-522 @req:R4-cond-delete @severity:F1 @mode:server
  Scenario: A conditional delete of several fails where one alone may be deleted
    Given the server states single conditional delete for Patient
    When the client sends DELETE "Patient?family=Berg${tag}"
    Then the status is 412
    And a search by the identifier of "Anna" finds 1
    And a search by the identifier of "Bent" finds 1

  @id:fhir-rest-531 @req:R4-patch @severity:F4 @mode:server
  Scenario: A conditional patch where one fits changes it
    Given the server states that it supports patch of Patient
    And the server takes patches as "application/json-patch+json"
    And the server states conditional update for Patient
    And the request header "Content-Type" with the value "application/json-patch+json"
    When the client sends PATCH "Patient?identifier=urn:samspil:conformance|${Anna.identifier}" with
      """
      [{"op": "replace", "path": "/gender", "value": "other"}]
      """
    Then what was asked is refused with a warning, or the patient "Anna" has gender "other"
    And the patient "Bent" now has gender "male"

  @id:fhir-rest-532 @req:R4-patch @severity:F1 @mode:server
  Scenario: A conditional patch where several fit fails and changes nothing
    Given the server states that it supports patch of Patient
    And the server takes patches as "application/json-patch+json"
    And the server states conditional update for Patient
    And the request header "Content-Type" with the value "application/json-patch+json"
    When the client sends PATCH "Patient?family=Berg${tag}" with
      """
      [{"op": "replace", "path": "/gender", "value": "other"}]
      """
    Then the request is refused
    And the patient "Anna" now has gender "female"
    And the patient "Bent" now has gender "male"

  @id:fhir-rest-533 @req:R4-patch @severity:F2 @mode:server
  Scenario: A conditional patch where none fits fails and makes nothing
    Given the server states that it supports patch of Patient
    And the server takes patches as "application/json-patch+json"
    And the server states conditional update for Patient
    And a text "new" that nothing else in the server holds
    And the request header "Content-Type" with the value "application/json-patch+json"
    When the client sends PATCH "Patient?identifier=urn:samspil:conformance|${new}" with
      """
      [{"op": "add", "path": "/active", "value": true}]
      """
    Then the request is refused
    And the patient "Anna" now has gender "female"
