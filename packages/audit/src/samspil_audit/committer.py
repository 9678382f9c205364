"""Group commit: many threads and tasks append, one transaction with one fsync serves all that wait.

The first that comes leads: it commits what has queued up and passes the lead to the first of those that came
meanwhile. No thread of its own, so nothing is left in memory when a process ends.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Committer"]

Item = TypeVar("Item")
_MOST = 8192


class _Ticket(Generic[Item]):
    """The items of one caller, and the lock it waits on; with `settle`, a task waits instead of a thread."""

    __slots__ = ("_lock", "error", "indexes", "items", "leads", "settle")

    def __init__(self, items: Sequence[Item], settle: Callable[[], None] | None = None) -> None:
        self.items = items
        self.settle = settle
        self.indexes: list[int] | None = None
        self.error: Exception | None = None
        self.leads = False
        self._lock = Lock()
        self._lock.acquire()

    def wait(self) -> None:
        self._lock.acquire()

    def wake(self) -> None:
        if self.settle:
            with suppress(RuntimeError):  # the task's loop is closed: nobody waits any more
                self.settle()
        else:
            self._lock.release()

    def result(self) -> list[int]:
        if self.error is not None:
            raise self.error
        return self.indexes or []


class Committer(Generic[Item]):
    """Commits items in groups by `commit`, which gives an index for each and returns when they are durable.

    `commit` gets a function that takes the group out of the queue, and calls it as late as it can: what comes while
    a transaction is being opened still goes with it. A group waits up to `delay` seconds for more: 0 commits at
    once. What `commit` raises, every caller of the group gets.
    """

    def __init__(self, commit: Callable[[Callable[[], list[Item]]], list[int]], delay: float = 0.0) -> None:
        self._commit = commit
        self._delay = delay
        self._mutex = Lock()
        self._queue: list[_Ticket[Item]] = []
        self._busy = False
        self._pool: ThreadPoolExecutor | None = None

    def append(self, items: Sequence[Item]) -> list[int]:
        """Commit the items, together with those of other callers, and give their indexes."""
        ticket = _Ticket(items)
        if not self._enters(ticket):
            ticket.wait()
        if ticket.leads:
            self._lead()
        return ticket.result()

    async def append_async(self, items: Sequence[Item]) -> list[int]:
        """The same for a task: the loop runs on while the group commits."""
        loop = asyncio.get_running_loop()
        done = asyncio.Event()

        def settle() -> None:
            loop.call_soon_threadsafe(done.set)

        ticket = _Ticket(items, settle)
        if self._enters(ticket):
            self._executor().submit(self._lead)
        await asyncio.shield(done.wait())
        return ticket.result()

    def close(self) -> None:
        """Wait for the groups of tasks that are being committed."""
        if self._pool:
            self._pool.shutdown()

    def _enters(self, ticket: _Ticket[Item]) -> bool:
        """Queue the ticket; whether it leads."""
        with self._mutex:
            self._queue.append(ticket)
            ticket.leads = not self._busy
            self._busy = True
        return ticket.leads

    def _lead(self) -> None:
        if self._delay:
            time.sleep(self._delay)
        group: list[_Ticket[Item]] = []
        error: Exception | None = None
        indexes: list[int] = []

        def take() -> list[Item]:
            group.extend(self._take())
            return [item for ticket in group for item in ticket.items]

        try:
            indexes = self._commit(take)
        except Exception as fault:  # noqa: BLE001  every caller of the group gets what went wrong
            error = fault
        if not group:
            take()
        self._hand_over()
        at = 0
        for ticket in group:
            ticket.error = error
            ticket.indexes = indexes[at : at + len(ticket.items)]
            at += len(ticket.items)
            if ticket.settle or not ticket.leads:
                ticket.wake()

    def _take(self) -> list[_Ticket[Item]]:
        with self._mutex:
            count, taken = 0, 0
            while taken < len(self._queue) and (taken == 0 or count < _MOST):
                count += len(self._queue[taken].items)
                taken += 1
            group, self._queue = self._queue[:taken], self._queue[taken:]
        return group

    def _hand_over(self) -> None:
        with self._mutex:
            if not self._queue:
                self._busy = False
                return
            heir = self._queue[0]
            heir.leads = True
        if heir.settle:
            self._executor().submit(self._lead)
        else:
            heir.wake()

    def _executor(self) -> ThreadPoolExecutor:
        with self._mutex:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, "samspil-audit")
        return self._pool
