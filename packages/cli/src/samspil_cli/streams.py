"""The three standard streams, as a scheduler or a shell (`<&-`) may have closed them."""

import os
import sys

__all__ = ["stand_in"]


def stand_in() -> bool:
    """Let nothing stand in for a closed standard input or error; tells whether there is an output to write to.

    Without, the next file that is opened, a database for instance, takes the place of the stream.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]  so it is where it was closed
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  for as long as the process lives
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison]
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    return sys.stdout is not None  # pyright: ignore[reportUnnecessaryComparison]
