"""The table of explained differences in docs/explanation/java-validator.md: `python -m tools.java_validator.page --write`."""

import re

from tools.generated import main
from tools.java_validator.__main__ import explained
from tools.projects import ROOT

PAGE = "docs/explanation/java-validator.md"
BEGIN, END = "<!-- differences:begin -->", "<!-- differences:end -->"


def table() -> str:
    """The reasons, each with the side, the corpus and the rules that it explains."""
    by_reason: dict[tuple[str, str, str], list[str]] = {}
    for (side, rule, corpus), why in explained().items():
        by_reason.setdefault((side, corpus, why), []).append(f"`{rule}`")
    lines = ["| errors of | corpus | why | rules |", "|---|---|---|---|"]
    for (side, corpus, why), rules in by_reason.items():
        name = "Java" if side == "java" else "ours"
        lines.append(f"| {name} | {'any' if corpus == '*' else corpus} | {why} | {', '.join(rules)} |")
    return "\n".join(lines)


def page() -> str:
    """The page with the table of today."""
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{table()}\n{END}", text, flags=re.DOTALL)


if __name__ == "__main__":
    main(PAGE, page)
