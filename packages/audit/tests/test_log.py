"""The log: in order, durable, once each, proved."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from samspil_audit import AuditLog, BadKeys, Checkpoint, Keys, NotAnEvent, NotRecorded, Proof, Verifier, split
from samspil_audit.canonical import canonical
from samspil_audit.committer import Committer, Stale
from samspil_audit.note import open_note
from samspil_audit.verify import verify
from samspil_core import NotWritable, Recorder, find

Make = Callable[..., dict[str, Any]]


def test_a_record_reads_back_as_it_went_in(log: AuditLog, make_event: Make) -> None:
    event = make_event(1, outcomeDesc="Ærø ☃ \U0001f600")
    assert log.append(event).index == 0
    assert next(log.read()).event == event


def test_the_same_record_twice_is_kept_once(log: AuditLog, make_event: Make) -> None:
    first, second, third = log.append_all([make_event(1), make_event(1), make_event(2)])
    assert (first.index, second.index, third.index) == (0, 0, 1)
    assert log.append(make_event(1)).index == 0
    assert log.store.head().size == 2


def test_the_checkpoint_covers_what_was_acknowledged(log: AuditLog, make_event: Make, keys: Keys) -> None:
    for number in range(5):
        log.append(make_event(number))
        checkpoint = Checkpoint.parse(open_note(log.checkpoint(), [keys.verifier])[0])
        assert (checkpoint.origin, checkpoint.size) == (keys.origin, number + 1)
        assert checkpoint.root == log.prover.root(number + 1)


def test_each_record_is_proved_also_from_a_text(log: AuditLog, make_event: Make, keys: Keys) -> None:
    log.append_all(make_event(number) for number in range(600))
    for index in (0, 1, 255, 256, 511, 512, 599):
        proof = Proof.parse(log.prove(index).text())
        assert proof.holds(Verifier.parse(str(keys.verifier)))
        assert not Proof(index, 600, proof.entry + b"x", proof.path, proof.note).holds(keys.verifier)
    with pytest.raises(LookupError):
        log.prove(600)


def test_an_earlier_log_is_proved_to_be_the_beginning(log: AuditLog, make_event: Make) -> None:
    from samspil_audit.merkle import verify_consistency

    log.append_all(make_event(number) for number in range(300))
    old = log.prover.root(300)
    log.append_all(make_event(number) for number in range(300, 777))
    assert verify_consistency(300, 777, log.consistency(300), old, log.prover.root(777))


def test_the_same_records_keys_clock_and_randomness_give_the_same_bytes(
    tmp_path: Path, keys: Keys, make_event: Make
) -> None:
    import random
    from datetime import UTC, datetime

    def made(name: str) -> tuple[str, list[bytes | None]]:
        clock = lambda: datetime(2026, 1, 1, tzinfo=UTC)  # noqa: E731
        with AuditLog.open(tmp_path / name, keys=keys, clock=clock, entropy=random.Random(7).randbytes) as log:
            log.append_all(make_event(number) for number in range(10))
            return log.checkpoint(), [row.sealed for row in log.store.rows(0, 10)]

    assert made("a.db") == made("b.db")


def test_threads_share_a_log_and_lose_nothing(log: AuditLog, make_event: Make) -> None:
    receipts: list[int] = []

    def write(writer: int) -> None:
        receipts.extend(log.append(make_event(writer * 1000 + number)).index for number in range(40))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipts) == list(range(640))
    assert verify(log).ok


def test_tasks_share_a_log_and_lose_nothing(log: AuditLog, make_event: Make) -> None:
    async def write(writer: int) -> list[int]:
        return [(await log.append_async([make_event(writer * 1000 + number)]))[0].index for number in range(10)]

    async def everyone() -> list[list[int]]:
        return await asyncio.gather(*(write(writer) for writer in range(32)))

    assert sorted(index for some in asyncio.run(everyone()) for index in some) == list(range(320))


def test_what_cannot_be_made_ready_fails_its_own_caller_and_no_other() -> None:
    """Bad and good items go into one group: they queue up while the first is being committed."""
    begun, go = threading.Event(), threading.Event()

    def commit(take: Callable[[], list[int]], written: Callable[[], None]) -> list[int]:
        items = take()
        begun.set()
        go.wait(10)
        written()
        return items

    committer = Committer[int, int](lambda number: 10 // number, commit)
    answers: dict[int, Any] = {}

    def append(number: int) -> None:
        try:
            answers[number] = committer.append([number])
        except ZeroDivisionError as fault:
            answers[number] = type(fault)

    threads = [threading.Thread(target=append, args=(number,)) for number in (1, 0, 2, 5)]
    threads[0].start()
    begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(10)
    assert answers == {1: [10], 0: ZeroDivisionError, 2: [5], 5: [2]}


def test_a_group_is_made_ready_while_the_one_before_it_is_being_synced() -> None:
    ready, syncing = threading.Event(), threading.Event()

    def prepare(number: int) -> int:
        if number == 2:
            ready.set()
        return number

    def commit(take: Callable[[], list[int]], written: Callable[[], None]) -> list[int]:
        items = take()
        if items == [1]:
            syncing.set()
            second.start()
            while not committer._queue:
                time.sleep(0.001)
            written()
            assert ready.wait(10)
        return items

    committer = Committer[int, int](prepare, commit)
    second = threading.Thread(target=committer.append, args=([2],))
    assert committer.append([1]) == [1]
    second.join(10)


def test_a_failed_commit_fails_each_caller_of_its_group_and_the_next_goes_on() -> None:
    calls = iter([OSError("full"), None])

    def commit(take: Callable[[], list[int]], _written: Callable[[], None]) -> list[int]:
        items = take()
        if fault := next(calls):
            raise fault
        return items

    committer = Committer[int, int](lambda number: number, commit)
    with pytest.raises(OSError, match="full"):
        committer.append([1])
    assert committer.append([2]) == [2]


def test_a_record_sealed_before_a_key_was_destroyed_elsewhere_is_sealed_anew(
    log: AuditLog, tmp_path: Path, make_event: Make
) -> None:
    """A new key that lives in memory alone is forgotten with the others: no record may be kept under it."""
    log.append(make_event(1))
    early = log.preparer.prepare(make_event(2, "Patient/new"))
    with AuditLog.open(tmp_path / "audit.db", keys=log.keys) as other:
        other.erase("Patient/1")
    log.append(make_event(3))
    with pytest.raises(Stale):
        log._commit(lambda: [early], lambda: None)
    log.append(make_event(2, "Patient/new"))
    assert [found.state for found in log.about("Patient/new")] == ["readable"]


def test_the_records_of_a_person_are_found_wherever_they_lie(log: AuditLog, make_event: Make) -> None:
    """Records are filed by person 1,024 at a time; those not filed yet are looked through."""
    for start in range(0, 2500, 500):
        log.append_all(make_event(number, f"Patient/{number % 7}") for number in range(start, start + 500))
        size = start + 500
        for patient in range(7):
            found = [each.index for each in log.about(f"Patient/{patient}")]
            assert found == [index for index in reversed(range(size)) if index % 7 == patient]


def test_a_group_waits_for_others_so_that_one_commit_serves_them(tmp_path: Path, keys: Keys, make_event: Make) -> None:
    with AuditLog.open(tmp_path / "g.db", keys=keys, delay=0.05) as log:
        threads = [threading.Thread(target=log.append, args=(make_event(number),)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        times = {row.time for row in log.store.rows(0, 20)}
    assert len(times) <= 3


def test_two_processes_write_one_log(tmp_path: Path, keys: Keys) -> None:
    keys.save(tmp_path / "audit.db.keys")
    program = (
        "import json,sys; from samspil_audit import AuditLog\n"
        "with AuditLog.open(sys.argv[1]) as log:\n"
        "  for n in range(60): log.append({**json.loads(sys.argv[2]), 'id': f'{sys.argv[3]}-{n}'})\n"
    )
    from_event = json.dumps(
        {"resourceType": "AuditEvent", "id": "x", "type": {"code": "rest"}, "recorded": "2026-01-01T00:00:00Z"}
        | {"agent": [{"requestor": True}], "source": {"observer": {"display": "x"}}}
    )
    runs = [subprocess.Popen([sys.executable, "-c", program, tmp_path / "audit.db", from_event, name]) for name in "ab"]
    assert [run.wait(60) for run in runs] == [0, 0]
    with AuditLog.open(tmp_path / "audit.db") as log:
        assert log.store.head().size == 120
        assert verify(log).ok


def test_a_disk_that_is_full_now_and_then_loses_and_doubles_nothing(log: AuditLog, make_event: Make) -> None:
    """Writers try again until their record is acknowledged; commits fail beneath them, also after they were passed on."""
    receipts: dict[str, int] = {}
    failures: list[str] = []
    done, full = threading.Event(), threading.Event()
    writer = log.store._database._writer

    def write(number: int) -> None:
        for at in range(40):
            event = make_event(number * 1000 + at, f"Patient/{number}-{at % 9}", outcomeDesc="x" * 3000)
            while True:
                try:
                    receipts[event["id"]] = log.append(event).index
                    break
                except NotRecorded as fault:
                    failures.append(str(fault))
                    time.sleep(0.002)

    def fill() -> None:
        while True:
            with log.store._database._writing:
                pages = writer.execute("PRAGMA page_count").fetchone()[0]
                writer.execute(f"PRAGMA max_page_count = {pages}")
            full.set()
            done.wait(0.01)
            writer.execute("PRAGMA max_page_count = 1000000")
            if done.wait(0.02):
                return

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    filler = threading.Thread(target=fill)
    filler.start()
    full.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    filler.join()
    assert failures
    kept = {(found.event or {})["id"]: found.index for found in log.read()}
    assert kept == receipts
    assert len(kept) == 320
    assert verify(log).ok


def test_a_clock_before_1970_is_refused_and_harms_nothing(log: AuditLog, make_event: Make, clock: Any) -> None:
    now = clock.at
    clock.at = now.replace(year=1900)
    with pytest.raises(NotRecorded, match="1970"):
        log.append(make_event(1))
    clock.at = now
    assert log.append(make_event(1)).index == 0
    assert next(log.read()).state == "readable"


def test_a_record_of_many_megabytes_is_kept_and_proved(log: AuditLog, make_event: Make) -> None:
    log.append(make_event(1, outcomeDesc="x" * 20_000_000))
    assert verify(log).ok
    assert len((next(log.read()).event or {})["outcomeDesc"]) == 20_000_000


def test_many_connections_make_one_new_log(tmp_path: Path, keys: Keys, make_event: Make) -> None:
    barrier, faults = threading.Barrier(6), []

    def write(number: int) -> None:
        barrier.wait()
        try:
            with AuditLog.open(tmp_path / "new.db", keys=keys) as log:
                log.append(make_event(number))
        except OSError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_log_that_cannot_write_says_so_and_keeps_what_it_had(log: AuditLog, make_event: Make) -> None:
    log.append(make_event(1))
    writer = log.store._database._writer
    writer.execute("PRAGMA max_page_count = 1")
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(NotRecorded) as caught:
        log.append_all(make_event(number) for number in range(2, 200))
    assert caught.value.issue.code == "SAM-AUD-201"
    assert isinstance(caught.value, OSError)
    writer.execute("PRAGMA max_page_count = 1000000")
    assert log.append(make_event(2)).index == 1
    assert verify(log).ok


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"resourceType": "Patient"}, "resourceType"),
        ({"id": None}, "id"),
        ({"agent": []}, "agent"),
        ({"recorded": "2026-01-01"}, "instant"),
        ({"recorded": "2026-13-01T00:00:00Z"}, "instant"),
        ({"extension": [{"url": "u", "valueDecimal": float("nan")}]}, ""),
        ({"outcomeDesc": "\ud800"}, ""),
    ],
)
def test_what_is_no_audit_event_is_refused_without_its_content(
    log: AuditLog, make_event: Make, change: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotAnEvent) as caught:
        log.append(make_event(1, **change))
    assert caught.value.issue.code == "SAM-AUD-101"
    assert why in str(caught.value)
    assert "Karen" not in str(caught.value)
    assert log.store.head().size == 0


def test_an_event_about_two_patients_is_split_so_that_each_is_sealed_alone(log: AuditLog, make_event: Make) -> None:
    event = make_event(1)
    event["entity"] = [*event["entity"], *make_event(1, "Patient/2")["entity"], {"name": "shared"}]
    with pytest.raises(NotAnEvent) as caught:
        log.append(event)
    assert caught.value.issue.code == "SAM-AUD-102"
    assert [each["id"] for each in split(event)] == ["event-1-1", "event-1-2"]
    log.record(event)
    for patient, number in (("Patient/1", 1), ("Patient/2", 2)):
        (found,) = log.about(patient)
        assert found.event is not None
        assert found.event["id"] == f"event-1-{number}"
        assert {"name": "shared"} in found.event["entity"]


def test_a_model_of_fhir_resources_is_taken_too(log: AuditLog, make_event: Make) -> None:
    from fhir.resources.R4B.auditevent import AuditEvent

    event = make_event(1)
    assert log.append(AuditEvent.model_validate(event)).index == 0
    assert next(log.read()).event["id"] == "event-1"


def test_the_log_is_the_recorder_that_core_finds(tmp_path: Path, make_event: Make) -> None:
    recorder: Recorder = find("recorder", "log")(tmp_path / "found.db")
    assert recorder.record(make_event(1)).index == 0
    recorder.close()


def test_a_new_log_makes_a_key_file_that_only_its_owner_reads(tmp_path: Path, make_event: Make) -> None:
    with AuditLog.open(tmp_path / "new.db") as log:
        log.append(make_event(1))
    path = tmp_path / "new.db.keys"
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    with pytest.raises(FileNotFoundError):
        AuditLog.open(tmp_path / "new.db")
    path.write_text("{}")
    with pytest.raises(BadKeys):
        AuditLog.open(tmp_path / "new.db")


def test_nothing_of_a_record_stands_in_the_files_in_clear(log: AuditLog, make_event: Make, tmp_path: Path) -> None:
    log.append(make_event(1))
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Karen" not in data
    assert b"Patient/1" not in data
    with sqlite3.connect(tmp_path / "audit.db") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


NUMBERS = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(':[,]-0"\\\\enul', max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("a\u00e6\ue000\U0001f600", max_size=2), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), NUMBERS, max_size=3))
@example({"a": [{}, 0.0]})
@example({"a": [[], 0.0]})
@example({"a": [[1.0], {}, [[-0.5]]]})
@example({"a": [True, 0.0, None, 1e-6]})
def test_numbers_anywhere_and_names_of_any_alphabet_are_written_as_rfc_8785_does(value: dict[str, Any]) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(st.text(), PLAIN, max_size=5))
def test_the_text_of_a_record_is_that_of_rfc_8785(value: dict[str, Any]) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        {"system": "urn:oid:1.2.208.176.1.2", "value": "5"},
        {"reference": "https://localhost:8443/fhir/Patient/1"},
        {"address": "2001:0db8:85a3:0000:0000:8a2e:0370:7334"},
        {"display": "Ward 5, floor 2"},
        {"recorded": "2026-01-01T12:00:00.000Z", "coding": [{"code": "110114"}], "requestor": True},
    ],
)
def test_a_text_without_numbers_is_seen_to_have_none_at_the_first_look(value: Any) -> None:
    from samspil_audit import canonical as module

    text = canonical(value)
    assert not module._looks_numeric(text)
    assert module._looks_numeric(canonical({**value, "extension": [{"valueInteger": 5}]}))


@pytest.mark.parametrize("number", ["1", "-1", "0.5", "null"])
@pytest.mark.parametrize("before", ['"b"', "true", "false", "{}", "[]", '{"b":"c"}', '["b"]', "[[{}]]"])
def test_a_number_is_seen_at_the_first_look_whatever_stands_before_it(before: str, number: str) -> None:
    from samspil_audit import canonical as module

    texts = [f'{{"a":[{before},{number}]}}', f'{{"a":{before},"b":{number}}}', f'{{"a":[{before},[[{number}]]]}}']
    assert all(module._looks_numeric(text.encode()) for text in texts)


def test_a_decimal_keeps_its_digits() -> None:
    assert canonical({"b": [Decimal("1.50")], "a": "x"}) == b'{"a":"x","b":[1.50]}'


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_the_key_of_a_record_is_an_hmac_of_its_salt(key: bytes, salt: bytes) -> None:
    import hmac

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from samspil_audit.sealing import SealingKey, record_key, seal, unseal

    sealed = seal(b"x", SealingKey.of(b"n" * 16, key), salt)
    assert record_key(sealed, key) == hmac.digest(key, salt, "sha256")
    assert AESGCM(hmac.digest(key, salt, "sha256")).decrypt(bytes(12), sealed[49:], sealed[:49]) == b"x"
    assert unseal(sealed, key) == b"x"


def test_a_decimal_comes_back_from_the_log_as_it_went_in(log: AuditLog, make_event: Make) -> None:
    event = make_event(1, extension=[{"url": "urn:x", "valueDecimal": Decimal("1.50")}])
    log.append(event)
    assert str((next(log.read()).event or {})["extension"][0]["valueDecimal"]) == "1.50"


@pytest.mark.parametrize("value", [float("inf"), Decimal("NaN"), object(), "\ud800", 2**60])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(NotWritable):
        canonical({"a": value})


def test_a_row_beside_the_log_stops_it_and_is_not_written_over(log: AuditLog, make_event: Make) -> None:
    log.append(make_event(1))
    with log.store.transaction() as transaction:
        row = log.store.rows(0, 1)[0]._replace(index=1, record=bytes(16))
        transaction._run.many(
            "INSERT INTO audit_entry (idx, record, time, recorded, subject, commitment, sealed)", 7, [row]
        )
    with pytest.raises(NotRecorded, match="its head does not count"):
        log.append(make_event(2))
    assert [row.record for row in log.store.rows(1, 9)] == [bytes(16)]


def test_what_is_known_and_what_is_new_come_together(log: AuditLog, make_event: Make) -> None:
    log.append_all(make_event(number) for number in (1, 2))
    receipts = log.append_all(make_event(number, f"Patient/{number}") for number in (3, 2, 4, 3, 1, 5))
    assert [receipt.index for receipt in receipts] == [2, 1, 3, 2, 0, 4]
    assert [(found.event or {})["id"] for found in log.read()] == [f"event-{number}" for number in (1, 2, 3, 4, 5)]
    assert [found.index for found in log.about("Patient/5")] == [4]
    assert verify(log).ok


def test_nothing_is_written_under_keys_that_are_not_those_of_the_log(
    log: AuditLog, tmp_path: Path, make_event: Make
) -> None:
    log.append(make_event(1))
    for other in (Keys.create(log.keys.origin), Keys("other", log.keys.signing, log.keys.secret)):
        with AuditLog.open(tmp_path / "audit.db", keys=other) as mistaken, pytest.raises(NotRecorded, match="keys"):
            mistaken.append(make_event(2))
    assert log.append(make_event(3)).index == 1
    assert verify(log).ok


def test_nothing_is_signed_on_top_of_a_tree_that_the_last_checkpoint_does_not_cover(
    log: AuditLog, tmp_path: Path, make_event: Make
) -> None:
    log.append_all([make_event(1), make_event(2)])
    with sqlite3.connect(tmp_path / "audit.db") as database:
        database.execute("UPDATE audit_head SET peaks = zeroblob(32)")
    database.close()
    with AuditLog.open(tmp_path / "audit.db", keys=log.keys) as again, pytest.raises(NotRecorded, match="checkpoint"):
        again.append(make_event(3))


def test_the_name_of_a_log_can_stand_in_a_checkpoint_whatever_its_file_is_called(
    tmp_path: Path, make_event: Make
) -> None:
    with AuditLog.open(tmp_path / "my audit+log.db") as log:
        log.append(make_event(1))
        assert verify(log).ok
    for origin in ("", "a b", "a+b", "a\nb"):
        with pytest.raises(BadKeys, match="name"):
            Keys.create(origin)


ODD: list[Any] = [None, 0, 1.5, True, "", "x", [], {}, [None], [[]], {"a": None}, {1: 2}, float("nan"), "\ud800", b"x"]


@pytest.mark.parametrize(
    "place", [(), (0,), (0, "what"), (0, "what", "reference"), (0, "type"), (0, "type", "code"), (0, "role")]
)
def test_an_entity_of_any_form_is_kept_or_refused_with_a_finding(
    log: AuditLog, make_event: Make, place: tuple[Any, ...]
) -> None:
    for number, odd in enumerate(ODD):
        event: Any = make_event(number)
        holder, last = event, "entity"
        for name in place:
            holder, last = holder[last], name
        holder[last] = odd
        for keep in (log.append, log.record):
            try:
                keep(event)
            except NotAnEvent as refused:
                assert refused.issue.code == "SAM-AUD-101"  # noqa: PT017
    assert verify(log).ok


def test_a_misshapen_entity_is_named_by_its_place(log: AuditLog, make_event: Make) -> None:
    event = make_event(1)
    event["entity"].append({"role": "1"})
    with pytest.raises(NotAnEvent) as refused:
        log.append(event)
    assert refused.value.issue.where == f"AuditEvent.entity[{len(event['entity']) - 1}].role"


@pytest.mark.parametrize("odd", [{"subtype": "x"}, {"subtype": [None]}, {"entity": "x"}, {"entity": [{"detail": 5}]}])
def test_a_record_of_another_form_does_not_keep_the_others_from_being_verified(
    log: AuditLog, make_event: Make, odd: dict[str, Any]
) -> None:
    log.append_all([make_event(1), make_event(2, **odd), make_event(3)])
    assert verify(log).ok
    assert verify(log).verified == 3
