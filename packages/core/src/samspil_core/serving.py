"""Serving from this machine: the port is ours first, then the address is told, then requests are answered."""

import errno
import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

__all__ = ["CannotListen", "serve_at", "spare_the_log"]

_BACKLOG = 2048
_MINUTE = 60.0
_NOT_HERE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""A name may stand for addresses that this machine does not have, `localhost` for one of IPv6."""


class CannotListen(OSError):
    """An address cannot be listened on; the text says which, why, and what to do."""


def serve_at(
    run: Callable[[list[socket.socket]], object],
    host: str,
    port: int,
    told: Callable[[str], object],
    scheme: str = "http",
) -> None:
    """Listen on every address of a host, tell the URL, and run until that ends or the keyboard interrupts it.

    `run` answers on the sockets it is given. Where port 0 is asked for, the URL has the one that was free.
    Raises CannotListen, before anything is told.
    """
    spare_the_log()
    with ExitStack() as stack:
        bound = _bound(stack, host, port)
        name = f"[{host}]" if ":" in host else host
        told(f"{scheme}://{name}:{bound[0].getsockname()[1]}")
        with suppress(KeyboardInterrupt):
            run(bound)


def spare_the_log() -> None:
    """Let asyncio say once a minute that no more connections can be opened, in a line: it says so a hundred times a second."""
    log = logging.getLogger("asyncio")
    if not any(isinstance(each, _Sparing) for each in log.filters):
        log.addFilter(_Sparing())


class _Sparing(logging.Filter):
    _again = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if "out of system resource" not in record.getMessage():
            return True
        now = time.monotonic()
        if now < self._again:
            return False
        self._again = now + _MINUTE
        record.exc_info = record.exc_text = None
        record.msg, record.args = (
            "no more connections can be opened: the limit of open files is reached (ulimit -n)",
            (),
        )
        return True


def _bound(stack: ExitStack, host: str, port: int) -> list[socket.socket]:
    bound: list[socket.socket] = []
    refused = OSError(errno.EADDRNOTAVAIL, "")
    for family, (name, _, *more) in _addresses(host, port):
        try:
            made = socket.create_server((name, port, *more), family=family, backlog=_BACKLOG)
        except OSError as error:
            refused = error
            if error.errno not in _NOT_HERE:
                break
        else:
            bound.append(stack.enter_context(made))
            port = made.getsockname()[1]
    else:
        if bound:
            return bound
    raise _cannot(host, port, refused)


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, Any]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise _cannot(host, port, error) from None
    return list(dict.fromkeys((family, address) for family, *_, address in found))


def _cannot(host: str, port: int, error: OSError) -> CannotListen:
    why = os.strerror(error.errno).lower() if error.errno and error.errno > 0 else error.strerror
    return CannotListen(f"cannot listen on {host} port {port}: {why}; choose another --host or --port")
