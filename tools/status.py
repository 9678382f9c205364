"""Write the figures of the corpora into docs/status.md, between their markers."""

import re

from tools.projects import ROOT

PAGE = ROOT / "docs" / "status.md"
BEGIN, END = "<!-- corpora:begin -->", "<!-- corpora:end -->"


def write(results: list[dict[str, object]]) -> None:
    """Replace what stands between the markers by a table of the results."""
    rows = [f"| {one['name']} | {one['passed']} | {one['total']} |" for one in results]
    table = "\n".join([BEGIN, "| suite | passed | of |", "|---|---:|---:|", *rows, END])
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: table, text, flags=re.DOTALL), encoding="utf-8")
