"""How long headless Chromium takes for the page of a message: `python -m benchmarks.show_page MESSAGE`.

Prints the size of the page, and for each of five runs the milliseconds from asking for it until it is painted, which
the browser measures itself. The page comes from a server of this process, in a frame of a page that holds the clock.
"""

import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from samspil_hl7v2.show.page import message_page
from samspil_hl7v2.show.view import view

RUNS, PATIENCE = 5, 60
FRAME = """<html><body><script>
const start = performance.now(), frame = document.createElement("iframe");
frame.style = "width: 1400px; height: 900px"; frame.src = "/page";
frame.onload = () => requestAnimationFrame(() => requestAnimationFrame(() =>
  fetch("/painted/" + Math.round(performance.now() - start))));
document.body.appendChild(frame);
</script></body></html>"""


def painted(page: bytes, browser: str) -> Iterator[int]:
    """Yield the milliseconds of each run."""
    told: list[int] = []
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page if self.path == "/page" else FRAME.encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            if self.path.startswith("/painted/"):
                told.append(int(self.path.rpartition("/")[2]))
                done.set()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for _ in range(RUNS):
        done.clear()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            asked = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
            running = subprocess.Popen(
                [*asked, "--remote-debugging-port=0", f"http://127.0.0.1:{server.server_port}/"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            done.wait(PATIENCE)
            running.terminate()
            running.wait()
        if told:
            yield told.pop()
    server.shutdown()


def main(file: str) -> None:
    """Print the figures of one message."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("no Chromium here")
    page = message_page(view(Path(file).read_bytes()), Path(file).name).encode()
    print(f"{len(page):,} bytes, painted after {', '.join(map(str, sorted(painted(page, browser))))} ms")


if __name__ == "__main__":
    main(sys.argv[1])
