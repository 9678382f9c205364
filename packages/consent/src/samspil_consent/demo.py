"""`samspil demo consent`: a decision and its reasons, a bundle without what is withheld, and what a new consent changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .analysis import diff
from .codes import ACT_CODE
from .decision import decide
from .enforcement import Enforcer
from .engine import Engine
from .explanation import in_words
from .profile import load_profile
from .reading import read_consent
from .request import read_request

if TYPE_CHECKING:
    from rich.console import Console

_PSY = [{"system": ACT_CODE, "code": "PSY"}]


def _consent(**rule: Any) -> dict[str, Any]:
    return {
        "resourceType": "Consent",
        "id": "1",
        "status": "active",
        "patient": {"reference": "Patient/1"},
        "dateTime": "2026-01-01",
        "provision": {"type": "permit", "provision": [{"type": "deny", **rule}]},
    }


def _observation(name: str, **more: Any) -> dict[str, Any]:
    return {"resource": {"resourceType": "Observation", "id": name, "subject": {"reference": "Patient/1"}, **more}}


def run(console: Console) -> int:
    """Decide, enforce, compare. Returns 0 when one of two observations is left."""
    profile = load_profile("ehds")
    before = read_consent(_consent(securityLabel=_PSY))
    after = read_consent(_consent(securityLabel=_PSY, actor=[{"reference": {"reference": "Practitioner/9"}}]))
    request = read_request(
        {"actor": "Practitioner/7", "purpose": "TREAT", "action": "access", "at": "2026-01-31T12:00:00Z"}
    )
    console.print(in_words(decide([before], request, profile)), markup=False)
    engine = Engine([before], profile)
    entries = [_observation("a"), _observation("b", meta={"security": _PSY})]
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": 2, "entry": entries}
    left = Enforcer(lambda _patient: engine, request).bundle(bundle)
    console.print(f"of {len(entries)} observations {left['total']} may be seen\n")
    found, _ = diff([before], [after], profile, request.at)
    wider = next(one.as_dict() for one in found if one.after == "permit")["request"]
    labels = [
        each.rpartition("|")[2] for each in wider["data"] if not each.startswith("http://hl7.org/fhir/resource-types")
    ]
    what = ", ".join(each for each in labels if not each.startswith("_"))
    console.print(
        f"the new consent permits what the old one refused: {', '.join(wider['actor'])} may see what is labelled {what}\n",
        markup=False,
    )
    return 0 if left["total"] == 1 else 1
