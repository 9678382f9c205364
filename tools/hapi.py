"""A HAPI FHIR server (JPA, R4, in memory) of its own for a test: resolved with Maven, on a free port, ended afterwards.

`python -m tools.hapi` runs one until a line is read. Its data are gone when it ends. https://hapifhir.io
"""

import fcntl
import os
import selectors
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Self

PROJECT = Path(__file__).parent / "hapi"
BUILT = Path(__file__).parents[1] / "build" / "hapi"
_RESOLVING = 900.0
_STARTING = 240.0


def missing() -> str:
    """Why there can be no server here; empty when there can."""
    for name in ("java", "javac", "mvn"):
        if shutil.which(name) is None:
            return f"{name} is not installed"
    return ""


def build(into: Path = BUILT) -> Path:
    """The folder with the compiled server and its class path; resolved and compiled when the sources are newer."""
    made = into / "classpath"
    newest = max(each.stat().st_mtime for each in PROJECT.rglob("*") if each.is_file())
    into.mkdir(parents=True, exist_ok=True)
    with (into / "lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if made.exists() and made.stat().st_mtime >= newest:
            return into
        partial = into / "classpath.partial"
        wanted = [
            "compile",
            "dependency:build-classpath",
            f"-Dmdep.outputFile={partial}",
            "-Dmdep.includeScope=runtime",
        ]
        run = ["mvn", "--batch-mode", "--quiet", f"-Dhapi.build={into}", *wanted]
        done = subprocess.run(run, cwd=PROJECT, capture_output=True, text=True, timeout=_RESOLVING, check=False)
        if done.returncode:
            raise RuntimeError(f"Maven could not make the HAPI FHIR server: {done.stdout[-2000:]}")
        partial.replace(made)
    return into


class Hapi:
    """A running server. `url` is the base of its FHIR interface; nothing is in it at first."""

    def __init__(self, *, port: int = 0) -> None:
        self._port = port
        self._server: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        folder = build()
        classes = os.pathsep.join([str(folder / "classes"), (folder / "classpath").read_text()])
        quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
        command = ["java", "-Xmx1g", quiet, "-cp", classes, "samspil.HapiServer", str(self._port)]
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            self.url = f"http://127.0.0.1:{self._listening()}/fhir"
            with urllib.request.urlopen(f"{self.url}/metadata", timeout=_STARTING) as reply:  # noqa: S310  its own server
                reply.read()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _listening(self) -> int:
        """The port the server says it listens on."""
        server, deadline = self._server, time.monotonic() + _STARTING
        if server is None or server.stdout is None:
            raise RuntimeError("the HAPI FHIR server is not started")
        with selectors.DefaultSelector() as waiting:
            waiting.register(server.stdout, selectors.EVENT_READ)
            while waiting.select(max(0.0, deadline - time.monotonic())):
                line = server.stdout.readline()
                if line.startswith("listening "):
                    return int(line.split()[1])
                if not line:
                    break
        raise RuntimeError("the HAPI FHIR server does not start")

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.communicate()
            self._server = None


if __name__ == "__main__":
    with Hapi(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0) as running:
        print(running.url, flush=True)
        sys.stdin.readline()
