"""The site is built without a warning, holds every page, fetches nothing from elsewhere, and finds words."""

import http.server
import json
import re
import shutil
import subprocess
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tools import site
from tools.projects import ROOT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LOADED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=[\"']?(?P<url>[^\"'\s>]+)", re.IGNORECASE)
IMPORTED = re.compile(r"(?:@import\s+[\"']|url\([\"']?)(?P<url>(?:https?:)?//[^\"')]+)")
LINK = re.compile(r"<a\b[^>]*?\bhref=[\"']?(?P<url>[^\"'\s>]+)", re.IGNORECASE)
ANCHOR = re.compile(r"\b(?:id|name)=[\"']?(?P<name>[^\"'\s>]+)")
pytestmark = pytest.mark.xdist_group("site")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site; a warning of the generator fails here."""
    out = tmp_path_factory.mktemp("site") / "site"
    site.main(out)
    return out


def entries(menu: object) -> set[str]:
    """Give every page of a menu."""
    if isinstance(menu, str):
        return {menu}
    below = menu.values() if isinstance(menu, dict) else menu
    return {page for each in below for page in entries(each)}


def test_every_page_is_in_the_menu() -> None:
    pages = {str(page.relative_to(ROOT)) for page in site.all_pages() if page.suffix == ".md"}
    assert pages == entries(site.menu())


@pytest.mark.parametrize("word", ["Merkle", "loss report", "SAM-HL7-201", "På dansk", "load_mapping", "--resume"])
def test_the_search_index_knows(built: Path, word: str) -> None:
    items = json.loads((built / "search.json").read_text(encoding="utf-8"))["items"]
    assert [item["location"] for item in items if word.casefold() in f"{item['title']} {item['text']}".casefold()]


def test_nothing_is_loaded_from_elsewhere(built: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in built.rglob("*.html")}
    assert len(pages) > 60
    urls = {found["url"] for text in pages.values() for found in LOADED.finditer(text)}
    assert urls
    styles = [path.read_text(encoding="utf-8") for path in built.rglob("*.css")]
    assert styles
    urls |= {found["url"] for text in styles for found in IMPORTED.finditer(text)}
    assert [url for url in urls if urlsplit(url).netloc] == []


def test_every_link_leads_somewhere(built: Path) -> None:
    """Pages, files and anchors, as they stand in the HTML."""
    texts = {path: path.read_text(encoding="utf-8") for path in built.rglob("*.html") if path.name != "404.html"}
    anchors = {path: {found["name"] for found in ANCHOR.finditer(text)} for path, text in texts.items()}
    dead: list[str] = []
    for path, text in texts.items():
        for url in {urlsplit(found["url"]) for found in LINK.finditer(text)}:
            if url.scheme or url.netloc:
                continue
            there = (path.parent / unquote(url.path)).resolve() if url.path else path
            there = there / "index.html" if there.is_dir() else there
            if not there.exists() or (url.fragment and unquote(url.fragment) not in anchors.get(there, {"", "__skip"})):
                dead.append(f"{path.relative_to(built)}: {url.geturl()}")
    assert dead == []


PROBE = """<script>
const until = (find, then) => { const found = find(); found ? then(found) : setTimeout(() => until(find, then), 100) };
until(() => document.querySelector(".md-search__button"), button => setTimeout(() => {
  button.click();
  until(() => document.activeElement.shadowRoot?.querySelector("input"), field => {
    const root = field.getRootNode();
    until(() => !root.textContent.includes("Loading"), () => {
      field.value = "merkle";
      field.dispatchEvent(new Event("input", {bubbles: true, composed: true}));
      until(() => root.querySelector("ol[role=listbox] a"), hit => fetch("/found?" + hit.getAttribute("href")));
    });
  });
}, 1000));
</script></body>"""


@pytest.mark.skipif(CHROMIUM is None, reason="machine: no Chromium is installed")
def test_the_search_finds_in_a_browser(built: Path, tmp_path: Path) -> None:
    """With nothing but the folder: a word is typed, and the first hit comes back."""
    index = (built / "index.html").read_text(encoding="utf-8")
    (built / "probe.html").write_text(index.replace("</body>", PROBE), encoding="utf-8")
    hit: list[str] = []
    found = threading.Event()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/found?"):
                hit.append(self.path)
                found.set()
            super().do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *arguments: Quiet(*arguments, directory=str(built))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/probe.html"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--remote-debugging-port=0"]
    browser = subprocess.Popen([str(CHROMIUM), *flags, url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert found.wait(60), "no hit"
    finally:
        browser.terminate()
        browser.wait(20)
        server.shutdown()
        server.server_close()
    assert "audit" in hit[0]
