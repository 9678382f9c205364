"""A PostgreSQL server of its own for a test: in a temporary folder, on a Unix socket, ended afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

_PATIENCE = 60.0
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def missing() -> str:
    """Why there can be no server here; empty when there can."""
    return "" if _binary("initdb") and _binary("postgres") else "PostgreSQL is not installed"


def _binary(name: str) -> str | None:
    return shutil.which(name) or next(
        (str(folder / name) for folder in reversed(BINARIES) if (folder / name).exists()), None
    )


class Postgres:
    """A server; PostgreSQL refuses to run as root, so root runs it as nobody."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="samspil-pg-", dir="/tmp"))
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What `AuditLog.open` takes."""
        return f"postgresql://postgres@/postgres?host={self._folder}"

    def __enter__(self) -> Self:
        self._run(
            "initdb",
            "--pgdata",
            "data",
            "--username",
            "postgres",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
            "--locale",
            "C",
        )
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill(signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server, and wait until it answers; one that was killed may leave processes that stand in the way."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self._server is None or self._server.poll() is not None:
                self._server = self._spawn()
            ready = [str(_binary("pg_isready")), "--quiet", "--host", str(self._folder)]
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("the PostgreSQL server does not start")

    def _spawn(self) -> subprocess.Popen[bytes]:
        options = ["-D", "data", "-k", str(self._folder), "-c", "listen_addresses=", "-c", "shared_buffers=32MB"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([str(_binary("postgres")), *options], cwd=self._folder, **quiet, **self._as)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the server, at once by default, and every process of it."""
        if self._server:
            self._server.send_signal(how)
            self._server.wait()
            self._server = None

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(_binary(name)), *arguments], cwd=self._folder, capture_output=True, check=False, **self._as
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
