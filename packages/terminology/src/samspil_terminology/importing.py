"""Importing a release into a store: which form it has, which code system it is, and under which licence it stands."""

import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from samspil_core.jsontext import loads
from samspil_core.outcome import Issue, Outcome

from .findings import DAMAGED, DANGLING, EMPTY_IMPORT, NEEDS_URL, UNKNOWN_FORM
from .resources import read_resources
from .snomed.importing import LICENSE as SNOMED_LICENSE
from .snomed.importing import import_release
from .snomed.rf2 import DamagedFile, open_release
from .store.building import Row, build
from .store.folder import Entry, Store
from .store.snapshot import writing
from .system import SystemFacts
from .systems import atc, claml, loinc, npu, sks, sor, table
from .systems.tables import BadTable

__all__ = ["KINDS", "Imported", "Kind", "import_into", "recognise"]

Kind = Literal["snomed", "loinc", "claml", "sks", "sks-diagnoses", "npu", "sor", "atc", "table", "fhir"]
KINDS: tuple[Kind, ...] = (
    "snomed",
    "loinc",
    "claml",
    "sks",
    "sks-diagnoses",
    "npu",
    "sor",
    "atc",
    "table",
    "fhir",
)

T = TypeVar("T")

_STEP = 1000
"""After how many rows the progress is told."""

_CLAML = {
    "icd-10": ("http://hl7.org/fhir/sid/icd-10", "ICD-10 is (c) World Health Organization (https://icd.who.int)"),
    "icd-10-cm": (
        "http://hl7.org/fhir/sid/icd-10-cm",
        "ICD-10-CM is in the public domain (https://www.cdc.gov/nchs/icd)",
    ),
    "icpc-2": ("http://hl7.org/fhir/sid/icpc-2", "ICPC-2 is (c) WONCA (https://www.globalfamilydoctor.com)"),
}


_NOTHING = Outcome()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the snapshot now in use, how many concepts or resources it has, its licence, the findings."""

    entry: Entry | None
    count: int = 0
    license: str = ""
    outcome: Outcome = _NOTHING


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller says of the release, where the release itself does not."""

    version: str = ""
    url: str = ""
    name: str = ""
    language: str = ""


def recognise(path: Path) -> Kind | None:
    """The form of a release by what lies there; None when it is not clear."""
    name = path.name.lower()
    if path.is_dir():
        if any(path.rglob("sct2_Concept_*Snapshot*")) or any(path.rglob("xsct2_Concept_*Snapshot*")):
            return "snomed"
        if any(path.rglob("Loinc.csv")):
            return "loinc"
        return "fhir" if any(path.rglob("*.json")) or any(path.rglob("*.ndjson")) else None
    for ending, kind in (
        (".zip", "snomed"),
        (".xml", "claml"),
        (".tgz", "fhir"),
        (".json", "fhir"),
        (".ndjson", "fhir"),
    ):
        if name.endswith(ending):
            return kind  # pyright: ignore[reportReturnType]  the pairs above
    for start, kind in (("skscomplete", "sks"), ("npu", "npu"), ("sor", "sor"), ("atc", "atc")):
        if name.startswith(start):
            return kind  # pyright: ignore[reportReturnType]  the pairs above
    return None


def import_into(  # noqa: PLR0913  what is imported, and what the caller says of it
    store: Store,
    paths: Iterable[Path],
    *,
    kind: Kind | None = None,
    version: str = "",
    url: str = "",
    name: str = "",
    language: str = "",
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Import a release into a store and put it to use. Never raises on the content: a finding says what is wrong.

    Until the snapshot is whole, what was in use stays in use, whatever happens to this process.
    """
    files = list(paths)
    store.folder.mkdir(parents=True, exist_ok=True)
    store.tidy()
    first = files[0]
    form = kind or recognise(first)
    if form is None:
        return Imported(None, outcome=Outcome((UNKNOWN_FORM.at("", source=first.name),)))
    wanted = Wanted(version, url, name, language)
    try:
        if form == "snomed":
            return _snomed(store, files, wanted, progress)
        if form == "fhir":
            return _fhir(store, files, wanted, progress)
        return _table(store, first, form, wanted, progress)
    except (DamagedFile, BadTable) as fault:
        found = DAMAGED.at("", source=fault.file, line=fault.line, column=fault.column, why=fault.why)
        return Imported(None, outcome=Outcome((found,)))


def _snomed(store: Store, files: list[Path], wanted: Wanted, progress: Callable[[int], None] | None) -> Imported:
    release = open_release(*files)
    path = store.place("http://snomed.info/sct", wanted.version or release.date)
    facts = import_release(release, path, version=wanted.version, progress=progress)
    dangling: dict[str, int] = loads(facts.get("dangling", "{}"))
    issues = tuple(DANGLING.at("", source=name, count=str(count)) for name, count in dangling.items())
    return Imported(store.use(path), int(facts["concepts"]), SNOMED_LICENSE, Outcome(issues))


def _counted(some: Iterable[T], progress: Callable[[int], None] | None) -> Iterator[T]:
    for number, each in enumerate(some, 1):
        if progress is not None and number % _STEP == 0:
            progress(_STEP)
        yield each


def _fhir(store: Store, files: list[Path], wanted: Wanted, progress: Callable[[int], None] | None) -> Imported:
    url, version, licence = wanted.url, wanted.version, ""
    if not url:
        url, version, licence = _package(files[0], version)
    issues: list[Issue] = []
    resources = list(_counted(_resources(files, issues), progress))
    if not resources:
        issues.append(EMPTY_IMPORT.at("", source=files[0].name))
        return Imported(None, outcome=Outcome(tuple(issues)))
    path = store.place(url, version)
    with writing(path) as writer:
        count = writer.resources(resources)
        facts = {"kind": "resources", "url": url, "version": version, "license": licence, "concepts": "0"}
        for key, value in facts.items():
            writer.meta(key, value)
    return Imported(store.use(path), count, licence, Outcome(tuple(issues)))


def _resources(files: list[Path], issues: list[Issue]) -> Iterator[dict[str, Any]]:
    for file in files:
        for each in read_resources(file):
            if isinstance(each, Issue):
                issues.append(each)
            else:
                yield each


def _package(path: Path, version: str) -> tuple[str, str, str]:
    """Name, version and licence of a FHIR package; the name of the file for anything else."""
    if path.name.endswith((".tgz", ".tar.gz")):
        try:
            with tarfile.open(path, "r:gz") as archive:
                stream = archive.extractfile("package/package.json")
                manifest: dict[str, Any] = loads(stream.read()) if stream else {}
        except (KeyError, OSError, tarfile.TarError, ValueError):
            manifest = {}
        if manifest:
            licence = str(manifest.get("license", ""))
            return f"package:{manifest.get('name', path.name)}", version or str(manifest.get("version", "")), licence
    return f"file:{path.stem}", version, ""


def _table(store: Store, path: Path, form: Kind, wanted: Wanted, progress: Callable[[int], None] | None) -> Imported:
    date = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%d")
    made = _facts_and_rows(path, form, wanted, date)
    if isinstance(made, Issue):
        return Imported(None, outcome=Outcome((made,)))
    facts, rows, grammar = made
    facts = replace(
        facts, version=wanted.version or facts.version, url=wanted.url or facts.url, name=wanted.name or facts.name
    )
    target = store.place(facts.url, facts.version)
    meta = build(target, facts, _counted(rows, progress), grammar=grammar)
    return Imported(store.use(target), int(meta["concepts"]), facts.license)


Made = tuple[SystemFacts, Iterable[Row], str]


def _facts_and_rows(path: Path, form: Kind, wanted: Wanted, date: str) -> Made | Issue:  # noqa: PLR0911  one return a form
    match form:
        case "loinc":
            return loinc.facts(path, wanted.version), loinc.read(path), ""
        case "sks" | "sks-diagnoses":
            diagnoses, at = form == "sks-diagnoses", wanted.version or date
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", at):
                at = date
            return (
                sks.facts(wanted.version or date, diagnoses=diagnoses),
                sks.read(path, diagnoses=diagnoses, at=at),
                "+",
            )
        case "npu":
            return npu.facts(wanted.version or date, wanted.language or "en"), npu.read(path), ""
        case "sor":
            return sor.facts(wanted.version or date), sor.read(path), ""
        case "atc":
            return atc.facts(wanted.version or date, wanted.language or "da"), atc.read(path), ""
        case "claml":
            return _classification(path, wanted, date)
        case _:
            if not wanted.url:
                return NEEDS_URL.at("", source=path.name)
            facts = SystemFacts(wanted.url, wanted.version or date, wanted.name, language=wanted.language)
            return facts, table.read(path), ""


def _classification(path: Path, wanted: Wanted, date: str) -> Made | Issue:
    read = claml.read(path)
    title = read.title.lower()
    known = next(
        (
            _CLAML[name]
            for words, name in (
                (("icd-10-cm", "clinical modification"), "icd-10-cm"),
                (("icpc",), "icpc-2"),
                (("icd-10", "icd 10", "10th revision"), "icd-10"),
            )
            if any(each in title for each in words)
        ),
        ("", ""),
    )
    url = wanted.url or known[0]
    if not url:
        return NEEDS_URL.at("", source=path.name)
    facts = SystemFacts(
        url,
        wanted.version or read.version or date,
        wanted.name or url.rpartition("/")[2].upper(),
        read.title,
        wanted.language or read.language,
        case_sensitive=False,
        license=known[1],
    )
    return facts, read.rows, ""
