"""The fenced blocks of a Markdown page, and the commands in a console block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>[\w-]*)")
EXIT = re.compile(r"# exit (\d+)$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the line of the page on which the text begins."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """A command of a console block, what it must print, and the status it must leave."""

    text: str
    output: str
    status: int


def blocks(page: Path) -> Iterator[Block]:
    """Give the fenced blocks of a page in order."""
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), start=1))
    for number, line in lines:
        if opening := FENCE.match(line):
            inside = []
            for _, text in lines:
                if text.strip() == opening["fence"]:
                    break
                inside.append(text.removeprefix(opening["indent"]) + "\n")
            yield Block(opening["language"], "".join(inside), number + 1)


def commands(console: str) -> Iterator[Command]:
    """Give the commands of a console block.

    A command begins with `$ ` and goes on over lines that begin with `> `; the lines up to the next command are its
    output. A command that ends in `# exit N` must leave the status N, any other 0.
    """
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        end = next((at for at in range(1, len(lines)) if not re.match(r">( |$)", lines[at])), len(lines))
        text = "\n".join([lines[0], *(line[2:] for line in lines[1:end])])
        status = EXIT.search(lines[0])
        output = "".join(line + "\n" for line in lines[end:])
        yield Command(text, output, int(status[1]) if status else 0)
