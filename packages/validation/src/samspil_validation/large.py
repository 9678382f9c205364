"""Validating a Bundle that is too large to hold: two passes over its file, one entry in memory at a time.

The first pass notes what each entry is called, so that references between entries are followed to their type. Rules
over the entries as a whole, such as slices of `entry`, cannot be decided so, and a finding says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from samspil_core.jsontext import NotJson, loads
from samspil_core.outcome import Issue, Outcome

from .bundles import BundleIndex
from .context import Target
from .entries import NotABundle, scan
from .findings import BUNDLE_BROKEN, BUNDLE_ENTRY_BROKEN, BUNDLE_FULL_URL_TWICE, BUNDLE_IN_PARTS
from .place import root
from .run import Run
from .validator import Report, Validator

__all__ = ["is_large_bundle", "validate_large"]

LARGE = 32 * 1024 * 1024
_HEAD = 4096


def is_large_bundle(path: Path, threshold: int = LARGE) -> bool:
    """Whether a file is a JSON Bundle of more bytes than are read as a whole."""
    if path.stat().st_size <= threshold:
        return False
    with path.open("rb") as stream:
        start = stream.read(_HEAD)
    return start.lstrip()[:1] == b"{" and b'"Bundle"' in start


class _Stubs(BundleIndex):
    """An index of entries that are not held: each is known by its type, id and version."""

    def __init__(self) -> None:
        super().__init__({}, root("Bundle"))
        self.twice: list[int] = []
        self.versions: set[tuple[str, str]] = set()

    def note(self, index: int, entry: Any) -> None:
        resource: Any = entry.get("resource") if entry.__class__ is dict else None
        if resource.__class__ is not dict:
            return
        meta: Any = resource.get("meta")
        version = str(meta.get("versionId", "")) if meta.__class__ is dict else ""
        stub = {"resourceType": resource.get("resourceType"), "id": resource.get("id"), "meta": {"versionId": version}}
        full = entry.get("fullUrl")
        url = full if full.__class__ is str else ""
        target = Target(stub, "bundled", None)
        self.full[index] = url
        if url:
            if (url, version) in self.versions:
                self.twice.append(index)
            self.versions.add((url, version))
            self.by_url.setdefault(url, []).append(target)
        self.by_name.setdefault(f"{stub['resourceType']}/{stub['id']}", []).append((url, target))


def validate_large(
    validator: Validator, open_file: Callable[[], Any], profiles: Sequence[str] = ()
) -> Iterator[Report]:
    """The reports of a bundle: one for each entry, and at last one for the bundle around them."""
    stubs = _Stubs()
    head: dict[str, Any] = {}
    issues: list[Issue] = []
    try:
        with open_file() as stream:
            _first_pass(stream, head, stubs)
        with open_file() as stream:
            index = -1
            for key, text in scan(stream):
                if key == "entry":
                    index += 1
                    yield _entry(validator, head, stubs, index, text, profiles)
    except (NotABundle, OSError) as error:
        issues.append(BUNDLE_BROKEN.at("Bundle", why=str(error)))
    if head.get("type") != "history":
        issues.extend(BUNDLE_FULL_URL_TWICE.at(f"Bundle.entry[{index}].fullUrl") for index in stubs.twice)
    issues.append(BUNDLE_IN_PARTS.at("Bundle"))
    yield Report(Outcome(tuple(issues)))


def _first_pass(stream: Any, head: dict[str, Any], stubs: _Stubs) -> None:
    index = -1
    for key, text in scan(stream):
        try:
            value = loads(text)
        except NotJson:
            value = None
        if key == "entry":
            index += 1
            stubs.note(index, value)
        else:
            head[key] = value


def _entry(  # noqa: PLR0913, PLR0917  the parts of a bundle
    validator: Validator, head: dict[str, Any], stubs: _Stubs, index: int, text: bytes, profiles: Sequence[str]
) -> Report:
    """The findings of one entry, at its own place; those of the bundle itself come with the first."""
    try:
        entry = loads(text)
    except NotJson as fault:
        return Report(Outcome((BUNDLE_ENTRY_BROKEN.at(f"Bundle.entry[{index}]", why=fault.why),)))
    bundle = {**head, "entry": [entry]}
    run = Run(validator.schema, bundle, profiles if index == 0 else ())
    run.indexes[id(bundle)] = stubs
    stubs.offset = index
    report = validator.report(run)
    first = "Bundle.entry[0]"
    moved = [
        Issue(each.kind, f"Bundle.entry[{index}]{each.where.removeprefix(first)}", each.detail)
        if each.where.startswith(first)
        else each
        for each in report.outcome
        if index == 0 or each.where.startswith(first)
    ]
    return Report(Outcome(tuple(moved)), report.questions)
