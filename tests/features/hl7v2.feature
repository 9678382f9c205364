Feature: Old messages become FHIR, and nothing goes missing unseen

  A hospital's integrator moves the feed of a patient administration system and of a laboratory to FHIR.
  Nancy Ann Berggren is admitted with pneumonia, her blood is tested, and one message of the feed is broken.
  The clinicians want her name spelled right and every result there, and to know of each field that was left behind.

  Background:
    Given a folder of messages
      | file              | what                                                 | encoding   |
      | 1-admission.hl7   | admission of Nancy Ann Berggren, home in Ærøskøbing  | iso-8859-1 |
      | 2-laboratory.hl7  | three results of Nancy Ann Berggren                  | utf-8      |
      | 3-local.hl7       | update of Nancy Ann Berggren with a local Z-segment  | utf-8      |
      | 4-broken.hl7      | a message whose head was cut off                     | utf-8      |
    When the integrator converts the folder on the command line

  Scenario: The patient is who she was
    Then the bundle of "1-admission.hl7" has a Patient named "Nancy Ann Berggren"
    And she was born on "1948-12-25" and is "female"
    And she has the civil registration number "2512489996"
    And she lives in "Ærøskøbing"
    And the bundle has an Encounter that refers to her
    And the bundle has a Condition of her with the code "DJ189"

  Scenario: Every result arrives with its number, unit and flag
    Then the bundle of "2-laboratory.hl7" has these results of "Nancy Ann Berggren"
      | test     | value | unit   | flag |
      | NPU19673 | 36.0  | g/L    | N    |
      | NPU03429 | 131   | mmol/L | L    |
      | NPU19748 | < 4   | mg/L   |      |
    And the DiagnosticReport refers to all of them

  Scenario: What has no place in FHIR is named, not dropped
    Then the report of "3-local.hl7" says "partial"
    And it names the positions "ZDK-1, ZDK-2.1, ZDK-2.2" with the reason "unknown-segment"
    And the bundle of "3-local.hl7" has a Patient named "Nancy Ann Berggren"

  Scenario: A broken message harms no other
    Then the report of "4-broken.hl7" says "failed"
    And it says what was wrong: "No MSH segment can be read"
    And there are 3 bundles
    And the command tells that something needs attention

  Scenario: The account of every message adds up
    Then in every report the populated positions are those mapped and those reported
    And each reported position has a reason
    And the summary counts 4 messages
