"""Whatever is done to the files beside the log is found, and the first wrong index is named."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samspil_audit import AuditLog
from samspil_audit.export import export_folder
from samspil_audit.verify import verify

Make = Callable[..., dict[str, Any]]
SIZE = 300


@pytest.fixture
def full(log: AuditLog, make_event: Make, clock: Any) -> AuditLog:
    for start in range(0, SIZE, 50):
        log.append_all(make_event(number, f"Patient/{number % 7}") for number in range(start, start + 50))
        clock.move(seconds=1)
    return log


def change(log: AuditLog, *statements: str) -> None:
    writer: sqlite3.Connection = log.store._database._writer
    for statement in statements:
        writer.execute(statement)


MATRIX = {
    "edit of the content": ("UPDATE audit_entry SET sealed = zeroblob(100) WHERE idx = 42", 42),
    "edit of the content and its hash": (
        "UPDATE audit_entry SET sealed = x'00', commitment = zeroblob(32) WHERE idx = 42",
        42,
    ),
    "edit of the time": ("UPDATE audit_entry SET time = time + 1 WHERE idx = 299", 299),
    "deletion": ("DELETE FROM audit_entry WHERE idx = 7", 7),
    "deletion of the last": ("DELETE FROM audit_entry WHERE idx = 299", 299),
    "tail cut": ("DELETE FROM audit_entry WHERE idx >= 280", 280),
    "insertion at the end": (
        (
            "INSERT INTO audit_entry SELECT 300, randomblob(16), time, recorded, subject, commitment, sealed "
            "FROM audit_entry WHERE idx = 299"
        ),
        300,
    ),
    "record filed under another person": ("UPDATE audit_entry SET subject = zeroblob(16) WHERE idx = 5", 5),
    "record filed under another time": ("UPDATE audit_entry SET recorded = 0 WHERE idx = 6", 6),
    "record filed under another id": ("UPDATE audit_entry SET record = zeroblob(16) WHERE idx = 8", 8),
    "edit of a tile": ("UPDATE audit_tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND idx = 1", 256),
    "edit of a tile above": ("UPDATE audit_tile SET hashes = zeroblob(32) WHERE level = 1", 0),
}


@pytest.mark.parametrize("name", MATRIX)
def test_a_change_beside_the_log_is_found_at_its_index(full: AuditLog, name: str) -> None:
    statement, index = MATRIX[name]
    assert verify(full).ok
    change(full, statement)
    verdict = verify(full)
    assert not verdict.ok
    assert verdict.first_bad == index


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("DELETE FROM audit_about WHERE idx = 5", 5),
        ("UPDATE audit_about SET subject = zeroblob(16) WHERE idx = 900", 900),
        ("UPDATE audit_about SET recorded = recorded + 1 WHERE idx = 1023", 1023),
        ("INSERT INTO audit_about VALUES (zeroblob(16), 0, 1030)", 1030),
    ],
)
def test_a_record_kept_out_of_what_is_filed_by_person_is_found(
    log: AuditLog, make_event: Make, statement: str, index: int
) -> None:
    log.append_all(make_event(number, f"Patient/{number % 7}") for number in range(1100))
    assert verify(log).ok
    change(log, statement)
    verdict = verify(log, deep=False)
    assert [issue.code for issue in verdict.outcome] == ["SAM-AUD-307"]
    assert verdict.first_bad == index


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE audit_entry SET sealed = NULL, subject = x'' WHERE idx = 42", "content"),
        (
            "DELETE FROM audit_subject_key WHERE subject = (SELECT subject FROM audit_entry WHERE idx = 42)",
            "key",
        ),
    ],
)
def test_a_record_made_unreadable_beside_the_log_is_found(full: AuditLog, statement: str, what: str) -> None:
    """What looks like a purge or an erasure is one only with the record of it."""
    from samspil_audit.upkeep import erase

    erase(full, "Patient/3", ids=lambda: "erasure", reason="order 7/2026")
    assert verify(full).ok
    first = full.store.of_subjects([full.store.rows(42, 43)[0].subject], 0, 1 << 62)[-1].index
    change(full, statement)
    verdict = verify(full)
    assert [issue.code for issue in verdict.outcome] == ["SAM-AUD-308"]
    assert dict(verdict.outcome.issues[0].detail)["what"] == what
    assert verdict.first_bad == (42 if what == "content" else first)


def test_a_log_that_grows_while_it_is_verified_verifies(full: AuditLog, make_event: Make) -> None:
    rows, at = full.store.rows, []

    def growing(start: int, end: int) -> Any:
        at.append(start)
        full.append(make_event(9000 + len(at)))
        return rows(start, end)

    full.store.rows = growing
    assert verify(full, deep=False).ok
    assert len(at) > 2


def test_two_records_in_the_place_of_each_other_are_found(full: AuditLog) -> None:
    change(
        full,
        "UPDATE audit_entry SET idx = -1 WHERE idx = 10",
        "UPDATE audit_entry SET idx = 10 WHERE idx = 20",
        "UPDATE audit_entry SET idx = 20 WHERE idx = -1",
    )
    assert verify(full).first_bad == 10


def test_an_old_record_put_in_again_is_found(full: AuditLog) -> None:
    change(
        full,
        "UPDATE audit_entry SET sealed = (SELECT sealed FROM audit_entry WHERE idx = 3), "
        "commitment = (SELECT commitment FROM audit_entry WHERE idx = 3) WHERE idx = 30",
    )
    assert verify(full).first_bad == 30


def test_a_change_made_in_the_tree_too_does_not_lead_to_the_signed_root(full: AuditLog) -> None:
    from samspil_audit.merkle import leaf_hash
    from samspil_audit.sealing import commitment, entry

    row = full.store.rows(290, 291)[0]
    leaf = leaf_hash(entry(row.time, commitment(b"forged")))
    tile = full.store.tile(0, 1)
    forged = tile[: 34 * 32] + leaf + tile[35 * 32 :]
    writer = full.store._database._writer
    writer.execute(
        "UPDATE audit_entry SET sealed = ?, commitment = ? WHERE idx = 290", (b"forged", commitment(b"forged"))
    )
    writer.execute("UPDATE audit_tile SET hashes = ? WHERE level = 0 AND idx = 1", (forged,))
    verdict = verify(full, deep=False)
    assert [issue.code for issue in verdict.outcome] == ["SAM-AUD-302"]


def test_a_log_rolled_back_with_its_checkpoint_is_found_by_one_kept_elsewhere(
    full: AuditLog, tmp_path: Path, make_event: Make
) -> None:
    full.store._database.forget()
    old = (tmp_path / "audit.db").read_bytes()
    full.append_all(make_event(number) for number in range(1000, 1010))
    kept = full.checkpoint()
    full.close()
    (tmp_path / "audit.db").write_bytes(old)
    with AuditLog.open(tmp_path / "audit.db", keys=full.keys) as rolled_back:
        assert verify(rolled_back).ok
        verdict = verify(rolled_back, [kept])
    assert [issue.code for issue in verdict.outcome] == ["SAM-AUD-305"]
    assert verdict.first_bad == SIZE


def test_a_fork_is_found_by_a_checkpoint_of_the_other_branch(full: AuditLog, tmp_path: Path, make_event: Make) -> None:
    full.store._database.forget()
    common = (tmp_path / "audit.db").read_bytes()
    full.append(make_event(5000))
    kept = full.checkpoint()
    full.close()
    (tmp_path / "audit.db").write_bytes(common)
    with AuditLog.open(tmp_path / "audit.db", keys=full.keys) as fork:
        fork.append_all([make_event(6000), make_event(6001)])
        assert [issue.code for issue in verify(fork, [kept]).outcome] == ["SAM-AUD-305"]


def test_a_clock_that_is_put_back_is_found(full: AuditLog, make_event: Make, clock: Any) -> None:
    clock.move(hours=-3)
    full.append(make_event(7000))
    verdict = verify(full)
    assert verdict.ok
    assert [(issue.code, dict(issue.detail)["index"]) for issue in verdict.outcome] == [("SAM-AUD-306", "300")]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_head SET note = replace(note, '300', '299')", "UPDATE audit_head SET size = 299"]
)
def test_a_checkpoint_that_is_changed_does_not_verify(full: AuditLog, statement: str) -> None:
    change(full, statement)
    assert [issue.code for issue in verify(full).outcome] == ["SAM-AUD-301"]


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_told_from_and_never_a_traceback(
    full: AuditLog, tmp_path: Path, keys: Any, seed: int
) -> None:
    """Bytes of the database flipped, or its end lost: each command says so, or does not touch the damage."""
    import random

    from click.testing import CliRunner

    from samspil_audit.cli import group

    chance = random.Random(seed)
    full.store._database.forget()
    data = bytearray((tmp_path / "audit.db").read_bytes())
    for at in (chance.randrange(4096, len(data)) for _ in range(60)):
        data[at] ^= 0xFF
    (tmp_path / "damaged.db").write_bytes(data if seed % 3 else data[: len(data) // 2])
    keys.save(tmp_path / "damaged.db.keys")
    place = ["--log", str(tmp_path / "damaged.db")]
    for command in ("report --subject Patient/1", "export", "prove 5", "sample --seed x", "verify"):
        done = CliRunner().invoke(group, [*command.split(), *place])
        told = isinstance(done.exception, OSError) or (done.exit_code == 2 and done.stderr.startswith("Error: "))
        assert told or done.exception is None, (command, done.exception)
        whole = [line for line in done.stdout.splitlines() if command == "verify" and line.startswith("first bad")]
        assert told or command != "verify" or whole or "verified" in done.stdout


# the same for the exported form, by the verifier that shares no code
def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", folder / "verify.py", folder, *more], capture_output=True, text=True, check=False
    )


def test_an_export_verifies_on_its_own(full: AuditLog, tmp_path: Path) -> None:
    export_folder(full, tmp_path / "out", lambda row: row.index == 3)
    done = run(tmp_path / "out", "--checkpoint", str(tmp_path / "out" / "checkpoint"))
    assert (done.returncode, done.stdout) == (
        0,
        "300 records are what was logged, 1 of them opened with a disclosed key\n",
    )


def test_the_verifier_needs_the_standard_library_and_cryptography_alone() -> None:
    import ast

    from samspil_audit import offline_verifier

    tree = ast.parse(Path(offline_verifier.__file__).read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names | {"cryptography"}


def edit(path: str, at: int) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        data = bytearray((folder / path).read_bytes())
        data[at] ^= 1
        (folder / path).write_bytes(bytes(data))

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (edit("records/000", 1000), "record "),
        (edit("tile/entries/000", 43 * 12 + 30), "record 12"),
        (edit("tile/0/001.p/44", 32 * 3), "record 259"),
        (edit("checkpoint", 24), "NOT"),
        (lambda folder: (folder / "records" / "001.p" / "44").unlink(), "record 256"),
        (lambda folder: (folder / "tile" / "0" / "000").write_bytes(b""), "record 0"),
        (edit("keys.ndjson", 25), ""),
    ],
)
def test_a_change_of_an_export_is_found(
    full: AuditLog, tmp_path: Path, change: Callable[[Path], None], says: str
) -> None:
    export_folder(full, tmp_path / "out", lambda row: row.index == 3)
    change(tmp_path / "out")
    done = run(tmp_path / "out")
    assert done.returncode in {1, 2}
    assert says in done.stdout


def test_an_export_cut_short_is_found_by_a_checkpoint_kept_elsewhere(
    full: AuditLog, tmp_path: Path, make_event: Make
) -> None:
    export_folder(full, tmp_path / "out")
    full.append(make_event(9999))
    (tmp_path / "kept").write_text(full.checkpoint())
    done = run(tmp_path / "out", "--checkpoint", str(tmp_path / "kept"))
    assert done.returncode == 1
    assert "301" in done.stdout
    with pytest.raises(FileExistsError):
        export_folder(full, tmp_path / "out")
