"""Build the documentation as a web site with search: `python -m tools.site [FOLDER]`, by default build/site.

The pages are taken as they lie in the repository, so that a link that holds there holds on the site. The order of the
menu is that of docs/index.md. A reader's browser fetches nothing from anywhere else, and searching is done in the browser.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.projects import ROOT, projects

LINK = re.compile(r"^- \[(?P<title>.+?)\]\((?P<page>[^)#]+\.md)\)", re.MULTILINE)
TARGET = re.compile(r"\]\((?!https?://|mailto:|#)(?P<path>[^)#\s]+)")
MORE = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE")


def main(out: Path) -> None:
    """Lay the pages out, and build the site; a warning is a failure.

    Raises:
        CalledProcessError: a link or an anchor leads nowhere, or a page is not in the menu; its output says which.
    """
    stage = out.with_name(f"{out.name}-pages")
    shutil.rmtree(stage, ignore_errors=True)
    lay_out(stage / "pages")
    settings = stage / "mkdocs.yml"  # JSON is YAML
    settings.write_text(json.dumps(configuration(), indent=2), encoding="utf-8")
    command = [Path(sys.executable).with_name("zensical"), "build", "--strict", "--clean", "--config-file", settings]
    subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(stage / "site", out)


def lay_out(pages: Path) -> None:
    """Copy every page, and every file that a page links to, under the path it has in the repository."""
    for page in all_pages():
        for file in [page, *linked(page)]:
            there = pages / file.relative_to(ROOT)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, there)


def all_pages() -> list[Path]:
    """Give the pages of the site."""
    readmes = [*(project.folder / "README.md" for project in projects()), ROOT / "examples" / "README.md"]
    return [ROOT / "README.md", *(ROOT / name for name in MORE), *sorted(ROOT.glob("docs/**/*.md")), *readmes]


def linked(page: Path) -> Iterator[Path]:
    """Give the files of the repository, other than pages, that a page links to."""
    for found in TARGET.finditer(page.read_text(encoding="utf-8")):
        file = (page.parent / found["path"]).resolve()
        if file.is_file() and file.is_relative_to(ROOT) and file.suffix != ".md":
            yield file


def configuration() -> dict[str, Any]:
    """Give the settings of the generator (https://zensical.org/docs/setup/basics/)."""
    light, dark = ({"media": f"(prefers-color-scheme: {name})"} for name in ("light", "dark"))
    return {
        "site_name": "Samspil",
        "site_description": "A toolkit for FHIR interoperability",
        "docs_dir": "pages",
        "site_dir": "site",
        "use_directory_urls": False,
        "theme": {
            "name": "material",
            "font": False,
            "features": ["navigation.indexes", "navigation.top", "search.highlight", "content.code.copy"],
            "palette": [light, {**dark, "scheme": "slate"}],
        },
        "plugins": ["search"],
        "markdown_extensions": [
            "tables",
            "sane_lists",
            {"toc": {"permalink": True, "toc_depth": 3}},
            "pymdownx.highlight",
            "pymdownx.superfences",
        ],
        "extra": {"generator": False},
        "nav": menu(),
    }


def menu() -> list[Any]:
    """Give the menu: the chapters of docs/index.md in its order, then the packages, then the rest."""
    index = ROOT / "docs" / "index.md"
    chapters: list[Any] = [{"Start": "README.md"}, {"Documentation": ["docs/index.md", {"Status": "docs/status.md"}]}]
    for part in re.split(r"^## ", index.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        entries = [_entry(found, index) for found in LINK.finditer(part)]
        only = next(iter(entries[0].values())) if len(entries) == 1 else None
        chapters.append({part.splitlines()[0]: only if isinstance(only, list) else entries})
    packages = [{project.distribution: f"packages/{project.folder.name}/README.md"} for project in projects()]
    rest = [{Path(name).stem.capitalize(): name} for name in MORE if name.endswith(".md")]
    return [*chapters, {"Packages": packages}, {"Project": rest}]


def _entry(found: re.Match[str], index: Path) -> dict[str, Any]:
    """Give one line of a menu; a page that is itself an index opens into the pages it lists."""
    page = (index.parent / found["page"]).resolve()
    title = found["title"].replace("`", "")
    path = str(page.relative_to(ROOT))
    if page.name != "index.md":
        return {title: path}
    below = [_entry(each, page) for each in LINK.finditer(page.read_text(encoding="utf-8"))]
    return {title: [path, *(below or _others(page))]}


def _others(index: Path) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in sorted(index.parent.glob("*.md")) if page != index]


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "build" / "site")
    except subprocess.CalledProcessError as error:
        sys.exit(error.output)
