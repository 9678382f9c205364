Feature: What is received is acknowledged

  @id:dk-medcom-301 @req:DKM-ack @severity:F1 @mode:client @claim:receiver
  Scenario Outline: Each kind of message is accepted
    When the message "<case>" is received
    Then it is acknowledged once
    And the acknowledgement says ok

    Examples:
      | case         |
      | new          |
      | reply        |
      | forward      |
      | with-file    |
      | two-numbers  |
      | with-episode |

  @id:dk-medcom-302 @req:DKM-ack @req:DKM-ack-form @severity:F1 @mode:client @claim:receiver
  Scenario Outline: What an acknowledgement is made of
    When the message "new" is received
    Then the acknowledgement keeps the rule "<case>"

    Examples:
      | case          |
      | sound         |
      | kind          |
      | names_message |
      | back          |
      | history       |

  @id:dk-medcom-303 @req:DKM-ack-error @severity:F1 @mode:client @claim:receiver
  Scenario Outline: What is wrong is refused
    When the message "<case>" is received
    Then it is acknowledged once
    And the acknowledgement says fatal-error
    And the acknowledgement keeps the rule "explained"
    And the acknowledgement keeps the rule "names_message"

    Examples:
      | case                   |
      | without-category       |
      | unknown-category       |
      | segment-without-source |

  @id:dk-medcom-304 @req:DKM-duplicate @severity:F1 @mode:client @claim:receiver
  Scenario Outline: The same message twice
    Given the message "new" is received
    When the message "<case>" is received
    Then it is acknowledged once
    And the acknowledgement says ok
    And the acknowledgement keeps the rule "names_message"

    Examples:
      | case                  |
      | new                   |
      | new-in-another-bundle |

  @id:dk-medcom-305 @req:DKM-duplicate @req:DKM-ack-error @severity:F2 @mode:client @claim:receiver
  Scenario: A wrong message twice
    Given the message "without-category" is received
    When the message "without-category" is received
    Then it is acknowledged once
    And the acknowledgement says fatal-error

  @id:dk-medcom-306 @req:DKM-order @severity:F2 @mode:client @claim:receiver
  Scenario: The reply arrives before what it answers
    When the message "reply" is received
    Then the acknowledgement says ok
    When the message "asked" is received
    Then the acknowledgement says ok

  @id:dk-medcom-307 @req:DKM-formats @req:DKM-lenient @severity:F1 @mode:client @claim:receiver
  Scenario Outline: What the standard allows is accepted
    When the message "new" is received as "<case>"
    Then it is acknowledged once
    And the acknowledgement says ok
    And the acknowledgement keeps the rule "names_message"

    Examples:
      | case                       |
      | JSON                       |
      | XML                        |
      | Zulu time                  |
      | Danish time                |
      | ids that are no UUIDs      |
      | more than the standard     |
      | organisations without name |
      | two numbers of the patient |
      | absolute references        |

  @id:dk-medcom-308 @req:DKM-lenient @severity:F2 @mode:client @claim:receiver
  Scenario Outline: What certified systems are known to send is answered
    When the message "new" is received as "<case>"
    Then it is accepted, or refused with a reason
    And the acknowledgement keeps the rule "names_message"

    Examples:
      | case                          |
      | foreign offset                |
      | nanoseconds                   |
      | identifier system without urn |
      | definition of version 4       |

  @id:dk-medcom-309 @req:DKM-ack @req:DKM-lenient @req:DKM-order @req:DKM-duplicate @severity:F1 @mode:client @claim:receiver
  Scenario Outline: MedCom's examples for receivers are accepted
    When MedCom's example <case> is received
    Then it is acknowledged once
    And the acknowledgement says ok
    And the acknowledgement keeps the rule "names_message"
    And the acknowledgement keeps the rule "back"
    And the acknowledgement keeps the rule "history"

    Examples:
      | case        |
      | R-A         |
      | R-B         |
      | R-C         |
      | R-Tek-A     |
      | R-Tek-B     |
      | R-Tek-C     |
      | R-Tek-D     |
      | R-Tek-E     |
      | R-Tek-F     |
      | R-Tek-G     |
      | R-Tek-H     |
      | R-Tek-I     |
      | R-Tek-J     |
      | R-Tek-K     |
      | R-Tek-L     |
      | R-Tek-CPR-1 |
      | R-Tek-CPR-2 |
      | R-Tek-CPR-3 |

  @id:dk-medcom-310 @req:DKM-ack-error @req:DKM-duplicate @severity:F1 @mode:client @claim:receiver
  Scenario Outline: MedCom's invalid duplicates are refused
    Given MedCom's example R-Tek-M is received
    When MedCom's example <case> is received
    Then it is acknowledged once
    And the acknowledgement says fatal-error
    And the acknowledgement keeps the rule "explained"

    Examples:
      | case    |
      | R-Tek-M |
      | R-Tek-N |

  @id:dk-medcom-311 @req:DKM-duplicate @severity:F1 @mode:client @claim:receiver
  Scenario Outline: MedCom's duplicates are acknowledged each time
    Given MedCom's example <first> is received
    When MedCom's example <second> is received
    Then it is acknowledged once
    And the acknowledgement says ok

    Examples:
      | case           | first   | second  |
      | identical      | R-Tek-J | R-Tek-J |
      | another Bundle | R-Tek-K | R-Tek-L |

  @id:dk-medcom-312 @req:DKM-lenient @severity:F3 @mode:client @claim:receiver
  Scenario: MedCom's example for errors is answered
    When MedCom's example R-Tek-O is received
    Then it is accepted, or refused with a reason

  @id:dk-medcom-313 @req:DKM-ack-form @severity:F1 @mode:client @claim:receiver
  Scenario: The acknowledgement conforms to its profile
    When the message "new" is received
    Then it is acknowledged once
    And the acknowledgement conforms to its profile
