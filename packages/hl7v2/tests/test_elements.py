"""The R4 element table, as a mapping compiler asks it."""

import pytest

from samspil_hl7v2.r4.elements import Element, NoSuchElementError, r4


@pytest.mark.parametrize(
    ("root", "path", "low", "high", "types"),
    [
        ("Patient", "birthDate", 0, 1, "date"),
        ("Patient", "name.family", 0, 1, "string"),
        ("Patient", "contact.name.given", 0, None, "string"),
        ("Patient", "link.other", 1, 1, "Reference"),
        ("Patient", "id", 0, 1, "id"),
        ("Patient", "meta.lastUpdated", 0, 1, "instant"),
        ("Patient", "contained", 0, None, "Resource"),
        ("Patient", "contained.id", 0, 1, "id"),
        ("Patient", "deceasedBoolean", 0, 1, "boolean"),
        ("Patient", "extension.valueString", 0, 1, "string"),
        ("Patient", "extension.extension.valueCodeableConcept.coding.system", 0, 1, "uri"),
        ("Patient", "birthDate.extension.url", 1, 1, "uri"),
        ("Observation", "valueQuantity", 0, 1, "Quantity"),
        ("Observation", "valueQuantity.value", 0, 1, "decimal"),
        ("Observation", "component.valueDateTime", 0, 1, "dateTime"),
        ("Observation", "component.referenceRange.low.value", 0, 1, "decimal"),
        ("MedicationRequest", "dosageInstruction.timing.repeat.boundsPeriod.start", 0, 1, "dateTime"),
        ("Bundle", "entry.link.url", 1, 1, "uri"),
        ("Bundle", "entry.link", 0, None, "@Bundle.link"),
        ("HumanName", "use", 0, 1, "code"),
    ],
)
def test_a_path_is_followed_through_datatypes(root: str, path: str, low: int, high: int | None, types: str) -> None:
    """Backbones, datatypes, choices, contentReferences and primitives' children resolve."""
    found = r4().lookup(root, path)
    assert (found.min, found.max, found.types) == (low, high, (types,))


def test_a_choice_keeps_all_its_types() -> None:
    """The choice itself may be asked for, with every type and reference target."""
    found = r4().lookup("Provenance", "occurred[x]")
    assert found == Element(0, 1, ("Period", "dateTime"))
    assert r4().lookup("Observation", "subject").targets == (
        "Patient",
        "Group",
        "Device",
        "Location",
    )


def test_a_narrowed_choice_keeps_the_targets_of_its_reference_only() -> None:
    """`medicationReference` may point to Medication, `medicationCodeableConcept` nowhere."""
    assert r4().lookup("MedicationRequest", "medicationReference").targets == ("Medication",)
    assert r4().lookup("MedicationRequest", "medicationCodeableConcept").targets == ()


@pytest.mark.parametrize(
    ("root", "path", "step"),
    [
        ("Coverage", "payer", "payer"),
        ("Patient", "name.famly", "famly"),
        ("Patient", "nmae.family", "nmae"),
        ("Patient", "birthDate.value", "value"),
        ("Observation", "valueAddress", "valueAddress"),
        ("Observation", "value", "value"),
        ("Observation", "value[x].unit", "unit"),
        ("Patinet", "name", "name"),
    ],
)
def test_a_path_that_does_not_exist_names_the_step(root: str, path: str, step: str) -> None:
    """The error carries what was asked and the step where R4 ends."""
    with pytest.raises(NoSuchElementError) as caught:
        r4().lookup(root, path)
    assert caught.value.root == root
    assert caught.value.step == step


def test_required_children() -> None:
    """Required children are those of the type itself, or of a path within it."""
    assert r4().required("Observation") == ("status", "code")
    assert r4().required("Observation", "component") == ("code",)
    assert r4().required("Bundle", "entry.link") == ("relation", "url")
    assert r4().required("MedicationRequest") == ("status", "intent", "medication[x]", "subject")
    assert r4().required("Patient") == ()
    with pytest.raises(NoSuchElementError):
        r4().required("Patinet")


def test_arrays() -> None:
    """An element repeats when its maximum exceeds one."""
    assert r4().lookup("Patient", "name").repeats
    assert not r4().lookup("Patient", "name.family").repeats


def test_required_codes() -> None:
    """Closed code elements list their codes, also through a datatype; open ones give None."""
    assert r4().codes("Patient", "gender") == {"male", "female", "other", "unknown"}
    assert "usual" in (r4().codes("Patient", "identifier.use") or ())
    assert r4().codes("Patient", "language") is None
    assert r4().codes("Attachment", "contentType") is None


def test_every_type_named_is_defined() -> None:
    """No row names a complex type or an element that the table does not hold."""
    known = r4().types
    for name in known:
        for child in r4().required(name):
            for code in r4().lookup(name, child).types:
                assert code in known or code[0].islower() or code.startswith("@")


def test_the_other_types_of_a_choice() -> None:
    """A choice holds one type: the rivals of one are the names of all others, and of what stands beside them."""
    assert r4().rivals("Patient", "deceasedBoolean") == {"deceasedDateTime", "_deceasedDateTime"}
    assert "boundsRange" in r4().rivals("Timing", "repeat.boundsPeriod")
    assert r4().rivals("Patient", "gender") == frozenset()


def test_the_slot_that_a_json_name_fills() -> None:
    """Every type of a choice fills its one slot; any other name is its own."""
    assert r4().slot("Observation", "valueQuantity") == r4().slot("Observation", "_valueString") == "value[x]"
    assert r4().slot("Observation", "status") == "status"
    assert r4().slot("Observation", "resourceType") == "resourceType"
