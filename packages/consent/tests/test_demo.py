"""The demonstration speaks to who has never seen a consent."""

import io

from rich.console import Console

from samspil_consent.demo import run


def test_the_demonstration_ends_in_words():
    """What the new consent opens is told as a sentence, and not as data."""
    out = io.StringIO()
    assert run(Console(file=out, width=200, highlight=False)) == 0
    assert "of 2 observations 1 may be seen" in out.getvalue()
    assert "may see what is labelled PSY" in out.getvalue()
    assert "{" not in out.getvalue()
