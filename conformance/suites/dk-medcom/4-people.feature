Feature: What a person has to see

  @id:dk-medcom-401 @req:DKM-compose @severity:F1 @mode:client @claim:sender @attest
  Scenario: Patient and receiver
    Then a person confirms: "Create a message about a test patient and choose a receiver." It is expected that the number and the full name of the patient and the name of the receiver are shown

  @id:dk-medcom-402 @req:DKM-compose @severity:F3 @mode:client @claim:sender @attest
  Scenario: A specific sender and recipient
    Then a person confirms: "If the system lets a person or team be named as sender or recipient, do so." It is expected that both are shown, and the author of the text may be another

  @id:dk-medcom-403 @req:DKM-compose @req:DKM-category @severity:F2 @mode:client @claim:sender @attest
  Scenario: The list of categories
    Then a person confirms: "Open the list of categories." It is expected that it holds the national categories and the user must choose one

  @id:dk-medcom-404 @req:DKM-compose @req:DKM-category @severity:F2 @mode:client @claim:sender @attest
  Scenario: Priority belongs to referrals
    Then a person confirms: "Choose a category that is not about a referral and look for the priority." It is expected that it cannot be chosen

  @id:dk-medcom-405 @req:DKM-compose @req:DKM-category @severity:F2 @mode:client @claim:sender @attest
  Scenario: Other asks for a topic
    Then a person confirms: "Choose the category other and try to send without a topic." It is expected that the message is not sent and the user is told why

  @id:dk-medcom-406 @req:DKM-compose @severity:F3 @mode:client @claim:sender @attest
  Scenario: Topics agreed in the region
    Then a person confirms: "Choose a topic from the list of the region, where there is one." It is expected that the topic is inserted, and the category with it where that is agreed

  @id:dk-medcom-407 @req:DKM-compose @req:DKM-segments @severity:F2 @mode:client @claim:sender @attest
  Scenario: The signature
    Then a person confirms: "Write a text and look at the signature." It is expected that time, name, role and phone number of the author are inserted by the system as far as it knows them

  @id:dk-medcom-408 @req:DKM-compose @req:DKM-attachments @severity:F2 @mode:client @claim:sender @attest
  Scenario: Allowed files alone
    Then a person confirms: "Attach each allowed type of file and a link, and then a file of another type." It is expected that the allowed ones are attached and shown with their titles, the other is refused

  @id:dk-medcom-409 @req:DKM-compose @severity:F3 @mode:client @claim:sender @attest
  Scenario: Author and time of a file
    Then a person confirms: "If the system takes author, contact or time of a file, give them." It is expected that they are shown with the file

  @id:dk-medcom-410 @req:DKM-compose @req:DKM-reply @severity:F1 @mode:client @claim:reply @attest
  Scenario: A reply is prepared
    Then a person confirms: "Choose to reply to a received message." It is expected that receiver, recipient, category and topic are taken from it, and category and topic can be changed

  @id:dk-medcom-411 @req:DKM-compose @req:DKM-forward @severity:F2 @mode:client @claim:forward @attest
  Scenario: A message is passed on
    Then a person confirms: "Choose to forward a received message, whole and, where possible, in part." It is expected that its segments with signatures are shown, a receiver has to be chosen, and a reason can be written

  @id:dk-medcom-412 @req:DKM-reply @severity:F2 @mode:client @claim:reply @attest
  Scenario: A reply to an older format
    Then a person confirms: "Reply to a received OIOXML or EDIFACT message, where the system can." It is expected that the receiver is found in SOR, and the location number and letter id of the old message are named as its source

  @id:dk-medcom-413 @req:DKM-compose @severity:F3 @mode:client @claim:sender @attest
  Scenario: Line breaks
    Then a person confirms: "Write a text of several lines and send it." It is expected that the lines are kept

  @id:dk-medcom-414 @req:DKM-profile @severity:F1 @mode:client @claim:sender @attest
  Scenario: Validation before sending
    Then a person confirms: "Explain how a message is validated before it is sent." It is expected that it is checked against the guides in force, and is not sent with errors

  @id:dk-medcom-415 @req:DKM-size @severity:F2 @mode:client @claim:sender @attest
  Scenario: A message that is too large
    Then a person confirms: "Attach files of more than 100 MB in all and try to send." It is expected that the message is not sent and the user is told; with less it is sent

  @id:dk-medcom-416 @req:DKM-vans @severity:F1 @mode:client @claim:sender @attest
  Scenario: The VANS envelope
    Then a person confirms: "Show how the receiver is found and the message put into its envelope." It is expected that the envelope names sender, receiver and type as the message does

  @id:dk-medcom-417 @req:DKM-vans @severity:F1 @mode:client @claim:sender @attest
  Scenario: A run with a VANS operator
    Then a person confirms: "Send a message through a VANS operator and, where needed, its converter." It is expected that it arrives, and its conversion is right

  @id:dk-medcom-418 @req:DKM-ack @severity:F2 @mode:client @claim:sender @attest
  Scenario: Acknowledgements are shown to the sender
    Then a person confirms: "Send messages that are accepted and refused." It is expected that the user sees which were refused and why, and what to do

  @id:dk-medcom-419 @req:DKM-display @severity:F1 @mode:client @claim:receiver @attest
  Scenario: A new message is noticed
    Then a person confirms: "Receive a new message, a reply and a forwarded one." It is expected that the user is notified and sees which is which

  @id:dk-medcom-420 @req:DKM-display @severity:F1 @mode:client @claim:receiver @attest
  Scenario: The whole content
    Then a person confirms: "Open a received message with files." It is expected that patient, category, topic, text, signatures, organisations, sender, recipient and files are shown, and files can be opened

  @id:dk-medcom-421 @req:DKM-display @severity:F2 @mode:client @claim:receiver @attest
  Scenario: Who wrote what
    Then a person confirms: "Open a forwarded thread with several authors." It is expected that each segment is shown with its author and organisation

  @id:dk-medcom-422 @req:DKM-display @req:DKM-times @severity:F2 @mode:client @claim:receiver @attest
  Scenario: Times as the user knows them
    Then a person confirms: "Open messages with times in UTC and with an offset." It is expected that both are shown in Danish time

  @id:dk-medcom-423 @req:DKM-display @severity:F3 @mode:client @claim:receiver @attest
  Scenario: Priority, line breaks and episode
    Then a person confirms: "Open a message with priority, several lines and an episode of care." It is expected that all are shown

  @id:dk-medcom-424 @req:DKM-display @req:DKM-parties @severity:F2 @mode:client @claim:receiver @attest
  Scenario: Organisations without a name
    Then a person confirms: "Open a message whose organisations have no name." It is expected that the names are found in SOR

  @id:dk-medcom-425 @req:DKM-display @req:DKM-patient @severity:F1 @mode:client @claim:receiver @attest
  Scenario: Several numbers of one patient
    Then a person confirms: "Open messages with a replacement number, with two and with three numbers." It is expected that each is shown at the right patient, and the user sees the numbers

  @id:dk-medcom-426 @req:DKM-display @req:DKM-order @severity:F2 @mode:client @claim:receiver @attest
  Scenario: Parallel replies
    Then a person confirms: "Receive two replies to the same message, and one before what it answers." It is expected that one thread is shown in the order of time, and it can be continued

  @id:dk-medcom-427 @req:DKM-display @req:DKM-duplicate @severity:F1 @mode:client @claim:receiver @attest
  Scenario: A duplicate is shown once
    Then a person confirms: "Receive the same message twice." It is expected that the user sees one message

  @id:dk-medcom-428 @req:DKM-display @req:DKM-ack-error @severity:F1 @mode:client @claim:receiver @attest
  Scenario: A refused message is not shown
    Then a person confirms: "Receive a message that is refused." It is expected that the user does not see it

  @id:dk-medcom-429 @req:DKM-profile @req:DKM-formats @severity:F2 @mode:client @claim:receiver @attest
  Scenario: Loading and validating
    Then a person confirms: "Explain how JSON and XML are read and validated before they are shown." It is expected that both are read, and checked against the guides in force
