"""The fault campaign in its short form, and whether its judge would notice."""

import json
import subprocess
import sys
import time
from array import array
from pathlib import Path

import pytest

from samspil_hl7v2.batch import Options, convert_one
from samspil_hl7v2.reader import RawMessage
from tools.soak.faults import FAULTS, Window, outside, schedule
from tools.soak.judge import judge
from tools.soak.load import facility, message
from tools.soak.page import page
from tools.soak.senders import Sender, Told

ROOT = Path(__file__).parents[1]


def test_faults_lose_nothing_and_double_nothing(tmp_path):
    """Seventy seconds of load with every fault once; times are not judged here."""
    asked = [
        "--untimed",
        "--own-disk",
        "--minutes",
        "1.5",
        "--rate",
        "100",
        "--senders",
        "8",
        "--out",
        str(tmp_path / "out"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tools.soak", *asked], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert {each["words"] for each in told["promises"] if each["held"]} >= {"0 acknowledged messages lost", "0 doubled"}
    unmounted = set() if told["disk of its own"] else {"disk full"}
    assert {each["name"] for each in told["faults"]} == FAULTS.keys() - unmounted
    assert (tmp_path / "out" / "report.html").read_text("utf-8").count("<svg") == 4


# -- the judge --


@pytest.fixture
def accounted(tmp_path):
    """Judge lines of a tally: `(seconds, what, number)` of sender 0, who sent messages 0 to 9."""
    sender = Sender(1, 0, 0, 1.0, Told(0.0), done=10)
    sender.refused = [n for n in range(10) if message(1, 0, n).kind == "no MSH"]
    good = [n for n in range(10) if n not in sender.refused]
    assert len(good) > 5

    def run(change, windows=(), dead=None):
        lines = change([(100.0 + n, "taken", n) for n in good])
        named = " ".join(reversed(facility(0)))
        (tmp_path / "tally").write_text("".join(f"{at}\t{what}\t{named}\t{n}\t{digest(n)}\n" for at, what, n in lines))
        bad = {message(1, 0, n).data for n in sender.refused} if dead is None else dead
        return judge(1, [sender], tmp_path / "tally", bad, 100.0, list(windows))

    return run


def digest(number):
    """What the server would write of a message."""
    from hashlib import sha256

    made = convert_one(RawMessage(message(1, 0, number).data, "", 1), Options()).bundle or b""
    return sha256(made).hexdigest()[:16]


def test_a_faultless_tally_has_no_fault(accounted):
    account = accounted(lambda lines: lines)
    assert (account.lost, account.doubled, account.strange, account.out_of_order, account.other_bytes) == ([],) * 5
    assert account.compared == 1


def test_a_message_that_never_came_is_lost(accounted):
    assert accounted(lambda lines: lines[:-1]).lost


def test_a_second_one_is_doubled(accounted):
    assert accounted(lambda lines: [*lines, (200.0, "taken", lines[0][2])]).doubled


def test_a_second_one_around_a_fault_is_sent_again(accounted):
    account = accounted(lambda lines: [*lines, (200.0, "taken", lines[0][2])], [Window("listener killed", 99.0, 101.0)])
    assert (account.sent_again, account.doubled) == (1, [])


def test_what_was_not_sent_is_strange(accounted):
    assert accounted(lambda lines: [*lines, (200.0, "taken", 77)]).strange == ["HOSP00 APP00/77"]


def test_two_in_the_wrong_order_are_noticed(accounted):
    assert accounted(lambda lines: [lines[1], lines[0], *lines[2:]]).out_of_order


def test_what_was_refused_may_come_later(accounted):
    account = accounted(lambda lines: [(100.0, "422", lines[0][2]), *lines[1:], (200.0, "taken", lines[0][2])])
    assert (account.out_of_order, account.lost, account.refused_first) == ([], [], 1)


def test_a_dead_letter_nobody_sent_is_strange(accounted):
    assert accounted(lambda lines: lines, dead={b"PID|"}).strange


# -- the plan --


def test_an_hour_has_every_fault_twice_and_ends_with_a_long_life():
    """The listener is not killed after the first quarter, so that its memory can be looked at."""
    plan = schedule(3600, 30, 150)
    names = [name for _, name in plan]
    assert min(names.count(name) for name in FAULTS if name != "listener killed") >= 2
    assert max(at for at, name in plan if name == "listener killed") < 900


def test_the_seconds_after_a_fault_are_its_own():
    windows = [Window("network cut", 10.0, 12.0)]
    assert [outside(windows, at) for at in (9.9, 10.0, 16.9, 17.1)] == [True, False, False, True]


def test_messages_are_the_same_every_time():
    assert message(1, 3, 17) == message(1, 3, 17) != message(2, 3, 17)


def test_a_page_of_nothing_is_a_page():
    """A campaign that was ended at once has a report too."""
    spread = {"answers": 0, "p50": 0.0, "p99": 0.0, "max": 0.0}
    told = {"plan": {"seconds": 1.0, "rate": 1.0}, "promises": [], "faults": [], "seconds": []}
    assert "<svg" in page({**told, "answer ms outside faults": spread, "answer ms by fault": {}})
    assert array("d") == Told(time.monotonic()).latency
