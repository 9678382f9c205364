"""Signed notes and the checkpoints written in them: a text that anyone can verify with a key of one line.

https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .merkle import HASH_SIZE

__all__ = ["BadNote", "Checkpoint", "Signer", "Verifier", "cosign", "is_name", "name_of", "open_note", "sign_note"]

_DASH: Final = "\u2014 "
_ED25519: Final = 1
_COSIGNATURE: Final = 4
_ID_SIZE: Final = 4
_TIME_SIZE: Final = 8
_MOST_SIGNATURES: Final = 100


class BadNote(ValueError):
    """A note is malformed, or a signature that counts does not verify. Says which."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a log has come: its origin, its number of records and the root over them.

    https://c2sp.org/tlog-checkpoint
    """

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, body: str) -> "Checkpoint":
        """The checkpoint of a note's text; lines after the third are extensions and skipped. Raises `BadNote`."""
        lines = body.split("\n")
        if len(lines) < 4 or not lines[0] or not _is_number(lines[1]):  # noqa: PLR2004  three lines, each ended
            raise BadNote("a checkpoint is origin, size and root, each on its line")
        root = _decoded(lines[2])
        if len(root) != HASH_SIZE:
            raise BadNote("the root of a checkpoint is 32 bytes in base64")
        return cls(lines[0], int(lines[1]), root)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")


@dataclass(frozen=True)
class Verifier:
    """A public key and its name: `name+hash+key`, one line of text. `kind` is `log` or `witness`."""

    name: str
    public: bytes
    kind: Literal["log", "witness"] = "log"

    @cached_property
    def key_id(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        return sha256(f"{self.name}\n".encode() + bytes([self._algorithm]) + self.public).digest()[:_ID_SIZE]

    @property
    def _algorithm(self) -> int:
        return _ED25519 if self.kind == "log" else _COSIGNATURE

    def __str__(self) -> str:
        key = b64encode(bytes([self._algorithm]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """The key of its line. Raises `BadNote`."""
        name, _, rest = text.strip().partition("+")
        shown, _, key = rest.partition("+")
        data = _decoded(key)
        if len(data) != 1 + HASH_SIZE or data[0] not in {_ED25519, _COSIGNATURE}:
            raise BadNote("a key line is name+hash+key, of an Ed25519 key")
        found = cls(name, data[1:], "log" if data[0] == _ED25519 else "witness")
        if not is_name(name) or found.key_id.hex() != shown:
            raise BadNote("the hash of the key line is not that of its name and key")
        return found

    def accepts(self, body: str, signature: bytes) -> bool:
        """Whether the signature is this key's over the text."""
        message = body.encode()
        if self.kind == "witness":
            if len(signature) < _TIME_SIZE:
                return False
            time, signature = int.from_bytes(signature[:_TIME_SIZE]), signature[_TIME_SIZE:]
            message = _cosigned(body, time)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key and its name."""

    name: str
    key: Ed25519PrivateKey

    @cached_property
    def verifier(self) -> Verifier:
        """The public half, as a log's key."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    @property
    def witness(self) -> Verifier:
        """The public half, as a witness's key."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw(), "witness")


def sign_note(body: str, *signers: Signer) -> str:
    """The text with a signature line for each signer. Raises ValueError for a text that cannot be a note."""
    if not body.endswith("\n") or "\n\n" in body or not all(is_name(signer.name) for signer in signers):
        raise ValueError("a note ends its last line, has no empty one, and a key name has no blank and no plus")
    lines = [_line(signer.verifier, signer.key.sign(body.encode())) for signer in signers]
    return f"{body}\n{''.join(lines)}"


def cosign(note: str, witness: Signer, time: int) -> str:
    """The note with a witness's signature that it saw this checkpoint, at `time` in seconds since 1970."""
    body, _ = _split(note)
    signature = time.to_bytes(_TIME_SIZE) + witness.key.sign(_cosigned(body, time))
    return note + _line(witness.witness, signature)


def open_note(note: str, verifiers: Iterable[Verifier]) -> tuple[str, list[Verifier]]:
    """The text of a note and which of the keys signed it. Other keys' signatures are skipped.

    Raises `BadNote` when the note is malformed, when a signature of one of the keys does not verify, and when
    none of them signed.
    """
    body, signatures = _split(note)
    known = {(each.name, each.key_id): each for each in verifiers}
    signed: list[Verifier] = []
    for name, data in signatures:
        verifier = known.get((name, data[:_ID_SIZE]))
        if verifier is None or verifier in signed:
            continue
        if not verifier.accepts(body, data[_ID_SIZE:]):
            raise BadNote(f"the signature of {name} does not verify")
        signed.append(verifier)
    if not signed:
        raise BadNote("no key that counts signed this note")
    return body, signed


def _cosigned(body: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{body}".encode()


def _line(verifier: Verifier, signature: bytes) -> str:
    return f"{_DASH}{verifier.name} {b64encode(verifier.key_id + signature).decode()}\n"


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    head, found, tail = note.rpartition("\n\n")
    if not found or not tail.endswith("\n") or tail.count("\n") > _MOST_SIGNATURES:
        raise BadNote("a note is a text, an empty line and signature lines")
    return head + "\n", [_signature(line) for line in tail[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    data = _decoded(encoded)
    if not line.startswith(_DASH) or not is_name(name) or len(data) <= _ID_SIZE:
        raise BadNote("a signature line is a dash, a name and a signature in base64")
    return name, data


def name_of(text: str) -> str:
    """A text as the name of a key: a dash for each blank and plus."""
    return "".join("-" if letter == "+" or letter.isspace() else letter for letter in text)


def is_name(name: str) -> bool:
    """Whether a key may have this name: it has no blank and no plus (https://c2sp.org/signed-note)."""
    return bool(name) and "+" not in name and not any(letter.isspace() for letter in name)


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise BadNote("a part that should be base64 is not") from None
