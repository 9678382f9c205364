"""A feed in one word: listen, keep, convert, deliver, for as long as a context lasts."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from samspil_hl7v2.batch import Options

from .delivery import Deliverer, Receiver
from .inbox import Inbox
from .listener import listening


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def receiving(  # noqa: PLR0913  each is a choice of the caller, by name
    receiver: Receiver,
    inbox: Path | str,
    options: Options | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 2575,
    tls: ssl.SSLContext | None = None,
    now: Callable[[], datetime] = _now,
) -> AsyncGenerator[Deliverer]:
    """Listen over MLLP, and deliver to `receiver` what comes and what waits in the inbox from an earlier run.

    `inbox` is the path of an SQLite file, which is made where it is not there, or a `postgresql://` URL. What is under way
    when the context ends waits in the inbox for the next run.
    Raises OSError where the port is taken, InboxFault, an OSError, where the inbox cannot be used.
    """
    wake = asyncio.Event()
    with closing(Inbox(inbox)) as kept, closing(Inbox(inbox, durable=False)) as taken:
        deliverer = Deliverer(taken, receiver, options or Options(), now)
        async with listening(kept, host=host, port=port, now=now, tls=tls, arrived=lambda _sender: wake.set()):
            delivering = asyncio.create_task(deliverer.run(wake))
            try:
                yield deliverer
            finally:
                delivering.cancel()
                with suppress(asyncio.CancelledError):
                    await delivering
                await deliverer.stop()
