"""Signed notes, checkpoints and cosignatures."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from samspil_audit import BadNote, Checkpoint, Verifier
from samspil_audit.note import Signer, cosign, open_note, sign_note

LOG = Signer("audit.example.org/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = Signer("witness.example.org", Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
BODY = Checkpoint("audit.example.org/log", 5, bytes(32)).body()


def test_a_checkpoint_is_three_lines_and_a_signature_line() -> None:
    note = sign_note(BODY, LOG)
    assert note.startswith(
        "audit.example.org/log\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\u2014 audit.example.org/log "
    )
    assert Checkpoint.parse(open_note(note, [LOG.verifier])[0]) == Checkpoint("audit.example.org/log", 5, bytes(32))


def test_the_key_line_of_the_published_example_reads_back() -> None:
    """The Go checksum database's key, as https://pkg.go.dev/golang.org/x/mod/sumdb/note shows it."""
    line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = Verifier.parse(line)
    assert (key.name, key.key_id.hex(), str(key)) == ("PeterNeumann", "c74f20a3", line)
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert open_note(note, [key])[1] == [key]


def test_a_witness_adds_that_it_saw_the_checkpoint_and_when() -> None:
    note = cosign(sign_note(BODY, LOG), WITNESS, 1_700_000_000)
    assert open_note(note, [LOG.verifier, WITNESS.witness])[1] == [LOG.verifier, WITNESS.witness]
    assert open_note(note, [WITNESS.witness])[1] == [WITNESS.witness]
    assert Verifier.parse(str(WITNESS.witness)) == WITNESS.witness


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n5\n", "\n6\n"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note[:-3],
        lambda note: note.replace("\u2014", "-"),
        lambda note: note.replace("audit.example.org/log ", "other.example.org/log "),
        lambda note: note[: note.index("\u2014")],
        lambda note: note[:-10] + "A" * 8 + "=\n",
    ],
)
def test_a_note_that_is_changed_does_not_open(change: object) -> None:
    with pytest.raises(BadNote):
        open_note(change(sign_note(BODY, LOG)), [LOG.verifier])


def test_signatures_of_others_are_skipped_and_a_note_without_ours_does_not_open() -> None:
    with pytest.raises(BadNote, match="no key that counts"):
        open_note(sign_note(BODY, WITNESS), [LOG.verifier])


@pytest.mark.parametrize(
    "body", ["", "a\n", "a\n1\n", "a\nx\nAA==\n", "a\n01\nAA==\n", "\n1\nAA==\n", "a\n1\nAA==\n", "a\n1\n?\n"]
)
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.parse(body)


@pytest.mark.parametrize(
    "line", ["", "name", "name+00000000+AAAA", str(LOG.verifier).replace("log+", "log+0"), "a b+1+2"]
)
def test_what_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(BadNote):
        Verifier.parse(line)


@pytest.mark.parametrize("body", ["no end", "a\n\nb\n"])
def test_what_cannot_be_a_note_is_not_signed(body: str) -> None:
    with pytest.raises(ValueError, match="a note"):
        sign_note(body, LOG)
