"""Where records go on to: each sink is fed from the log itself, so that nothing is lost while it is down."""

from .files import NdjsonSink
from .forward import Delivery, Forwarded, Sink, SinkDown, SinkRefused, forward
from .syslog import SyslogSink, frame, syslog_message

__all__ = [
    "Delivery",
    "Forwarded",
    "NdjsonSink",
    "Sink",
    "SinkDown",
    "SinkRefused",
    "SyslogSink",
    "forward",
    "frame",
    "syslog_message",
]
