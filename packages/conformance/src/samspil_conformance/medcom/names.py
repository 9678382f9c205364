"""URLs and codes of MedCom's guides. https://medcomfhir.dk/ig/terminology/."""

ACTIVITIES = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-messaging-activityCodes"
EVENTS = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-messaging-eventCodes"
USES = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-messaging-destinationUse"
CATEGORIES = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-careCommunication-categoryCodes"
ROLES = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-core-PractitionerRolesSKSadministrativ"
ERRORS = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-acknowledgement-error-codes"
USE = "http://medcomfhir.dk/ig/messaging/StructureDefinition/medcom-messaging-destinationUseExtension"
SEGMENT = "http://medcomfhir.dk/ig/core/StructureDefinition/medcom-core-"
DATE, IDENTIFIER = f"{SEGMENT}datetime-extension", f"{SEGMENT}identifier-extension"
AUTHOR, CONTACT = f"{SEGMENT}practitioner-extension", f"{SEGMENT}contact-extension"
CARE = "http://medcomfhir.dk/ig/carecommunication/StructureDefinition/medcom-careCommunication-"
ACKNOWLEDGEMENT = "http://medcomfhir.dk/ig/acknowledgement/StructureDefinition/medcom-"
MESSAGING = "http://medcomfhir.dk/ig/messaging/StructureDefinition/medcom-messaging-"
CORE = "http://medcomfhir.dk/ig/core/StructureDefinition/medcom-core-"
DEFINITION = "http://medcomfhir.dk/ig/messagedefinitions/MessageDefinition/MedComCareCommunicationMessageDefinition"
CATEGORY_CODES = frozenset({
    "alcohol-and-drug-treatment", "assistive-devices", "carecoordination", "decease", "discharge", "examination-results",
    "healthcare", "home-care-assessment", "medicine", "nursing", "outpatient", "psychiatry-social-disability",
    "regarding-referral", "telemedicine", "training", "acute-ambulant", "extended-care-responsibility", "other",
})  # fmt: skip
"""The codes of MedCom's categories, version 2.0.2 of its terminology."""
SOR, GLN = "urn:oid:1.2.208.176.1.1", "https://www.gs1.org/gln"
SOR_ENDPOINT = "https://sor2.sum.dsdn.dk/#id="
CPR = "urn:oid:1.2.208.176.1.2"
REPLACEMENT = "urn:oid:1.2.208.176.1.6.1."
"""What the systems of replacement numbers begin with (national, and of each region)."""
