"""The fuzzing of the converter, for a moment; `make fuzz` goes on for ten minutes."""

from itertools import islice

import pytest

from tools import fuzz


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_changed_messages_convert(seed):
    """No changed message raises, hangs or loses a position."""
    assert [why for data in islice(fuzz.messages(seed), 60) if (why := fuzz.fault(data))] == []


def test_a_seed_gives_the_same_messages():
    """A fault can be had again by its seed."""
    assert [*islice(fuzz.messages(7), 20)] == [*islice(fuzz.messages(7), 20)]


def test_a_fault_is_kept_and_counted(monkeypatch, tmp_path, capsys):
    """What goes wrong is written to a file and named."""
    monkeypatch.setattr(fuzz, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(fuzz, "fault", lambda _data: "lost")
    monkeypatch.setattr(fuzz, "messages", lambda _seed: iter([b"MSH", b"PID"]))
    assert fuzz.main(60, 1) == 2
    assert {file.read_bytes() for file in (tmp_path / "kept").iterdir()} == {b"MSH", b"PID"}
    assert "seed 1: 2 messages, 2 faults" in capsys.readouterr().out
