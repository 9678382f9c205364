"""DICOM audit messages over syslog: RFC 5424 messages, over TLS with octet counting (RFC 5425).

https://www.rfc-editor.org/rfc/rfc5424, https://www.rfc-editor.org/rfc/rfc5425#section-4.3, IHE ITI-20 (ATNA)
"""

import re
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Protocol

from samspil_audit.record.dicom import to_dicom

from .forward import Delivery, SinkDown

__all__ = ["SyslogSink", "connect_tls", "frame", "syslog_message"]

_PRIORITY = 10 * 8 + 5  # facility security, severity notice
_MESSAGE_ID = "IHE+RFC-3881"
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")
_BOM = b"\xef\xbb\xbf"


class Connection(Protocol):
    """What takes the bytes."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of them. Raises OSError."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def syslog_message(delivery: Delivery, host: str, application: str = "samspil-audit") -> bytes:
    """The RFC 5424 message of a record; PROCID is the index of the record in the log."""
    names = (_name(host, 255), _name(application, 48), str(delivery.index))
    head = f"<{_PRIORITY}>1 {delivery.event['recorded']} {' '.join(names)} {_MESSAGE_ID} - "
    return head.encode() + _BOM + to_dicom(delivery.event)


def frame(message: bytes) -> bytes:
    """A message as it goes over TLS: its length in bytes, a blank, the message. RFC 5425 section 4.3."""
    return str(len(message)).encode() + b" " + message


def connect_tls(host: str, port: int = 6514, context: ssl.SSLContext | None = None, timeout: float = 10) -> Connection:
    """A TLS connection to a receiver whose certificate is checked. Raises OSError."""
    made = context or ssl.create_default_context()
    return made.wrap_socket(socket.create_connection((host, port), timeout), server_hostname=host)


class SyslogSink:
    """Sends to a syslog receiver; `connect` makes the connection, anew after each failure.

    Syslog has no acknowledgement: records the receiver lost before it broke the connection are not sent again.
    """

    def __init__(self, name: str, connect: Callable[[], Connection], host: str = "-") -> None:
        self.name = name
        self._connect = connect
        self._host = host
        self._connection: Connection | None = None

    def send(self, deliveries: Sequence[Delivery], /) -> None:
        """Send the records. Raises `SinkDown`."""
        data = b"".join(frame(syslog_message(each, self._host)) for each in deliveries)
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.sendall(data)
        except OSError as fault:
            self.close()
            raise SinkDown(fault.strerror or type(fault).__name__) from None

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _name(text: str, most: int) -> str:
    return _UNPRINTABLE.sub("_", text)[:most] or "-"
