"""Message structures: the grammar text, the table, and the structure of a message."""

import pytest

from samspil_hl7v2.v2.grammar import GrammarError, Group, Segment, parse, text
from samspil_hl7v2.v2.structures import NoSuchStructureError, names, structure, structure_of


def child(group: Group, *path: str) -> Group | Segment:
    """Follow names down from a group."""
    found: Group | Segment = group
    for name in path:
        assert isinstance(found, Group)
        found = next(node for node in found.children if node.name == name)
    return found


def test_the_grammar_reads_cardinality_groups_and_choices() -> None:
    """Brackets give min and max; a name before a colon makes a group."""
    assert parse("MSH [PD1] {NTE} [{OBX}]") == (
        Segment("MSH"),
        Segment("PD1", 0),
        Segment("NTE", 1, None),
        Segment("OBX", 0, None),
    )
    assert parse("[{VISIT: PV1 [PV2]}] (ORDER: ORC)") == (
        Group("VISIT", (Segment("PV1"), Segment("PV2", 0)), 0, None),
        Group("ORDER", (Segment("ORC"),)),
    )
    assert parse("[<DETAIL: OBR|RXO>]") == (Group("DETAIL", (Segment("OBR"), Segment("RXO")), 0, 1, choice=True),)


@pytest.mark.parametrize("broken", ["[PD1", "[PD1 PD2]", "PID]", "[]", "{A: PID", "PID ; PV1", "A|B"])
def test_broken_text_is_refused(broken: str) -> None:
    """Text that is not well formed names the token where reading stopped."""
    with pytest.raises(GrammarError):
        parse(broken)


def test_every_structure_of_the_table_reads_and_writes_back() -> None:
    """Reading and writing are each other's inverse, and every message starts with MSH."""
    assert len(names()) > 300
    for name in names():
        children = structure(name).children
        assert parse(text(children)) == children
        assert children[0] == Segment("MSH")


def test_groups_of_a_result() -> None:
    """ORU_R01 holds the patient's results, each with its orders and observations."""
    whole = structure("ORU_R01")
    orders = child(whole, "PATIENT_RESULT", "ORDER_OBSERVATION")
    assert (orders.min, orders.max) == (1, None)
    assert child(whole, "PATIENT_RESULT", "PATIENT", "PID") == Segment("PID")
    assert child(whole, "PATIENT_RESULT", "ORDER_OBSERVATION", "OBSERVATION", "OBX") == Segment("OBX")
    choice = child(structure("ORM_O01"), "ORDER", "ORDER_DETAIL", "CHOICE")
    assert isinstance(choice, Group)
    assert choice.choice


def test_what_the_guide_admits_beyond_v28_is_there() -> None:
    """The guide's ADT maps place ARV, OH1 to OH4, PRT, IAM and the groups of v2.9."""
    whole = structure("ADT_A01")
    assert [node.name for node in whole.children[:4]] == ["MSH", "ARV", "SFT", "UAC"]
    assert child(whole, "NEXT_OF_KIN", "OH2") == Segment("OH2", 0, None)
    assert child(whole, "INSURANCE", "AUTHORIZATION", "PRT") == Segment("PRT", 0, None)
    assert child(structure("ADT_A09"), "DG1") == Segment("DG1", 0, None)


@pytest.mark.parametrize(
    ("code", "trigger", "declared", "expected"),
    [
        ("ADT", "A04", "ADT_A01", "ADT_A01"),
        ("ADT", "A04", "", "ADT_A01"),
        ("ADT", "A04", "ADT_A04", "ADT_A01"),
        ("ADT", "A11", "", "ADT_A09"),
        ("ADT", "A28", "", "ADT_A05"),
        ("ADT", "A40", "", "ADT_A39"),
        ("ADT", "A47", "", "ADT_A30"),
        ("ADT", "A01", "NONSENSE", "ADT_A01"),
        ("ORU", "R01", "", "ORU_R01"),
        ("ORU", "R30", "ORU_R01", "ORU_R01"),
        ("SIU", "S26", "", "SIU_S12"),
        ("MDM", "T08", "", "MDM_T02"),
        ("RDE", "O25", "", "RDE_O11"),
        ("VXU", "V04", "", "VXU_V04"),
        ("ACK", "A01", "", "ACK"),
        ("ACK", "", "", "ACK"),
        ("ORL", "O22", "", "ORL_O22"),
        ("ZZZ", "Z01", "", ""),
        ("ZZZ", "Z01", "ORU_R01", "ORU_R01"),
        ("", "", "", ""),
    ],
)
def test_the_structure_of_a_message(code: str, trigger: str, declared: str, expected: str) -> None:
    """A declared structure in use wins over the event's; the event's over the name."""
    assert structure_of(code, trigger, declared) == expected


def test_an_unknown_structure_is_named() -> None:
    """The error says which structure was asked for."""
    with pytest.raises(NoSuchStructureError, match="'ABC_X01'"):
        structure("ABC_X01")
