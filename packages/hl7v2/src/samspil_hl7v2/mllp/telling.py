"""What stops the listener, the client or a look into the inbox, told in a sentence."""

from __future__ import annotations

import contextlib
import sqlite3
import ssl
from collections.abc import Generator

from samspil_hl7v2.commands import CouldNotRun


@contextlib.contextmanager
def told() -> Generator[None]:
    """Turn what the machine refuses into CouldNotRun."""
    try:
        yield
    except (OSError, ssl.SSLError) as error:
        raise CouldNotRun(f"{error.strerror or error}: check the address, the port and the permissions") from None
    except sqlite3.Error as error:
        raise CouldNotRun(f"the inbox cannot be used: {error}") from None
