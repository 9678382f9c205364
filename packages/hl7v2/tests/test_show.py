"""`samspil hl7v2 show`: a message and what became of it."""

import os
import re
import shutil
import subprocess
from html import unescape

import pytest
from click.testing import CliRunner

from samspil_hl7v2.cli import group
from samspil_hl7v2.show import message_page, overview_page, view
from samspil_hl7v2.show.overview import Shown

MESSAGE = (
    "MSH|^~\\&|LAB|HOSP|||20240131||ADT^A08|1|P|2.5|||||||UTF-8\r"
    "PID|||42^^^HOSP^MR||Sørensen^Karen||19700101|F\r"
    "ZXX|1|<script>alert(1)</script>\r"
).encode()
BROWSER = os.environ.get("SAMSPIL_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="machine: no headless browser here: set SAMSPIL_CHROMIUM")


def pieces():
    """Give the shown pieces of the message by position."""
    shown = view(MESSAGE)
    return {piece.position: piece for segment in shown.segments for field in segment.fields for piece in field.pieces}


def test_every_populated_position_is_shown_once_with_what_became_of_it():
    """The pieces are the populated positions: mapped, or reported with the reason."""
    shown, here = view(MESSAGE), pieces()
    assert len(here) == shown.report.populated
    assert {at for at, piece in here.items() if piece.reported} == {each.position for each in shown.report.unmapped}
    assert here["PID-5.1"].text == "Sørensen"
    assert {shown.traces[at].element.split("resource.")[1] for at in here["PID-5.1"].traces} == {"name[0].family"}
    assert here["ZXX-2"].reported.reason == "unknown-segment"


def test_empty_fields_stand_between_the_populated_ones():
    """A field without content has a label and HL7's name of it, and no piece."""
    pid = next(one for one in view(MESSAGE).segments if one.label == "PID")
    assert [field.label for field in pid.fields] == [f"PID-{number}" for number in range(1, 9)]
    assert pid.fields[3] == ("PID-4", "alternate patient id pid", ())


def test_a_page_needs_nothing_else_and_runs_nothing_of_the_message():
    """No address, and no mark-up of the message, gets into the page."""
    page = message_page(view(MESSAGE), "<b>.hl7")
    assert not re.search(r"(?:src|href)=", page)
    assert "<script>alert" not in page
    assert "<b>.hl7" not in page
    assert "Content-Security-Policy" in page


@pytest.mark.parametrize("bad", [b"", b"no message", b"\x00" * 50])
def test_what_is_no_message_says_why(bad):
    """Without an MSH the page names the finding."""
    assert "SAM-HL7-1" in message_page(view(bad), "bad")


def test_many_messages_give_the_loss_by_segment():
    """The overview counts what was lost, and not what a row leaves out on purpose."""
    page = overview_page([Shown("a.hl7", 0, view(MESSAGE).report), Shown("a.hl7", 1, view(MESSAGE).report)], "feed")
    assert '<td>ZXX</td><td class="number">4</td>' in page
    assert "<td>MSH</td>" not in page.split("Messages")[0]
    assert "a.hl7 #2" in page


def test_as_text(tmp_path):
    """Without --html each position stands with its elements and rows."""
    file = tmp_path / "a.hl7"
    file.write_bytes(MESSAGE)
    told = CliRunner().invoke(group, ["show", str(file)])
    assert told.exit_code == 0
    assert "PID-5.1 = Sørensen  patient name\n    -> Bundle.entry[" in told.output
    assert "    reported: unknown-segment" in told.output


def test_a_folder_gives_the_overview(tmp_path):
    """Two messages make a page over both."""
    for name in ("a.hl7", "b.hl7"):
        (tmp_path / name).write_bytes(MESSAGE)
    told = CliRunner().invoke(group, ["show", str(tmp_path), "--html", str(tmp_path / "page.html")])
    assert (told.exit_code, told.output) == (0, "")
    assert "Loss by segment" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch.hl7"], "cannot be read"),
        ([".", "--html", "/nosuch/page.html"], "holds no message"),
        (["-", "--timezone", "Mars"], "is no IANA time zone"),
        (["-", "--html", "/nosuch/page.html"], "cannot be written"),
        (["-", "--layer", "/nosuch"], "/nosuch"),
    ],
)
def test_what_stops_it_is_said_in_a_sentence(tmp_path, monkeypatch, arguments, said):
    """A wrong argument is status 2 and no traceback."""
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(group, ["show", *arguments], input=MESSAGE)
    assert told.exit_code == 2
    assert said in told.output


@needs_browser
def test_a_position_of_the_address_is_lit_with_its_elements(tmp_path):
    """In a browser a field and the element that it became are marked together, and the row is named."""
    page = tmp_path / "page.html"
    page.write_text(message_page(view(MESSAGE), "a.hl7"), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    address = f"{page.as_uri()}#PID-5.1"
    made = subprocess.run([BROWSER, *flags, address], capture_output=True, text=True, timeout=120, check=True).stdout
    lit = re.findall(r'<span class="[^"]*\blit\b[^>]*>([^<]*)<', made)
    assert [unescape(each) for each in lit] == ["Sørensen", '"Sørensen"']
    assert re.search(
        r'<output id="told"[^>]*>PID-5\.1 → Bundle\.entry\[\d\]\.resource\.name\[0\]\.family, by [A-Z]+\[', made
    )
