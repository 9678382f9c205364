"""Reports against the measures they report on. https://hl7.org/fhir/R4/measurereport.html."""
