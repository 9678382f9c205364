Feature: Giving and taking data
  Annex II 2 of Regulation (EU) 2025/327. The European exchange format is laid down by implementing acts that are not there yet;
  until then it is taken for FHIR R4 with the elements without which a record of a category says nothing.

  Background:
    Given the professionals' data of the system

  @id:ehds-interoperability-101 @req:EHDS-A2-2.1 @req:EHDS-15-1 @severity:F1 @mode:server
  Scenario Outline: Data of each category can be read: <case>
    When the doctor sends GET "${<case>}"
    Then the status is 200
    And the answer is FHIR JSON in UTF-8
    And the JSON keeps the rules of FHIR
    And the record is one of "<kinds>" about the patient
    And it has the elements "<elements>"

    Examples:
      | case                    | kinds                                                       | elements                |
      | patient-summary         | AllergyIntolerance Condition Bundle Composition Immunization | code                    |
      | electronic-prescription | MedicationRequest Bundle                                    | status intent           |
      | electronic-dispensation | MedicationDispense Bundle                                   | status                  |
      | medical-imaging         | ImagingStudy DiagnosticReport Bundle                        | status                  |
      | test-result             | Observation DiagnosticReport Bundle                         | status code             |
      | discharge-report        | DocumentReference Composition Bundle                        | status                  |

  @id:ehds-interoperability-102 @req:EHDS-A2-2.1 @severity:F1 @mode:server
  Scenario Outline: Data of each category are found by the patient: <case>
    When the doctor searches what "<case>" is of by the patient
    Then the status is 200
    And "<case>" is found

    Examples:
      | case                    |
      | patient-summary         |
      | electronic-prescription |
      | electronic-dispensation |
      | medical-imaging         |
      | test-result             |
      | discharge-report        |

  @id:ehds-interoperability-103 @req:EHDS-A2-2.1 @severity:F2 @mode:server
  Scenario: A result has its value, its unit and its time
    When the doctor sends GET "${test-result}"
    Then the result has a value with a unit of UCUM
    And the result has the time it was taken
    And codes have the URL of their system

  @id:ehds-interoperability-104 @req:EHDS-13-4 @severity:F2 @mode:server
  Scenario: What is registered tells by whom and when
    When the doctor sends GET "${test-result}"
    Then the record tells the provider or the professional it is from
    And the resource has an id, a version and a time of last update

  @id:ehds-interoperability-201 @req:EHDS-A2-2.2 @req:EHDS-A2-2.3 @req:EHDS-A2-2.4 @severity:F1 @mode:server
  Scenario Outline: What is received is kept whole: <case>
    When the doctor sends the record "<case>"
    Then the status is 201
    And reading it back gives every element that was sent

    Examples:
      | case         |
      | result       |
      | allergy      |
      | prescription |
      | report       |

  @id:ehds-interoperability-202 @req:EHDS-A2-2.2 @req:EHDS-A2-1.4 @severity:F1 @mode:server
  Scenario Outline: What cannot be read is refused, and not kept: <case>
    When the doctor sends the text "<text>" as an Observation
    Then the request is refused
    And the answer explains itself with an OperationOutcome

    Examples:
      | case         | text                                  |
      | broken JSON  | {"resourceType": "Observation",       |
      | another type | {"resourceType": "Patient"}           |
      | no resource  | []                                    |

  @id:ehds-interoperability-203 @req:EHDS-A2-2.2 @severity:F2 @mode:server
  Scenario: What is received is found
    When the doctor sends the record "result"
    Then the status is 201
    And a search by the patient finds what was received

  @id:ehds-interoperability-204 @req:EHDS-7-2 @severity:F1 @mode:server
  Scenario: A record from another country is received and read
    When the doctor sends the record "foreign"
    Then the status is 201
    And reading it back gives every element that was sent

  @id:ehds-interoperability-301 @req:EHDS-A2-2.6 @req:EHDS-7-1 @severity:F1 @mode:server
  Scenario: The whole record of a patient can be exported
    When the doctor exports the record of "patient"
    Then the export holds every category
    And the export holds the patient "patient" once
    And the export holds what each search by the patient finds
    And the export holds nothing of "other-patient"

  @id:ehds-interoperability-302 @req:EHDS-A2-2.6 @req:EHDS-A2-1.1 @severity:F1 @mode:server
  Scenario: The export says what the records say
    When the doctor exports the record of "patient"
    Then each resource of the export is what a read of it gives

  @id:ehds-interoperability-303 @req:EHDS-A2-2.6 @severity:F2 @mode:server
  Scenario: The export can be read by another system
    When the doctor exports the record of "patient"
    Then the export is a Bundle of resources of R4 with full URLs
    And references within the export lead to its resources or to the source

  @id:ehds-interoperability-304 @req:EHDS-3-2 @req:EHDS-3-1 @severity:F1 @mode:server
  Scenario: A person downloads their own data
    When the patient exports the record of "patient"
    Then the export holds every category

  @id:ehds-interoperability-305 @claim:proxy @req:EHDS-3-2 @severity:F2 @mode:server
  Scenario: Who acts for a person downloads their data
    When the relative exports the record of "patient"
    Then the export holds every category

  @id:ehds-interoperability-401 @req:EHDS-A2-2.5 @severity:F2 @mode:server
  Scenario: Authorised access is not burdened
    When the doctor reads "test-result" 30 times
    Then every read succeeded

  @id:ehds-interoperability-402 @req:EHDS-25-1 @severity:F2 @mode:server
  Scenario: The interface tells what it offers
    When the doctor sends GET "metadata"
    Then the status is 200
    And the statement names each type of the priority categories

  @id:ehds-interoperability-403 @req:EHDS-5 @severity:F2 @mode:server @attest
  Scenario: What persons enter themselves is marked
    Then a person confirms: is what persons enter themselves marked as such, and can it alter nothing that professionals entered? It should be: marked wherever it is shown, and kept apart
