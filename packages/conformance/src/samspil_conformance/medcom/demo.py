"""The demonstration of a MedCom system: it sends CareCommunications, and acknowledges those it receives."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from samspil_conformance.testscript.xmlform import xml_bytes
from samspil_core import dumps

from .message import Message, NotAMessage, read_message
from .rules import category, definition, provenance
from .spoiling import behaviours, spoiled
from .writing import Organisation, Words, acknowledge, compose

__all__ = ["OTHER", "OWN", "MedComSystem"]

Json = dict[str, Any]
OWN = Organisation("1382601000016006", "5790002631818", "Hjemmeplejen, demonstration")
OTHER = Organisation("1017421000016003", "5790002408496", "Lægehuset, demonstration")

_WORDS: Mapping[str, Words] = {
    "plain": Words("Borgeren er faldet.\nHilsen Kim Jensen\nSygeplejerske"),
    "other": Words("Se emnet.", category="other", topic="Prøvesvar"),
    "referral": Words("Haster.", category="regarding-referral", priority="asap"),
    "file": Words(
        "Se vedhæftet.", files=({"contentType": "application/pdf", "title": "Plan", "data": "JVBERi0xLjQ="},)
    ),
    "link": Words("Se siden.", files=({"title": "Vejledning", "url": "https://www.sundhed.dk/"},)),
    "replacement": Words("Uden CPR.", patient=(("urn:oid:1.2.208.176.1.6.1.3", "2512484VK9"),)),
    "episode": Words("Under indlæggelse.", episode="urn:uuid:aa88fb1c-3e9f-4b5d-8d3a-2a3e6a9e5a01"),
}


class MedComSystem:
    """A system that does right, or with a fault. Its clock counts on by a minute a message; its ids count up."""

    def __init__(self, start: datetime, fault: Sequence[Mapping[str, Any]] = ()) -> None:
        self._now = start
        self._rows = fault
        self._faults = behaviours(fault)
        self._count = 0
        self._seen: dict[str, str] = {}
        self._received: Message | None = None

    def send(self, action: str, values: Mapping[str, Any], client: httpx.Client) -> None:
        """Do what the suite asks: `send new|reply|forward`, or `receive` a message."""
        if action == "receive":
            self._receive(str(values["content"]).encode(), client)
        elif action == "send":
            self._post(
                self._written(str(values["kind"]), str(values.get("content", "plain"))),
                str(values.get("format", "json")),
                client,
            )

    def _written(self, kind: str, content: str) -> Json:
        words = _WORDS[content]
        at, ids = self._next()
        if kind == "new" or self._received is None:
            return compose(words, OWN, OTHER, at=at, ids=ids)
        former = self._received
        told = {each.get("system"): str(each.get("value")) for each in former.sender.get("identifier") or ()}
        back = Organisation(
            told.get("urn:oid:1.2.208.176.1.1", ""),
            told.get("https://www.gs1.org/gln", ""),
            str(former.sender.get("name", "")),
        )
        receiver = back if kind == "reply" else OTHER
        return compose(
            Words(words.text, files=words.files), OWN, receiver, at=at, ids=ids, former=former, kind=f"{kind}-message"
        )

    def _receive(self, data: bytes, client: httpx.Client) -> None:
        at, ids = self._next()
        try:
            message = read_message(data)
        except NotAMessage:
            return
        code = self._judged(message)
        if code == "ok":
            self._received = message
        if code:
            why = {} if code == "ok" else {"error": "MSG_VALUESET_VALUE_UNKNOWN", "why": "Communication.category"}
            self._post(acknowledge(message, code, at=at, ids=ids, **why), message.media, client)

    def _judged(self, message: Message) -> str:
        """The code to acknowledge with; empty for none at all."""
        key = str(message.header.get("id"))
        if key in self._seen:
            if "silent on duplicates" in self._faults:
                return ""
            return "fatal-error" if "refuses duplicates" in self._faults else self._seen[key]
        wrong = [*category(message), *provenance(message)]
        code = "ok" if "takes everything" in self._faults or not wrong else "fatal-error"
        if "never acknowledges" in self._faults or ("silent on errors" in self._faults and code != "ok"):
            return ""
        if "refuses old definitions" in self._faults and list(definition(message)):
            code = "fatal-error"
        if "transient for errors" in self._faults and code != "ok":
            code = "transient-error"
        if "refuses XML" in self._faults and message.media == "xml":
            code = "fatal-error"
        self._seen[key] = code
        return code

    def _post(self, message: Json, form: str, client: httpx.Client) -> None:
        made = spoiled(message, self._rows)
        body = xml_bytes(made) if form == "xml" and "writes JSON alone" not in self._faults else dumps(made)
        if "sends no Bundle" in self._faults:
            body = dumps(made["entry"][0]["resource"])
        told = "json" if "calls everything JSON" in self._faults else form
        for _ in range(2 if "sends twice" in self._faults else 1):
            client.post("Bundle", content=body, headers={"content-type": f"application/fhir+{told}"})

    def _next(self) -> tuple[str, Callable[[str], str]]:
        self._now += timedelta(minutes=1)
        self._count += 1
        number = 1 if "same ids" in self._faults else self._count
        return self._now.isoformat(timespec="seconds"), lambda name: str(
            uuid5(NAMESPACE_URL, f"samspil:medcom:{number}:{name}")
        )
