"""A hospital's feed: MLLP -> convert -> map local codes -> validate -> audit -> FHIR server.

    python hospital_feed.py http://localhost:8080 local-codes.json

A message is acknowledged when it is on disk, and delivered when the server has it and the audit log has told so. What fails on
the way is tried again, or becomes a dead letter. Each part of `Feed` is a port: give it any other.
"""

import asyncio
import sys
from dataclasses import dataclass

import httpx

from samspil_audit.record import Server, Who, sent_events
from samspil_core import Recorder, ResourceValidator, Translator, dumps, find, loads
from samspil_core.coded import map_codes
from samspil_hl7v2 import mllp
from samspil_hl7v2.batch import Options

MAPS = {"urn:id:99LAB": "http://example.org/ConceptMap/lab"}  # which map translates which local codes
BORNE = {"SAM-VAL-591"}  # senders have words of their own beside a code
WHO, HERE = Who(machine=True, client={"display": "lab feed"}), Server(site="example.org")


@dataclass
class Feed:
    """Takes the Bundle of each message on to the server: mapped, valid, and on record."""

    server: mllp.Receiver
    translator: Translator
    validator: ResourceValidator
    recorder: Recorder

    async def take(self, number: int, bundle: bytes) -> mllp.Result:
        resource, unmapped = map_codes(loads(bundle), self.translator, MAPS)
        invalid = self.validator.validate(resource)
        print(number, *sorted({each.code for each in unmapped + invalid}), file=sys.stderr)
        if any(each.severity == "error" and each.code not in BORNE for each in invalid):
            return mllp.Result("refused", "it is not valid")
        result = await self.server.take(number, dumps(resource))
        try:
            for event in sent_events(resource, who=WHO, server=HERE) if result.state == "taken" else ():
                self.recorder.record(event)
        except OSError:
            return mllp.Result("again", "the audit log cannot write")
        return result


async def main(base: str, codes: str) -> None:
    translator, validator = find("translator", "embedded")(codes), find("resource-validator", "profiles")()
    async with httpx.AsyncClient() as client:
        feed = Feed(mllp.Server(client, base), translator, validator, find("recorder", "log")("audit.db"))
        async with mllp.receiving(feed, "inbox.db", Options(timezone="Europe/Copenhagen")):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
