"""Rights that are no Consent resource in many systems, as consents of the normal form: they combine like any other.

Regulation (EU) 2025/327: Art. 10 opt-out, Art. 4(2) proxies, Art. 3(3) delay. Age limits are national: Denmark lets a
person of 15 decide alone (sundhedsloven section 17).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from samspil_core.values import Coding

from .codes import ACT_REASON
from .model import Actor, Consent, DataReference, Effect, Reference, Rule, Span, micros

__all__ = ["delayed", "of_age", "opt_out", "proxy"]

PATIENT_REQUEST = Coding(ACT_REASON, "PATRQT")
CARE = Coding(ACT_REASON, "TREAT")


def _consent(name: str, patient: str, effect: Effect | None, root: Rule, since: datetime) -> Consent:
    return Consent(
        name=name,
        release="",
        active=True,
        base=effect,
        base_source="right",
        root=root,
        dated=micros(since),
        patient=Reference(patient),
    )


def opt_out(patient: str, since: datetime, until: datetime | None = None) -> Consent:
    """The patient has opted out of access for care (Art. 10), from a time on; `until` is when the opt-out was taken back.

    The patient's own access (Art. 3) is for another purpose, and stays.
    """
    period = Span(micros(since), None if until is None else micros(until) - 1)
    root = Rule("opt-out", "deny", period=period, purposes=(CARE,))
    return _consent(f"opt-out of {since.date()}", patient, "deny", root, since)


def proxy(  # noqa: PLR0913  what a grant says
    patient: str,
    person: str,
    since: datetime,
    until: datetime | None = None,
    *,
    classes: Sequence[Coding] = (),
    purposes: Sequence[Coding] = (PATIENT_REQUEST,),
) -> Consent:
    """The patient lets another person act (Art. 4(2)): for a limited or unlimited time, for all or some of the data.

    `person` is a reference, `classes` the data (empty: all), `purposes` what for. `until` is exclusive; taking a grant
    back is giving it again with an earlier `until`.
    """
    period = Span(micros(since), None if until is None else micros(until) - 1)
    root = Rule(
        "proxy",
        "permit",
        period=period,
        purposes=tuple(purposes),
        actors=(Actor(Reference(person)),),
        classes=tuple(classes),
    )
    return _consent(f"proxy of {since.date()}", patient, "permit", root, since)


def delayed(patient: str, resource: str, until: datetime) -> Consent:
    """A result that the patient may read from a time on, so that somebody can explain it first (Art. 3(3)).

    Professionals are not delayed: only the patient's own purpose is refused, and only of this resource.
    """
    rule = Rule(
        "delay",
        "deny",
        period=Span(None, micros(until) - 1),
        purposes=(PATIENT_REQUEST,),
        data=(DataReference("instance", Reference(resource)),),
    )
    return _consent(f"delay of {resource}", patient, "deny", rule, until)


def of_age(born: date, on: date, years: int = 15) -> bool:
    """Whether a person born on a day is of an age on another; one born on 29 February comes of age on 1 March."""
    before_birthday = (on.month, on.day) < (born.month, born.day)
    return on.year - born.year - before_birthday >= years
