Feature: Restrictions
  Art. 8 of Regulation (EU) 2025/327: a person can restrict the access of professionals and providers to all or part of their data.

  Background:
    Given the professionals' interface of the system

  @id:consent-101 @req:EHDS-8-restrict @req:EHDS-A2-2.5 @severity:F1 @mode:server
  Scenario Outline: What is not restricted can be read: <case>
    Then the doctor can read "<case>"

    Examples:
      | case                    |
      | patient-summary         |
      | electronic-prescription |
      | electronic-dispensation |
      | medical-imaging         |
      | test-result             |
      | discharge-report        |

  @id:consent-102 @req:EHDS-8-restrict @req:EHDS-11-3 @severity:F1 @mode:server
  Scenario Outline: What is restricted cannot be read: <case>
    Given the patient has restricted "<case>"
    Then the doctor cannot read "<case>"
    And the nurse cannot read "<case>"
    And the outsider cannot read "<case>"

    Examples:
      | case                    |
      | patient-summary         |
      | electronic-prescription |
      | electronic-dispensation |
      | medical-imaging         |
      | test-result             |
      | discharge-report        |

  @id:consent-103 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: A restriction of one thing leaves the others
    Given the patient has restricted "test-result"
    Then the doctor cannot read "test-result"
    And the doctor can read "patient-summary"
    And the doctor can read "discharge-report"

  @id:consent-104 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: A restriction of everything
    Given the patient has restricted everything
    Then the doctor cannot read "patient-summary"
    And the doctor cannot read "test-result"
    And the doctor cannot read "patient"

  @id:consent-105 @req:EHDS-8-restrict @req:EHDS-11-3 @severity:F1 @mode:server
  Scenario: A restriction of one person
    Given the patient has restricted everything from the nurse
    Then the nurse cannot read "test-result"
    And the doctor can read "test-result"

  @id:consent-106 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: A restriction of one provider
    Given the patient has restricted everything from the organisation of the outsider
    Then the outsider cannot read "test-result"
    And the doctor can read "test-result"

  @id:consent-107 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: A restriction of a type of data
    Given a restriction of the patient, as a provision of a Consent
      """
      {"type": "deny", "purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}],
       "class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Observation"}]}
      """
    Then the doctor cannot read "test-result"
    And the doctor can read "patient-summary"

  @id:consent-108 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: A restriction of data of a code
    Given the code of "test-result"
    And a restriction of the patient, as a provision of a Consent
      """
      {"type": "deny", "purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}],
       "code": [{"coding": [{"system": "${test-result.system}", "code": "${test-result.code}"}]}]}
      """
    Then the doctor cannot read "test-result"
    And the doctor can read "patient-summary"

  @id:consent-109 @req:EHDS-8-restrict @severity:F2 @mode:server
  Scenario: A restriction that has ended holds no longer
    Given a restriction of the patient, as a provision of a Consent
      """
      {"type": "deny", "period": {"start": "2020-01-01", "end": "2020-12-31"},
       "purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}]}
      """
    Then the doctor can read "test-result"

  @id:consent-110 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: A restriction taken back holds no longer
    Given the patient has restricted "test-result"
    Then the doctor cannot read "test-result"
    When the patient takes the restriction back
    Then the doctor can read "test-result"

  @id:consent-111 @req:EHDS-8-restrict @severity:F1 @mode:server
  Scenario: A restriction of one patient leaves another's data
    Given the patient has restricted everything
    Then the doctor can read "other-patient-summary"

  @id:consent-112 @req:EHDS-8-restrict @req:EHDS-3-1 @severity:F1 @mode:server
  Scenario: Patients read their own data, restricted or not
    Given the patient has restricted everything
    Then the patient can read "test-result"
    And the patient can read "patient-summary"

  @id:consent-113 @req:EHDS-3-1 @severity:F1 @mode:server
  Scenario: Patients read no other's data
    Then the patient cannot read "other-patient-summary"
    And the stranger cannot read "test-result"

  @id:consent-114 @req:EHDS-11-3 @severity:F1 @mode:server
  Scenario: A purpose that is not care opens nothing
    Then the researcher cannot read "test-result"

  @id:consent-115 @claim:proxy @req:EHDS-4-2a @severity:F2 @mode:server
  Scenario: Who acts for a person reads their data, and no other's
    Then the relative can read "test-result"
    And the relative cannot read "other-patient-summary"

  @id:consent-116 @req:EHDS-8-warn @severity:F3 @mode:server @attest
  Scenario: Who restricts is told of the risk
    Then a person confirms: when a person restricts access, are they told that care may suffer, and is it recorded that they were? It should be: yes, before the restriction is registered, and with a record
