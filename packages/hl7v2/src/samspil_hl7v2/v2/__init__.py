"""What HL7 v2 says: message structures, triggers, fields and components."""
