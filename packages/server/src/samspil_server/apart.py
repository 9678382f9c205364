"""Applications that take the processor long, in a thread of their own, so that other requests are answered meanwhile."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .service import App, Scope


def apart(app: App) -> App:
    """Run an application in one thread, one request after another: the body has come, and the answer leaves as a whole."""
    thread = ThreadPoolExecutor(1, "samspil-server")

    async def answered(scope: Scope, asked: Any) -> list[Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            return asked

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)
        return sent

    def run(scope: Scope, asked: Any) -> list[Any]:
        return asyncio.run(answered(scope, asked))

    async def served(scope: Scope, receive: Any, send: Any) -> None:
        asked = await receive()
        for message in await asyncio.get_running_loop().run_in_executor(thread, run, scope, asked):
            await send(message)

    return served
