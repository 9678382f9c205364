"""What a profile asks of a reference: the profiles of its target, where that is, and whether of a version.

https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type.aggregation
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

from .references import BASE, target_check

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .base import Check

__all__ = ["one_of", "profiled_target_check"]

_FITS = {
    "contained": frozenset({"contained"}),
    "bundled": frozenset({"bundled", "referenced"}),
    "fetched": frozenset({"referenced"}),
    "remote": frozenset({"referenced"}),
}


def profiled_target_check(  # noqa: C901, PLR0913  the parts of a reference's type
    targets: list[str], aggregation: list[str], versioning: str, url: str, schema: Schema, *, inside: bool
) -> Check:
    """The check of a Reference, or of the one inside a CodeableReference.

    Targets in the resource and in the bundle are checked against the profiles; those fetched from elsewhere by their
    type alone, unless the settings ask for more, since they stand in surroundings of their own.
    """
    everywhere = schema.settings.aggregation_outside_bundles
    everywhere = schema.release != "R5" if everywhere is None else everywhere
    whole = schema.settings.fetched_targets == "profile"
    by_type = target_check(targets, url, schema) if targets else None
    plain = frozenset(each for each in targets if each.partition("|")[0].startswith(BASE) and _is_type(each, schema))
    profiles = [each for each in targets if each not in plain]
    plain_types = {schema.type_of(each) for each in plain}
    shown = ", ".join(profiles)

    def check(value: Any, place: Any, run: Run) -> None:  # noqa: C901  one rule after the other
        if inside:
            value, place = value.get("reference"), (place, "reference", -1)
        if value.__class__ is not dict:
            return
        reference = value.get("reference")
        if by_type is not None:
            by_type(value, place, run)
        if reference.__class__ is not str:
            return
        if versioning in {"specific", "independent"} and ("/_history/" in reference) != (versioning == "specific"):
            run.find(f.REFERENCE_VERSIONING, place, url, expected=versioning)
        if not aggregation and not profiles:
            return
        target = run.target(reference)
        if aggregation and (everywhere or reference.startswith("#") or run.in_bundle):
            how = "contained" if reference.startswith("#") else target.how if target else "remote"
            if not _FITS[how] & set(aggregation):
                run.find(f.REFERENCE_AGGREGATION, place, url, found=how, allowed=", ".join(aggregation))
        if (
            target is None
            or (target.how == "fetched" and not whole)
            or target.place is None
            or target.resource.get("resourceType") in plain_types
        ):
            return
        if profiles and not _meets_one(target, profiles, run):
            run.find(f.REFERENCE_PROFILE, place, url, profiles=shown)

    return check


def one_of(checks: list[Check]) -> Check:
    """The check that a reference meets one of several types of reference that an element allows."""

    def check(value: Any, place: Any, run: Run) -> None:
        best: list[Any] | None = None
        for each in checks:
            found = run.trial(lambda each=each: each(value, place, run))
            if not run.bad(found):
                run.found.extend(found)
                return
            # an alternative of another type says less than one that fits the type and lacks something else
            if best is None or _wrong_type(best) > _wrong_type(found):
                best = found
        run.found.extend(best or ())

    return check


def _wrong_type(found: list[Any]) -> int:
    return sum(each[0] is f.REFERENCE_TYPE for each in found if each.__class__ is tuple)


def _is_type(canonical: str, schema: Schema) -> bool:
    return canonical.partition("|")[0].removeprefix(BASE) in schema.resource_types or canonical.endswith("/Resource")


def _meets_one(target: Any, profiles: list[str], run: Run) -> bool:
    """Whether a target meets one of the profiles; one that is not known cannot be failed."""
    name = target.resource.get("resourceType")
    of_type = [each for each in profiles if run.schema.type_of(each) in {name, "", "Resource", "DomainResource"}]
    if not of_type:
        return True  # the wrong type has been told
    for each in of_type:
        found = run.against(target.resource, each, target.place)
        if found is None or not run.bad(found):
            return True
    return False
