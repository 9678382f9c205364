"""Work in groups: all that is asked for while a piece of work goes on is done in the next piece."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")


class Groups(Generic[Asked, Given]):
    """Hands groups to `work`, one after the other; it gives an answer each, in their order.

    With `threaded` it works beside the loop. Without, the loop waits for it: so work that holds a lock is not held up by
    whatever else Python does. An exception of `work` is the answer to all of its group.
    """

    def __init__(self, work: Callable[[list[Asked]], list[Given]], *, threaded: bool) -> None:
        self._work, self._threaded = work, threaded
        self._waiting: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._wake = asyncio.Event()

    async def ask(self, asked: Asked) -> Given:
        """Give the answer."""
        answer: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        self._wake.set()
        return await answer

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            group, self._waiting = self._waiting, []
            try:
                asked = [each for each, _ in group]
                given = await asyncio.to_thread(self._work, asked) if self._threaded else self._work(asked)
            except Exception as error:  # noqa: BLE001  whoever asked is told
                for _, answer in group:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), each in zip(group, given, strict=True):
                if not answer.done():
                    answer.set_result(each)
