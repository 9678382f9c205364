"""$validate-code: whether a code, a Coding or a CodeableConcept is in a value set, or in its code system.

https://hl7.org/fhir/R5/valueset-operation-validate-code.html, https://hl7.org/fhir/R5/codesystem-operation-validate-code.html;
issues and parameters as https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/ asks for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from samspil_core.values import Coding

from .canonical import latest, matches
from .catalog import Catalog
from .compose import Clause, Prepared, prepare, required_supplements, said_as
from .concepts import Concept, Designation, extension_value
from .displays import check_display, preferred
from .finder import Finder
from .inference import infer_system
from .issues import OperationFailed, TxIssue, failure, issue
from .json_system import STANDARDS_STATUS, designation_of
from .meant import did_you_mean
from .messages import say
from .options import Options, with_value_set
from .selecting import selection
from .status_checks import of_system, of_value_set
from .system import Selection, System

__all__ = ["Mode", "Validation", "validate_in_system", "validate_in_value_set"]

Json = Mapping[str, Any]
Mode = Literal["code", "coding", "codeableConcept"]

_DEPRECATED = "http://hl7.org/fhir/StructureDefinition/valueset-deprecated"


@dataclass(frozen=True, slots=True)
class Validation:
    """The answer of $validate-code.

    `result` is whether the code is valid; `coding` is what was found of it (empty parts are unknown), `issues` why not
    and what to mind, `message` the same in one line. `unknown` holds the code systems that were not found:
    they are the reason of a negative result when `caused_by_unknown` is set.
    """

    result: bool
    coding: Coding = field(default_factory=Coding)
    issues: tuple[TxIssue, ...] = ()
    message: str = ""
    inactive: bool = False
    status: str = ""
    normalized: str = ""
    unknown: tuple[str, ...] = ()
    caused_by_unknown: bool = False


@dataclass(slots=True)
class _State:
    """What one validation gathers."""

    issues: list[TxIssue] = field(default_factory=list[TxIssue])
    messages: list[str] = field(default_factory=list[str])
    unknown: list[str] = field(default_factory=list[str])
    texts: list[Designation] = field(default_factory=list[Designation])
    language: str = ""
    version: str = ""
    implied: str = ""
    inactive: tuple[str, str] | None = None
    status: str = ""
    status_code: str = ""
    normalized: str = ""

    def note(self, made: TxIssue, *, said: bool | None = None) -> None:
        """Keep an issue once; an error is also said in the message."""
        if made not in self.issues:
            self.issues.append(made)
        if (made.severity == "error" if said is None else said) and made.text not in self.messages:
            self.messages.append(made.text)

    def note_unknown(self, made: tuple[TxIssue, str]) -> None:
        """Keep the issue that a code system is unknown, once a system."""
        found, canonical = made
        if canonical not in self.unknown:
            self.unknown.append(canonical)
            self.note(found)


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
        return _not_prepared(finder, codings, failed.issue, mode)
    _check_filters(finder, prepared)
    if supplements:
        finder.missing_supplements(_systems(finder, prepared))
    return _with_preferred(catalog, _Checker(finder, mode).run(prepared, codings, internal=False))


def _with_preferred(catalog: Catalog, found: Validation) -> Validation:
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
    checker = _Checker(finder, mode)
    if not codings:
        raise failure("invalid", "", "NO_CODE", status=400)
    given = codings[0]
    if not url:
        made = issue("warning", "invalid", "invalid-data", "Coding_has_no_system__cannot_validate", checker.root)
        return Validation(False, Coding(code=given.code), (made,), made.text)  # noqa: FBT003
    found = finder.system(url, version)
    if found is None:
        return checker.without_system(url, finder.version_for(url, version), given)
    if options.supplements:
        finder.missing_supplements([found])
    facts = found.facts
    clause = Clause("ValueSet.compose.include[0]", facts.url, facts.version, None, (), ())
    resource: Json = {"resourceType": "ValueSet", "url": facts.value_set or facts.url + "/vs", "status": "active"}
    prepared = Prepared({**resource, "compose": {}}, (clause,), ())
    asked = [Coding(facts.url, each.code, each.display, each.version or version) for each in codings]
    return _with_preferred(catalog, checker.run(prepared, asked, internal=True))


def _not_prepared(finder: Finder, codings: Sequence[Coding], why: TxIssue, mode: Mode) -> Validation:
    if mode == "codeableConcept" or not codings:
        return Validation(False, Coding(), (why,), why.text)  # noqa: FBT003
    coding = codings[0]
    system = finder.system(coding.system, coding.version) if coding.system else None
    concept = system.find(coding.code) if system else None
    shown = preferred(concept.texts(), finder.options.languages, fallback=True) if concept else None
    version = system.facts.version if system else ""
    found = Coding(coding.system, coding.code, shown.value if shown else "", version)
    return Validation(False, found, (why,), why.text)  # noqa: FBT003


def _systems(finder: Finder, prepared: Prepared) -> list[System]:
    found: list[System] = []
    for clause in (*prepared.includes, *prepared.excludes):
        system = finder.system(clause.system, clause.version) if clause.system else None
        if system is not None:
            found.append(system)
        for each in clause.imports:
            found += _systems(finder, each)
    return found


def _check_filters(finder: Finder, prepared: Prepared) -> None:
    """Raise `OperationFailed` for a filter that its system does not understand."""
    for clause in (*prepared.includes, *prepared.excludes):
        for each in clause.imports:
            _check_filters(finder, each)
        system = finder.system(clause.system, clause.version) if clause.filters else None
        if system is not None:
            _selection(system, clause, prepared)


def _selection(system: System, clause: Clause, prepared: Prepared) -> Selection:
    return selection(system, clause, said_as(prepared.resource))


class _Checker:
    """One validation: the request's finder and options, and what was gathered."""

    def __init__(self, finder: Finder, mode: Mode) -> None:
        self.finder = finder
        self.options = finder.options
        self.mode: Mode = mode
        self.root = {"code": "", "coding": "Coding", "codeableConcept": "CodeableConcept"}[mode]
        self.state = _State()

    # ------------------------------------------------------------------------------------------------ all codings
    def run(self, prepared: Prepared, codings: Sequence[Coding], *, internal: bool) -> Validation:  # noqa: C901  the steps, in their order
        """Look at every coding, then say what the whole comes to."""
        state = self.state
        if not internal:
            self._mind_value_set(prepared.resource, prepared.resource)
        answer: bool | None = False
        first: Coding | None = None
        shown = ""
        tried: list[str] = []
        last = Coding()
        for at, coding in enumerate(codings):
            path = f"CodeableConcept.coding[{at}]" if self.mode == "codeableConcept" else self.root
            state.texts, state.version = [], ""
            found = self.check(prepared, path, coding)
            tried.append(_as_tried(coding, state.implied))
            if not last.code or found:
                last = Coding(coding.system, coding.code, "", coding.version)
            if found is False and not internal and self.mode == "codeableConcept":
                self._not_this_one(prepared, coding, path)
            if answer is not True and found is not False:
                answer = found
            if found:
                self._judge_display(coding, path)
                if first is None:
                    first = Coding(coding.system, coding.code, self._shown(), state.version)
                    shown = first.display
            elif not self.options.membership_only and (coding.system or state.implied):
                shown = self._explain(prepared, coding, path) or shown
            if state.version and not last.version:
                last = Coding(last.system, last.code, "", state.version)
        if answer is False and (not internal or not self._failed()):
            self._not_found(prepared, tried)
        return self._answer(answer, first, last, shown, codings)

    def _failed(self) -> bool:
        return any(each.severity == "error" for each in self.state.issues)

    def _shown(self) -> str:
        texts, languages = self.state.texts, self.options.languages
        chosen = preferred(texts, languages, fallback=False) or preferred(texts, None, fallback=True)
        return chosen.value if chosen else ""

    def _judge_display(self, coding: Coding, path: str) -> None:
        if coding.display and self.state.texts:
            asked = Coding(coding.system or self.state.implied, coding.code, coding.display, coding.version)
            made = check_display(
                self.state.texts,
                asked,
                self.options.languages,
                self.state.language,
                lenient=self.options.lenient_display,
                expression=_at(path, "display"),
            )
            if made is not None:
                self.state.note(made, said=made.kind != "display-comment" or made.severity == "error")

    def _not_this_one(self, prepared: Prepared, coding: Coding, path: str) -> None:
        made = issue(
            "information",
            "code-invalid",
            "this-code-not-in-vs",
            "None_of_the_provided_codes_are_in_the_value_set_one",
            f"{path}.code",
            codes=_as_tried(coding, self.state.implied),
            value_set=said_as(prepared.resource),
        )
        self.state.note(made)

    def _not_found(self, prepared: Prepared, tried: Sequence[str]) -> None:
        name = said_as(prepared.resource)
        if self.mode == "codeableConcept":
            made = issue("error", "code-invalid", "not-in-vs", "TX_GENERAL_CC_ERROR_MESSAGE", "", value_set=name)
        else:
            made = issue(
                "error",
                "code-invalid",
                "not-in-vs",
                "None_of_the_provided_codes_are_in_the_value_set_one",
                _at(self.root, "code"),
                codes=", ".join(tried),
                value_set=name,
            )
        self.state.note(made)

    def _answer(
        self,
        answer: bool | None,  # noqa: FBT001  yes, no, or not known
        first: Coding | None,
        last: Coding,
        shown: str,
        codings: Sequence[Coding],
    ) -> Validation:
        state = self.state
        self._mind_inactive(last, codings)
        valid = answer is True and not self._failed()
        coding = Coding()
        if first is not None:
            coding = Coding(first.system or state.implied, first.code, shown, first.version)
        elif self.mode != "codeableConcept":
            coding = Coding(last.system or (state.implied if answer else ""), last.code, shown, last.version)
        described = self.mode != "codeableConcept" or first is not None
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

    def _mind_inactive(self, last: Coding, codings: Sequence[Coding]) -> None:
        state = self.state
        if state.inactive is not None:
            path, code = state.inactive
            status = state.status or "inactive"
            words = status if status.lower() in {"inactive", "discouraged"} else f"{status} and inactive"
            made = issue(
                "warning",
                "business-rule",
                "code-comment",
                "INACTIVE_CONCEPT_FOUND",
                path or "code",
                code=code,
                status=words,
            )
            state.note(made, said=True)
        elif state.status.lower() == "deprecated":
            where = self.root if self.root or not codings else "code"
            made = issue(
                "warning",
                "business-rule",
                "code-comment",
                "DEPRECATED_CONCEPT_FOUND",
                where,
                code=state.status_code or last.code,
            )
            state.note(made, said=True)

    # ------------------------------------------------------------------------------------------------ one coding
    def check(self, prepared: Prepared, path: str, coding: Coding) -> bool | None:  # noqa: C901  the steps, in their order
        """Whether a coding is in the value set; None when a code system that would tell is not known."""
        system = coding.system
        if not system and not (self.options.infer_system and self.mode == "code"):
            made = issue("warning", "invalid", "invalid-data", "Coding_has_no_system__cannot_validate", path)
            self.state.note(made, said=True)
            return False
        if not system:
            system = self._inferred(prepared, coding.code)
            if not system:
                return False
            coding = Coding(system, coding.code, coding.display, coding.version)
        if "compose" not in prepared.resource:
            return self._in_expansion(prepared, path, coding)
        picked = self._picked_version(prepared, coding)
        result: bool | None = False
        for clause in prepared.ordered():
            result = self._in_clause(prepared, clause, path, coding, picked)
            if result is None:
                return None
            for each in clause.imports:
                if result is True:
                    self._mind_value_set(each.resource, prepared.resource)
                    result = self.check(each, path, coding)
            if result is True and not clause.system and self._left_out(prepared, coding):
                result = False
            if result is True:
                break
        if result is True and any(self._excluded(prepared, clause, path, coding) for clause in prepared.excludes):
            return False
        return result

    def _left_out(self, prepared: Prepared, coding: Coding) -> bool:
        """Whether a code that an import brought is inactive, and the value set that imports wants none such."""
        found = self.state.inactive
        return prepared.inactive is False and found is not None and found[1] == coding.code

    def _in_clause(self, prepared: Prepared, clause: Clause, path: str, coding: Coding, picked: str) -> bool | None:  # noqa: PLR0911  one return a case
        if not clause.system:
            return True
        if not self.finder.catalog.aliases.same(clause.system, coding.system):
            return False
        if picked and clause.version != picked:
            return False
        named = any(each.version == coding.version for each in prepared.includes)
        if coding.version and clause.version != coding.version and named:
            return False
        version = self._version(clause, path, coding)
        system = self.finder.system(clause.system, version)
        if system is None:
            if self.options.membership_only:
                return False
            self.state.note_unknown(self.finder.unknown_issue(clause.system, version, _at(path, "system")))
            return None
        self._allowed(system, path)
        self.state.language = system.facts.language
        self._mind_system(system, prepared.resource)
        if self._in_concept_set(prepared, clause, system, path, coding):
            self.state.version = system.facts.version
            return True
        return False

    def _allowed(self, system: System, path: str) -> None:
        wrong = self.finder.forbidden(system)
        if wrong is not None:
            where = _at(path, "version")
            self.state.note(issue("error", "exception", "version-error", "VALUESET_VERSION_CHECK", where, **wrong))

    def _picked_version(self, prepared: Prepared, coding: Coding) -> str:
        """The version whose include counts, where a value set has several versions and the coding names none."""
        versions = {
            each.version for each in prepared.includes if each.version and self._same(each.system, coding.system)
        }
        if coding.version or len(versions) < 2:  # noqa: PLR2004
            return ""
        holding: set[str] = set()
        for version in versions:
            system = self.finder.system(coding.system, version)
            concept = system.find(coding.code) if system else None
            if concept and (not coding.display or any(each.value == coding.display for each in concept.texts())):
                holding.add(version)
        return "" if holding == versions else latest(holding or versions)

    def _same(self, one: str, other: str) -> bool:
        return self.finder.catalog.aliases.same(one, other)

    def _version(self, clause: Clause, path: str, coding: Coding) -> str:
        """The version to look in, with the issues where it is not the version of the coding."""
        finder, given = self.finder, coding.version
        result = finder.version_for(clause.system, clause.version)
        if not given:
            return result
        if result and given != result and matches(result, given):
            result = given
        if not result and given in finder.catalog.versions(clause.system):
            result = given
        found = finder.system(clause.system, result)
        detail = {"system": clause.system, "given": given}
        where = _at(path, "version")
        if found is None:
            if result != given:
                made = issue(
                    "error", "invalid", "vs-invalid", "VALUESET_VALUE_MISMATCH", where, version=result, **detail
                )
                self.state.note(made)
            return result
        has = found.facts.version
        if has == given or matches(given, has):
            return result
        if not result:
            level: Literal["error", "warning"] = "error" if found.facts.version_needed else "warning"
            made = issue(
                level, "invalid", "vs-invalid", "VALUESET_VALUE_MISMATCH_DEFAULT", where, version=has, **detail
            )
        elif result != clause.version:
            made = issue(
                "error",
                "invalid",
                "vs-invalid",
                "VALUESET_VALUE_MISMATCH_CHANGED",
                where,
                version=result,
                include=clause.version,
                **detail,
            )
        else:
            made = issue("error", "invalid", "vs-invalid", "VALUESET_VALUE_MISMATCH", where, version=result, **detail)
        self.state.note(made)
        if finder.system(clause.system, given, rules=False) is None:
            self.state.note_unknown(finder.unknown_issue(clause.system, given, _at(path, "system")))
        return result

    def _in_concept_set(self, prepared: Prepared, clause: Clause, system: System, path: str, coding: Coding) -> bool:
        concept = system.find(coding.code)
        if clause.whole:
            if concept is None:
                return self._unknown_code(system, path, coding.code)
            self._normal(system, concept, path, coding.code)
            return self._usable(prepared, system, concept, path, coding.code, concept.texts(), strict=True)
        if concept is None:
            return False
        for each in clause.concepts or ():
            if each.get("code") == concept.code:
                texts = (*concept.texts(), *_own_texts(each, prepared.resource))
                if self._usable(prepared, system, concept, path, coding.code, texts, strict=False):
                    self._normal(system, concept, path, coding.code)
                    self._mind_reference(prepared, clause, each, path)
                    return True
        if clause.filters and _selection(system, clause, prepared).contains(concept.code):
            self._normal(system, concept, path, coding.code)
            return self._usable(prepared, system, concept, path, coding.code, concept.texts(), strict=False)
        return False

    def _unknown_code(self, system: System, path: str, code: str) -> bool:
        if self.options.membership_only:
            return False
        self.state.note(_unknown_code(system, code, _at(path, "code")))
        why = _why_not(system, code, _at(path, "code"))
        if why is not None:
            self.state.note(why)
        self._suggest(system, code, path)
        return system.facts.content != "complete"

    def _suggest(self, system: System, code: str, path: str) -> None:
        """Say of which other known system the code is."""
        for each in did_you_mean(self.finder.catalog, Coding(system.facts.url, code)):
            made = issue(
                "information",
                "code-invalid",
                "code-comment",
                "DID_YOU_MEAN",
                _at(path, "code"),
                code=each.code,
                other=each.system,
                system=system.facts.url,
            )
            self.state.note(made)

    def _normal(self, system: System, concept: Concept, path: str, code: str) -> None:
        if concept.code != code:
            made = issue(
                "information",
                "business-rule",
                "code-rule",
                "CODE_CASE_DIFFERENCE",
                _at(path, "code"),
                code=code,
                normal=concept.code,
                system=system.facts.canonical,
            )
            self.state.note(made)
            self.state.normalized = concept.code

    def _usable(  # noqa: PLR0917, PLR0913  the concept, as asked for, in its context
        self,
        prepared: Prepared,
        system: System,
        concept: Concept,
        path: str,
        code: str,
        texts: Sequence[Designation],
        *,
        strict: bool,
    ) -> bool:
        """Whether a concept that was found may be used: not abstract, nor inactive, where that is not wanted."""
        state, options = self.state, self.options
        state.texts = list(texts)
        if concept.abstract and not options.abstract_ok:
            if not options.membership_only:
                made = issue(
                    "error",
                    "business-rule",
                    "code-rule",
                    "ABSTRACT_CODE_NOT_ALLOWED",
                    _at(path, "code"),
                    system=system.facts.url,
                    code=code,
                )
                state.note(made)
            return False
        if concept.inactive and (prepared.inactive is False or options.active_only):
            if strict or options.active_only:
                where = _at(path, "code")
                state.note(issue("error", "business-rule", "code-rule", "STATUS_CODE_WARNING_CODE", where, code=code))
            if not options.membership_only:
                state.inactive, state.status = (path, code), concept.status
            return False
        if state.inactive is None:
            state.status, state.status_code = concept.status, code
            if concept.inactive:
                state.inactive = (path, code)
        return True

    def _mind_reference(self, prepared: Prepared, clause: Clause, reference: Json, path: str) -> None:
        """The issue that a value set marks one of its codes as deprecated."""
        status = extension_value(reference.get("extension"), STANDARDS_STATUS)
        if status not in {"withdrawn", "deprecated"}:
            status = "deprecated" if extension_value(reference.get("extension"), _DEPRECATED) is not None else None
        if status:
            made = issue(
                "warning",
                "business-rule",
                "code-comment",
                "CONCEPT_DEPRECATED_IN_VALUESET",
                _at(path, "code"),
                code=str(reference.get("code")),
                system=clause.system,
                value_set=said_as(prepared.resource),
                status=str(status),
            )
            self.state.note(made)

    def _excluded(self, prepared: Prepared, clause: Clause, path: str, coding: Coding) -> bool:
        if clause.system:
            if not self._same(clause.system, coding.system):
                return False
            system = self.finder.needed(clause.system, clause.version)
            concept = system.find(coding.code)
            if concept is None or not self._taken(prepared, clause, system, concept.code):
                return False
        quiet = _Checker(self.finder, self.mode)
        return all(quiet.check(each, path, coding) is True for each in clause.imports)

    @staticmethod
    def _taken(prepared: Prepared, clause: Clause, system: System, code: str) -> bool:
        if clause.whole:
            return True
        if any(each.get("code") == code for each in clause.concepts or ()):
            return True
        return bool(clause.filters) and _selection(system, clause, prepared).contains(code)

    def _in_expansion(self, prepared: Prepared, path: str, coding: Coding) -> bool:
        """Whether a value set that has an expansion and no definition lists the coding."""
        for each in _listed(prepared.resource.get("expansion", {}).get("contains", ())):
            if each.get("code") == coding.code and self._same(str(each.get("system", "")), coding.system):
                version = str(each.get("version", "")) or coding.version
                system = self.finder.system(coding.system, version)
                concept = system.find(coding.code) if system else None
                if system is None or concept is None:
                    self.state.texts = [Designation(str(each.get("display", "")))]
                    return True
                self.state.version, self.state.language = system.facts.version, system.facts.language
                return self._usable(prepared, system, concept, path, coding.code, concept.texts(), strict=False)
        return False

    def _inferred(self, prepared: Prepared, code: str) -> str:
        systems = infer_system(self.finder, prepared, code)
        if len(systems) == 1:
            self.state.implied = systems[0]
            return systems[0]
        detail = {"code": code, "value_set": said_as(prepared.resource)}
        if systems:
            made = issue(
                "error",
                "not-found",
                "cannot-infer",
                "Unable_to_resolve_system__value_set_has_multiple_matches",
                "code",
                systems=", ".join(systems),
                **detail,
            )
        else:
            made = issue("error", "not-found", "cannot-infer", "UNABLE_TO_INFER_CODESYSTEM", "code", **detail)
        self.state.note(made)
        return ""

    # ------------------------------------------------------------------------------------------------ why not
    def _explain(self, prepared: Prepared, coding: Coding, path: str) -> str:
        """What the code system itself says of a coding that is not in the value set; the display if it knows the code."""
        state = self.state
        url = coding.system or state.implied
        if not _absolute(url):
            where = _at(path, "system")
            state.note(issue("error", "invalid", "invalid-data", "Terminology_TX_System_Relative", where))
        named = [each.version for each in prepared.includes if each.version and self._same(each.system, url)]
        version = coding.version or latest(named)
        system = self.finder.system(url, version)
        if system is None:
            self._explain_system(url, version, path)
            system = self.finder.system(url) if state.unknown and state.unknown[-1] != url else None
            if system is None:
                return ""
        self._mind_system(system, prepared.resource)
        concept = system.find(coding.code)
        if concept is None:
            made = _unknown_code(system, coding.code, _at(path, "code"))
            state.note(made)
            self._suggest(system, coding.code, path)
            state.version = system.facts.version
            return ""
        state.texts, state.language = list(concept.texts()), system.facts.language
        if not self.options.membership_only and state.inactive is None and concept.inactive:
            state.inactive, state.status = (path, coding.code), concept.status or state.status
        self._judge_display(coding, path)
        if self.mode != "codeableConcept":
            state.version = system.facts.version
        return self._shown()

    def _explain_system(self, url: str, version: str, path: str) -> None:
        """Why a code system cannot be used: it is a value set, a supplement, or not known."""
        where = _at(path, "system")
        catalog = self.finder.catalog
        supplement = catalog.supplement(url)
        if catalog.value_set(url) is not None:
            made = issue("error", "invalid", "invalid-data", "Terminology_TX_System_ValueSet2", where, system=url)
            self.state.note(made)
        elif supplement is not None:
            made = issue(
                "error", "invalid", "invalid-data", "CODESYSTEM_CS_NO_SUPPLEMENT", where, system=supplement.canonical
            )
            self.state.note(made)
        else:
            known = self.finder.system(url) is not None
            self.state.note_unknown(self.finder.unknown_issue(url, version if known or version else "", where))

    def without_system(self, url: str, version: str, coding: Coding) -> Validation:
        """The answer when the code system to validate in is not known."""
        state = self.state
        path = "CodeableConcept.coding[0]" if self.mode == "codeableConcept" else self.root
        if not _absolute(url):
            where = _at(path, "system")
            state.note(issue("error", "invalid", "invalid-data", "Terminology_TX_System_Relative", where))
        self._explain_system(url, version, path)
        found = Coding() if self.mode == "codeableConcept" else Coding(url, coding.code)
        return Validation(
            result=False,
            coding=found,
            issues=tuple(state.issues),
            message="; ".join(sorted(state.messages)),
            unknown=tuple(state.unknown),
            caused_by_unknown=True,
        )

    # ------------------------------------------------------------------------------------------------ status
    def _mind_system(self, system: System, source: Json) -> None:
        self._mind(of_system(system, source), "CodeSystem", system.facts.canonical)

    def _mind_value_set(self, resource: Json, source: Json) -> None:
        self._mind(of_value_set(resource, source), "ValueSet", said_as(resource))

    def _mind(self, concern: str | None, kind: str, canonical: str) -> None:
        if concern:
            made = issue(
                "information",
                "business-rule",
                "status-check",
                f"MSG_{concern.upper()}",
                "",
                type=kind,
                canonical=canonical,
            )
            self.state.note(made)


def _unknown_code(system: System, code: str, expression: str) -> TxIssue:
    facts = system.facts
    detail = {"code": code, "system": facts.url, "version": facts.version}
    if facts.content != "complete":
        return issue("warning", "code-invalid", "invalid-code", "UNKNOWN_CODE_IN_FRAGMENT", expression, **detail)
    message = "Unknown_Code_in_Version" if facts.version else "Unknown_Code_in"
    if facts.edition:
        text = say("Unknown_Code_in_Edition", edition=facts.edition, **detail)
        return TxIssue("error", "code-invalid", "invalid-code", message, text, expression)
    return issue("error", "code-invalid", "invalid-code", message, expression, **detail)


def _why_not(system: System, code: str, expression: str) -> TxIssue | None:
    """What is wrong with a code of a grammar, where the system can tell."""
    tell = getattr(system, "why_not", None)
    text = str(tell(code)) if tell is not None else ""
    return TxIssue("information", "code-invalid", "invalid-code", "", text, expression) if text else None


def _own_texts(reference: Json, value_set: Json) -> list[Designation]:
    made = [designation_of(each) for each in reference.get("designation", ())]
    if reference.get("display"):
        made.insert(0, Designation(str(reference["display"]).strip(), str(value_set.get("language", ""))))
    return made


def _listed(contains: Any) -> list[Json]:
    found: list[Json] = []
    for each in contains:
        found.append(each)
        found += _listed(each.get("contains", ()))
    return found


def _as_tried(coding: Coding, implied: str) -> str:
    version = f"|{coding.version}" if coding.version else ""
    display = f" ('{coding.display}')" if coding.display else ""
    return f"'{coding.system or implied}{version}#{coding.code}{display}'"


def _absolute(url: str) -> bool:
    return ":" in url


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
