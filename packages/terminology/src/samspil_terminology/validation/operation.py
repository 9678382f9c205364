"""$validate-code: whether a code, a Coding or a CodeableConcept is in a value set, or in its code system.

https://hl7.org/fhir/R5/valueset-operation-validate-code.html, https://hl7.org/fhir/R5/codesystem-operation-validate-code.html;
issues and parameters as https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/ asks for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from samspil_core.values import Coding
from samspil_terminology.catalog import Catalog
from samspil_terminology.compose import Clause, Prepared, prepare, required_supplements, said_as
from samspil_terminology.displays import preferred
from samspil_terminology.finder import Finder
from samspil_terminology.issues import OperationFailed, TxIssue, failure, issue
from samspil_terminology.options import Options, with_value_set
from samspil_terminology.system import System

from .answer import Mode, Validation
from .concept import selected
from .concerns import judge_display, mind_inactive, mind_value_set
from .explanation import explain, without_system
from .membership import check
from .work import Work, below, failed, shown_text

__all__ = ["validate_in_system", "validate_in_value_set"]

Json = Mapping[str, Any]


def validate_in_value_set(
    catalog: Catalog, value_set: Json, codings: Sequence[Coding], options: Options, mode: Mode = "coding"
) -> Validation:
    """Whether one of the codings is in the value set. Raises `OperationFailed`.

    `mode` says how the codings were given: it decides the places of the issues, and that every coding of a
    CodeableConcept is looked at. The value set is the resource itself.
    """
    options = with_value_set(options, value_set)
    supplements = tuple(dict.fromkeys((*options.supplements, *required_supplements(value_set))))
    finder = Finder(catalog, options, supplements=supplements)
    try:
        prepared = prepare(finder, value_set, purpose="validate")
    except OperationFailed as failed:
        if failed.issue.message_id != "Unable_to_resolve_value_Set_":
            raise
        return not_prepared(finder, codings, failed.issue, mode)
    check_filters(finder, prepared)
    if supplements:
        finder.missing_supplements(systems_of(finder, prepared))
    return with_preferred(catalog, run(Work(finder, mode), prepared, codings, internal=False))


def with_preferred(catalog: Catalog, found: Validation) -> Validation:
    """The answer with the preferred name of its code system, where that has several."""
    preferred_url = catalog.aliases.preferred(found.coding.system)
    if preferred_url == found.coding.system:
        return found
    return replace(found, coding=replace(found.coding, system=preferred_url))


def validate_in_system(  # noqa: PLR0913, PLR0917  what the operation takes
    catalog: Catalog, url: str, codings: Sequence[Coding], options: Options, mode: Mode = "coding", version: str = ""
) -> Validation:
    """Whether a coding is in a code system. Raises `OperationFailed`.

    `url` and `version` name the code system; each coding is judged with them instead of its own.
    """
    finder = Finder(catalog, options, supplements=options.supplements)
    work = Work(finder, mode)
    if not codings:
        raise failure("invalid", "", "NO_CODE", status=400)
    given = codings[0]
    if not url:
        made = issue("warning", "invalid", "invalid-data", "Coding_has_no_system__cannot_validate", work.root)
        return Validation(False, Coding(code=given.code), (made,), made.text)  # noqa: FBT003
    found = finder.system(url, version)
    if found is None:
        return without_system(work, url, finder.version_for(url, version), given)
    if options.supplements:
        finder.missing_supplements([found])
    facts = found.facts
    clause = Clause("ValueSet.compose.include[0]", facts.url, facts.version, None, (), ())
    resource: Json = {"resourceType": "ValueSet", "url": facts.value_set or facts.url + "/vs", "status": "active"}
    prepared = Prepared({**resource, "compose": {}}, (clause,), ())
    asked = [Coding(facts.url, each.code, each.display, each.version or version) for each in codings]
    return with_preferred(catalog, run(work, prepared, asked, internal=True))


def not_prepared(finder: Finder, codings: Sequence[Coding], why: TxIssue, mode: Mode) -> Validation:
    if mode == "codeableConcept" or not codings:
        return Validation(False, Coding(), (why,), why.text)  # noqa: FBT003
    coding = codings[0]
    system = finder.system(coding.system, coding.version) if coding.system else None
    concept = system.find(coding.code) if system else None
    shown = preferred(concept.texts(), finder.options.languages, fallback=True) if concept else None
    version = system.facts.version if system else ""
    found = Coding(coding.system, coding.code, shown.value if shown else "", version)
    return Validation(False, found, (why,), why.text)  # noqa: FBT003


def systems_of(finder: Finder, prepared: Prepared) -> list[System]:
    found: list[System] = []
    for clause in (*prepared.includes, *prepared.excludes):
        system = finder.system(clause.system, clause.version) if clause.system else None
        if system is not None:
            found.append(system)
        for each in clause.imports:
            found += systems_of(finder, each)
    return found


def check_filters(finder: Finder, prepared: Prepared) -> None:
    """Raise `OperationFailed` for a filter that its system does not understand."""
    for clause in (*prepared.includes, *prepared.excludes):
        for each in clause.imports:
            check_filters(finder, each)
        system = finder.system(clause.system, clause.version) if clause.filters else None
        if system is not None:
            selected(system, clause, prepared)


def run(work: Work, prepared: Prepared, codings: Sequence[Coding], *, internal: bool) -> Validation:  # noqa: C901  the steps, in their order
    """Look at every coding, then say what the whole comes to."""
    state = work.state
    if not internal:
        mind_value_set(work, prepared.resource, prepared.resource)
    answer: bool | None = False
    first: Coding | None = None
    shown = ""
    tried: list[str] = []
    last = Coding()
    for at, coding in enumerate(codings):
        path = f"CodeableConcept.coding[{at}]" if work.mode == "codeableConcept" else work.root
        state.texts, state.version = [], ""
        found = check(work, prepared, path, coding)
        tried.append(as_tried(coding, state.implied))
        if not last.code or found:
            last = Coding(coding.system, coding.code, "", coding.version)
        if found is False and not internal and work.mode == "codeableConcept":
            not_this_one(work, prepared, coding, path)
        if answer is not True and found is not False:
            answer = found
        if found:
            judge_display(work, coding, path)
            if first is None:
                first = Coding(coding.system, coding.code, shown_text(work), state.version)
                shown = first.display
        elif not work.options.membership_only and (coding.system or state.implied):
            shown = explain(work, prepared, coding, path) or shown
        if state.version and not last.version:
            last = Coding(last.system, last.code, "", state.version)
    if answer is False and (not internal or not failed(work)):
        not_found(work, prepared, tried)
    return answer_of(work, answer, first, last, shown, codings)


def not_this_one(work: Work, prepared: Prepared, coding: Coding, path: str) -> None:
    made = issue(
        "information",
        "code-invalid",
        "this-code-not-in-vs",
        "None_of_the_provided_codes_are_in_the_value_set_one",
        f"{path}.code",
        codes=as_tried(coding, work.state.implied),
        value_set=said_as(prepared.resource),
    )
    work.state.note(made)


def not_found(work: Work, prepared: Prepared, tried: Sequence[str]) -> None:
    name = said_as(prepared.resource)
    if work.mode == "codeableConcept":
        made = issue("error", "code-invalid", "not-in-vs", "TX_GENERAL_CC_ERROR_MESSAGE", "", value_set=name)
    else:
        made = issue(
            "error",
            "code-invalid",
            "not-in-vs",
            "None_of_the_provided_codes_are_in_the_value_set_one",
            below(work.root, "code"),
            codes=", ".join(tried),
            value_set=name,
        )
    work.state.note(made)


def answer_of(  # noqa: PLR0913, PLR0917  what the answer is put together of
    work: Work,
    answer: bool | None,  # noqa: FBT001  yes, no, or not known
    first: Coding | None,
    last: Coding,
    shown: str,
    codings: Sequence[Coding],
) -> Validation:
    state = work.state
    mind_inactive(work, last, codings)
    valid = answer is True and not failed(work)
    coding = Coding()
    if first is not None:
        coding = Coding(first.system or state.implied, first.code, shown, first.version)
    elif work.mode != "codeableConcept":
        coding = Coding(last.system or (state.implied if answer else ""), last.code, shown, last.version)
    described = work.mode != "codeableConcept" or first is not None
    inactive = state.inactive is not None and described
    status = state.status if inactive and state.status != "inactive" else ""
    if state.inactive is None and state.status.lower() == "deprecated":
        status = "deprecated"
    return Validation(
        result=valid,
        coding=coding,
        issues=tuple(state.issues),
        message="; ".join(sorted(state.messages)),
        inactive=inactive,
        status=status,
        normalized=state.normalized,
        unknown=tuple(state.unknown) if not valid else (),
        caused_by_unknown=answer is not False,
    )


def as_tried(coding: Coding, implied: str) -> str:
    version = f"|{coding.version}" if coding.version else ""
    display = f" ('{coding.display}')" if coding.display else ""
    return f"'{coding.system or implied}{version}#{coding.code}{display}'"
