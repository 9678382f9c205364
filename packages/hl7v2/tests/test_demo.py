"""The demonstration on the bundled messages."""

import io

from rich.console import Console

from samspil_hl7v2 import demo


def test_the_demonstration() -> None:
    """Four messages are shown with their accounts; one is partial and one broken, and the status is clean all the same."""
    text = io.StringIO()
    assert demo.run(Console(file=text, width=200)) == 0
    shown = text.getvalue()
    assert [line.split()[-1] for line in shown.splitlines() if ".hl7" in line] == [
        "converted",
        "converted",
        "partial",
        "failed",
    ]
    assert "95 populated positions = 88 mapped + 7 reported" in shown
    assert "not carried over: ZDK-2  unknown-segment" in shown
    assert "SAM-HL7-101" in shown
    assert "samspil hl7v2 convert" in shown
