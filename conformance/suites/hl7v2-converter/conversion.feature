Feature: Conversion of HL7 v2 messages
  The converter gets a message on standard input and gives a Bundle as JSON on standard output: the Bundle itself, or an object
  with the members `bundle` and `report`. https://build.fhir.org/ig/HL7/v2-to-fhir/

  Background:
    Given the message
      """
      MSH|^~\&|LAB|NORD|EHR|SYD|20260101120000+0100||ORU^R01^ORU_R01|MSG00001|P|2.5|||||DNK|UNICODE UTF-8
      PID|1||4487100001^^^NORD^MR~998877^^^SYD^PI||Ærø^Åse^Marie^^^^L~Holm^Åse^^^^^M||19480517|F|||Strandvejen 1^^Thisted^^7700^DK~Skovvej 2^^Aarhus^^8000^DK||97920000^PRN^PH~20304050^PRN^CP
      PV1|1|I|AFD7^201^1^NORD||||12345^Lind^Karen
      ORC|RE|ORD0001|FIL0001
      OBR|1|ORD0001|FIL0001|4548-4^HbA1c^LN|||20260101081500+0100|||||||||12345^Lind^Karen||||||20260101110000+0100||LAB|F
      OBX|1|NM|4548-4^HbA1c^LN||48.50|mmol/mol^mmol/mol^UCUM|20-42|H|||F|||20260101081500+0100
      OBX|2|ST|8302-2^Note^LN||Line one\.br\Smith \T\ Jones||||||F
      NTE|1|L|Comment about the result
      ZDK|1|Zebra77^Zulu88
      """

  @id:hl7v2-converter-101 @req:V2-bundle @req:EHDS-A2-1.4 @severity:F1 @mode:files
  Scenario: A message becomes a Bundle
    When it is converted
    Then there is a Bundle of type "transaction message collection batch"
    And there is 1 Patient
    And there are 2 Observations

  @id:hl7v2-converter-102 @req:V2-bundle @severity:F2 @mode:files
  Scenario: The Bundle keeps the rules of FHIR JSON
    When it is converted
    Then each entry has a full URL and a resource
    And no element is null or empty

  @id:hl7v2-converter-103 @req:V2-references @severity:F1 @mode:files
  Scenario: Every reference leads to an entry
    When it is converted
    Then each reference within the Bundle leads to an entry
    And no two entries have one full URL

  @id:hl7v2-converter-104 @req:V2-references @severity:F1 @mode:files
  Scenario: Results belong to the patient
    When it is converted
    Then each Observation refers to the Patient as its subject

  @id:hl7v2-converter-105 @req:V2-values @severity:F1 @mode:files
  Scenario Outline: A value comes over: <case>
    When it is converted
    Then the <kind> has "<path>" <value>

    Examples:
      | case          | kind        | path                | value        |
      | family name   | Patient     | name.0.family       | "Ærø"        |
      | given name    | Patient     | name.0.given.0      | "Åse"        |
      | second name   | Patient     | name.0.given.1      | "Marie"      |
      | birth date    | Patient     | birthDate           | "1948-05-17" |
      | gender        | Patient     | gender              | "female"     |
      | city          | Patient     | address.0.city      | "Thisted"    |
      | postal code   | Patient     | address.0.postalCode | "7700"      |
      | number        | Observation | valueQuantity.value | 48.50        |
      | unit          | Observation | valueQuantity.unit  | "mmol/mol"   |
      | status        | Observation | status              | "final"      |
      | code          | Observation | code.coding.0.code  | "4548-4"     |

  @id:hl7v2-converter-106 @req:V2-repetitions @severity:F1 @mode:files
  Scenario: Repetitions come over
    When it is converted
    Then the Patient has "name.1.family" "Holm"
    And the Patient has "identifier.1.value" "998877"
    And the Patient has "address.1.city" "Aarhus"
    And the Patient has a telecom of value "20304050"

  @id:hl7v2-converter-107 @req:V2-times @severity:F1 @mode:files
  Scenario: Times keep their zone and precision
    When it is converted
    Then the Observation has "effectiveDateTime" of the moment "2026-01-01T08:15:00+01:00"

  @id:hl7v2-converter-108 @req:V2-escapes @severity:F2 @mode:files
  Scenario: Escape sequences are read
    When it is converted
    Then some Observation holds the text "Smith & Jones"
    And nothing in the Bundle holds the text "\T\"
    And nothing in the Bundle holds the text "\.br\"

  @id:hl7v2-converter-109 @req:V2-codes @severity:F1 @mode:files
  Scenario: Code systems get their URLs
    When it is converted
    Then the Observation has "code.coding.0.system" "http://loinc.org"
    And the Observation has "valueQuantity.system" "http://unitsofmeasure.org"

  @id:hl7v2-converter-110 @req:V2-loss @req:EHDS-A2-1.1 @severity:F1 @mode:files
  Scenario: No value is lost in silence
    When it is converted
    Then each value of the message is in the Bundle, or its position is reported

  @id:hl7v2-converter-111 @claim:loss-report @req:V2-loss @severity:F1 @mode:files
  Scenario: What is unknown is reported, with its position
    When it is converted
    Then the position "ZDK-2.1" is reported
    And the position "ZDK-2.2" is reported
    And no position that came over is reported: "PID-5.1 PID-7 OBX-5"

  @id:hl7v2-converter-112 @claim:loss-report @req:V2-loss @severity:F1 @mode:files
  Scenario: The account adds up: populated = mapped + reported
    When it is converted
    Then the report counts each populated position of the message
    And populated is mapped and reported together

  @id:hl7v2-converter-113 @req:V2-repeatable @severity:F2 @mode:files
  Scenario: The same message gives the same Bundle
    When it is converted
    And it is converted again
    Then both outputs are the same

  @id:hl7v2-converter-114 @req:V2-charset @severity:F1 @mode:files
  Scenario: A message in ISO 8859-1 is read by what it says
    Given the message says and uses the character set "8859/1", "iso-8859-1"
    When it is converted
    Then the Patient has "name.0.family" "Ærø"
    And the Patient has "name.0.given.0" "Åse"

  @id:hl7v2-converter-115 @req:V2-lines @severity:F2 @mode:files
  Scenario Outline: Segments may end in any way: <case>
    Given the segments end with "<case>"
    When it is converted
    Then there is 1 Patient
    And there are 2 Observations

    Examples:
      | case  |
      | CR    |
      | LF    |
      | CR LF |

  @id:hl7v2-converter-116 @req:V2-refusal @severity:F1 @mode:files
  Scenario Outline: What is no message is refused: <case>
    Given the input "<case>"
    When it is converted
    Then it is refused with a word on why

    Examples:
      | case                 |
      | nothing              |
      | a text               |
      | bytes                |

  @id:hl7v2-converter-117 @req:V2-values @severity:F1 @mode:files
  Scenario: A value that the sender deletes is not a value
    Given the field PID-8 is ""
    When it is converted
    Then nothing in the Bundle holds the text "\"\""

  @id:hl7v2-converter-118 @req:V2-times @severity:F2 @mode:files
  Scenario: A date of a month stays one
    Given the field PID-7 is 194805
    When it is converted
    Then the Patient has "birthDate" "1948-05"

  @id:hl7v2-converter-119 @req:V2-notes @severity:F2 @mode:files
  Scenario: A note comes over
    When it is converted
    Then the text "Comment about the result" is in the Bundle or reported at "NTE-3"
