"""Mutants over every profile of the packages in the corpora: each must be refused, at the right place."""

import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from samspil_core.jsontext import NotJson, loads
from samspil_validation import Validator
from tools.mutants import Mutant, mutants
from tools.package_sets import definitions_for
from tools.suites import Case, attempt

NAME = "validator-mutants"
GROUP = "validation"
OUTER = 2


def run(folder: Path) -> Iterator[Case]:
    """Validate every mutant; a case is a mutant."""
    for archive, name, example, profile in examples(folder):
        validator = validator_for(folder, archive)
        before = _errors(validator, example, profile)
        for case, mutant in named(folder, archive, name, example, profile):
            yield attempt(
                case,
                lambda validator=validator, mutant=mutant, profile=profile, before=before: check(
                    validator, mutant, profile, before
                ),
            )


def examples(folder: Path) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """The first two valid examples of each profile of each package: archive, file, resource, profile."""
    for archive in sorted((folder / "packages").glob("*.tgz")):
        taken: dict[str, int] = {}
        for name, example in _examples(archive):
            for profile in example.get("meta", {}).get("profile", []):
                if taken.get(profile, 0) < OUTER and _is_valid(folder, archive.name, example, profile):
                    taken[profile] = taken.get(profile, 0) + 1
                    yield archive.name, name, example, profile


def named(folder: Path, archive: str, name: str, example: dict[str, Any], profile: str) -> Iterator[tuple[str, Mutant]]:
    """The mutants of an example, each with the name of its case."""
    structure = definitions_for(folder / "packages", archive).structure(profile)
    elements = structure["snapshot"]["element"] if structure else []
    for mutant in mutants(example, elements):
        if mutant.resource != example:
            yield (
                f"{archive.removesuffix('.tgz')}/{Path(name).stem}/{profile.rpartition('/')[2]}: {mutant.rule}",
                mutant,
            )


def check(validator: Validator, mutant: Mutant, profile: str, before: frozenset[str] = frozenset()) -> str | None:
    """Why a mutant was not refused, or not at the right place; else None."""
    errors = _errors(validator, mutant.resource, profile) - before
    if not errors:
        return "not refused"
    wanted = mutant.places
    told = {each.partition(" ")[0] for each in errors}
    near = any(where == place or where.startswith((place + ".", place + "[")) for where in told for place in wanted[:1])
    exact = any(where in wanted for where in told)
    return None if near or exact else f"told at {sorted(told)[:3]}, wanted at {wanted[0]}"


def _errors(validator: Validator, resource: dict[str, Any], profile: str) -> frozenset[str]:
    outcome = validator.validate(resource, [profile])
    return frozenset(f"{each.where} {each.code} {each.text}" for each in outcome if each.severity in {"error", "fatal"})


def _is_valid(folder: Path, archive: str, example: dict[str, Any], profile: str) -> bool:
    if not definitions_for(folder / "packages", archive).heading("StructureDefinition", profile):
        return False
    policy = {"SAM-VAL-404"}
    outcome = validator_for(folder, archive).validate(example)
    return not any(each.severity == "error" and each.code not in policy for each in outcome)


@cache
def validator_for(folder: Path, archive: str) -> Validator:
    """A validator with the package of an archive."""
    return Validator(definitions_for(folder / "packages", archive))


def _examples(archive: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.isfile() and "/example/" in member.name and member.name.endswith(".json"):
                stream = opened.extractfile(member)
                try:
                    resource = loads(stream.read()) if stream else None
                except NotJson:
                    continue
                if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
                    yield member.name, resource
