Feature: Searching
  https://hl7.org/fhir/R4/search.html

  Background:
    Given the server states that it supports search-type of Patient
    And these stored patients
      | name  | family | given  | gender | birthDate  | active |
      | Anna  | Berg   | Anna   | female | 1980-01-31 | true   |
      | Bente | Berg   | Bente  | female | 1980-02-01 |        |
      | Carl  | Dahl   | Carl   | male   | 1999-12-31 | false  |
      | Dorte | Holm   | Ånders | other  | 2001       | true   |

  @id:fhir-rest-601 @req:R4-search @severity:F2 @mode:server
  Scenario: A search gives a searchset of whole entries
    Given the server states the search parameter "identifier" of Patient
    When the client sends GET "Patient?identifier=urn:samspil:conformance|${Anna.identifier}"
    Then the status is 200
    And the answer is FHIR JSON in UTF-8
    And the answer is a searchset Bundle
    And each entry has a full URL, a resource and a search mode
    And the first entry is the patient "Anna"
    And the total, where there is one, is 1

  @id:fhir-rest-602 @req:R4-search-self @severity:F2 @mode:server
  Scenario: The self link tells what was searched for
    Given the server states the search parameter "identifier" of Patient
    When the client sends GET "Patient?identifier=urn:samspil:conformance|${Anna.identifier}"
    Then the self link tells the parameter "identifier" with the value "urn:samspil:conformance|${Anna.identifier}"

  @id:fhir-rest-603 @req:R4-search @req:R4-search-total @severity:F2 @mode:server
  Scenario: A search that finds nothing is an empty searchset
    Given the server states the search parameter "identifier" of Patient
    And a text "none" that nothing else in the server holds
    When the client sends GET "Patient?identifier=urn:samspil:conformance|${none}"
    Then the status is 200
    And the answer is a searchset Bundle
    And the Bundle has no entries that match
    And the total, where there is one, is 0

  @id:fhir-rest-604 @req:R4-search-token @severity:F1 @mode:server
  Scenario Outline: A token is matched by system and code: <case>
    Given the server states the search parameter "identifier" of Patient
    When the client sends GET "Patient?identifier=<value>"
    Then the search finds <found>

    Examples:
      | case          | value                                                                                   | found           |
      | both          | urn:samspil:conformance\|${Anna.identifier}                                              | exactly "Anna"  |
      | code alone    | ${Anna.identifier}                                                                      | exactly "Anna"  |
      | other system  | urn:samspil:other\|${Anna.identifier}                                                    | none of them    |
      | no system     | \|${Anna.identifier}                                                                     | none of them    |
      | either        | urn:samspil:conformance\|${Anna.identifier},urn:samspil:conformance\|${Carl.identifier}   | exactly "Anna" "Carl" |

  @id:fhir-rest-605 @req:R4-search-token @req:R4-search-and-or @severity:F1 @mode:server
  Scenario Outline: Parameters together narrow a search: <case>
    Given the server states the search parameter "family" of Patient
    And the server states the search parameter "gender" of Patient
    When the client sends GET "Patient?family=<family>${tag}&gender=<gender>"
    Then the search finds <found>

    Examples:
      | case        | family | gender      | found                  |
      | both fit    | Berg   | female      | exactly "Anna" "Bente" |
      | none fit    | Berg   | male        | none of them           |
      | any of two  | Dahl   | male,female | exactly "Carl"         |

  @id:fhir-rest-606 @req:R4-search-string @severity:F2 @mode:server
  Scenario Outline: A text is matched from its beginning, whatever the case: <case>
    Given the server states the search parameter "family" of Patient
    When the client sends GET "Patient?<query>"
    Then the search finds <found>

    Examples:
      | case           | query                                  | found                  |
      | as written     | family=Berg${tag}                      | exactly "Anna" "Bente" |
      | lower case     | family=berg${tag}                      | exactly "Anna" "Bente" |
      | not the middle | family=erg${tag}                       | none of them           |
      | one of two     | family=Berg${tag},Dahl${tag}           | exactly "Anna" "Bente" "Carl" |

  @id:fhir-rest-624 @req:R4-search-string @severity:F2 @mode:server
  Scenario Outline: A modifier of texts does what it says: <case>
    Given the server states the search parameter "family" of Patient
    When the client sends GET "Patient?<query>"
    And the server does not refuse the modifier
    Then the search finds <found>

    Examples:
      | case           | query                                  | found                  |
      | exactly        | family:exact=Berg${tag}                | exactly "Anna" "Bente" |
      | exactly, lower | family:exact=berg${tag}                | none of them           |
      | within         | family:contains=erg${tag}              | exactly "Anna" "Bente" |

  @id:fhir-rest-607 @req:R4-search-string @severity:F2 @mode:server
  Scenario: A text with letters beyond ASCII is found
    Given the server states the search parameter "given" of Patient
    And the server states the search parameter "family" of Patient
    When the client sends GET "Patient?given=%C3%85nders&family=Holm${tag}"
    Then the search finds exactly "Dorte"

  @id:fhir-rest-608 @req:R4-search-date @severity:F1 @mode:server
  Scenario Outline: Dates are compared within their precision: <query>
    Given the server states the search parameter "birthdate" of Patient
    And the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag},Dahl${tag},Holm${tag}&<query>"
    Then the search finds <found>

    Examples:
      | case | query                                         | found                  |
      | day  | birthdate=1980-01-31                          | exactly "Anna"         |
      | month | birthdate=1980-02                            | exactly "Bente"        |
      | year | birthdate=1980                                | exactly "Anna" "Bente" |
      | ge   | birthdate=ge1999-12-31                        | exactly "Carl" "Dorte" |
      | gt   | birthdate=gt1999-12-31                        | exactly "Dorte"        |
      | lt   | birthdate=lt1980-02-01                        | exactly "Anna"         |
      | le   | birthdate=le1980-02-01                        | exactly "Anna" "Bente" |
      | between | birthdate=ge1980-02-01&birthdate=le2000    | exactly "Bente" "Carl" |

  @id:fhir-rest-609 @req:R4-search-missing @severity:F2 @mode:server
  Scenario Outline: What lacks or has a value is found: <value>
    Given the server states the search parameter "active" of Patient
    And the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag}&active:missing=<value>"
    And the server does not refuse the modifier
    Then the search finds <found>

    Examples:
      | case  | value | found           |
      | lacks | true  | exactly "Bente" |
      | has   | false | exactly "Anna"  |

  @id:fhir-rest-610 @req:R4-search-post @severity:F2 @mode:server
  Scenario: A search by POST finds the same as by GET
    Given the server states the search parameter "family" of Patient
    When the client posts the form "family=Berg${tag}&gender=female" to "Patient/_search"
    Then the status is 200
    And the search finds exactly "Anna" "Bente"

  @id:fhir-rest-611 @req:R4-search-modifier @severity:F1 @mode:server
  Scenario: A modifier that the server does not know is refused
    Given the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family:samspil=Berg${tag}"
    Then the request is refused

  @id:fhir-rest-612 @req:R4-search-unknown @severity:F4 @mode:server
  Scenario: A parameter that is not known is refused where the client asks for it
    Given the request header "Prefer" with the value "handling=strict"
    When the client sends GET "Patient?samspil-unknown=1"
    Then the request is refused, or a warning

  @id:fhir-rest-613 @req:R4-search-self @req:R4-search-unknown @severity:F1 @mode:server
  Scenario: A parameter that was passed over is not in the self link
    When the client sends GET "Patient?samspil-unknown=1"
    Then the request is refused, or the self link does not tell "samspil-unknown"

  @id:fhir-rest-614 @req:R4-search-escape @severity:F3 @mode:server
  Scenario: A comma in a value is no separator where it is escaped
    Given the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag}\,Dahl${tag}"
    Then the search finds none of them

  @id:fhir-rest-615 @req:R4-search @severity:F2 @mode:server
  Scenario: A search by the id of a resource finds it
    Given the server states the search parameter "_id" of Patient
    When the client sends GET "Patient?_id=${Anna},${Carl}"
    Then the search finds exactly "Anna" "Carl"

  @id:fhir-rest-616 @req:R4-type-unknown @severity:F3 @mode:server
  Scenario: A type that there is not cannot be searched
    When the client sends GET "Samspil?_id=1"
    Then the status is 404

  @id:fhir-rest-617 @req:R4-search-sort @severity:F2 @mode:server
  Scenario Outline: Matches are sorted: <case>
    Given the server states the search parameter "birthdate" of Patient
    And the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag},Dahl${tag},Holm${tag}&_sort=<sort>"
    And the server has used the parameter "_sort"
    Then the search finds, in this order, <order>

    Examples:
      | case       | sort              | order                          |
      | upwards    | birthdate         | "Anna" "Bente" "Carl" "Dorte"  |
      | downwards  | -birthdate        | "Dorte" "Carl" "Bente" "Anna"  |
      | two keys   | -family,birthdate | "Dorte" "Carl" "Anna" "Bente"  |

  @id:fhir-rest-618 @req:R4-paging @req:R4-search-total @severity:F1 @mode:server
  Scenario: Pages lead through every match once
    Given the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag},Dahl${tag},Holm${tag}&_count=2"
    Then the status is 200
    And each entry has a full URL, a resource and a search mode
    And no page has more than 2 matches, and the pages lead through each match once
    And the total, where there is one, is 4

  @id:fhir-rest-619 @req:R4-search-summary @req:R4-search-total @severity:F2 @mode:server
  Scenario: A count alone is a total without entries
    Given the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag}&_summary=count"
    And the server has used the parameter "_summary"
    Then the status is 200
    And the total is 2
    And the Bundle has no entries that match

  @id:fhir-rest-620 @req:R4-search-summary @severity:F2 @mode:server
  Scenario: Only the elements asked for are given, and marked
    Given the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag}&_elements=birthDate,identifier"
    And the server has used the parameter "_elements"
    Then the status is 200
    And each match holds "birthDate" "identifier" and is marked as a part
    And no match holds "gender"

  @id:fhir-rest-621 @req:R4-search-include @severity:F2 @mode:server
  Scenario: What a match refers to comes with it
    Given the server states that it supports create of Observation
    And the server states the search parameter "_id" of Observation
    And the server states the include "Observation:subject" of Observation
    And a stored Observation "Pulse" with
      """
      {"status": "final", "code": {"text": "pulse"}, "subject": {"reference": "Patient/${Anna}"}}
      """
    And a stored Observation "Weight" with
      """
      {"status": "final", "code": {"text": "weight"}, "subject": {"reference": "Patient/${Anna}"}}
      """
    When the client sends GET "Observation?_id=${Pulse},${Weight}&_include=Observation:subject"
    And the server has used the parameter "_include"
    Then the search finds exactly "Pulse" "Weight"
    And the Patient "Anna" comes as included, once
    And the total, where there is one, is 2

  @id:fhir-rest-622 @req:R4-search-include @severity:F2 @mode:server
  Scenario: What refers to a match comes with it
    Given the server states that it supports create of Observation
    And the server states the search parameter "subject" of Observation
    And the server states the search parameter "_id" of Patient
    And the server states the include "Observation:subject" of Observation
    And a stored Observation "Pulse" with
      """
      {"status": "final", "code": {"text": "pulse"}, "subject": {"reference": "Patient/${Anna}"}}
      """
    When the client sends GET "Patient?_id=${Anna}&_revinclude=Observation:subject"
    And the server has used the parameter "_revinclude"
    Then the search finds exactly "Anna"
    And the Observation "Pulse" comes as included, once
    And the total, where there is one, is 1

  @id:fhir-rest-623 @req:R4-search @severity:F1 @mode:server
  Scenario Outline: A reference is matched: <case>
    Given the server states that it supports create of Observation
    And the server states the search parameter "subject" of Observation
    And a stored Observation "Pulse" with
      """
      {"status": "final", "code": {"text": "pulse"}, "subject": {"reference": "Patient/${Anna}"}}
      """
    When the client sends GET "Observation?<query>"
    Then the search finds <found>

    Examples:
      | case         | query                        | found           |
      | type and id  | subject=Patient/${Anna}      | exactly "Pulse" |
      | typed        | subject:Patient=${Anna}      | exactly "Pulse" |
      | another one  | subject=Patient/${Carl}      | none of them    |

  @id:fhir-rest-625 @req:R4-search-chain @severity:F2 @mode:server
  Scenario Outline: A search goes through a reference: <case>
    Given the server states that it supports create of Observation
    And the server states the search parameter "subject" of Observation
    And the server states the search parameter "family" of Patient
    And a stored Observation "Pulse" with
      """
      {"status": "final", "code": {"text": "pulse"}, "subject": {"reference": "Patient/${Anna}"}}
      """
    And a stored Observation "Weight" with
      """
      {"status": "final", "code": {"text": "weight"}, "subject": {"reference": "Patient/${Carl}"}}
      """
    When the client sends GET "Observation?<query>"
    And the server does not refuse the modifier
    And the server has used the parameter "<name>"
    Then the search finds <found>

    Examples:
      | case          | name                   | query                                                   | found                  |
      | one fits      | subject:Patient.family | subject:Patient.family=Berg${tag}                       | exactly "Pulse"        |
      | another       | subject:Patient.family | subject:Patient.family=Dahl${tag}                       | exactly "Weight"       |
      | either        | subject:Patient.family | subject:Patient.family=Berg${tag},Dahl${tag}            | exactly "Pulse" "Weight" |
      | none fits     | subject:Patient.family | subject:Patient.family=Holm${tag}                       | none of them           |
      | narrowed      | subject:Patient.family | subject:Patient.family=Berg${tag}&_id=${Weight}         | none of them           |

  @id:fhir-rest-626 @req:R4-search-has @severity:F2 @mode:server
  Scenario Outline: A search asks for what is referred to: <case>
    Given the server states that it supports create of Observation
    And the server states the search parameter "subject" of Observation
    And the server states the search parameter "code" of Observation
    And a stored Observation "Pulse" with
      """
      {"status": "final", "code": {"coding": [{"system": "urn:samspil:conformance", "code": "pulse-${tag}"}]}, "subject": {"reference": "Patient/${Anna}"}}
      """
    And a stored Observation "Weight" with
      """
      {"status": "final", "code": {"coding": [{"system": "urn:samspil:conformance", "code": "weight-${tag}"}]}, "subject": {"reference": "Patient/${Carl}"}}
      """
    When the client sends GET "Patient?_has:Observation:subject:code=<code>"
    And the server does not refuse the modifier
    And the server has used the parameter "_has:Observation:subject:code"
    Then the search finds <found>

    Examples:
      | case      | code                                    | found                 |
      | one fits  | urn:samspil:conformance\|pulse-${tag}   | exactly "Anna"        |
      | another   | urn:samspil:conformance\|weight-${tag}  | exactly "Carl"        |
      | none fits | urn:samspil:conformance\|other-${tag}   | none of them          |

  @id:fhir-rest-627 @req:R4-search-date @severity:F1 @mode:server
  Scenario Outline: Times are compared as moments, whatever their zone: <case>
    Given the server states that it supports create of Observation
    And the server states the search parameter "date" of Observation
    And the server states the search parameter "subject" of Observation
    And a stored Observation "Late" with
      """
      {"status": "final", "code": {"text": "pulse"}, "subject": {"reference": "Patient/${Anna}"}, "effectiveDateTime": "2026-01-01T23:30:00-05:00"}
      """
    And a stored Observation "Early" with
      """
      {"status": "final", "code": {"text": "pulse"}, "subject": {"reference": "Patient/${Anna}"}, "effectiveDateTime": "2026-01-02T01:00:00+02:00"}
      """
    When the client sends GET "Observation?subject=Patient/${Anna}&date=<date>"
    Then the search finds <found>

    Examples:
      | case           | date                          | found            |
      | after, in UTC  | ge2026-01-02T04:00:00Z        | exactly "Late"   |
      | before, in UTC | lt2026-01-02T04:00:00Z        | exactly "Early"  |
      | other zone     | ge2026-01-02T06:30:00%2B02:00 | exactly "Late"   |
      | the moment     | 2026-01-02T04:30:00Z          | exactly "Late"   |
      | between        | ge2026-01-01T23:00:00Z&date=lt2026-01-01T23:00:01Z | exactly "Early" |

  @id:fhir-rest-628 @req:R4-search-date @severity:F2 @mode:server
  Scenario Outline: A prefix that asks for what lies outside finds it: <query>
    Given the server states the search parameter "birthdate" of Patient
    And the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag},Dahl${tag}&<query>"
    And the server does not refuse the modifier
    Then the search finds <found>

    Examples:
      | case           | query                  | found                  |
      | not equal      | birthdate=ne1980-01-31 | exactly "Bente" "Carl" |
      | starts after   | birthdate=sa1980-01    | exactly "Bente" "Carl" |
      | ends before    | birthdate=eb1980-02    | exactly "Anna"         |
      | not the period | birthdate=sa1980       | exactly "Carl"         |

  @id:fhir-rest-629 @req:R4-search-token @req:R4-search-modifier @severity:F2 @mode:server
  Scenario Outline: A token with a modifier or of one part is matched: <case>
    Given the server states the search parameter "gender" of Patient
    And the server states the search parameter "identifier" of Patient
    And the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag},Dahl${tag}&<query>"
    And the server does not refuse the modifier
    Then the search finds <found>

    Examples:
      | case             | query                                 | found                         |
      | not              | gender:not=female                     | exactly "Carl"                |
      | system alone     | identifier=urn:samspil:conformance\|  | exactly "Anna" "Bente" "Carl" |
      | another system   | identifier=urn:samspil:other\|        | none of them                  |

  @id:fhir-rest-634 @req:R4-search-token @severity:F2 @mode:server
  Scenario Outline: A boolean is matched: <value>
    Given the server states the search parameter "active" of Patient
    And the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag},Dahl${tag}&active=<value>"
    Then the search finds <found>

    Examples:
      | case | value | found          |
      | yes  | true  | exactly "Anna" |
      | no   | false | exactly "Carl" |

  @id:fhir-rest-630 @req:R4-paging @req:R4-search-total @severity:F3 @mode:server
  Scenario: A page of nothing is a count
    Given the server states the search parameter "family" of Patient
    When the client sends GET "Patient?family=Berg${tag}&_count=0"
    And the server has used the parameter "_count"
    Then the status is 200
    And the total, where there is one, is 2
    And the Bundle has no entries that match

  @id:fhir-rest-631 @req:R4-search @severity:F2 @mode:server
  Scenario Outline: Matches are narrowed by their time of last update: <query>
    Given the server states the search parameter "family" of Patient
    And the server states the search parameter "_lastUpdated" of Patient
    When the client sends GET "Patient?family=Berg${tag}&<query>"
    Then the search finds <found>

    Examples:
      | case   | query                   | found                  |
      | before | _lastUpdated=lt2000     | none of them           |
      | since  | _lastUpdated=ge2000     | exactly "Anna" "Bente" |

  @id:fhir-rest-632 @req:R4-search-summary @severity:F3 @mode:server
  Scenario Outline: A summary leaves out what it has to: <kind>
    Given the server states the search parameter "_id" of Patient
    And a stored Patient "Full" with
      """
      {"text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">Lind</div>"}, "maritalStatus": {"text": "married"}, "birthDate": "1990-05-17"}
      """
    When the client sends GET "Patient?_id=${Full}&_summary=<kind>"
    And the server has used the parameter "_summary"
    Then the status is 200
    And the search finds exactly "Full"
    And no match holds "<left>"
    And each match holds "<kept>" and is marked as a part

    Examples:
      | case          | kind | left          | kept      |
      | summary       | true | maritalStatus | birthDate |
      | text          | text | maritalStatus | text      |
      | all but text  | data | text          | birthDate |

  @id:fhir-rest-633 @req:R4-search-post @severity:F3 @mode:server
  Scenario: A search by POST takes parameters of the URL and of the form
    Given the server states the search parameter "family" of Patient
    And the server states the search parameter "gender" of Patient
    When the client posts the form "gender=male,female" to "Patient/_search?family=Dahl${tag}"
    Then the status is 200
    And the search finds exactly "Carl"
