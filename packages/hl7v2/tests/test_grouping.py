"""Segments sorted into the groups of their structure."""

import random

import pytest

from samspil_core.outcome import Issue
from samspil_hl7v2.grouping import GroupInstance, group_segments
from samspil_hl7v2.message import Message, Segment, parse

MISPLACED, UNEXPECTED = "SAM-HL7-131", "SAM-HL7-132"
NAMES = [
    "PID",
    "PD1",
    "NTE",
    "PV1",
    "PV2",
    "ORC",
    "OBR",
    "OBX",
    "TQ1",
    "SPM",
    "NK1",
    "AL1",
    "DG1",
    "IN1",
    "SCH",
    "RGS",
    "RXA",
]
OBSERVATION = "PATIENT_RESULT.ORDER_OBSERVATION.OBSERVATION"


def grouped(names: str, structure: str = "ORU_R01") -> tuple[list[Segment], list[Issue]]:
    """The segments of a message with these names, and what was out of place."""
    message = parse("\r".join(["MSH|^~\\&|", *(f"{name}|1" for name in names.split())]))
    assert isinstance(message, Message)
    return message.segments, group_segments(message.segments, structure)


def group(segment: Segment) -> GroupInstance:
    assert isinstance(segment.group, GroupInstance)
    return segment.group


def paths(segments: list[Segment]) -> list[str]:
    """The innermost group of each segment but MSH."""
    return [group(segment).kind.path.rpartition(".")[2] for segment in segments[1:]]


def test_an_oru_in_order() -> None:
    """Each segment of a laboratory report stands in its group."""
    segments, issues = grouped("PID PV1 ORC OBR NTE OBX NTE OBX SPM OBR OBX")
    assert paths(segments) == [
        "PATIENT",
        "VISIT",
        "COMMON_ORDER",
        "ORDER_OBSERVATION",
        "ORDER_OBSERVATION",
        "OBSERVATION",
        "OBSERVATION",
        "OBSERVATION",
        "SPECIMEN",
        "ORDER_OBSERVATION",
        "OBSERVATION",
    ]
    assert not issues


def test_repetitions_are_groups_of_their_own() -> None:
    """Two orders of two patients: each result belongs to the order before it, each order to its patient."""
    segments, issues = grouped("PID OBR OBX OBX PID OBR OBX")
    first, second, other = (group(segments[at]) for at in (3, 4, 7))
    assert first is not second
    assert first.parent is second.parent is group(segments[2])
    assert other.parent is group(segments[6])
    assert first.parent is not other.parent
    assert [each.number for each in first.parent.parent.segments["PID"]] == [1]
    assert [each.number for each in other.parent.parent.segments["PID"]] == [2]
    assert not issues


def test_what_look_ups_find() -> None:
    """A segment is found from its group and, where that does not repeat, from those around it."""
    segments, _ = grouped("PID OBR OBX")
    obx, obr = group(segments[3]), group(segments[2])
    assert obx.home is obx
    assert "OBX" not in obr.segments
    assert obr.parent is not None
    assert "PID" in obr.parent.segments


def test_a_misplaced_segment_is_reported() -> None:
    """A PID after its orders' results opens a group of its own; an NTE before everything is out of place."""
    segments, issues = grouped("EVN PV1 PID", "ADT_A01")
    assert [(issue.code, issue.where) for issue in issues] == [(MISPLACED, "PID")]
    assert [group(segment).kind.path for segment in segments] == [""] * 4


def test_an_unexpected_segment_is_reported() -> None:
    """A segment that the structure does not have stays in the open group."""
    segments, issues = grouped("PID OBR OBX RXA OBX")
    assert [(issue.code, issue.where) for issue in issues] == [(UNEXPECTED, "RXA")]
    assert group(segments[4]) is group(segments[3])
    assert group(segments[5]).kind.path == OBSERVATION


def test_a_z_segment_is_at_home_anywhere() -> None:
    """A Z-segment stays in the open group without a finding."""
    segments, issues = grouped("PID OBR OBX ZDK OBX")
    assert not issues
    assert group(segments[4]) is group(segments[3])


def test_results_before_their_order() -> None:
    """OBX before any OBR has a place of its own or is reported; what follows is in order."""
    segments, issues = grouped("PID OBX OBR OBX")
    assert all(issue.code == MISPLACED for issue in issues)
    assert group(segments[4]).kind.path == OBSERVATION


def test_results_after_the_specimen() -> None:
    """OBX after SPM are results of the specimen, as the structure has it."""
    segments, issues = grouped("PID OBR OBX SPM OBX")
    assert group(segments[5]).kind.path.endswith("SPECIMEN.SPECIMEN_OBSERVATION")
    assert not issues


def test_without_a_structure_all_is_one_group() -> None:
    """Where no structure is known no segment is out of place."""
    segments, issues = grouped("OBX PID ZZZ MSH", "")
    assert {group(segment).kind.path for segment in segments} == {""}
    assert not issues


@pytest.mark.parametrize("structure", ["ADT_A01", "ORU_R01", "OML_O21", "MDM_T02", "SIU_S12", "VXU_V04"])
def test_no_order_fails(structure: str) -> None:
    """Segments in any order and number all get a group, and each finding names a segment."""
    chance = random.Random(structure)
    names = [*NAMES, "ZZZ", "QQQ", "MSH"]
    for _ in range(50):
        segments, issues = grouped(" ".join(chance.choices(names, k=25)), structure)
        assert all(isinstance(segment.group, GroupInstance) for segment in segments)
        assert {issue.code for issue in issues} <= {MISPLACED, UNEXPECTED}
        assert {issue.where[:3] for issue in issues} <= {*names}
