"""Codes against the value sets they are bound to. https://hl7.org/fhir/R4/terminologies.html#strength."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from samspil_core.outcome import Kind
from samspil_validation import findings as f
from samspil_validation.context import IN, OUT, UNKNOWN, Answer, Membership

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .base import Check

__all__ = ["binding_check", "codings_of"]

_KINDS = {
    "required": (f.CODE_NOT_REQUIRED, f.NO_CODE),
    "extensible": (f.CODE_NOT_EXTENSIBLE, f.NO_CODE_EXTENSIBLE),
    "preferred": (f.CODE_NOT_PREFERRED, None),
}
_QUANTITIES = frozenset({"Quantity", "SimpleQuantity", "Age", "Count", "Distance", "Duration", "MoneyQuantity"})
_PLAIN = frozenset({"code", "string", "uri", "url", "canonical", "oid", "uuid", "id", "markdown"})
_CODED = frozenset({"Coding", "CodeableConcept", "CodeableReference"}) | _QUANTITIES | _PLAIN


def binding_check(binding: list[Any], code: str, url: str, schema: Schema) -> Iterator[Check]:
    """The checks of a binding on an element of this type: at its strength, and at its greatest value set."""
    strength, value_set, greatest = binding
    if code not in _CODED:
        return
    if greatest and greatest != value_set:
        none_kind = f.NO_CODE if strength == "extensible" else None
        yield _check(greatest, f.CODE_BEYOND_MAXIMUM, none_kind, code, url, schema)
    elif greatest:
        strength = "required"
    if strength in _KINDS:
        kind, none_kind = _KINDS[strength]
        yield _check(value_set, kind, none_kind, code, url, schema)


def _check(  # noqa: C901, PLR0913, PLR0917  one closure
    value_set: str, kind: Kind, none_kind: Kind | None, code: str, url: str, schema: Schema
) -> Check:
    terminology = schema.terminology
    shown = value_set

    def check(value: Any, place: Any, run: Run) -> None:
        if code in _PLAIN:
            if value.__class__ is str:
                answer = terminology.ask_plain(value, value_set)
                if answer.membership != IN:
                    _tell(answer, place, run, [("", value)])
            return
        codings = codings_of(value, code)
        if not codings:
            if none_kind is not None and not _explained(value, code):
                run.find(none_kind, place, url, value_set=shown)
            return
        worst: Answer = Answer(OUT)
        for system, each in codings:
            answer = terminology.ask(system, each, value_set)
            if answer.membership == IN:
                return
            if answer.membership == UNKNOWN:
                worst = answer
        _tell(worst, place, run, codings)

    def _tell(answer: Answer, place: Any, run: Run, codings: list[tuple[str, str]]) -> None:
        membership: Membership = answer.membership
        if membership == UNKNOWN:
            run.ask_later(f.CODE_UNDECIDED, place, url, value_set, answer.why, codings, kind)
        else:
            run.find(kind, place, url, value_set=shown)

    return check


def _explained(value: Any, code: str) -> bool:
    """Whether an element without code says why: only a CodeableReference may do so, by its reference."""
    if code == "CodeableReference":
        return "concept" not in value
    return code in _QUANTITIES


def codings_of(value: Any, code: str) -> list[tuple[str, str]]:
    """System and code of every coding of a value that has a code."""
    if value.__class__ is not dict:
        return []
    if code == "CodeableReference":
        return codings_of(value.get("concept"), "CodeableConcept")
    if code == "CodeableConcept":
        each_coding = value.get("coding")
        codings: list[Any] = each_coding if each_coding.__class__ is list else []
    else:
        codings = [value]
    return [
        (system if system.__class__ is str else "", each["code"])
        for each in codings
        if each.__class__ is dict and each.get("code").__class__ is str
        for system in (each.get("system"),)
    ]
