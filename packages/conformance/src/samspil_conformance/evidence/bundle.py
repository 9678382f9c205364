"""The bundle: every file of the evidence, in one archive that comes out the same for the same run."""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping

from samspil_conformance.matrix import matrix_csv
from samspil_conformance.run import Run

from .claims import claims_bytes
from .exchanges import exchange_files
from .junit import junit
from .page import report_page
from .paper import report_paper
from .sbom import sbom
from .signing import Key, key_id, seal, statement
from .tar import tar
from .testreport import as_bytes
from .words import LANGUAGES

__all__ = ["NotABundle", "bundle_name", "derived", "evidence_files", "pack", "unpack"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_NO_COMMENT = b"\0\0"
_TAIL = 2 + 64
_MOST = 2_000_000_000
_NEEDED = ("run.jsonl", "manifest.json", "manifest.dsse.json", "signer.pub.pem")


class NotABundle(ValueError):
    """The bytes are no bundle; the text says why."""


def bundle_name(run: Run) -> str:
    """`evidence-SUT-VERSION-RUN.zip`, in letters that every file system takes."""
    sut = run.head["sut"]
    return "-".join(["evidence", _plain(sut["name"]), _plain(sut["version"]), run.id]) + ".zip"


def _plain(text: str) -> str:
    return re.sub(r"[^\w.]+", "_", text, flags=re.ASCII).strip("_.") or "sut"


def derived(run: Run, *, papers: bool = True) -> dict[str, bytes]:
    """Every file that follows from the record alone; without the papers where a machine sets them otherwise."""
    makers: dict[str, Callable[[Run], bytes]] = {
        "run.jsonl": Run.lines,
        "matrix.csv": matrix_csv,
        "matrix.da.csv": lambda one: matrix_csv(one, "da"),
        "testreport.fhir.json": as_bytes,
        "junit.xml": junit,
        "tar.xml": tar,
        "claims.cdx.json": claims_bytes,
        "sbom.kit.cdx.json": sbom,
        "suite.lock": _lock,
        "selftest.json": _selftest,
    }
    files = {name: make(run) for name, make in makers.items()} | exchange_files(run)
    for language in LANGUAGES:
        files[f"report.{language}.html"] = report_page(run, language)
        if papers:
            files[f"report.{language}.pdf"] = report_paper(run, language)
    return files


def evidence_files(
    run: Run, key: Key | None = None, attachments: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Every file of the bundle by name: what follows from the record, what people attached, manifest and signature."""
    key = key or Key.of_record(run.lines())
    files = derived(run) | {f"attestations/{name}": data for name, data in (attachments or {}).items()}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    files["manifest.json"] = _json(
        {"format": 1, "run": run.id, "files": digests, "key": key_id(key.private.public_key())}
    )
    files["signer.pub.pem"] = key.public_pem
    named = {name: hashlib.sha256(files[name]).hexdigest() for name in ("manifest.json", "run.jsonl")}
    files["manifest.dsse.json"] = _json(seal(statement(run, named), key))
    return files


def _lock(run: Run) -> bytes:
    """Everything that has to be the same for a run to come out the same."""
    head = run.head
    names = ("suite", "files", "packages", "components", "definitions", "seed", "clock", "claims", "only")
    return _json({name: head[name] for name in names if name in head})


def _selftest(run: Run) -> bytes:
    return _json(run.head.get("selftest") or {"measured": False, "suite": run.head["suite"]["digest"]})


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP archive: sorted, without times, with the SHA-256 of all that goes before as its comment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, files[name])
    plain = out.getvalue()[: -len(_NO_COMMENT)]
    return plain + _comment(plain)


def _comment(plain: bytes) -> bytes:
    """The end of an archive: the length of its comment, and the digest that is the comment."""
    digest = hashlib.sha256(plain).hexdigest().encode("ascii")
    return len(digest).to_bytes(2, "little") + digest


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a bundle. Raises `NotABundle`, also where a byte of the archive is not what was written."""
    if not data.startswith(b"PK"):
        raise NotABundle("it is no ZIP archive")
    if len(data) < _TAIL or _comment(data[:-_TAIL]) != data[-_TAIL:]:
        raise NotABundle("the archive is not what the kit wrote: something was added, changed or cut off")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            large = sum(one.file_size for one in archive.infolist()) > _MOST
            files = {} if large else {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError, RuntimeError, EOFError) as fault:
        raise NotABundle(f"it cannot be read as a ZIP archive ({type(fault).__name__})") from None
    if large:
        raise NotABundle(f"it unfolds to more than {_MOST} bytes")
    if len(files) != len(names):
        raise NotABundle("a name is there twice")
    if missing := [name for name in _NEEDED if name not in files]:
        raise NotABundle(f"{missing[0]} is missing")
    return files
