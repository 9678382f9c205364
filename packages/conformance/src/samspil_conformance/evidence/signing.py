"""The signature of a bundle: an in-toto statement of the test result, in a DSSE envelope, by Ed25519.

https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from samspil_conformance.run import Run

__all__ = ["BadKey", "BadSeal", "Key", "key_id", "open_envelope", "public_key", "seal", "statement"]

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_RESULT = {"approved": "PASSED", "not-approved": "FAILED", "pending": "WARNED"}


class BadKey(ValueError):
    """A key cannot be used; the text says why."""


class BadSeal(ValueError):
    """A signature does not hold; the text says why."""


@dataclass(frozen=True)
class Key:
    """The key that signs a bundle."""

    private: Ed25519PrivateKey

    @classmethod
    def read(cls, pem: bytes) -> "Key":
        """A private key in PEM (PKCS 8) without a passphrase. Raises `BadKey`."""
        try:
            found = load_pem_private_key(pem, None)
        except (ValueError, TypeError) as fault:
            raise BadKey(f"this is no private key in PEM without a passphrase: {fault}") from None
        if not isinstance(found, Ed25519PrivateKey):
            raise BadKey("the key is not an Ed25519 key")
        return cls(found)

    @classmethod
    def of_record(cls, record: bytes) -> "Key":
        """The key of a run that none was given for: anybody can make it from the record.

        It binds the files of a bundle together and says nothing about who made them.
        """
        return cls(
            Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"samspil-conformance unsigned\n" + record).digest())
        )

    @property
    def public_pem(self) -> bytes:
        """The public half in PEM."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_key(pem: bytes) -> Ed25519PublicKey:
    """A public key in PEM. Raises `BadKey`."""
    try:
        found = load_pem_public_key(pem)
    except ValueError as fault:
        raise BadKey(f"this is no public key in PEM: {fault}") from None
    if not isinstance(found, Ed25519PublicKey):
        raise BadKey("the key is not an Ed25519 key")
    return found


def key_id(key: Ed25519PublicKey) -> str:
    """The SHA-256 of the raw public key, in hexadecimal."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def statement(run: Run, digests: Mapping[str, str]) -> dict[str, Any]:
    """The in-toto statement: these files are what came of testing this system with this suite."""
    head = run.head
    names = {
        word: [one.id for one in run.scenarios.values() if one.result == word] for word in ("pass", "warning", "fail")
    }
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(digests.items())],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": _RESULT[run.approval],
            "configuration": [{"name": f"suite:{head['suite']['id']}", "digest": {"sha256": head["suite"]["digest"]}}],
            "passedTests": names["pass"],
            "warnedTests": names["warning"],
            "failedTests": names["fail"],
        },
    }


def seal(payload: Mapping[str, Any], key: Key) -> dict[str, Any]:
    """A statement in its envelope."""
    body = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signature = key.private.sign(_to_sign(body))
    return {
        "payload": base64.b64encode(body).decode("ascii"),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": key_id(key.private.public_key()), "sig": base64.b64encode(signature).decode("ascii")}],
    }


def open_envelope(envelope: Mapping[str, Any], key: Ed25519PublicKey) -> dict[str, Any]:
    """The statement of an envelope that a key signed. Raises `BadSeal`."""
    try:
        body = base64.b64decode(envelope["payload"], validate=True)
        signature = base64.b64decode(envelope["signatures"][0]["sig"], validate=True)
        told = envelope["payloadType"]
    except (KeyError, IndexError, TypeError, ValueError):
        raise BadSeal("it is no DSSE envelope") from None
    if told != PAYLOAD_TYPE:
        raise BadSeal("it holds no in-toto statement")
    try:
        key.verify(signature, _to_sign(body))
    except InvalidSignature:
        raise BadSeal("the key did not sign this") from None
    return json.loads(body)


def _to_sign(body: bytes) -> bytes:
    """The pre-authentication encoding of DSSE."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)
