Feature: Replies and forwarded messages

  @id:dk-medcom-201 @req:DKM-patient @req:DKM-provenance @req:DKM-reply @req:DKM-thread @req:DKM-unique @severity:F1 @mode:client @claim:sender @claim:reply
  Scenario Outline: What a reply keeps and adds
    Given the message "new" is received
    When the system answers it by a reply with "plain"
    Then its activity is reply-message
    And the message keeps the rule "<case>" after the one before

    Examples:
      | case     |
      | linked   |
      | kept     |
      | answered |
      | thread   |
      | persons  |
      | fresh    |

  @id:dk-medcom-202 @req:DKM-reply @severity:F1 @mode:client @claim:sender @claim:reply
  Scenario Outline: A reply is itself a sound message
    Given the message "new" is received
    When the system answers it by a reply with "plain"
    Then the message keeps the rule "<case>"

    Examples:
      | case       |
      | references |
      | parties    |
      | segments   |
      | provenance |
      | times      |
      | elements   |
      | narratives |

  @id:dk-medcom-203 @req:DKM-attachments @severity:F2 @mode:client @claim:sender @claim:reply
  Scenario: A reply repeats files by their titles alone
    Given the message "with-file" is received
    When the system answers it by a reply with "plain"
    Then the message keeps the rule "unpacked" after the one before
    And the message keeps the rule "kept" after the one before

  @id:dk-medcom-204 @req:DKM-patient @severity:F1 @mode:client @claim:sender @claim:reply
  Scenario: A reply keeps every number of the patient
    Given the message "two-numbers" is received
    When the system answers it by a reply with "plain"
    Then the message keeps the rule "persons" after the one before

  @id:dk-medcom-205 @req:DKM-episode @severity:F2 @mode:client @claim:sender @claim:reply
  Scenario: A reply keeps the episode of care
    Given the message "with-episode" is received
    When the system answers it by a reply with "plain"
    Then the message keeps the rule "episodes" after the one before
    And the message keeps the rule "episode"

  @id:dk-medcom-206 @req:DKM-forward @req:DKM-provenance @severity:F2 @mode:client @claim:sender @claim:reply @claim:forward
  Scenario Outline: What a forwarded message keeps and adds
    Given the message "new" is received
    When the system answers it by a forward with "plain"
    Then its activity is forward-message
    And the message keeps the rule "<case>" after the one before

    Examples:
      | case    |
      | linked  |
      | kept    |
      | persons |
      | fresh   |

  @id:dk-medcom-207 @req:DKM-episode @req:DKM-forward @severity:F2 @mode:client @claim:sender @claim:reply @claim:forward
  Scenario: A forwarded message keeps the episode of care
    Given the message "with-episode" is received
    When the system answers it by a forward with "plain"
    Then the message keeps the rule "episodes" after the one before

  @id:dk-medcom-208 @req:DKM-reply @req:DKM-provenance @req:DKM-thread @req:DKM-patient @req:DKM-episode @severity:F1 @mode:client @claim:sender @claim:reply
  Scenario Outline: A reply to each of MedCom's examples for senders
    Given MedCom's example <case> is received
    When the system answers it by a reply with "plain"
    Then its activity is reply-message
    And the message keeps the rule "linked" after the one before
    And the message keeps the rule "kept" after the one before
    And the message keeps the rule "answered" after the one before
    And the message keeps the rule "thread" after the one before
    And the message keeps the rule "persons" after the one before
    And the message keeps the rule "episodes" after the one before
    And the message keeps the rule "references"

    Examples:
      | case        |
      | S-A         |
      | S-B         |
      | S-C         |
      | S-D         |
      | S-E         |
      | S-Tek-A     |
      | S-Tek-B     |
      | S-Tek-C     |
      | S-Tek-CPR-1 |
      | S-Tek-CPR-2 |
      | S-Tek-CPR-3 |

  @id:dk-medcom-209 @req:DKM-profile @severity:F1 @mode:client @claim:sender @claim:reply
  Scenario: A reply conforms to its profile
    Given the message "new" is received
    When the system answers it by a reply with "plain"
    Then the message conforms to its profile
