"""Compiled tables are kept between processes: what a process finds there changes how fast it is, and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from samspil_hl7v2 import convert, load_mapping
from samspil_hl7v2.mapping import layers, store

RUN = """
import sys
from samspil_hl7v2 import convert, load_mapping
message = b"MSH|^~\\\\&|LAB|HOSP|||20240131||ADT^A08|1|P|2.5\\rPID|||42^^^HOSP||Hansen^Karen\\rZAB|1\\rOBX|1|ST|A^B||C"
made = convert(message, mapping=load_mapping(*sys.argv[1:]), with_lineage=True)
print(made.json().decode(), made.report_json().decode(), made.lineage, "making" in str(sorted(sys.modules)), sep="\\n")
"""
LAYER = """\
# Rows of our own segment.
id,source,when,target,map,vocabulary,value,guide,note
1,ZAB-1,,extension(urn:ours:one).valueString,,,,,
"""
MESSAGES = """\
id,group,segment,when,make,resource,map,references,guide,note
z1,*,ZAB,,into,Patient,ZAB[Patient],,,
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SAMSPIL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(store.SWITCH, raising=False)
    return tmp_path / "cache"


@pytest.fixture
def layer(tmp_path) -> Path:
    folder = tmp_path / "site"
    (folder / "segments").mkdir(parents=True)
    (folder / "messages").mkdir()
    (folder / "segments" / "ZAB[Patient].csv").write_text(LAYER, encoding="utf-8")
    (folder / "messages" / "ADT.csv").write_text(MESSAGES, encoding="utf-8")
    return folder


def run(*arguments: object) -> tuple[str, bool]:
    """What a new process makes of a message, and whether it compiled tables."""
    done = subprocess.run([sys.executable, "-c", RUN, *map(str, arguments)], capture_output=True, text=True, check=True)
    assert not done.stderr
    *made, compiled = done.stdout.splitlines()
    return "\n".join(made), compiled == "True"


def files(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*.tables"))


def test_a_second_process_compiles_nothing_and_says_the_same(cache):
    first, second = run(), run()
    assert first[1]
    assert second == (first[0], False)
    assert len(files(cache)) == 1  # a traced table


def test_what_is_read_from_the_cache_is_what_was_kept(cache, layer):
    first = load_mapping("dk", layer)
    assert len(files(cache)) == 1  # the layer that is not ours
    assert load_mapping("dk", layer).tables == first.tables
    assert load_mapping("dk", layer).layers[-1] == first.layers[-1]


def test_a_process_that_is_killed_has_kept_what_its_first_message_needed(cache):
    killed = f"{RUN}\nconvert(message, mapping=load_mapping(), with_lineage=True)"
    more = "\nmapping = load_mapping()\nfor _ in '12': convert(message, mapping=mapping, with_lineage=True)\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{killed}{more}import os\nos._exit(9)"], capture_output=True, check=False
    )
    assert done.returncode == 9
    assert len(files(cache)) == 1
    assert run()[1] is False


def test_what_another_process_lacks_is_added(cache):
    other = RUN.replace("PID|||42^^^HOSP||Hansen^Karen", "PV1|1|I|W^^12").replace(
        "mapping=load_mapping(*sys.argv[1:]), ", ""
    )
    first, size = run(), files(cache)[0].stat().st_size
    told = [
        subprocess.run([sys.executable, "-c", other], capture_output=True, text=True, check=True).stdout for _ in "12"
    ]
    assert [each.endswith("True\n") for each in told] == [True, False]
    assert told[0].rpartition("\n")[0].rpartition("\n")[0] == told[1].rpartition("\n")[0].rpartition("\n")[0]
    assert len(files(cache)) == 1
    assert files(cache)[0].stat().st_size > size
    assert run() == (first[0], False)


def test_tables_that_have_changed_since_they_were_read_are_not_kept(cache, monkeypatch):
    mapping = load_mapping()
    convert(b"MSH|^~\\&|LAB|HOSP|||20240131||ADT^A08|1|P|2.5\rPID|||42", mapping=mapping)
    library = mapping.program("ADT_A01", "ADT", traced=False).library
    assert library.unsaved == 0
    (kept,) = files(cache)
    kept.unlink()
    mapping.program("ADT_A01", "ADT", traced=False).complete(["PV1"])
    monkeypatch.setattr(layers, "digest_of_layer", lambda _: "of other tables")
    library.keep()
    assert files(cache) == []


def test_a_changed_row_changes_what_is_made(layer):
    first = run(layer)[0]
    assert run(layer) == (first, False)
    table = layer / "segments" / "ZAB[Patient].csv"
    table.write_text(table.read_text(encoding="utf-8").replace("urn:ours:one", "urn:ours:two"), encoding="utf-8")
    second = run(layer)
    assert second[1]
    assert "urn:ours:one" in first
    assert "urn:ours:one" not in second[0]
    assert "urn:ours:two" in second[0]


def test_a_layer_of_faults_is_refused_each_time(layer):
    table = layer / "segments" / "ZAB[Patient].csv"
    table.write_text(table.read_text(encoding="utf-8").replace("extension(", "(("), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ValueError, match="ZAB"):
            load_mapping(layer)


@pytest.mark.parametrize(
    "harm", [lambda data: data[:0], lambda data: data[:-100], lambda data: data[:50] + b"?" + data[51:]]
)
def test_a_damaged_file_is_made_anew(cache, harm):
    first = run()[0]
    for file in files(cache):
        file.write_bytes(harm(file.read_bytes()))
    assert run() == (first, True)
    assert run() == (first, False)


@pytest.mark.skipif(sys.platform == "win32", reason="machine: permissions of POSIX")
def test_a_file_that_others_may_write_is_not_trusted(cache):
    first = run()[0]
    for file in files(cache):
        file.chmod(0o666)
    assert run() == (first, True)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SAMSPIL_CACHE", str(tmp_path / "file" / "cache"))
    first = run()
    assert first[1]
    assert run() == first


def test_the_cache_can_be_switched_off(cache, monkeypatch):
    monkeypatch.setenv(store.SWITCH, "off")
    assert run()[1]
    assert not cache.exists()


def test_processes_that_fill_it_at_once_do_not_disturb_each_other(cache):
    started = [
        subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)
    ]
    told = [process.communicate() for process in started]
    assert {error for _, error in told} == {b""}
    made = {out.decode().rpartition("\n")[0].rpartition("\n")[0] for out, _ in told}
    assert made == {run()[0]}
    assert not [file for file in cache.rglob("*") if file.is_file() and file.suffix != ".tables"]


def test_the_oldest_files_make_room(cache, monkeypatch):
    monkeypatch.setattr(store, "MOST", 3)
    for number in range(5):
        store.save(f"key {number}", number)
        for age, file in enumerate(reversed(files(cache))):
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - age))
    assert len(files(cache)) == 3
    assert store.load("key 4") == 4


def test_a_removed_cache_is_made_again(cache):
    first = run()[0]
    shutil.rmtree(cache)
    assert run() == (first, True)


def test_why_positions_are_not_mapped_is_kept_but_for_segments_nobody_knows(cache):
    message = b"MSH|^~\\&|LAB|HOSP|||20240131||ADT^A08|1|P|2.5\rPID|||42^^^HOSP||Hansen^Karen" + b"|" * 33 + b"7\rQQQ|1"
    first = load_mapping()
    told = convert(message, mapping=first).report
    first.program("ADT_A01", "ADT", traced=False).library.keep()
    second = load_mapping().program("ADT_A01", "ADT", traced=False)
    known = second.library.compiled.reasons
    unmapped = {each.position.partition(".")[0]: each.reason for each in told.unmapped}
    assert unmapped["QQQ-1"] == "unknown-segment"
    assert known
    assert all(unmapped[f"{name}-{field}"] == reason for (name, field, *_), (reason, _, _) in known.items())
    assert not any(name == "QQQ" for name, *_ in known)
    assert convert(message, mapping=load_mapping()).report == told
