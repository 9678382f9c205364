"""The secrets of a log: one file, kept apart from the log itself.

From one secret follow the key that wraps the keys of the subjects, the key of the pseudonyms and the key of the
index, by HKDF (https://www.rfc-editor.org/rfc/rfc5869), so that none of them tells another.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from samspil_core.jsontext import loads
from samspil_core.textfile import read_text

from .note import Signer, Verifier, is_name

__all__ = ["BadKeys", "Entropy", "Keys"]

Entropy = Callable[[int], bytes]
"""A source of random bytes, such as `os.urandom`."""

_SIZE = 32


class BadKeys(ValueError):
    """A key file cannot be read as one. Says why, never what it holds."""


@dataclass(frozen=True)
class Keys:
    """The name of a log (`origin`), the 32 bytes it signs with, and the 32 bytes its other keys follow from."""

    origin: str
    signing: bytes = field(repr=False)
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not is_name(self.origin):
            raise BadKeys("the name of a log is one word without a plus, as it stands in each of its checkpoints")

    @classmethod
    def create(cls, origin: str, entropy: Entropy = os.urandom) -> "Keys":
        """New keys for a log of that name, such as `audit.example.org/ehr`. Raises `BadKeys` for what is no name."""
        return cls(origin, entropy(_SIZE), entropy(_SIZE))

    @classmethod
    def load(cls, path: str | Path) -> "Keys":
        """The keys of a file. Raises `BadKeys`, and OSError when it cannot be read."""
        try:
            told = loads(read_text(path))
            made = cls(str(told["origin"]), b64decode(told["signing"]), b64decode(told["secret"]))
        except BadKeys as fault:
            raise BadKeys(f"{path}: {fault}") from None
        except (ValueError, TypeError, KeyError):
            raise BadKeys(f"{path} is no key file of an audit log") from None
        if (len(made.signing), len(made.secret)) != (_SIZE, _SIZE):
            raise BadKeys(f"{path} does not hold keys of 32 bytes")
        return made

    def save(self, path: str | Path) -> None:
        """Write the keys to a new file that its owner alone can read. Raises FileExistsError when there is one."""
        told = {
            "origin": self.origin,
            "signing": b64encode(self.signing).decode(),
            "secret": b64encode(self.secret).decode(),
        }
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(told, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())

    @cached_property
    def signer(self) -> Signer:
        """What signs the checkpoints."""
        return Signer(self.origin, Ed25519PrivateKey.from_private_bytes(self.signing))

    @property
    def verifier(self) -> Verifier:
        """The public key of the checkpoints."""
        return self.signer.verifier

    @cached_property
    def wrapping(self) -> bytes:
        """The key that wraps the keys of the subjects."""
        return self._derived(b"samspil-audit subject keys")

    @cached_property
    def pseudonyms(self) -> bytes:
        """The key of the pseudonyms that stand in records for national identity numbers."""
        return self._derived(b"samspil-audit pseudonyms")

    @cached_property
    def index(self) -> bytes:
        """The key of the index by subject."""
        return self._derived(b"samspil-audit index")

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), _SIZE, salt=None, info=purpose).derive(self.secret)
