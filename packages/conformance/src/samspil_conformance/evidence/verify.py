"""Checks a bundle offline: archive, manifest, signature, chain of the record, and every file against the record."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from samspil_conformance.components import components
from samspil_conformance.findings import ALTERED, BAD_SIGNATURE, NO_BUNDLE, NOT_MADE_ANEW, UNKNOWN_SIGNER
from samspil_conformance.record import BadRecord
from samspil_conformance.run import Run
from samspil_core import Issue, Outcome

from .bundle import NotABundle, derived, unpack
from .signing import BadKey, BadSeal, Key, key_id, open_envelope, public_key, statement

__all__ = ["verify"]


def verify(data: bytes, signer: Ed25519PublicKey | None = None) -> Outcome:
    """Every fault of a bundle. `signer` is the key it has to be signed with; without one, the key inside is used.

    Files are made anew from the record and compared where this kit has the version that wrote them.
    """
    try:
        files = unpack(data)
    except NotABundle as fault:
        return Outcome((NO_BUNDLE.at(why=str(fault)),))
    try:
        run = Run.read(files["run.jsonl"])
    except BadRecord as fault:
        return Outcome((ALTERED.at(file="run.jsonl", why=str(fault)),))
    return Outcome((*_manifest(files), *_signature(files, run, signer), *_derived(files, run)))


def _manifest(files: Mapping[str, bytes]) -> Iterator[Issue]:
    try:
        told: dict[str, str] = json.loads(files["manifest.json"])["files"]
    except (ValueError, KeyError, TypeError):
        yield ALTERED.at(file="manifest.json", why="it is no manifest")
        return
    own = {"manifest.json", "manifest.dsse.json", "signer.pub.pem"}
    found = {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name not in own}
    for name in sorted(told.keys() | found.keys()):
        if name not in found:
            yield ALTERED.at(file=name, why="it is missing")
        elif name not in told:
            yield ALTERED.at(file=name, why="the manifest does not name it")
        elif told[name] != found[name]:
            yield ALTERED.at(file=name, why="its SHA-256 is not that of the manifest")


def _signature(files: Mapping[str, bytes], run: Run, signer: Ed25519PublicKey | None) -> Iterator[Issue]:
    try:
        inside = public_key(files["signer.pub.pem"])
        envelope: dict[str, Any] = json.loads(files["manifest.dsse.json"])
        told = open_envelope(envelope, inside if signer is None else signer)
    except (BadKey, BadSeal, ValueError, TypeError) as fault:
        yield BAD_SIGNATURE.at(why=str(fault))
        return
    named = {name: hashlib.sha256(files[name]).hexdigest() for name in ("manifest.json", "run.jsonl")}
    if told != statement(run, named):
        yield BAD_SIGNATURE.at(why="what was signed is not this run")
    elif signer is None:
        unsigned = key_id(inside) == key_id(Key.of_record(files["run.jsonl"]).private.public_key())
        yield UNKNOWN_SIGNER.at(key="none was given, and the kit made one" if unsigned else key_id(inside))


def _derived(files: Mapping[str, bytes], run: Run) -> Iterator[Issue]:
    """What the same kit would have made of the record, compared with what is there."""
    told, own = run.head["components"], components()
    wrote, here = (parts["samspil-conformance"]["version"] for parts in (told, own))
    if wrote != here:
        yield NOT_MADE_ANEW.at(why=f"version {wrote} wrote them, this is {here}")
        return
    same = told.get("typst") == own["typst"]
    if not same:
        yield NOT_MADE_ANEW.at(why="the papers were set with another version of typst")
    for name, data in derived(run, papers=same).items():
        if files.get(name) != data:
            yield ALTERED.at(file=name, why="it does not follow from the record")
