"""Who the demonstration knows: people and systems, each by a token of its own. The tokens open nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["PERSONAS", "Persona", "persona_of", "settings"]


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who uses the system: who, for whom, and what for. `patient` is the patient that they are or act for."""

    name: str
    token: str
    person: str = ""
    display: str = ""
    organization: str = ""
    purpose: str = "TREAT"
    patient: str = ""
    reason: str = ""
    machine: bool = False
    auditor: bool = False
    proxy: bool = False


_NORD, _SYD = "Organization/nord", "Organization/syd"
_ALL = (
    Persona("doctor", "demo-doctor", "Practitioner/karen", "Karen Lind", _NORD),
    Persona("nurse", "demo-nurse", "Practitioner/niels", "Niels Holm", _NORD),
    Persona("outsider", "demo-outsider", "Practitioner/olga", "Olga Dahl", _SYD),
    Persona("rescuer", "demo-rescuer", "Practitioner/karen", "Karen Lind", _NORD, "BTG", reason="Unconscious patient"),
    Persona("hasty", "demo-hasty", "Practitioner/karen", "Karen Lind", _NORD, "BTG"),
    Persona("researcher", "demo-researcher", "Practitioner/niels", "Niels Holm", _NORD, "HRESCH"),
    Persona("patient", "demo-patient", "Patient/p1", "Åse Ærø", "", "PATRQT", "Patient/p1"),
    Persona("stranger", "demo-stranger", "Patient/p2", "Bent Berg", "", "PATRQT", "Patient/p2"),
    Persona("relative", "demo-relative", "Patient/p3", "Dorte Dal", "", "PATRQT", "Patient/p1", proxy=True),
    Persona("auditor", "demo-auditor", "Practitioner/auditor", "Anna Krag", _NORD, "HOPERAT", auditor=True),
    Persona("machine", "demo-machine", "", "Laboratory analyser", _NORD, machine=True),
)
PERSONAS: Mapping[str, Persona] = {each.name: each for each in _ALL}
_BY_TOKEN = {each.token: each for each in _ALL}


def persona_of(scope: Mapping[str, Any]) -> Persona | None:
    """Who makes a request, by its bearer token; None for none that is known."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    token = headers.get(b"authorization", b"").decode("latin-1").removeprefix("Bearer ")
    return _BY_TOKEN.get(token)


def settings() -> dict[str, Any]:
    """The personas as the suites know them."""
    told: dict[str, Any] = {
        each.name: {
            "headers": {"Authorization": f"Bearer {each.token}"},
            **({"person": each.person} if each.person else {}),
            **({"organization": each.organization} if each.organization else {}),
        }
        for each in _ALL
    }
    return told | {
        "nobody": {"headers": {}},
        "forger": {"headers": {"Authorization": "Bearer demo-forged"}},
        "latecomer": {"headers": {"Authorization": "Bearer demo-expired"}},
    }
