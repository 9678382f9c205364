"""The FHIR server of the campaign: takes transactions, writes each into its tally before it answers, fails as it is told.

    python -m tools.soak.receiver PORT TALLY

`PUT /mode` with {"status": 503, "seconds": 0.5} says how it answers from then on. The tally has a line a request: the time,
`taken` or the status of a refusal, sender, control id and a digest of the bundle. It survives the kill of the process.
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from hashlib import sha256

from samspil_core.jsontext import loads

TAKEN = "taken"


class Receiver:
    """Its mode, and its tally."""

    def __init__(self, tally: str) -> None:
        self.file = os.open(tally, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.status, self.seconds = 200, 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(_length(head))
                if head.startswith(b"PUT /mode "):
                    mode = json.loads(body)
                    self.status, self.seconds = mode.get("status", 200), mode.get("seconds", 0.0)
                    status = 200
                else:
                    status = await self._take(body)
                writer.write(_answer(status))
                await writer.drain()
        writer.close()

    async def _take(self, body: bytes) -> int:
        status, seconds = self.status, self.seconds
        if seconds:
            await asyncio.sleep(seconds)
        bundle = loads(body)
        named = bundle.get("identifier") or {}
        sender, control = (named.get("assigner") or {}).get("display", ""), named.get("value", "")
        what = TAKEN if status == 200 else str(status)  # noqa: PLR2004  HTTP OK
        digest = sha256(body).hexdigest()[:16]
        os.write(self.file, f"{time.time():.3f}\t{what}\t{sender}\t{control}\t{digest}\n".encode())
        return status


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _answer(status: int) -> bytes:
    body = b'{"resourceType":"Bundle","type":"transaction-response"}' if status == 200 else _REFUSED  # noqa: PLR2004
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/fhir+json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


_REFUSED = b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing"}]}'


async def main(port: int, tally: str) -> None:
    """Serve until killed."""
    receiver = Receiver(tally)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", port, limit=1 << 26)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
