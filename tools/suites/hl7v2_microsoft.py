"""The values of Microsoft's converted bundles that come from the message are present in ours.

Its shapes and the number of its resources are that converter's choice; a value that it carried over and we did not is
a loss, and fails. A case is a value at a path of a resource type, in one message.
"""

from collections.abc import Iterator
from pathlib import Path

from tools.suites import Case
from tools.values import by_value

NAME = "hl7v2-microsoft"
GROUP = "hl7v2"


def run(folder: Path) -> Iterator[Case]:
    """Yield each value of each expected bundle that the message holds."""
    yield from by_value(folder, "microsoft")
