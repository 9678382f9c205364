"""Going on after an interruption, and the counts of envelopes."""

import io
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_hl7v2.cli import group
from samspil_hl7v2.reader import Miscount, read_stream
from samspil_hl7v2.resume import Done, OtherInputs, after, resume


def message(number):
    """Give one message."""
    return f"MSH|^~\\&|A|B|||20240202||ADT^A08|{number}|P|2.5\rPID|||{number}^^^B||Lind^Per\r"


def feed(folder, number):
    """Write a file of messages and one that holds none."""
    (folder / "in").mkdir()
    (folder / "in" / "1.hl7").write_text("".join(message(at) for at in range(number)), encoding="utf-8")
    (folder / "in" / "2.hl7").write_text("PID|1\r", encoding="utf-8")
    (folder / "in" / "3.hl7").write_text(message(number), encoding="utf-8")


def convert(folder, *more):
    """Convert the feed to out and report."""
    out, report = str(folder / "out"), str(folder / "report")
    return CliRunner().invoke(group, ["convert", str(folder / "in"), "--out", out, "--report", report, *more])


@settings(deadline=None, max_examples=40)
@given(parts=st.tuples(st.integers(0, 1000), st.integers(0, 1000)))
def test_a_run_cut_anywhere_goes_on_to_the_same_bytes(tmp_path_factory, parts):
    """Whatever of both files reached the disk, the second run completes them."""
    folder = tmp_path_factory.mktemp("run")
    feed(folder, 4)
    convert(folder)
    whole = {name: (folder / name).read_bytes() for name in ("out", "report")}
    for (name, content), part in zip(whole.items(), parts, strict=True):
        (folder / name).write_bytes(content[: len(content) * part // 1000])
    assert convert(folder, "--resume").exit_code in {0, 1}
    assert {name: (folder / name).read_bytes() for name in whole} == whole


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_killed_run_goes_on(tmp_path, jobs):
    """After kill -9 in the middle, --resume gives the bytes of a run that was left alone."""
    feed(tmp_path, 6000)
    convert(tmp_path)
    whole = {name: (tmp_path / name).read_bytes() for name in ("out", "report")}
    for name in whole:
        (tmp_path / name).unlink()
    main = "from samspil_hl7v2.cli import group; group()"
    command = [sys.executable, "-c", main, "convert", str(tmp_path / "in"), "--jobs", jobs]
    command += ["--out", str(tmp_path / "out"), "--report", str(tmp_path / "report")]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    while not (tmp_path / "out").exists() or (tmp_path / "out").stat().st_size < len(whole["out"]) // 10:
        assert running.poll() is None
        time.sleep(0.005)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert (tmp_path / "out").stat().st_size < len(whole["out"])
    convert(tmp_path, "--resume", "--jobs", jobs)
    assert {name: (tmp_path / name).read_bytes() for name in whole} == whole


def test_other_inputs_are_refused(tmp_path):
    """A report of other inputs is not gone on with."""
    feed(tmp_path, 3)
    convert(tmp_path)
    (tmp_path / "in" / "3.hl7").rename(tmp_path / "in" / "9.hl7")
    told = convert(tmp_path, "--resume")
    assert told.exit_code == 2
    assert "name the same inputs" in told.output


@pytest.mark.parametrize("missing", ["--out", "--report"])
def test_resume_goes_by_both_files(tmp_path, missing):
    """Without one of the two there is nothing to go by."""
    given = {"--out": str(tmp_path / "a"), "--report": str(tmp_path / "b")}
    del given[missing]
    told = CliRunner().invoke(group, ["convert", "--resume", *[each for pair in given.items() for each in pair]])
    assert told.exit_code == 2
    assert "name both" in told.output


def test_nothing_is_skipped_of_nothing(tmp_path):
    """Files that are not there are an empty beginning."""
    assert resume(tmp_path / "out", tmp_path / "report") == Done()
    assert list(after(iter(()), Done())) == []
    with pytest.raises(OtherInputs):
        list(after(iter(()), Done(1, ("a", 0))))


def miscounted(text):
    """Give the wrong counts of a batch file."""
    return [each for raw in read_stream(io.BytesIO(text.encode()), "-") for each in raw.miscounted]


@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        (f"FHS|^\rBHS|^\r{message(1)}{message(2)}BTS|2\rFTS|1\r", []),
        (f"FHS|^\rBHS|^\r{message(1)}BTS|2|sent\rFTS|1\r", [Miscount("BTS-1", 2, 1)]),
        (f"FHS|^\rBHS|^\r{message(1)}BTS|1\rBHS|^\r{message(2)}{message(3)}BTS|2\rFTS|2\r", []),
        (
            f"BHS|^\r{message(1)}BTS|1\rBHS|^\r{message(2)}BTS|3\rFTS|3\r",
            [Miscount("BTS-1", 3, 1), Miscount("FTS-1", 3, 2)],
        ),
        (f"BHS|^\r{message(1)}BTS\r", []),
        (f"BHS|^\r{message(1)}BTS||\rFTS|many\r", []),
        (f"{message(1)}BTS|1\r", []),
    ],
)
def test_the_counts_of_an_envelope_are_compared_with_what_came(file, wrong):
    """BTS-1 counts messages, FTS-1 batches; a count that is empty or no number says nothing."""
    assert miscounted(file) == wrong


def test_a_wrong_count_is_a_finding_of_the_message_before_it(tmp_path):
    """The report names the count and what came."""
    (tmp_path / "a.hl7").write_text(f"BHS|^\r{message(1)}BTS|7\r", encoding="utf-8")
    report = tmp_path / "report"
    CliRunner().invoke(group, ["convert", str(tmp_path / "a.hl7"), "--report", str(report)])
    assert "ends with a count of 7, but 1 came" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("more", [[], ["--resume"]])
def test_two_runs_do_not_write_one_file(tmp_path, more):
    """The second is told, and what the first has written stays as it is."""
    feed(tmp_path, 4)
    command = [sys.executable, "-c", "from samspil_hl7v2.cli import group; group()", "convert", "-"]
    files = ["--out", str(tmp_path / "out"), "--report", str(tmp_path / "report")]
    (tmp_path / "out").write_bytes(b"first\n")
    with subprocess.Popen([*command, *files], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        until = time.monotonic() + 20
        while (tmp_path / "out").read_bytes() and time.monotonic() < until:
            time.sleep(0.05)
        told = convert(tmp_path, *more)
        assert (tmp_path / "out").read_bytes() == b""
        first.communicate(message(1).encode())
    assert told.exit_code == 2, told.output
    assert "another run is writing" in told.output
    assert (tmp_path / "out").read_bytes().count(b"\n") == 1
    convert(tmp_path)
    assert (tmp_path / "out").read_bytes().count(b"\n") == 5
