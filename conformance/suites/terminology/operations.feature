Feature: Terminology operations
  The code system, value sets and concept map of fixtures/terminology.json are loaded into the service before the run.
  https://hl7.org/fhir/R4/terminology-service.html

  Background:
    Given the endpoint "terminology" of the system

  @id:terminology-101 @req:TX-capabilities @severity:F2 @mode:server
  Scenario: The service states its operations
    When the client sends GET "metadata"
    Then the status is 200
    And the service states the operations "lookup validate-code expand subsumes translate"

  @id:terminology-102 @req:TX-capabilities @severity:F2 @mode:server
  Scenario: The service states its code systems
    When the client sends GET "metadata?mode=terminology"
    Then the status is 200
    And the service states the code system "urn:samspil:conformance:units"

  @id:terminology-103 @req:TX-resources @severity:F2 @mode:server
  Scenario Outline: Resources are found by their canonical URL: <case>
    When the client sends GET "<case>?url=<url>"
    Then the status is 200
    And the search finds one <case> of the URL "<url>"

    Examples:
      | case       | url                                 |
      | CodeSystem | urn:samspil:conformance:units       |
      | ValueSet   | urn:samspil:conformance:wards       |
      | ConceptMap | urn:samspil:conformance:places-map  |

  @id:terminology-104 @req:TX-lookup @severity:F1 @mode:server
  Scenario: A code is looked up
    When the client sends GET "CodeSystem/$lookup?system=urn:samspil:conformance:units&code=icu"
    Then the status is 200
    And the parameter "display" is "Intensive care"
    And the parameter "name" is "Units"
    And the parameter "version" is "1"

  @id:terminology-105 @req:TX-lookup @severity:F2 @mode:server
  Scenario: The properties of a code are told
    When the client sends GET "CodeSystem/$lookup?system=urn:samspil:conformance:units&code=icu&property=beds"
    Then the status is 200
    And the property "beds" is 8

  @id:terminology-106 @req:TX-lookup @severity:F2 @mode:server
  Scenario: The designations of a code are told
    When the client sends GET "CodeSystem/$lookup?system=urn:samspil:conformance:units&code=icu"
    Then the designation in "da" is "Intensiv"

  @id:terminology-107 @req:TX-languages @severity:F2 @mode:server
  Scenario: The display is told in the language asked for
    When the client sends GET "CodeSystem/$lookup?system=urn:samspil:conformance:units&code=icu&displayLanguage=da"
    Then the status is 200
    And the parameter "display" is "Intensiv"

  @id:terminology-108 @req:TX-lookup @severity:F2 @mode:server
  Scenario: A code with letters beyond ASCII is looked up
    When the client sends GET "CodeSystem/$lookup?system=urn:samspil:conformance:units&code=%C3%A6re"
    Then the status is 200
    And the parameter "display" is "Unit of Ærø"

  @id:terminology-109 @req:TX-lookup @severity:F2 @mode:server
  Scenario: A code is looked up by POST with a Coding
    When the client sends POST "CodeSystem/$lookup" with
      """
      {"resourceType": "Parameters", "parameter": [{"name": "coding", "valueCoding": {"system": "urn:samspil:conformance:units", "code": "lab"}}]}
      """
    Then the status is 200
    And the parameter "display" is "Laboratory"

  @id:terminology-110 @req:TX-errors @severity:F2 @mode:server
  Scenario Outline: What there is not is refused: <case>
    When the client sends GET "<url>"
    Then the request is refused
    And the answer explains itself with an OperationOutcome

    Examples:
      | case              | url                                                     |
      | code              | CodeSystem/$lookup?system=urn:samspil:conformance:units&code=nope                 |
      | upper case        | CodeSystem/$lookup?system=urn:samspil:conformance:units&code=ICU                  |
      | code system       | CodeSystem/$lookup?system=urn:samspil:none&code=icu     |
      | value set         | ValueSet/$expand?url=urn:samspil:none                   |
      | no value set      | ValueSet/$expand                                        |
      | operation         | ValueSet/$samspil-nope                                  |

  @id:terminology-111 @req:TX-validate @severity:F1 @mode:server
  Scenario Outline: Whether a code belongs to a value set: <case>
    When the client sends GET "ValueSet/$validate-code?url=urn:samspil:conformance:wards&system=urn:samspil:conformance:units&code=<case>"
    Then the status is 200
    And the result is <result>

    Examples:
      | case | result |
      | icu  | true   |
      | ward | true   |
      | er   | false  |
      | lab  | false  |
      | nope | false  |

  @id:terminology-112 @req:TX-validate @severity:F1 @mode:server
  Scenario Outline: Whether a code belongs to a code system: <case>
    When the client sends GET "CodeSystem/$validate-code?url=urn:samspil:conformance:units&code=<case>"
    Then the status is 200
    And the result is <result>

    Examples:
      | case | result |
      | icu  | true   |
      | nope | false  |

  @id:terminology-113 @req:TX-validate @severity:F2 @mode:server
  Scenario: A wrong display is told, with the right one
    When the client sends GET "ValueSet/$validate-code?url=urn:samspil:conformance:wards&system=urn:samspil:conformance:units&code=icu&display=Kitchen"
    Then the status is 200
    And the wrong display is told

  @id:terminology-114 @req:TX-validate @severity:F2 @mode:server
  Scenario: The right display is accepted
    When the client sends GET "ValueSet/$validate-code?url=urn:samspil:conformance:wards&system=urn:samspil:conformance:units&code=icu&display=Intensive%20care"
    Then the status is 200
    And the result is true
    And the parameter "display" is "Intensive care"

  @id:terminology-115 @req:TX-validate @severity:F2 @mode:server
  Scenario: A result of false says why
    When the client sends GET "ValueSet/$validate-code?url=urn:samspil:conformance:wards&system=urn:samspil:conformance:units&code=lab"
    Then the result is false
    And there is a message

  @id:terminology-116 @req:TX-validate @severity:F2 @mode:server
  Scenario: A CodeableConcept belongs where one of its codings does
    When the client sends POST "ValueSet/$validate-code" with
      """
      {"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": "urn:samspil:conformance:wards"},
        {"name": "codeableConcept", "valueCodeableConcept": {"coding": [{"system": "urn:samspil:conformance:units", "code": "lab"}, {"system": "urn:samspil:conformance:units", "code": "icu"}]}}]}
      """
    Then the status is 200
    And the result is true

  @id:terminology-117 @req:TX-expand @severity:F1 @mode:server
  Scenario: A value set is expanded: filters include, exclusions leave out
    When the client sends GET "ValueSet/$expand?url=urn:samspil:conformance:wards"
    Then the status is 200
    And the expansion holds exactly "icu ward"
    And the expansion has an identifier and a time
    And the code "icu" has the display "Intensive care"
    And the total of the expansion, where there is one, is 2

  @id:terminology-118 @req:TX-expand @severity:F1 @mode:server
  Scenario: A whole code system is expanded
    When the client sends GET "ValueSet/$expand?url=urn:samspil:conformance:all"
    Then the expansion holds exactly "er icu lab ward ære"

  @id:terminology-119 @req:TX-expand @severity:F2 @mode:server
  Scenario: An expansion by its id
    When the client sends GET "ValueSet/samspil-wards/$expand"
    Then the status is 200
    And the expansion holds exactly "icu ward"

  @id:terminology-120 @req:TX-expand @severity:F2 @mode:server
  Scenario: An expansion of what is sent
    When the client sends POST "ValueSet/$expand" with
      """
      {"resourceType": "Parameters", "parameter": [{"name": "valueSet", "resource": {"resourceType": "ValueSet", "status": "active",
        "compose": {"include": [{"system": "urn:samspil:conformance:units", "concept": [{"code": "lab"}, {"code": "er"}]}]}}}]}
      """
    Then the status is 200
    And the expansion holds exactly "er lab"

  @id:terminology-121 @req:TX-expand @severity:F2 @mode:server
  Scenario Outline: Codes are found by text: <case>
    When the client sends GET "ValueSet/$expand?url=urn:samspil:conformance:all&filter=<case>"
    Then the status is 200
    And the expansion holds exactly "<found>"

    Examples:
      | case  | found |
      | Labo  | lab   |
      | inten | icu   |
      | zzz   |       |

  @id:terminology-122 @req:TX-expand @severity:F2 @mode:server
  Scenario: Pages of an expansion lead through each code once
    When the client sends GET "ValueSet/$expand?url=urn:samspil:conformance:all&count=2&offset=0"
    Then the status is 200
    And pages of 2 lead through exactly "er icu lab ward ære"

  @id:terminology-123 @req:TX-languages @severity:F2 @mode:server
  Scenario: An expansion in the language asked for
    When the client sends GET "ValueSet/$expand?url=urn:samspil:conformance:wards&displayLanguage=da"
    Then the code "icu" has the display "Intensiv"

  @id:terminology-124 @req:TX-subsumes @severity:F1 @mode:server
  Scenario Outline: How two codes stand to each other: <case>
    When the client sends GET "CodeSystem/$subsumes?system=urn:samspil:conformance:units&codeA=<a>&codeB=<b>"
    Then the status is 200
    And the parameter "outcome" is "<case>"

    Examples:
      | case         | a    | b    |
      | subsumes     | ward | icu  |
      | subsumed-by  | icu  | ward |
      | equivalent   | icu  | icu  |
      | not-subsumed | icu  | lab  |

  @id:terminology-125 @req:TX-subsumes @severity:F2 @mode:server
  Scenario: Codes that there are not are not compared
    When the client sends GET "CodeSystem/$subsumes?system=urn:samspil:conformance:units&codeA=nope&codeB=icu"
    Then the request is refused

  @id:terminology-126 @req:TX-translate @severity:F1 @mode:server
  Scenario: A code is translated
    When the client sends GET "ConceptMap/$translate?url=urn:samspil:conformance:places-map&system=urn:samspil:conformance:units&code=icu"
    Then the status is 200
    And the result is true
    And the matches are "P1 equivalent"

  @id:terminology-127 @req:TX-translate @severity:F1 @mode:server
  Scenario: All translations of a code are given, with their equivalence
    When the client sends GET "ConceptMap/$translate?url=urn:samspil:conformance:places-map&system=urn:samspil:conformance:units&code=ward"
    Then the result is true
    And the matches are "P wider, P2 narrower"

  @id:terminology-128 @req:TX-translate @severity:F1 @mode:server
  Scenario: A code without a translation is told
    When the client sends GET "ConceptMap/$translate?url=urn:samspil:conformance:places-map&system=urn:samspil:conformance:units&code=lab"
    Then the status is 200
    And the result is false
    And there are no matches

  @id:terminology-129 @req:TX-errors @severity:F3 @mode:server
  Scenario: Answers are FHIR JSON
    When the client sends GET "CodeSystem/$lookup?system=urn:samspil:conformance:units&code=icu"
    Then the answer is FHIR JSON in UTF-8

  @id:terminology-130 @req:TX-validate @severity:F1 @mode:server
  Scenario: A CodeableConcept of which no coding belongs is told by POST too
    When the client sends POST "ValueSet/$validate-code" with
      """
      {"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": "urn:samspil:conformance:wards"},
        {"name": "codeableConcept", "valueCodeableConcept": {"coding": [{"system": "urn:samspil:conformance:units", "code": "lab"}]}}]}
      """
    Then the status is 200
    And the result is false
    And there is a message
