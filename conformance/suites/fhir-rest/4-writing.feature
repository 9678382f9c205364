Feature: Creating, updating, deleting
  https://hl7.org/fhir/R4/http.html#create, #update, #delete

  @id:fhir-rest-401 @req:R4-create @req:R4-create-location @severity:F1 @mode:server
  Scenario: A created resource has a place of its own
    Given the server states that it supports create of Patient
    When the client creates a patient "Lind"
    Then the status is 201
    And the Location names the new Patient and its version
    And the answer, where it has a body, is the patient "Lind"
    And what the Location names can be read

  @id:fhir-rest-407 @req:R4-create @severity:F3 @mode:server
  Scenario: The entity tag of what was created is its version
    Given the server states that it supports create of Patient
    When the client creates a patient "Lind"
    Then the status is 201
    And the entity tag, where there is one, is that of the version

  @id:fhir-rest-419 @req:R4-update @severity:F3 @mode:server
  Scenario: The entity tag of what was updated is its version
    Given the server states that it supports update of Patient
    And a stored patient "Lind"
    When the client updates the patient "Lind" with
      """
      {"active": true}
      """
    Then the request succeeds
    And the entity tag, where there is one, is that of the version

  @id:fhir-rest-402 @req:R4-create-meta @severity:F2 @mode:server
  Scenario: The server gives a new resource id, version and time
    Given the server states that it supports create of Patient
    When the client creates a patient "Lind"
    And the client reads the patient "Lind"
    Then the resource has an id, a version and a time of last update

  @id:fhir-rest-403 @req:R4-create-meta @severity:F2 @mode:server
  Scenario: What the client says of id, version and time counts for nothing
    Given the server states that it supports create of Patient
    When the client creates a patient "Lind" with
      """
      {"id": "samspil-own", "meta": {"versionId": "77", "lastUpdated": "1999-01-01T00:00:00Z"}}
      """
    And the client reads the patient "Lind"
    Then the status is 200
    And the element "id" differs from "samspil-own"
    And the element "meta.versionId" differs from "77"
    And the element "meta.lastUpdated" differs from "1999-01-01T00:00:00Z"

  @id:fhir-rest-404 @req:R4-create-meta @severity:F3 @mode:server
  Scenario: Profiles, tags and labels of the client are kept
    Given the server states that it supports create of Patient
    When the client creates a patient "Lind" with
      """
      {"meta": {"tag": [{"system": "urn:samspil:conformance", "code": "kept"}]}}
      """
    And the client reads the patient "Lind"
    Then the element "meta.tag.0.code" is "kept"

  @id:fhir-rest-405 @req:R4-create-bad @req:R4-errors @severity:F2 @mode:server
  Scenario Outline: Content that is no patient is refused: <case>
    Given the server states that it supports create of Patient
    When the client sends POST "Patient" with
      """
      <content>
      """
    Then the content is refused as wrong
    And the answer explains itself with an OperationOutcome

    Examples:
      | case           | content                                             |
      | not JSON       | {"resourceType": "Patient",                         |
      | another type   | {"resourceType": "Observation", "status": "final"}  |
      | no type        | {"active": true}                                    |
      | a list         | [{"resourceType": "Patient"}]                       |

  @id:fhir-rest-406 @req:R4-type-unknown @severity:F3 @mode:server
  Scenario: A type that there is not cannot be created
    When the client sends POST "Samspil" with
      """
      {"resourceType": "Samspil"}
      """
    Then the request is refused

  @id:fhir-rest-411 @req:R4-update @severity:F1 @mode:server
  Scenario: An update replaces the content
    Given the server states that it supports update of Patient
    And these stored patients
      | name | active |
      | Lind | true   |
    When the client updates the patient "Lind" with
      """
      {"active": false, "gender": "other"}
      """
    Then the request succeeds
    And the answer, where it has a body, is the patient "Lind"
    And the patient "Lind" now has active false
    And the patient "Lind" now has gender "other"

  @id:fhir-rest-412 @req:R4-update @severity:F1 @mode:server
  Scenario: What an update leaves out is no longer there
    Given the server states that it supports update of Patient
    And a stored patient "Lind"
    When the client sends PUT "Patient/${Lind}" with
      """
      {"resourceType": "Patient", "id": "${Lind}", "active": true}
      """
    Then the request succeeds
    When the client reads the patient "Lind"
    Then there is no element "birthDate"

  @id:fhir-rest-413 @req:R4-update @severity:F2 @mode:server
  Scenario: An update makes a new version
    Given the server states that it supports update of Patient
    And the server states versions for Patient
    And a stored patient "Lind"
    When the client reads the patient "Lind"
    Then the time of last update is remembered
    When the client updates the patient "Lind" with
      """
      {"active": true}
      """
    Then the entity tag of the answer is another than before
    And reading the patient "Lind" shows another version, updated later or at the same time

  @id:fhir-rest-414 @req:R4-update-id @req:R4-errors @severity:F2 @mode:server
  Scenario Outline: An update that does not name the resource of the URL is refused: <case>
    Given the server states that it supports update of Patient
    And a stored patient "Lind"
    When the client sends PUT "Patient/${Lind}" with
      """
      <content>
      """
    Then the content is refused as wrong
    And the answer explains itself with an OperationOutcome
    And reading the patient "Lind" shows the same version as before

    Examples:
      | case         | content                                            |
      | another id   | {"resourceType": "Patient", "id": "samspil-other"} |
      | no id        | {"resourceType": "Patient", "active": true}        |
      | another type | {"resourceType": "Group", "id": "${Lind}", "type": "person", "actual": true} |

  @id:fhir-rest-415 @req:R4-update-create @severity:F2 @mode:server
  Scenario: An update of what is not there creates it, as the server states
    Given the server states update as create for Patient
    And a text "new" that nothing else in the server holds
    When the client sends PUT "Patient/${new}" with
      """
      {"resourceType": "Patient", "id": "${new}", "active": true}
      """
    Then the status is 201
    When the client sends GET "Patient/${new}"
    Then the status is 200
    And the element "active" is true

  @id:fhir-rest-416 @req:R4-update-create @severity:F3 @mode:server
  Scenario: An update of what is not there is refused, as the server states
    Given the server states no update as create for Patient
    And a text "new" that nothing else in the server holds
    When the client sends PUT "Patient/${new}" with
      """
      {"resourceType": "Patient", "id": "${new}", "active": true}
      """
    Then the request is refused

  @id:fhir-rest-417 @req:R4-if-match @req:R4-errors @severity:F1 @mode:server
  Scenario: An update of an old version is refused
    Given the server states that it supports update of Patient
    And a stored patient "Lind"
    And the patient "Lind" has been updated to active "true"
    And the request header "If-Match" with the value "W/"samspil-old""
    When the client sends PUT "Patient/${Lind}" with
      """
      {"resourceType": "Patient", "id": "${Lind}", "active": false}
      """
    Then the status is 412 or 409
    And the patient "Lind" now has active true

  @id:fhir-rest-418 @req:R4-if-match @severity:F2 @mode:server
  Scenario: An update of the current version is done
    Given the server states that it supports update of Patient
    And the server states versions for Patient
    And a stored patient "Lind"
    And the request header "If-Match" with the value "W/"${Lind.version}""
    When the client sends PUT "Patient/${Lind}" with
      """
      {"resourceType": "Patient", "id": "${Lind}", "active": true}
      """
    Then the request succeeds
    And the patient "Lind" now has active true

  @id:fhir-rest-421 @req:R4-patch @severity:F1 @mode:server
  Scenario: A patch changes what it names
    Given the server states that it supports patch of Patient
    And the server takes patches as "application/json-patch+json"
    And a stored patient "Lind"
    And the request header "Content-Type" with the value "application/json-patch+json"
    When the client sends PATCH "Patient/${Lind}" with
      """
      [{"op": "test", "path": "/gender", "value": "female"}, {"op": "replace", "path": "/gender", "value": "other"}]
      """
    Then the request succeeds
    And the patient "Lind" now has gender "other"
    And the patient "Lind" now has birthDate "1990-05-17"

  @id:fhir-rest-422 @req:R4-patch @req:R4-errors @severity:F1 @mode:server
  Scenario: A patch whose test fails changes nothing
    Given the server states that it supports patch of Patient
    And the server takes patches as "application/json-patch+json"
    And a stored patient "Lind"
    And the request header "Content-Type" with the value "application/json-patch+json"
    When the client sends PATCH "Patient/${Lind}" with
      """
      [{"op": "replace", "path": "/gender", "value": "other"}, {"op": "test", "path": "/birthDate", "value": "1801-01-01"}]
      """
    Then the request is refused
    And the patient "Lind" now has gender "female"
    And reading the patient "Lind" shows the same version as before

  @id:fhir-rest-423 @req:R4-patch @req:R4-if-match @severity:F1 @mode:server
  Scenario: A patch of an old version is refused
    Given the server states that it supports patch of Patient
    And the server takes patches as "application/json-patch+json"
    And a stored patient "Lind"
    And the request header "Content-Type" with the value "application/json-patch+json"
    And the request header "If-Match" with the value "W/"samspil-old""
    When the client sends PATCH "Patient/${Lind}" with
      """
      [{"op": "replace", "path": "/gender", "value": "other"}]
      """
    Then the status is 412 or 409
    And the patient "Lind" now has gender "female"

  @id:fhir-rest-424 @req:R4-patch @req:R4-negotiate @severity:F2 @mode:server
  Scenario: A patch in a format that the server cannot read is refused
    Given the server states that it supports patch of Patient
    And a stored patient "Lind"
    And the request header "Content-Type" with the value "application/x-samspil"
    When the client sends PATCH "Patient/${Lind}" with
      """
      [{"op": "replace", "path": "/gender", "value": "other"}]
      """
    Then the request is refused
    And the patient "Lind" now has gender "female"

  @id:fhir-rest-425 @req:R4-patch @severity:F1 @mode:server
  Scenario Outline: A FHIRPath Patch does what it names: <case>
    Given the server states that it supports patch of Patient
    And the server takes FHIRPath Patch
    And a stored patient "Lind"
    When the client sends PATCH "Patient/${Lind}" with
      """
      {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [<parts>]}]}
      """
    Then the request succeeds
    And the patient "Lind" now has <element> <value>
    And the patient "Lind" now has <kept> <as before>

    Examples:
      | case    | parts | element | value | kept | as before |
      | replace | {"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": "Patient.gender"}, {"name": "value", "valueCode": "other"} | gender | "other" | birthDate | "1990-05-17" |
      | add     | {"name": "type", "valueCode": "add"}, {"name": "path", "valueString": "Patient"}, {"name": "name", "valueString": "active"}, {"name": "value", "valueBoolean": true} | active | true | birthDate | "1990-05-17" |
      | delete  | {"name": "type", "valueCode": "delete"}, {"name": "path", "valueString": "Patient.birthDate"} | birthDate | null | gender | "female" |

  @id:fhir-rest-426 @req:R4-patch @req:R4-errors @severity:F1 @mode:server
  Scenario: A FHIRPath Patch that cannot be applied changes nothing
    Given the server states that it supports patch of Patient
    And the server takes FHIRPath Patch
    And a stored patient "Lind"
    When the client sends PATCH "Patient/${Lind}" with
      """
      {"resourceType": "Parameters", "parameter": [
        {"name": "operation", "part": [{"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": "Patient.gender"}, {"name": "value", "valueCode": "other"}]},
        {"name": "operation", "part": [{"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": "Patient.maritalStatus"}, {"name": "value", "valueCodeableConcept": {"text": "x"}}]}]}
      """
    Then the request is refused
    And the patient "Lind" now has gender "female"
    And reading the patient "Lind" shows the same version as before

  @id:fhir-rest-431 @req:R4-delete @severity:F1 @mode:server
  Scenario: A deleted resource is not read
    Given the server states that it supports delete of Patient
    And a stored patient "Lind"
    When the client sends DELETE "Patient/${Lind}"
    Then the request succeeds
    When the client reads the patient "Lind"
    Then the status is 410 or 404

  @id:fhir-rest-434 @req:R4-delete @severity:F1 @mode:server
  Scenario: A deleted resource is not found
    Given the server states that it supports delete of Patient
    And the server states that it supports search-type of Patient
    And the server states the search parameter "identifier" of Patient
    And a stored patient "Lind"
    When the client sends DELETE "Patient/${Lind}"
    Then the request succeeds
    And a search by the identifier of "Lind" finds 0

  @id:fhir-rest-432 @req:R4-delete @severity:F3 @mode:server
  Scenario: Deleting again is no fault
    Given the server states that it supports delete of Patient
    And a stored patient "Lind"
    And the patient "Lind" has been deleted
    When the client sends DELETE "Patient/${Lind}"
    Then the status is one of success, or 404 with a warning

  @id:fhir-rest-433 @req:R4-update-create @severity:F3 @mode:server
  Scenario: What was deleted can be brought back
    Given the server states that it supports delete of Patient
    And the server states update as create for Patient
    And a stored patient "Lind"
    And the patient "Lind" has been deleted
    When the client sends PUT "Patient/${Lind}" with
      """
      {"resourceType": "Patient", "id": "${Lind}", "active": true}
      """
    Then the request succeeds
    And the patient "Lind" now has active true

  @id:fhir-rest-441 @req:R4-prefer @severity:F4 @mode:server
  Scenario: A client that wants nothing back gets nothing
    Given the server states that it supports create of Patient
    And the request header "Prefer" with the value "return=minimal"
    When the client creates a patient "Lind"
    Then the status is 201
    And there is no body, or a warning

  @id:fhir-rest-442 @req:R4-prefer @severity:F4 @mode:server
  Scenario: A client that wants the resource back gets it
    Given the server states that it supports create of Patient
    And the request header "Prefer" with the value "return=representation"
    When the client creates a patient "Lind"
    Then the status is 201
    And the body is the patient "Lind", or a warning

  @id:fhir-rest-443 @req:R4-method @severity:F4 @mode:server
  Scenario: A method that an address does not have is refused
    Given a stored patient "Lind"
    When the client sends POST "Patient/${Lind}" with
      """
      {"resourceType": "Patient", "active": true}
      """
    Then the request is refused
