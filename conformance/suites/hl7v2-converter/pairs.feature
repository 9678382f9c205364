Feature: Messages and what their Bundles must hold
  Each pair is a message and the values that its Bundle must hold, in `fixtures/pairs`: by value, in elements that FHIR lays down,
  and not by how a converter cuts, numbers or orders its resources. https://build.fhir.org/ig/HL7/v2-to-fhir/

  @id:hl7v2-converter-201 @req:V2-pairs @req:EHDS-A2-1.4 @severity:F1 @mode:files
  Scenario Outline: The Bundle of a message holds what it must: <case>
    Given the message of the pair "<case>"
    When it is converted
    Then the Bundle holds each value of the pair
    And there are as many resources as the pair says
    And resources refer to those that the pair says
    And nothing holds a text that the pair forbids

    Examples:
      | case                 |
      | adt-a01-admission    |
      | adt-a01-clinical     |
      | adt-a03-discharge    |
      | adt-a04-visit        |
      | adt-a08-repetitions  |
      | adt-a28-person       |
      | adt-a40-merge        |
      | dft-p03-charge       |
      | mdm-t02-document     |
      | oml-o21-order        |
      | orm-o01-order        |
      | oru-bad-dates        |
      | oru-cwe              |
      | oru-deleted-values   |
      | oru-ed               |
      | oru-latin1           |
      | oru-nm               |
      | oru-notes            |
      | oru-separators       |
      | oru-sn               |
      | oru-specimen         |
      | oru-st-escapes       |
      | oru-times            |
      | oru-two-panels       |
      | oru-version-2-3      |
      | oru-z-segments       |
      | siu-s12-booking      |
      | siu-s15-cancellation |
      | vxu-v04-vaccination  |

  @id:hl7v2-converter-202 @req:V2-loss @req:EHDS-A2-1.1 @severity:F1 @mode:files
  Scenario Outline: Of a message nothing is lost in silence: <case>
    Given the message of the pair "<case>"
    When it is converted
    Then each word of the message is in the Bundle, or its position is reported
    And what the pair wants kept is in the Bundle, or its position is reported

    Examples:
      | case                 |
      | adt-a01-admission    |
      | adt-a01-clinical     |
      | adt-a03-discharge    |
      | adt-a04-visit        |
      | adt-a08-repetitions  |
      | adt-a28-person       |
      | adt-a40-merge        |
      | dft-p03-charge       |
      | mdm-t02-document     |
      | oml-o21-order        |
      | orm-o01-order        |
      | oru-bad-dates        |
      | oru-cwe              |
      | oru-deleted-values   |
      | oru-ed               |
      | oru-latin1           |
      | oru-nm               |
      | oru-notes            |
      | oru-separators       |
      | oru-sn               |
      | oru-specimen         |
      | oru-st-escapes       |
      | oru-times            |
      | oru-two-panels       |
      | oru-version-2-3      |
      | oru-z-segments       |
      | siu-s12-booking      |
      | siu-s15-cancellation |
      | vxu-v04-vaccination  |

  @id:hl7v2-converter-203 @claim:loss-report @req:V2-loss @severity:F1 @mode:files
  Scenario Outline: The account of a message adds up: <case>
    Given the message of the pair "<case>"
    When it is converted
    Then populated is mapped and reported together
    And the report counts no less than the populated fields and no more than their parts

    Examples:
      | case                 |
      | adt-a01-admission    |
      | adt-a01-clinical     |
      | adt-a03-discharge    |
      | adt-a04-visit        |
      | adt-a08-repetitions  |
      | adt-a28-person       |
      | adt-a40-merge        |
      | dft-p03-charge       |
      | mdm-t02-document     |
      | oml-o21-order        |
      | orm-o01-order        |
      | oru-bad-dates        |
      | oru-cwe              |
      | oru-deleted-values   |
      | oru-ed               |
      | oru-latin1           |
      | oru-nm               |
      | oru-notes            |
      | oru-separators       |
      | oru-sn               |
      | oru-specimen         |
      | oru-st-escapes       |
      | oru-times            |
      | oru-two-panels       |
      | oru-version-2-3      |
      | oru-z-segments       |
      | siu-s12-booking      |
      | siu-s15-cancellation |
      | vxu-v04-vaccination  |

  @id:hl7v2-converter-204 @req:V2-references @severity:F1 @mode:files
  Scenario Outline: The Bundle of a message is whole: <case>
    Given the message of the pair "<case>"
    When it is converted
    Then each entry has a full URL and a resource
    And no two entries have one full URL
    And each reference within the Bundle leads to an entry
    And no element is null or empty

    Examples:
      | case                 |
      | adt-a01-admission    |
      | adt-a01-clinical     |
      | adt-a03-discharge    |
      | adt-a04-visit        |
      | adt-a08-repetitions  |
      | adt-a28-person       |
      | adt-a40-merge        |
      | dft-p03-charge       |
      | mdm-t02-document     |
      | oml-o21-order        |
      | orm-o01-order        |
      | oru-bad-dates        |
      | oru-cwe              |
      | oru-deleted-values   |
      | oru-ed               |
      | oru-latin1           |
      | oru-nm               |
      | oru-notes            |
      | oru-separators       |
      | oru-sn               |
      | oru-specimen         |
      | oru-st-escapes       |
      | oru-times            |
      | oru-two-panels       |
      | oru-version-2-3      |
      | oru-z-segments       |
      | siu-s12-booking      |
      | siu-s15-cancellation |
      | vxu-v04-vaccination  |
