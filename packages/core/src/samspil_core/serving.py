"""Serving from this machine: the port is ours first, then the address is told, then requests are answered."""

import errno
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

__all__ = ["CannotListen", "serve_at"]

_BACKLOG = 2048
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
    with ExitStack() as stack:
        bound = _bound(stack, host, port)
        name = f"[{host}]" if ":" in host else host
        told(f"{scheme}://{name}:{bound[0].getsockname()[1]}")
        with suppress(KeyboardInterrupt):
            run(bound)


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
