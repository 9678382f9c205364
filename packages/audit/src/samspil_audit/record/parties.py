"""Who did it, and who answered: the parties of an access, as an application knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from samspil_core import Coding

from .codes import (
    ABSENT,
    AGENT_KIND,
    BALP_CODES,
    DCM,
    ROLE_CLASS,
    SOURCE_TYPE,
    coding,
    concept,
)

__all__ = ["Reference", "Saml", "Server", "Token", "Who", "agent", "source", "who_agents"]

Reference = Mapping[str, Any]
"""A FHIR Reference: `reference`, `identifier`, `display`."""


@dataclass(frozen=True, slots=True)
class Token:
    """The OAuth token of a request, as much as the application can see of it.

    An opaque token is known by its last 32 characters; a JWT by `jti`, `issuer` and `subject`, and in the
    comprehensive form by the client, the name, the roles and the purposes too.
    https://profiles.ihe.net/ITI/BALP/content.html#oauth-access-token-use
    """

    level: Literal["opaque", "minimal", "comprehensive"]
    jti: str = ""
    issuer: str = ""
    subject: str = field(default="", repr=False)
    client_id: str = ""
    opaque: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Saml:
    """The SAML assertion of a request: its id, issuer and subject; organisation and community in the comprehensive form."""

    assertion: str
    issuer: str
    subject: str = field(repr=False)
    comprehensive: bool = False
    home_community: str = ""
    assurance: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """Who makes a request.

    `user` is the person, None where a machine acts for nobody (`machine`) or the person is not known; `organization`
    is the provider or other party (EHDS Annex II 3.2(a)); `client` the software, `address` its network address.
    `subject` names the patient that the user is, or acts for, as in `Patient/1`.
    """

    user: Reference | None = field(default=None, repr=False)
    organization: Reference | None = None
    client: Reference | None = None
    address: str = ""
    machine: bool = False
    roles: tuple[Coding, ...] = ()
    purposes: tuple[Coding, ...] = ()
    token: Token | None = field(default=None, repr=False)
    saml: Saml | None = field(default=None, repr=False)
    subject: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Server:
    """Who answers and writes the record: the device, its network address (a URL), and the site."""

    device: Reference = field(default_factory=lambda: {"display": "samspil"})
    address: str = ""
    site: str = ""


def agent(kind: Mapping[str, Any], who: Reference | None, *, requestor: bool = False, **more: Any) -> dict[str, Any]:
    """An agent of an event; someone not known is there, with the reason that they are not known."""
    unknown = {"display": "unknown", "extension": [{"url": ABSENT, "valueCode": "unknown"}]}
    made: dict[str, Any] = {"type": kind, "who": dict(who) if who else unknown, "requestor": requestor}
    made.update((name, value) for name, value in more.items() if value)
    return made


def network(address: str) -> dict[str, str]:
    """The network of an agent: 5 a URI, 2 an IP address, 1 a name. https://hl7.org/fhir/R4/valueset-network-type.html."""
    if "://" in address:
        return {"address": address, "type": "5"}
    plain = address.strip("[]")
    is_ip = ":" in plain or plain.replace(".", "").isdigit()
    return {"address": plain or "unknown", "type": "2" if is_ip and plain else "1"}


def who_agents(who: Who, user_type: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The person, the organisation and the token of a request, as agents."""
    purposes = [{"coding": [_coding(each)]} for each in who.purposes]
    found = _user(who, user_type, purposes)
    found.append(agent(concept(ROLE_CLASS, "PROV", "healthcare provider"), who.organization))
    if who.token:
        found += _token(who, who.token)
    if who.saml:
        found += _saml(who.saml, purposes)
    return found


def _user(who: Who, user_type: Mapping[str, Any], purposes: Sequence[Any]) -> list[dict[str, Any]]:
    if who.user is None and who.machine:
        return []
    roles = [{"coding": [_coding(each)]} for each in who.roles]
    name = str(who.user.get("display", "")) if who.user else ""
    made = agent(user_type, who.user, requestor=True, role=roles, name=name, purposeOfUse=list(purposes))
    if who.token and who.token.level == "comprehensive":
        made["policy"] = [who.token.jti]
        made["who"] = {"identifier": {"system": who.token.issuer, "value": who.token.subject}, **made["who"]}
    return [made]


def client(who: Who, kind: Mapping[str, Any]) -> dict[str, Any]:
    """The software that asks; one that acts for nobody is marked as a machine."""
    roles = [concept(AGENT_KIND, "machine", "Machine")] if who.machine and who.user is None else []
    named = who.client or {"display": who.address or "unknown"}
    return agent(kind, named, role=roles, network=network(who.address), requestor=bool(roles))


def source(server: Server, kind: str = "4") -> dict[str, Any]:
    """The source of a record: this server."""
    made: dict[str, Any] = {"observer": dict(server.device), "type": [coding(SOURCE_TYPE, kind)]}
    return {"site": server.site, **made} if server.site else made


def _token(who: Who, token: Token) -> list[dict[str, Any]]:
    oauth = concept(f"{BALP_CODES}UserAgentTypes", "UserOauthAgent", "User OAuth Agent participant")
    if token.level == "opaque":
        return [agent(oauth, who.user, requestor=True, policy=[token.opaque[-32:]])]
    if token.level == "minimal":
        number = {"identifier": {"system": token.issuer, "value": token.subject}}
        return [agent(oauth, number, requestor=True, policy=[token.jti])]
    application = {"identifier": {"value": token.client_id}}
    return [agent(concept(DCM, "110150", "Application"), application, network=network(who.address))]


def _saml(saml: Saml, purposes: Sequence[Any]) -> list[dict[str, Any]]:
    kind = concept(f"{BALP_CODES}UserAgentTypes", "UserSamlAgent", "User SAML Agent participant")
    number = {"identifier": {"system": saml.issuer, "value": saml.subject}}
    made = agent(kind, number, requestor=True, policy=[saml.assertion], purposeOfUse=list(purposes))
    if not saml.comprehensive:
        return [made]
    if saml.assurance:
        system = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
        url = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/ihe-assuranceLevel"
        made["extension"] = [{"url": url, "valueCodeableConcept": concept(system, saml.assurance)}]
    if not saml.home_community:
        return [made]
    community = concept("urn:ihe:iti:xca:2010", "homeCommunityId")
    return [made, agent(community, {"identifier": {"type": community, "value": saml.home_community}})]


def _coding(each: Coding) -> dict[str, str]:
    return coding(each.system, each.code, each.display)
