"""The store: one immutable file a snapshot, swapped in one step, whatever happens to the process that imports."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from array import array

import pytest

from samspil_terminology import Catalog, Store, import_into, lookup
from samspil_terminology.snomed.attributes import write_attributes
from samspil_terminology.snomed.known import ROOT, check_digit
from samspil_terminology.store.reader import Snapshot, WrongFormat
from tools.rf2_generator import generate

SCT = "http://snomed.info/sct"


def test_an_import_that_is_killed_keeps_the_old_snapshot(tmp_path, release) -> None:
    """kill -9 in the middle: the old release answers, before and after, and what was left over is tidied away."""
    folder = tmp_path / "store"
    first = import_into(Store(folder), [release], version="http://snomed.info/sct/1/version/20260101")
    assert first.entry
    served = Catalog().provide(Store(folder))
    large = tmp_path / "large"
    generate(large, 30_000)
    command = (
        "import sys; from pathlib import Path; from samspil_terminology import Store, import_into\n"
        "import_into(Store(Path(sys.argv[1])), [Path(sys.argv[2])], version='http://snomed.info/sct/1/version/20260201')"
    )
    process = subprocess.Popen([sys.executable, "-c", command, str(folder), str(large)])
    end = time.monotonic() + 60
    while not any(each.stat().st_size > 100_000 for each in folder.glob(".*.partial")):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert list(folder.glob(".*.partial"))
    for catalog in (served, Catalog().provide(Store(folder))):
        assert catalog.versions(SCT) == ["http://snomed.info/sct/1/version/20260101"]
        assert lookup(catalog, SCT, ROOT).display
    done = import_into(Store(folder), [large], version="http://snomed.info/sct/1/version/20260201")
    assert done.entry
    assert not list(folder.glob(".*.partial"))
    assert len(Store(folder).entries) == 2


@pytest.mark.parametrize(
    ("harm", "line", "column", "why"),
    [
        (lambda data: data[: len(data) // 2], None, None, "columns"),
        (lambda data: data.replace(b"\t1\t", b"\t\xff\t", 1), 2, None, "UTF-8"),
        (lambda data: b"nothing\n" + data, 1, 1, "header"),
        (lambda data: data.replace(b"\r\n", b"\textra\r\n").replace(b"\textra", b"", 3), 4, None, "columns"),
        (lambda _: b"", 1, 1, "empty"),
        (lambda data: data.replace(b"effectiveTime", b"time"), 1, 2, "effectiveTime belongs"),
        (lambda data: data.replace(b"\t2026", b"\tJan 2026", 1), 2, 2, "not a date"),
        (lambda data: data.replace(b"\r\n1", b"\r\nC1", 1), 2, 1, "not an identifier"),
        (lambda data: data.replace(b"\t1\t9", b"\tyes\t9", 1), 2, 3, "not 0 or 1"),
        (lambda data: data + data.split(b"\n")[3] + b"\n", None, 1, "twice"),
    ],
)
def test_a_damaged_release_is_refused_with_line_and_column(tmp_path, harm, line, column, why) -> None:
    """What was in use stays in use, and the finding tells file, line and column."""
    source = tmp_path / "rf2"
    generate(source, 60)
    store = Store(tmp_path / "store")
    assert import_into(store, [source], version="http://snomed.info/sct/1/version/1").entry
    file = next(source.rglob("sct2_Concept*"))
    file.write_bytes(harm(file.read_bytes()))
    done = import_into(store, [source], version="http://snomed.info/sct/1/version/2")
    assert done.entry is None
    (issue,) = done.outcome.issues
    assert issue.code == "SAM-TRM-201"
    assert file.name in issue.text
    assert why in issue.text
    assert line is None or f"line {line}," in issue.text
    assert column is None or f"column {column}:" in issue.text
    assert [each.version for each in store.entries] == ["http://snomed.info/sct/1/version/1"]
    assert not list((tmp_path / "store").glob(".*"))


def test_a_new_snapshot_of_the_same_version_replaces_it_in_one_step(tmp_path, release) -> None:
    """An open store goes on with what it opened until it looks again; the old file is kept."""
    folder = tmp_path / "store"
    import_into(Store(folder), [release], version="v")
    open_store = Store(folder)
    before = open_store.entries
    generate(tmp_path / "mended", 40)
    again = import_into(Store(folder), [tmp_path / "mended"], version="v")
    catalog = Catalog().provide(open_store)
    opened = catalog.system(SCT)
    assert open_store.entries == before
    assert catalog.system(SCT) is opened
    assert catalog.refresh()
    assert not catalog.refresh()
    assert open_store.entries == [again.entry]
    assert catalog.system(SCT) is not opened
    assert len(list(folder.glob("*.sqlite"))) == 2


def test_a_snapshot_is_read_only(snomed, tmp_path, release) -> None:
    """Nothing that reads can write."""
    store = Store(tmp_path)
    done = import_into(store, [release])
    snapshot = Snapshot(tmp_path / done.entry.file)
    with pytest.raises(sqlite3.OperationalError):
        snapshot.connection.execute("DELETE FROM concept")


def test_what_is_no_snapshot_is_said(tmp_path) -> None:
    """A file of another kind, or of another layout, is refused by name."""
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(WrongFormat, match=r"x\.sqlite"):
        Snapshot(path)


def test_a_left_over_of_a_living_process_is_not_touched(tmp_path) -> None:
    """Only what belongs to nobody is tidied away."""
    mine, nobodys = tmp_path / f".a.sqlite.{os.getpid()}.partial", tmp_path / ".b.sqlite.999999999.partial"
    mine.touch()
    nobodys.touch()
    assert Store(tmp_path).tidy() == [nobodys.name]
    assert mine.exists()


def test_answers_do_not_depend_on_numpy(release, tmp_path, monkeypatch) -> None:
    """The store written and read without numpy is the same as with it."""
    pytest.importorskip("numpy", reason="the extra [fast] is not installed")
    from samspil_terminology.store import ids, snapshot

    def answers(folder):
        done = import_into(Store(folder), [release])
        system = Catalog().provide(Store(folder)).system(SCT)
        codes = list(system.codes())
        chosen = [
            f"<< {codes[20]} AND < {codes[3]}",
            f"< {ROOT} MINUS << {codes[15]}",
            f">> {codes[-1]} OR <! {codes[5]}",
        ]
        from samspil_terminology.snomed.ecl.parser import parse

        found = [[codes[int(n)] for n in system.evaluate(parse(each))] for each in chosen]
        with sqlite3.connect(folder / done.entry.file) as connection:
            nodes = connection.execute("SELECT * FROM node ORDER BY n").fetchall()
        connection.close()
        return found, nodes

    fast = answers(tmp_path / "fast")
    monkeypatch.setattr(ids, "np", None)
    monkeypatch.setattr(snapshot, "np", None)
    assert answers(tmp_path / "plain") == fast


def test_fhir_packages_and_files_are_kept(tmp_path, make) -> None:
    """CodeSystems, ValueSets and ConceptMaps of a file of resources answer from the store; the last version counts."""
    from samspil_core.jsontext import dumps

    old = make.system("http://example.org/s", make.concept("a", "Old"))
    new = {**make.system("http://example.org/s", make.concept("a", "New")), "version": "1.10"}
    some = [
        old,
        new,
        {**new, "version": "1.9"},
        make.value_set("http://example.org/v", {"system": "http://example.org/s"}),
    ]
    (tmp_path / "all.ndjson").write_bytes(b"\n".join(dumps(each) for each in some))
    done = import_into(Store(tmp_path / "store"), [tmp_path / "all.ndjson"])
    assert done.count == 4
    catalog = Catalog().provide(Store(tmp_path / "store"))
    assert lookup(catalog, "http://example.org/s", "a").display == "New"
    assert lookup(catalog, "http://example.org/s", "a", "1").display == "Old"
    assert catalog.value_set("http://example.org/v")


@pytest.mark.parametrize("fast", [True, False])
def test_attributes_of_a_release_of_millions_are_kept(monkeypatch, fast) -> None:
    """A national edition has more than a million concepts: their numbers come back as they went in, with numpy or not."""
    if not fast:
        monkeypatch.setattr("samspil_terminology.snomed.attributes.np", None)

    class Writer:
        def properties(self, rows):
            assert list(rows) == []

        def attributes(self, rows):
            self.rows = list(rows)

        def inverse(self, rows):
            self.pairs = [(kind, target, list(array("i", sources))) for kind, target, sources in rows]

    numbers, writer = array("i", [4_000_000, 3_999_999, 4_190_000]), Writer()
    write_attributes(writer, array("i", [0, 3, 1, 2, 0, 0, 1, 1]), {}, numbers)
    assert writer.rows == [(4_000_000, "[[0,3999999,3999999],[3,3999999,4190000]]")]
    assert writer.pairs == [(3_999_999, 3_999_999, [4_000_000]), (3_999_999, 4_190_000, [4_000_000])]


def test_check_digits() -> None:
    """The generator's identifiers are well-formed."""
    assert check_digit("40468400") == "3"


def test_full_and_delta_files_are_refused(tmp_path) -> None:
    """Only a snapshot is the state at a release; the finding says what there is instead."""
    for kind in ("Full", "Delta"):
        generate(tmp_path / kind, 60)
        for file in list((tmp_path / kind).rglob("*.txt")):
            file.rename(file.with_name(file.name.replace("Snapshot", kind)))
        done = import_into(Store(tmp_path / "store"), [tmp_path / kind], kind="snomed")
        assert done.entry is None
        assert f"there is only {kind}" in done.outcome.issues[0].text


def test_rows_about_concepts_of_another_release_are_counted(tmp_path) -> None:
    """They are left out, and a finding says how many of which file."""
    generate(tmp_path / "rf2", 60)
    file = next((tmp_path / "rf2").rglob("sct2_Concept*"))
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join([*lines[:-2], lines[-1]]))
    done = import_into(Store(tmp_path / "store"), [tmp_path / "rf2"])
    assert done.entry
    assert {each.code for each in done.outcome.issues} == {"SAM-TRM-205"}


def test_a_full_disk_leaves_what_was_in_use(tmp_path) -> None:
    """The import ends with the reason in words, and nothing of it stays behind."""
    table = tmp_path / "many.csv"
    table.write_text("code;display\n" + "".join(f"c{at};Concept {at}\n" for at in range(30_000)), encoding="utf-8")
    small = tmp_path / "few.csv"
    small.write_text("code;display\na;Alpha\n", encoding="utf-8")
    folder, url = tmp_path / "store", "http://example.org/t"
    assert import_into(Store(folder), [small], kind="table", url=url).entry
    code = (
        "import resource, signal, sys; from pathlib import Path; from samspil_terminology import Store, import_into;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000));"
        f"import_into(Store(Path(sys.argv[1])), [Path(sys.argv[2])], kind='table', url={url!r}, version='2')"
    )
    ended = subprocess.run([sys.executable, "-c", code, folder, table], check=False, capture_output=True, text=True)
    assert "OSError" in ended.stderr.splitlines()[-1]
    assert "could not be written" in ended.stderr
    assert sorted(each.name for each in folder.iterdir() if each.name != "current.json") == [
        Store(folder).entries[0].file
    ]
    assert lookup(Catalog().provide(Store(folder)), url, "a").display == "Alpha"


def imports_at_once(folder, *jobs):
    """Import tables into one store, each in a process of its own; of a job its file and its version."""
    code = (
        "import sys; from pathlib import Path; from samspil_terminology import Store, import_into;"
        "import_into(Store(Path(sys.argv[1])), [Path(sys.argv[2])], kind='table', url='http://example.org/t', version=sys.argv[3])"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, folder, *job]) for job in jobs]
    assert {each.wait(60) for each in running} == {0}
    return Store(folder)


def many(path, what):
    """Write a table of three thousand concepts."""
    path.write_text("code;display\n" + "".join(f"c{at};{what} {at}\n" for at in range(3_000)), encoding="utf-8")
    return path


def test_imports_at_once_all_arrive(tmp_path) -> None:
    """Of different versions none is forgotten; of one version the last to be ready is in use, whole, and the others are old."""
    one, other = many(tmp_path / "one.csv", "One"), many(tmp_path / "other.csv", "Other")
    store = imports_at_once(tmp_path / "store", (one, "1"), (other, "1"), (one, "2"), (one, "3"))
    assert [each.version for each in store.entries] == ["1", "2", "3"]
    assert len(list(store.folder.glob("*.sqlite"))) == 4
    catalog = Catalog().provide(store)
    shown = {lookup(catalog, "http://example.org/t", f"c{at}", version="1").display.split()[0] for at in range(9)}
    assert shown in ({"One"}, {"Other"})


def test_the_same_release_imported_by_two_at_once_leaves_one_snapshot(tmp_path) -> None:
    """Whoever is ready second finds the same in use, and leaves nothing behind; so does who comes later."""
    table = many(tmp_path / "t.csv", "Concept")
    for _ in range(2):
        store = imports_at_once(tmp_path / "store", (table, "1"), (table, "1"))
        (entry,) = store.entries
        assert sorted(each.name for each in store.folder.iterdir()) == sorted(["current.json", entry.file])


def test_a_snapshot_that_is_gone_is_made_anew(tmp_path) -> None:
    """What is in use by name alone holds nothing, so it is not the same."""
    table, folder, url = many(tmp_path / "t.csv", "Concept"), tmp_path / "store", "http://example.org/t"
    first = import_into(Store(folder), [table], kind="table", url=url, version="1")
    (folder / first.entry.file).unlink()
    again = import_into(Store(folder), [table], kind="table", url=url, version="1")
    assert (folder / again.entry.file).exists()
    assert lookup(Catalog().provide(Store(folder)), url, "c1").display == "Concept 1"


def test_a_reader_goes_on_while_a_snapshot_is_replaced(tmp_path) -> None:
    """Who has the old one open reads it to the end; who looks again has the new one."""
    table, folder, url = tmp_path / "t.csv", tmp_path / "store", "http://example.org/t"
    table.write_text("code;display\na;Old\n", encoding="utf-8")
    import_into(Store(folder), [table], kind="table", url=url, version="1")
    reader = Store(folder)
    catalog = Catalog().provide(reader)
    assert lookup(catalog, url, "a").display == "Old"
    table.write_text("code;display\na;New\nb;More\n", encoding="utf-8")
    import_into(Store(folder), [table], kind="table", url=url, version="1")
    assert lookup(catalog, url, "a").display == "Old"
    assert catalog.refresh()
    assert [lookup(catalog, url, each).display for each in "ab"] == ["New", "More"]
