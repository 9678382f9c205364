"""What a request asks for beside the code: languages, versions, paging, details.

https://hl7.org/fhir/R5/valueset-operation-expand.html, https://hl7.org/fhir/R5/valueset-operation-validate-code.html,
https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/requirements.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from .canonical import split
from .issues import failure
from .languages import BadLanguage, Languages, parse

__all__ = ["Options", "VersionRule", "languages_of", "with_value_set"]

Mode = Literal["default", "check", "force"]

_RULES: dict[str, tuple[Mode, bool]] = {
    "system-version": ("default", False),
    "check-system-version": ("check", False),
    "force-system-version": ("force", False),
    "default-valueset-version": ("default", True),
    "check-valueset-version": ("check", True),
    "force-valueset-version": ("force", True),
}


@dataclass(frozen=True, slots=True)
class VersionRule:
    """A version for a system or a value set: where none is named (default), required (check), or instead (force)."""

    parameter: str
    mode: Mode
    url: str
    version: str


@dataclass(frozen=True, slots=True)
class Options:
    """The parameters of $expand and $validate-code; `given` holds the names that the request itself set.

    With `incomplete_ok` (`incomplete-ok` of a request) what is known is listed where not all is: the codes that a value set
    enumerates of a code system that is not there (a licensed one, say), and what an `example` of a code system has; other
    clauses on code systems that are not there give nothing. The expansion says so with `warning-unknown`. Without it such
    a value set cannot be expanded. `give_up` is asked from time to time whether the work has taken too long.
    """

    display_language: Languages | None = None
    accept_language: Languages | None = None
    rules: tuple[VersionRule, ...] = ()
    supplements: tuple[str, ...] = ()
    designations: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    active_only: bool = False
    exclude_nested: bool = False
    exclude_not_for_ui: bool = False
    incomplete_ok: bool = False
    include_designations: bool = False
    include_definition: bool = False
    lenient_display: bool = False
    membership_only: bool = False
    infer_system: bool = False
    abstract_ok: bool = True
    versions_match: bool = False
    text: str = ""
    count: int | None = None
    offset: int | None = None
    limit: int | None = None
    give_up: Callable[[], bool] = field(default=lambda: False, compare=False, repr=False)
    given: tuple[tuple[str, Any], ...] = field(default=())

    def __post_init__(self) -> None:
        for name, value in (("count", self.count), ("offset", self.offset)):
            if value is not None and value < 0:
                raise ValueError(f"{name} is {value}; it is 0 or more")

    @property
    def languages(self) -> Languages | None:
        """The languages that count: those of the parameter, else those of the request."""
        return self.display_language or self.accept_language

    def was_given(self, name: str) -> bool:
        """Whether the request, or the value set, set this parameter."""
        return any(each == name for each, _ in self.given)

    def version_for(self, url: str, version: str) -> tuple[str, VersionRule | None]:
        """The version that the rules make of the one named (or of none), and the rule that did it."""
        rules = [each for each in self.rules if each.url == url]
        for mode in ("force", "default", "check"):
            if version and mode != "force":
                break
            for each in rules:
                if each.mode == mode:
                    return each.version, each
        return version, None

    def checks(self, url: str) -> list[str]:
        """The versions that a system must match."""
        return [each.version for each in self.rules if each.url == url and each.mode == "check"]

    def see(self, name: str, value: Any, *, from_request: bool = True) -> "Options":
        """These options with one parameter more; what a value set declares never overrules the request."""
        if name in _RULES:
            mode, _ = _RULES[name]
            url, version = split(str(value))
            return replace(self, rules=(*self.rules, VersionRule(name, mode, url, version)))
        if name in _LISTS:
            attribute = _LISTS[name]
            held: tuple[str, ...] = getattr(self, attribute)
            return self if value in held else replace(self, **{attribute: (*held, str(value))})
        if name not in _SINGLE or (not from_request and self.was_given(name)):
            return self
        if not isinstance(value, _PLAIN):
            raise failure("invalid", "", "NO_PLAIN_VALUE", status=400, name=name)
        attribute, read = _SINGLE[name]
        return replace(self, given=(*self.given, (name, value)), **{attribute: read(value)})


_PLAIN = (str, bool, int, Decimal, type(None))
"""What the value of a plain parameter may be."""


def _flag(value: Any) -> bool:
    return value is True or value == "true"


def _not_false(value: Any) -> bool:
    return not (value is False or value == "false")


def _number(value: Any) -> int | None:
    try:
        return max(int(value), 0)
    except (TypeError, ValueError):
        raise failure("invalid", "", "BAD_NUMBER", status=400, value=str(value)) from None


def languages_of(value: Any) -> Languages | None:
    """The languages in a parameter. Raises `OperationFailed`."""
    if not value:
        return None
    try:
        return parse(str(value))
    except BadLanguage:
        raise failure(
            "processing", "invalid-display", "INVALID_DISPLAY_NAME", status=400, language=str(value)
        ) from None


_LISTS = {"designation": "designations", "property": "properties", "useSupplement": "supplements"}
_SINGLE: dict[str, tuple[str, Any]] = {
    "displayLanguage": ("display_language", languages_of),
    "activeOnly": ("active_only", _flag),
    "excludeNested": ("exclude_nested", _flag),
    "excludeNotForUI": ("exclude_not_for_ui", _flag),
    "includeDesignations": ("include_designations", _flag),
    "includeDefinition": ("include_definition", _flag),
    "lenient-display-validation": ("lenient_display", _flag),
    "valueset-membership-only": ("membership_only", _flag),
    "inferSystem": ("infer_system", _flag),
    "abstract": ("abstract_ok", _not_false),
    "incomplete-ok": ("incomplete_ok", _flag),
    "versionsMatch": ("versions_match", _flag),
    "filter": ("text", str),
    "count": ("count", _number),
    "offset": ("offset", _number),
    "limit": ("limit", _number),
}

_PARAMETER = (
    "http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter",
    "http://hl7.org/fhir/tools/StructureDefinition/valueset-expansion-parameter",
)


def with_value_set(options: Options, value_set: Any) -> Options:
    """These options with what the value set declares: parameters in extensions of its compose, and its language."""
    compose = value_set.get("compose", {})
    for extension in compose.get("extension", ()):
        if extension.get("url") in _PARAMETER:
            parts: dict[str, Any] = {}
            for each in extension.get("extension", ()):
                parts[str(each.get("url"))] = next((v for k, v in each.items() if k.startswith("value")), None)
            options = options.see(str(parts.get("name", "")), parts.get("value"), from_request=False)
    for each in compose.get("property", ()):
        options = options.see("property", each, from_request=False)
    if options.languages is None and value_set.get("language"):
        options = replace(options, accept_language=languages_of(value_set["language"]))
    return options
