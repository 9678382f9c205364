"""A feed in one word: listen, keep, convert, deliver, for as long as a context lasts."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
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

    `inbox` is the path of an SQLite file, which is made where it is not there. The deliverer tells by `idle()` when nothing is
    left. Raises OSError where the port is taken, sqlite3.Error where the inbox cannot be used.
    """
    with closing(Inbox(inbox)) as kept, closing(Inbox(inbox, durable=False)) as taken:
        deliverer = Deliverer(taken, receiver, options or Options(), now)
        async with listening(kept, host=host, port=port, now=now, tls=tls, arrived=deliverer.arrived):
            deliverer.begin()
            try:
                yield deliverer
            finally:
                await deliverer.stop()
