Feature: A new CareCommunication is sent

  @id:dk-medcom-101 @req:DKM-bundle @req:DKM-category @req:DKM-event @req:DKM-first @req:DKM-narrative @req:DKM-parties @req:DKM-patient @req:DKM-provenance @req:DKM-references @req:DKM-segments @req:DKM-thread @req:DKM-times @severity:F1 @mode:client @claim:sender
  Scenario Outline: What a new message is made of
    When the system sends a new message with "plain"
    Then the message keeps the rule "<case>"

    Examples:
      | case          |
      | bundle        |
      | profiles      |
      | first         |
      | urls          |
      | references    |
      | times         |
      | elements      |
      | event         |
      | definition    |
      | parties       |
      | organisations |
      | patient       |
      | identifier    |
      | category      |
      | segments      |
      | provenance    |
      | narratives    |

  @id:dk-medcom-102 @req:DKM-category @severity:F2 @mode:client @claim:sender
  Scenario: The category other has a topic
    When the system sends a new message with "other"
    Then the category is "other"
    And the message keeps the rule "category"

  @id:dk-medcom-103 @req:DKM-category @severity:F2 @mode:client @claim:sender
  Scenario: A referral may have priority
    When the system sends a new message with "referral"
    Then the category is "regarding-referral"
    And the Communication has the element "priority"
    And the message keeps the rule "category"

  @id:dk-medcom-104 @req:DKM-attachments @severity:F2 @mode:client @claim:sender
  Scenario: A file is attached with title and type
    When the system sends a new message with "file"
    Then a segment holds a file with data
    And the message keeps the rule "attachments"
    And the message keeps the rule "segments"

  @id:dk-medcom-105 @req:DKM-attachments @severity:F3 @mode:client @claim:sender
  Scenario: A link is attached with its title
    When the system sends a new message with "link"
    Then a segment holds a file with url
    And the message keeps the rule "attachments"

  @id:dk-medcom-106 @req:DKM-patient @severity:F1 @mode:client @claim:sender
  Scenario: A patient with a replacement number
    When the system sends a new message with "replacement"
    Then the message keeps the rule "patient"

  @id:dk-medcom-107 @req:DKM-episode @severity:F2 @mode:client @claim:sender
  Scenario: A message in an episode of care
    When the system sends a new message with "episode"
    Then the Communication has the element "encounter"
    And the message keeps the rule "episode"

  @id:dk-medcom-108 @req:DKM-unique @severity:F1 @mode:client @claim:sender
  Scenario: Two messages are two
    When the system sends a new message with "plain"
    And the system sends a new message with "plain"
    Then the two messages have ids of their own

  @id:dk-medcom-109 @req:DKM-formats @severity:F3 @mode:client @claim:sender
  Scenario Outline: The form is what its media type says
    When the system sends a new message with "plain" in <case>
    Then its content is in <case>
    And the message keeps the rule "first"

    Examples:
      | case |
      | JSON |
      | XML  |

  @id:dk-medcom-110 @req:DKM-profile @severity:F1 @mode:client @claim:sender
  Scenario: The message conforms to its profile
    When the system sends a new message with "plain"
    Then the message conforms to its profile
