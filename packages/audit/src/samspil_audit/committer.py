"""Group commit: many threads and tasks append, one transaction with one fsync serves all that wait.

The first that comes leads: it makes ready what has queued up, commits it, and passes the lead to the first of those
that came meanwhile, as soon as nothing but the fsync is left: so one group is made ready while the disk works on the
one before. No thread of its own, so nothing is left in memory when a process ends.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Committer", "Stale"]

Raw = TypeVar("Raw")
Item = TypeVar("Item")
_MOST = 8192
_TRIES = 3
_LEADERS = 2  # one commits, one makes ready


class Stale(Exception):
    """What was made ready does not fit what was committed since: it must be made ready once more."""


class _Ticket(Generic[Raw, Item]):
    """What one caller brought, and the lock it waits on; with `settle`, a task waits instead of a thread."""

    __slots__ = ("_lock", "brought", "error", "indexes", "items", "leads", "settle")

    def __init__(self, brought: Sequence[Raw], settle: Callable[[], None] | None = None) -> None:
        self.brought = brought
        self.settle = settle
        self.items: list[Item] = []
        self.indexes: list[int] = []
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
        return self.indexes


class Committer(Generic[Raw, Item]):
    """Makes items ready by `prepare` and commits them in groups by `commit`, which gives an index for each.

    `commit` returns when they are durable. It gets a function that takes the group out of the queue, which it calls as
    late as it can (what comes while a transaction is being opened still goes with it), and one that it calls when only
    the fsync is left. A group waits up to `delay` seconds for more: 0 commits at once. What `prepare` raises, the
    caller that brought the item gets; what `commit` raises, every caller of the group; after `Stale` it is called anew.
    """

    def __init__(
        self,
        prepare: Callable[[Raw], Item],
        commit: Callable[[Callable[[], list[Item]], Callable[[], None]], list[int]],
        delay: float = 0.0,
    ) -> None:
        self._prepare = prepare
        self._commit = commit
        self._delay = delay
        self._mutex = Lock()
        self._committing = Lock()
        self._queue: list[_Ticket[Raw, Item]] = []
        self._busy = False
        self._pool: ThreadPoolExecutor | None = None

    def append(self, brought: Sequence[Raw]) -> list[int]:
        """Commit the items, together with those of other callers, and give their indexes."""
        ticket: _Ticket[Raw, Item] = _Ticket(brought)
        if not self._enters(ticket):
            ticket.wait()
        if ticket.leads:
            self._lead()
        return ticket.result()

    async def append_async(self, brought: Sequence[Raw]) -> list[int]:
        """The same for a task: the loop runs on while the group commits."""
        loop = asyncio.get_running_loop()
        done = asyncio.Event()

        def settle() -> None:
            loop.call_soon_threadsafe(done.set)

        ticket: _Ticket[Raw, Item] = _Ticket(brought, settle)
        if self._enters(ticket):
            self._executor().submit(self._lead)
        await asyncio.shield(done.wait())
        return ticket.result()

    def close(self) -> None:
        """Wait for the groups of tasks that are being committed."""
        if self._pool:
            self._pool.shutdown()

    def _enters(self, ticket: _Ticket[Raw, Item]) -> bool:
        """Queue the ticket; whether it leads."""
        with self._mutex:
            self._queue.append(ticket)
            ticket.leads = not self._busy
            self._busy = True
        return ticket.leads

    def _lead(self) -> None:
        if self._delay:
            time.sleep(self._delay)
        group = _Group(self._prepare, self._take)
        group.grow()
        with self._committing:
            self._commit_group(group)
        for ticket in group.tickets:
            if ticket.settle or not ticket.leads:
                ticket.wake()

    def _commit_group(self, group: "_Group[Raw, Item]") -> None:
        """Commit what a group holds, and tell each of its tickets; the lead is passed on once, whatever happens."""
        passed = False

        def written() -> None:
            nonlocal passed
            if not passed:
                passed = True
                self._hand_over()

        try:
            group.settle(self._tried(group, written))
        except Exception as fault:  # noqa: BLE001  every caller of the group gets what went wrong
            group.fail(fault)
        written()

    def _tried(self, group: "_Group[Raw, Item]", written: Callable[[], None]) -> list[int]:
        for _ in range(_TRIES - 1):
            try:
                return self._commit(group.grow, written)
            except Stale:
                group.renew()
        return self._commit(group.grow, written)

    def _take(self, count: int) -> list[_Ticket[Raw, Item]]:
        """Tickets from the front of the queue, while the group that holds `count` items has room."""
        with self._mutex:
            taken = 0
            while taken < len(self._queue) and (count == 0 or count < _MOST):
                count += len(self._queue[taken].brought)
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
                self._pool = ThreadPoolExecutor(_LEADERS, "samspil-audit")
        return self._pool


class _Group(Generic[Raw, Item]):
    """The tickets that one commit serves; those that hold what cannot be made ready are in it to be told so."""

    def __init__(self, prepare: Callable[[Raw], Item], take: Callable[[int], list[_Ticket[Raw, Item]]]) -> None:
        self._prepare = prepare
        self._take = take
        self._items: list[Item] = []
        self.tickets: list[_Ticket[Raw, Item]] = []

    def grow(self) -> list[Item]:
        """Take in what has queued up, and give every item of the group, ready."""
        more = self._take(len(self._items))
        self.tickets += more
        self._make_ready(more)
        return self._items

    def renew(self) -> None:
        """Make every item ready once more."""
        self._items = []
        self._make_ready([ticket for ticket in self.tickets if ticket.error is None])

    def settle(self, indexes: Sequence[int]) -> None:
        """Give each ticket the indexes of its items."""
        at = 0
        for ticket in self.tickets:
            if ticket.error is None:
                ticket.indexes = list(indexes[at : at + len(ticket.items)])
                at += len(ticket.items)

    def fail(self, fault: Exception) -> None:
        """Tell each ticket that does not know of a fault yet."""
        for ticket in self.tickets:
            ticket.error = ticket.error or fault

    def _make_ready(self, tickets: Sequence[_Ticket[Raw, Item]]) -> None:
        for ticket in tickets:
            try:
                ticket.items = [self._prepare(each) for each in ticket.brought]
            except Exception as fault:  # noqa: BLE001  the caller that brought it gets it
                ticket.error = fault
            else:
                self._items += ticket.items
