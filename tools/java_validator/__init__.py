"""The HL7 Java validator over the same corpora, and where it and ours differ."""
