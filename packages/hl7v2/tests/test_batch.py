"""Many messages, one line for each."""

import json
from pathlib import Path

import pytest

from samspil_hl7v2 import TableError, batch
from samspil_hl7v2.batch import Options, convert_messages, convert_one
from samspil_hl7v2.reader import RawMessage

TEXT = "MSH|^~\\&|PAS|TH|||20240315||ADT^A08|{}|P|2.5\rPID|||{}^^^TH||Berggren^Nancy"
GOOD = [RawMessage(TEXT.format(number, number).encode(), "feed", number) for number in range(60)]


def test_one_bad_message_harms_no_neighbour() -> None:
    """Each message gets its line in its place, and its neighbours are as they would be alone."""
    bad = [RawMessage(b"PID|1", "feed", 1), RawMessage(b"", "feed", 2), RawMessage(b"\xff\xfe\x00", "feed", 3)]
    lines = list(convert_messages([GOOD[0], *bad, GOOD[4]], Options()))
    assert [line.status for line in lines] == ["converted", "failed", "failed", "failed", "converted"]
    assert [line.number for line in lines] == [0, 1, 2, 3, 4]
    assert lines[0] == convert_one(GOOD[0], Options())
    assert lines[4] == convert_one(GOOD[4], Options())


def test_several_processes_write_the_same(monkeypatch) -> None:
    """Two processes give the same lines in the same order as one."""
    monkeypatch.setattr(batch, "_CHUNK_BYTES", 300)
    mixed = [*GOOD[:20], RawMessage(b"junk", "feed", 20), *GOOD[21:]]
    assert list(convert_messages(mixed, Options(), 2)) == list(convert_messages(mixed, Options(), 1))


def test_a_fault_of_ours_is_a_finding_without_content(monkeypatch) -> None:
    """If the converter breaks, the message fails with the place in the code and nothing of its content."""

    def broken(data: bytes, **_options: object) -> None:
        raise ValueError(f"Berggren {data!r}")

    monkeypatch.setattr(batch, "convert", broken)
    line = convert_one(GOOD[0], Options())
    assert (line.bundle, line.status, line.ok) == (None, "failed", False)
    assert b"SAM-HL7-403" in line.report
    assert b"ValueError, broken line" in line.report
    assert b"Berggren" not in line.report


def test_a_fault_in_one_message_stops_no_other(monkeypatch) -> None:
    """The messages after the one that broke are converted."""
    whole = batch.convert

    def sometimes(data: bytes, **options: object) -> object:
        if b"|1|P" in data:
            raise KeyError
        return whole(data, **options)

    monkeypatch.setattr(batch, "convert", sometimes)
    assert [line.status for line in convert_messages(GOOD[:3], Options())] == ["converted", "failed", "converted"]


def test_an_envelope_is_mentioned() -> None:
    """A message out of a batch says which envelope segments stood beside it."""
    line = convert_one(RawMessage(GOOD[0].data, "feed", 0, ("FHS", "BHS")), Options())
    assert b"SAM-HL7-121" in line.report
    assert b"FHS, BHS" in line.report
    assert line.ok


def test_the_report_line() -> None:
    """The line names source and index and counts what the summary needs."""
    line = convert_one(RawMessage(GOOD[0].data + b"\rZDK|1", "feed", 3), Options())
    report = json.loads(line.report)
    assert (report["source"], report["index"], report["control_id"]) == ("feed", 3, "0")
    assert (line.populated, line.mapped) == (report["populated"], report["mapped"])
    assert dict(line.reasons) == {"dropped": 2, "unknown-segment": 1}
    assert (line.message_type, line.status, line.ok) == ("ADT_A08", "partial", True)


def test_lineage_adds_a_provenance() -> None:
    """With lineage the bundle holds a Provenance that tells element, position and row, and is the same otherwise."""
    plain = json.loads(convert_one(GOOD[0], Options()).bundle or b"")
    traced = json.loads(convert_one(GOOD[0], Options(with_lineage=True)).bundle or b"")
    assert traced["entry"][:-1] == plain["entry"]
    provenance = traced["entry"][-1]["resource"]
    assert provenance["resourceType"] == "Provenance"
    assert {"url": "position", "valueString": "PID-5.1"} in [
        part for extension in provenance["extension"] for part in extension["extension"]
    ]


def test_wrong_tables_are_told_before_the_first_message(tmp_path) -> None:
    """Tables that are wrong raise at once, whatever the messages."""
    folder: Path = tmp_path / "segments"
    folder.mkdir()
    (folder / "PID[Patient].csv").write_text("id,nothing\n", encoding="utf-8")
    with pytest.raises(TableError):
        list(convert_messages([], Options(layers=(str(tmp_path),))))
