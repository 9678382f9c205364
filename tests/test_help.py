"""Every command tells what it does with an example that holds, and what each of its options means."""

import re
import shlex
from collections.abc import Iterator
from inspect import cleandoc

import click
import pytest

from tools.commands import Leaf, leaves

LEAVES = list(leaves())
EXAMPLES = re.compile(r"^Examples?:(?P<text>.*?)(?=\n\s*\n|\Z)", flags=re.MULTILINE | re.DOTALL)
ENDS = {"|", ">", ">>", "<", "&&", ";", "||", "&"}
ids = pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.path)


def examples(leaf: Leaf) -> Iterator[list[str]]:
    """Give the calls of `samspil` in the examples of a help, each as its words."""
    for found in EXAMPLES.finditer(cleandoc(leaf.context.command.help or "")):
        text = re.sub(r"\n(?! *samspil )|\\\n", " ", found["text"].replace("\b", ""))
        for line in text.splitlines():
            lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            yield from calls([*lexer])


def calls(words: list[str]) -> Iterator[list[str]]:
    """Give the calls of `samspil` in a line of the shell: what stands between its pipes and redirections."""
    while "samspil" in words:
        words = words[words.index("samspil") :]
        end = next((at for at, word in enumerate(words) if word in ENDS), len(words))
        yield words[:end]
        words = words[end + 1 :]


def faults(leaf: Leaf, words: list[str]) -> Iterator[str]:
    """Say what the parser of a command has against a call of it."""
    if tuple(words[: len(leaf.words)]) != leaf.words:
        yield f"calls something else: {' '.join(words)}"
        return
    context = leaf.context
    try:
        options, rest, _ = context.command.make_parser(context).parse_args(words[len(leaf.words) :])
    except click.UsageError as error:
        yield error.format_message()
        return
    yield from [f"too much: {word}" for word in rest]
    for parameter in context.command.get_params(context):
        value = options.get(parameter.name or "")
        if parameter.required and parameter.value_is_missing(value):
            yield f"lacks {parameter.human_readable_name}"
        if isinstance(parameter.type, click.Choice) and isinstance(value, str) and value not in parameter.type.choices:
            yield f"{value} is no choice of {parameter.human_readable_name}"


@ids
def test_the_help_has_an_example_that_parses(leaf: Leaf) -> None:
    own = [words for words in examples(leaf) if tuple(words[: len(leaf.words)]) == leaf.words]
    assert own, f"{leaf.path} --help has no example of itself"
    assert [f"{' '.join(words)}: {fault}" for words in own for fault in faults(leaf, words)] == []


@ids
def test_every_option_says_what_it_means(leaf: Leaf) -> None:
    """A name is not enough, unless the choices it offers say it all."""
    silent = [
        option.opts[-1]
        for option in leaf.context.command.get_params(leaf.context)
        if isinstance(option, click.Option)
        and not option.hidden
        and not option.help
        and not isinstance(option.type, click.Choice)
    ]
    assert silent == []


def test_a_bad_example_is_found() -> None:
    """The check itself can fail: an option that is not there, a choice that is none, a missing argument."""
    leaf = next(each for each in LEAVES if each.path == "samspil completion")
    assert [*faults(leaf, ["samspil", "completion", "bash"])] == []
    assert [*faults(leaf, ["samspil", "completion", "csh"])] == ["csh is no choice of SHELL"]
    assert [*faults(leaf, ["samspil", "completion"])] == ["lacks SHELL"]
    assert "No such option" in next(faults(leaf, ["samspil", "completion", "bash", "--out", "x"]))
    assert [*calls(["cat", "a", "|", "samspil", "validate", "-", ">", "b"])] == [["samspil", "validate", "-"]]
