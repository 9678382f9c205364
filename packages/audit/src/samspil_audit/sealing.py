"""A record becomes a sealed record, and a sealed record an entry of the tree.

A sealed record is: 1 byte version, 16 bytes that name the subject's key, 32 bytes salt, and the record under
AES-256-GCM (NIST SP 800-38D). Each record has a key of its own, HMAC of the salt under the subject's key: one record
can be shown without the others, and destroying the subject's key makes all of them unreadable.

An entry is: 1 byte version, 8 bytes time (microseconds since 1970, when the log took the record), and the SHA-256 of
the sealed record. It tells nothing of the record, so it stays when the record is erased or purged, and so does
every proof.
"""

import hmac
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = [
    "KEY_ID_SIZE",
    "SALT_SIZE",
    "CannotOpen",
    "SealingKey",
    "commitment",
    "entry",
    "key_of",
    "record_key",
    "seal",
    "unseal",
    "unwrap",
    "wrap",
]

KEY_ID_SIZE: Final = 16
SALT_SIZE: Final = 32
_VERSION: Final = b"\x01"
_HEAD: Final = 1 + KEY_ID_SIZE + SALT_SIZE
_BLOCK: Final = 64
_PIECE: Final = 2047  # hashlib lets other threads run above that, and the switch costs more than the hash
_ONCE: Final = bytes(12)  # each record key is used once, so the nonce need not vary


class CannotOpen(ValueError):
    """A sealed record does not open: another key, or other bytes than were sealed."""


class SealingKey(NamedTuple):
    """A subject's key made ready to seal with: how a sealed record begins, and the key as HMAC's two hashes begin."""

    head: bytes
    inner: bytes
    outer: bytes

    @classmethod
    def of(cls, key_id: bytes, key: bytes) -> "SealingKey":
        """The key of that name, ready."""
        block = key.ljust(_BLOCK, b"\x00")
        return cls(_VERSION + key_id, block.translate(hmac.trans_36), block.translate(hmac.trans_5C))


def seal(record: bytes, key: SealingKey, salt: bytes) -> bytes:
    """The record, sealed under a subject's key. `salt` is 32 random bytes, never used before.

    The record's key is an HMAC made here in two hashes of few bytes: `hmac.digest` lets other threads run each time.
    """
    head, inner, outer = key
    head += salt
    return head + AESGCM(sha256(outer + sha256(inner + salt).digest()).digest()).encrypt(_ONCE, record, head)


def unseal(sealed: bytes, key: bytes) -> bytes:
    """The record of a sealed record. Raises `CannotOpen`."""
    head = sealed[:_HEAD]
    return _decrypt(record_key(sealed, key), sealed[_HEAD:], head)


def key_of(sealed: bytes) -> bytes:
    """The name of the key a record is sealed under."""
    return sealed[1 : 1 + KEY_ID_SIZE]


def record_key(sealed: bytes, key: bytes) -> bytes:
    """The key of this one record, which opens no other: HMAC-SHA-256 of its salt."""
    return hmac.digest(key, sealed[1 + KEY_ID_SIZE : _HEAD], "sha256")


def commitment(sealed: bytes) -> bytes:
    """What the tree keeps of a sealed record: its SHA-256."""
    if len(sealed) <= _PIECE:
        return sha256(sealed).digest()
    hashed = sha256()
    for at in range(0, len(sealed), _PIECE):
        hashed.update(sealed[at : at + _PIECE])
    return hashed.digest()


def entry(time: int, committed: bytes) -> bytes:
    """The entry of the tree."""
    return _VERSION + time.to_bytes(8) + committed


def wrap(key: bytes, key_id: bytes, wrapping: bytes, nonce: bytes) -> bytes:
    """A subject's key as it is stored. `nonce` is 12 random bytes, never used before."""
    return nonce + AESGCM(wrapping).encrypt(nonce, key, key_id)


def unwrap(wrapped: bytes, key_id: bytes, wrapping: bytes) -> bytes:
    """A subject's key from what is stored. Raises `CannotOpen`."""
    return _decrypt(wrapping, wrapped[12:], key_id, wrapped[:12])


def _decrypt(key: bytes, data: bytes, beside: bytes, nonce: bytes = _ONCE) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, data, beside)
    except (InvalidTag, ValueError):
        raise CannotOpen("the bytes are not what was sealed under this key") from None
