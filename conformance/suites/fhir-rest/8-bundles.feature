Feature: Batches and transactions
  https://hl7.org/fhir/R4/http.html#transaction

  @id:fhir-rest-801 @req:R4-batch @severity:F2 @mode:server
  Scenario: A batch answers each entry by itself
    Given the server states that it supports batch of system
    And a stored patient "Lind"
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "batch", "entry": [
        {"request": {"method": "GET", "url": "Patient/samspil-nobody"}},
        {"request": {"method": "GET", "url": "Patient/${Lind}"}},
        {"resource": {"resourceType": "Patient", "active": true}, "request": {"method": "POST", "url": "Patient"}}]}
      """
    Then the status is 200
    And the answer is a batch-response Bundle
    And the entries answer with the statuses 404, 200, 201
    And each failed entry has an OperationOutcome
    And entry 3 tells the Location of a new Patient "New"

  @id:fhir-rest-802 @req:R4-transaction @req:R4-transaction-references @severity:F1 @mode:server
  Scenario: A transaction creates all, and mends the references between
    Given the server states that it supports transaction of system
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0001",
         "resource": {"resourceType": "Observation", "status": "final", "code": {"text": "pulse"},
                      "subject": {"reference": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0002"},
                      "valueQuantity": {"value": 72.50}},
         "request": {"method": "POST", "url": "Observation"}},
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0002",
         "resource": {"resourceType": "Patient", "active": true},
         "request": {"method": "POST", "url": "Patient"}}]}
      """
    Then the status is 200
    And the answer is a transaction-response Bundle
    And the entries answer with the statuses 201, 201
    And entry 2 tells the Location of a new Patient "Lind"
    And entry 1 tells the Location of a new Observation "Pulse"
    And in "Pulse" the element "subject.reference" is "Patient/${Lind}"
    And in "Pulse" the element "valueQuantity.value" is 72.50

  @id:fhir-rest-803 @req:R4-transaction @req:R4-errors @severity:F1 @mode:server
  Scenario: A transaction that fails changes nothing
    Given the server states that it supports transaction of system
    And a stored patient "Lind"
    And a text "new.identifier" that nothing else in the server holds
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0003",
         "resource": {"resourceType": "Patient", "identifier": [{"system": "urn:samspil:conformance", "value": "${new.identifier}"}]},
         "request": {"method": "POST", "url": "Patient"}},
        {"request": {"method": "DELETE", "url": "Patient/${Lind}"}},
        {"resource": {"resourceType": "Patient", "id": "samspil-other"},
         "request": {"method": "PUT", "url": "Patient/samspil-one"}}]}
      """
    Then the request is refused
    And the answer explains itself with an OperationOutcome
    And reading the patient "Lind" gives status 200
    And a search by the identifier of "new" finds 0

  @id:fhir-rest-804 @req:R4-transaction-order @severity:F2 @mode:server
  Scenario: A transaction deletes first, and answers in the order of its entries
    Given the server states that it supports transaction of system
    And the server states the search parameter "identifier" of Patient
    And a stored patient "Lind"
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"request": {"method": "GET", "url": "Patient?identifier=urn:samspil:conformance|${Lind.identifier}"}},
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0004",
         "resource": {"resourceType": "Patient", "active": true, "identifier": [{"system": "urn:samspil:conformance", "value": "${Lind.identifier}"}]},
         "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:samspil:conformance|${Lind.identifier}"}},
        {"request": {"method": "DELETE", "url": "Patient/${Lind}"}}]}
      """
    Then the status is 200
    And the patient "Lind" is gone
    And the entries answer with the statuses 200, 201, 200/202/204
    And a search by the identifier of "Lind" finds 1

  @id:fhir-rest-805 @req:R4-transaction-order @req:R4-errors @severity:F2 @mode:server
  Scenario: A transaction that changes one resource twice fails
    Given the server states that it supports transaction of system
    And a stored patient "Lind"
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"resource": {"resourceType": "Patient", "id": "${Lind}", "active": true}, "request": {"method": "PUT", "url": "Patient/${Lind}"}},
        {"resource": {"resourceType": "Patient", "id": "${Lind}", "active": false}, "request": {"method": "PUT", "url": "Patient/${Lind}"}}]}
      """
    Then the request is refused
    And reading the patient "Lind" shows the same version as before

  @id:fhir-rest-806 @req:R4-transaction @req:R4-cond-create @severity:F1 @mode:server
  Scenario: A conditional create in a transaction does not create twice
    Given the server states that it supports transaction of system
    And the server states conditional create for Patient
    And a stored patient "Lind"
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0005",
         "resource": {"resourceType": "Patient", "identifier": [{"system": "urn:samspil:conformance", "value": "${Lind.identifier}"}]},
         "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:samspil:conformance|${Lind.identifier}"}},
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0006",
         "resource": {"resourceType": "Observation", "status": "final", "code": {"text": "pulse"},
                      "subject": {"reference": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0005"}},
         "request": {"method": "POST", "url": "Observation"}}]}
      """
    Then the status is 200
    And the entries answer with the statuses 200, 201
    And a search by the identifier of "Lind" finds 1
    And entry 2 tells the Location of a new Observation "Pulse"
    And in "Pulse" the element "subject.reference" is "Patient/${Lind}"

  @id:fhir-rest-807 @req:R4-transaction @req:R4-errors @severity:F3 @mode:server
  Scenario: A Bundle that is neither batch nor transaction is refused
    Given the server states that it supports transaction of system
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "searchset", "entry": [
        {"resource": {"resourceType": "Patient", "active": true}}]}
      """
    Then the request is refused
    And the answer explains itself with an OperationOutcome

  @id:fhir-rest-808 @req:R4-transaction-references @req:R4-cond-create @severity:F1 @mode:server
  Scenario: References to a conditional create lead to what it creates where nothing fits
    Given the server states that it supports transaction of system
    And the server states conditional create for Patient
    And a text "new.identifier" that nothing else in the server holds
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0007",
         "resource": {"resourceType": "Observation", "status": "final", "code": {"text": "pulse"},
                      "subject": {"reference": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0008"}},
         "request": {"method": "POST", "url": "Observation"}},
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0008",
         "resource": {"resourceType": "Patient", "identifier": [{"system": "urn:samspil:conformance", "value": "${new.identifier}"}]},
         "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:samspil:conformance|${new.identifier}"}}]}
      """
    Then the status is 200
    And the entries answer with the statuses 201, 201
    And entry 2 tells the Location of a new Patient "New"
    And entry 1 tells the Location of a new Observation "Pulse"
    And in "Pulse" the element "subject.reference" is "Patient/${New}"
    And a search by the identifier of "new" finds 1

  @id:fhir-rest-809 @req:R4-transaction-references @req:R4-cond-update @severity:F1 @mode:server
  Scenario: References to a conditional update lead to what it updates
    Given the server states that it supports transaction of system
    And the server states conditional update for Patient
    And a stored patient "Lind"
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0009",
         "resource": {"resourceType": "Observation", "status": "final", "code": {"text": "pulse"},
                      "subject": {"reference": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0010"}},
         "request": {"method": "POST", "url": "Observation"}},
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0010",
         "resource": {"resourceType": "Patient", "active": false, "identifier": [{"system": "urn:samspil:conformance", "value": "${Lind.identifier}"}]},
         "request": {"method": "PUT", "url": "Patient?identifier=urn:samspil:conformance|${Lind.identifier}"}}]}
      """
    Then the status is 200
    And the entries answer with the statuses 201, 200
    And entry 1 tells the Location of a new Observation "Pulse"
    And in "Pulse" the element "subject.reference" is "Patient/${Lind}"
    And a search by the identifier of "Lind" finds 1
    And the patient "Lind" now has active false

  @id:fhir-rest-810 @req:R4-transaction-references @req:R4-cond-update @severity:F1 @mode:server
  Scenario: References to a conditional update lead to what it creates where nothing fits
    Given the server states that it supports transaction of system
    And the server states conditional update for Patient
    And a text "new.identifier" that nothing else in the server holds
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0011",
         "resource": {"resourceType": "Observation", "status": "final", "code": {"text": "pulse"},
                      "subject": {"reference": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0012"}},
         "request": {"method": "POST", "url": "Observation"}},
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0012",
         "resource": {"resourceType": "Patient", "identifier": [{"system": "urn:samspil:conformance", "value": "${new.identifier}"}]},
         "request": {"method": "PUT", "url": "Patient?identifier=urn:samspil:conformance|${new.identifier}"}}]}
      """
    Then the status is 200
    And the entries answer with the statuses 201, 201
    And entry 2 tells the Location of a new Patient "New"
    And entry 1 tells the Location of a new Observation "Pulse"
    And in "Pulse" the element "subject.reference" is "Patient/${New}"
    And a search by the identifier of "new" finds 1

  @id:fhir-rest-811 @req:R4-transaction-references @severity:F1 @mode:server
  Scenario: A conditional reference in a transaction leads to the one that fits
    Given the server states that it supports transaction of system
    And the server states the search parameter "identifier" of Patient
    And a stored patient "Lind"
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0013",
         "resource": {"resourceType": "Observation", "status": "final", "code": {"text": "pulse"},
                      "subject": {"reference": "Patient?identifier=urn:samspil:conformance|${Lind.identifier}"}},
         "request": {"method": "POST", "url": "Observation"}}]}
      """
    Then the status is 200
    And the entries answer with the statuses 201
    And entry 1 tells the Location of a new Observation "Pulse"
    And in "Pulse" the element "subject.reference" is "Patient/${Lind}"

  @id:fhir-rest-812 @req:R4-transaction-references @req:R4-errors @severity:F2 @mode:server
  Scenario: A transaction with a conditional reference that nothing fits fails
    Given the server states that it supports transaction of system
    And the server states the search parameter "identifier" of Patient
    And a text "new.identifier" that nothing else in the server holds
    And a text "nobody.identifier" that nothing else in the server holds
    When the client sends POST "/" with
      """
      {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0014",
         "resource": {"resourceType": "Patient", "identifier": [{"system": "urn:samspil:conformance", "value": "${new.identifier}"}]},
         "request": {"method": "POST", "url": "Patient"}},
        {"fullUrl": "urn:uuid:0b6b3f0e-9a0e-4a5c-8f3f-6f2f2b1c0015",
         "resource": {"resourceType": "Observation", "status": "final", "code": {"text": "pulse"},
                      "subject": {"reference": "Patient?identifier=urn:samspil:conformance|${nobody.identifier}"}},
         "request": {"method": "POST", "url": "Observation"}}]}
      """
    Then the request is refused
    And the answer explains itself with an OperationOutcome
    And a search by the identifier of "new" finds 0
