"""What the names of CDC's pairs say they are about, and which of the elements are then in question."""

import pytest

from tools import pair_names
from tools.golden import Pair, leaves
from tools.pair_names import Position
from tools.suites import hl7v2_cdc

MESSAGE = (
    b"MSH|^~\\&|LAB^1.2.3^ISO|NORTH|||202405011200||ORU^R01^ORU_R01|1|P|2.5.1|||||||^^^da\r"
    b"PID|1||4711^^^NORTH^MR||LIND^EVA\rNK1|1|LIND^ADA||HARBOUR STREET 1^^AARHUS^^8000^DK^BA^^^^^^20240102"
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("msh__MSH-to-MessageHeader-msh24-valued-msh3-not-valued", {("MSH", 24, 0), ("MSH", 3, 0)}),
        ("msh__MSH-to-MessageHeader-uses-MSH194", {("MSH", 19, 4)}),
        ("msh__MSH-to-MessageHeader-prefers-MSH191", {("MSH", 19, 1)}),
        ("obx__OBX-to-Observation-obx-33-no-extension", {("OBX", 33, 0)}),
        ("cx__cx-5", {("CX", 5, 0)}),
        ("cx__cx-identifier-system-uuid-no-cx-4-2", {("CX", 4, 2)}),
        ("xpn__xpn-to-humanname-xpn12-13-populated", {("XPN", 12, 0), ("XPN", 13, 0)}),
        ("orcobr__orc_obr-to-servicerequest-prefers-orc-12", {("ORC", 12, 0)}),
        ("xcn__xcn-to-practitioner-dns-assigning-authority", {("XCN", 9, 0)}),
        ("xad__xad-to-address-type-ba", {("XAD", 7, 0)}),
        ("cwe__annotation__cwe-10-test-value-cwe7", {("CWE", 7, 0)}),
        ("dtm__instant__dtm-day-precision-to-instant", set()),
        ("pl__PL-to-Location-all-leaves", set()),
    ],
)
def test_a_name_says_which_fields_and_components(name, said):
    """By number, joined or apart, or by the words of the component's own name."""
    assert pair_names.read(name).positions == {Position(*each) for each in said}


@pytest.mark.parametrize(
    ("name", "segments", "datatypes", "targets"),
    [
        ("pv1pv2__PV1-PV2-to-Encounter", {"PV1", "PV2"}, set(), {"encounter"}),
        ("msh__hd__HD-to-Source-dns", {"MSH"}, {"HD"}, {"source"}),
        ("hd__HD-to-Organization-country-msh", {"MSH"}, {"HD"}, {"organization"}),
        ("xtn__contact-point__xtn_3", set(), {"XTN"}, set()),
    ],
)
def test_a_name_says_segments_datatypes_and_what_they_become(name, segments, datatypes, targets):
    """The folders come first; a segment may also stand in the name."""
    about = pair_names.read(name)
    assert (about.segments, about.datatypes, about.targets) == (segments, datatypes, targets)


@pytest.mark.parametrize(
    ("name", "choice"),
    [("xad__xad-prefers-xad13", True), ("xad__xad-ignores-xad12", True), ("xad__xad-xad12", False)],
)
def test_a_name_says_whether_it_is_about_which_field_is_taken(name, choice):
    """One field is preferred, used or ignored."""
    assert pair_names.read(name).choice is choice


THEIRS = {
    "entry": [
        {
            "resource": {
                "resourceType": "MessageHeader",
                "language": "da",
                "source": {"name": "LAB", "endpoint": "urn:oid:1.2.3"},
            }
        },
        {"resource": {"resourceType": "Patient", "identifier": [{"value": "4711", "system": "NORTH"}], "active": True}},
        {
            "resource": {
                "resourceType": "RelatedPerson",
                "name": [{"family": "LIND", "given": ["ADA"]}],
                "address": [{"city": "AARHUS", "use": "billing", "period": {"start": "2024-01-02"}}],
            }
        },
    ]
}


def lacking(name, **changed):
    """Give the paths on which a pair disagrees with the same bundle, after what `changed` says: resource, element, value."""
    pair = Pair(name, MESSAGE, THEIRS)
    ours = [each["resource"] for each in THEIRS["entry"]]
    ours = [{**each, **changed.get(each["resourceType"], {})} for each in ours]
    here = {leaf for each in ours for leaf in leaves(each, each["resourceType"])}
    return {leaf.path for leaf in hl7v2_cdc.differences(pair, here)}


@pytest.mark.parametrize(
    ("name", "wrong", "found"),
    [
        ("msh__MSH-to-MessageHeader-uses-MSH194", {"language": "en"}, {"MessageHeader.language"}),
        ("msh__MSH-to-MessageHeader-uses-MSH194", {"source": {"name": "X"}}, set()),
        (
            "msh__MSH-to-MessageHeader-msh3-valued",
            {"source": {"name": "X"}},
            {"MessageHeader.source.name", "MessageHeader.source.endpoint"},
        ),
        ("msh__MSH-to-MessageHeader-msh3-valued", {"language": "en"}, set()),
        ("msh__MSH-to-MessageHeader", {"language": "en"}, {"MessageHeader.language"}),
        ("msh__hd__HD-to-Source-iso", {"source": {"name": "LAB"}}, {"MessageHeader.source.endpoint"}),
    ],
)
def test_of_the_header_the_elements_of_the_named_field_are_in_question(name, wrong, found):
    """Another value where the named field stands is found, and one that stands elsewhere is not in question."""
    assert lacking(name, MessageHeader=wrong) == found


def test_an_element_is_in_question_with_all_its_values():
    """The city and the use of an address are, where its type is; its period is an element of its own."""
    wrong = {"address": [{"city": "ODENSE", "use": "home", "period": {"start": "2024-01-02"}}]}
    assert lacking("xad__xad-to-address", RelatedPerson=wrong) == {
        "RelatedPerson.address.city",
        "RelatedPerson.address.use",
    }
    assert lacking("xad__xad-to-address-xad13", RelatedPerson=wrong) == set()
    wrong = {"address": [{"city": "AARHUS", "use": "billing", "period": {"start": "2024"}}]}
    assert lacking("xad__xad-to-address-xad13", RelatedPerson=wrong) == {"RelatedPerson.address.period.start"}


def test_an_element_belongs_to_the_field_that_says_most_of_it():
    """An identifier of PID-3 is not that of NK1, though both fields have a value in common."""
    wrong = {"identifier": [{"value": "4711", "system": "NORTH"}, {"value": "1"}]}
    assert lacking("pid__pid-to-patient-pid3", Patient={"identifier": [{"value": "1", "system": "NORTH"}]}) == {
        "Patient.identifier.value"
    }
    assert lacking("nk1__NK1-to-RelatedPerson", Patient={"identifier": []}) == set()
    assert lacking("pid__pid-to-patient-pid3", Patient=wrong) == set()


def test_where_no_element_holds_a_value_of_the_named_field_all_of_the_segment_are_in_question():
    """A field that becomes another value by a code map narrows nothing."""
    assert lacking("nk1__NK1-to-RelatedPerson-nk1-7", RelatedPerson={"name": []}) == {
        "RelatedPerson.name.family",
        "RelatedPerson.name.given",
    }


def test_a_value_put_together_of_the_texts_in_question_comes_before_the_message():
    """The source alone is in question, where its name holds both texts of MSH-3 with signs between."""
    message = MESSAGE.replace(b"LAB^1.2.3^ISO", b"LAB^4711X^CLIA")
    header = {"resourceType": "MessageHeader", "language": "da", "source": {"name": "LAB - CLIA:4711X"}}
    pair = Pair("msh__hd__HD-to-Source-clia", message, {"entry": [{"resource": header}]})
    assert {leaf.path for leaf in hl7v2_cdc.differences(pair, set())} == {"MessageHeader.source.name"}


@pytest.mark.parametrize(("name", "found"), [("prefers-pid-5", set()), ("pid-5", {"Patient.name.use"})])
def test_where_a_field_is_chosen_a_value_that_no_field_says_is_not_in_question(name, found):
    """The use of a name that the converter itself gives says nothing of the field it is taken from."""
    theirs = {"resourceType": "Patient", "name": [{"family": "LIND", "given": ["EVA"], "use": "official"}]}
    pair = Pair(f"pid__PID-to-Patient-{name}", MESSAGE, {"entry": [{"resource": theirs}]})
    ours = set(leaves({"name": [{"family": "LIND", "given": ["EVA"]}]}, "Patient"))
    assert {leaf.path for leaf in hl7v2_cdc.differences(pair, ours)} == found
