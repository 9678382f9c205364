"""The runner of the corpora counts, keeps going, and says what it could not do."""

import json
import types
from pathlib import Path

import pytest

from tools import corpora, status
from tools.suites import attempt


def suite(name, group, run):
    """Make a suite as a module would be."""
    return types.SimpleNamespace(NAME=name, GROUP=group, run=run)


def mixed(_folder):
    """One case that passes, one that does not, one that crashes."""
    yield attempt("good", lambda: None)
    yield attempt("bad", lambda: "differs")
    yield attempt("broken", lambda: str(1 / 0))


def breaking(_folder):
    """One case, and then the suite itself breaks."""
    yield "good", None
    raise RuntimeError("lost")


@pytest.fixture
def ready(monkeypatch, tmp_path):
    """A folder of corpora, a place for the result, and two suites."""
    monkeypatch.setenv("SAMSPIL_CORPORA", str(tmp_path))
    monkeypatch.setattr(corpora, "RESULT", tmp_path / "build" / "corpora.json")
    monkeypatch.setattr(corpora, "load", lambda: [suite("a-mixed", "a", mixed), suite("b-breaking", "b", breaking)])
    return tmp_path


def test_a_line_a_suite_and_a_file_of_results(ready, capsys):
    corpora.main()
    assert capsys.readouterr().out == "a-mixed 1/3\nb-breaking 1/2\n"
    first, second = json.loads((ready / "build" / "corpora.json").read_text(encoding="utf-8"))["suites"]
    assert first == {
        "name": "a-mixed",
        "passed": 1,
        "total": 3,
        "failed": [{"id": "bad", "why": "differs"}, {"id": "broken", "why": "ZeroDivisionError: division by zero"}],
    }
    assert second["failed"] == [{"id": "the suite itself", "why": "RuntimeError: lost"}]


def test_a_suite_gets_an_absolute_folder(ready, monkeypatch):
    """However SAMSPIL_CORPORA or a caller names it."""
    seen = []
    monkeypatch.setattr(
        corpora, "load", lambda: [suite("a-noting", "a", lambda folder: seen.append(folder) or iter(()))]
    )
    monkeypatch.chdir(ready)
    monkeypatch.setenv("SAMSPIL_CORPORA", "../" + ready.name)
    corpora.main()
    corpora.measure(corpora.load()[0], Path())
    assert seen == [ready.resolve(), ready.resolve()]


def test_the_default_folder_named_relatively_is_the_default(ready, monkeypatch):
    written = []
    monkeypatch.setattr(corpora, "DEFAULT", ready)
    monkeypatch.setattr(status, "write", written.append)
    monkeypatch.chdir(ready)
    monkeypatch.setenv("SAMSPIL_CORPORA", ".")
    corpora.main()
    assert len(written) == 1


@pytest.mark.parametrize("wanted", ["b", "b-breaking"])
def test_a_group_or_a_name_chooses(ready, capsys, wanted):
    corpora.main(wanted)
    assert capsys.readouterr().out == "b-breaking 1/2\n"


def test_an_unknown_suite_is_status_2(ready, capsys):
    with pytest.raises(SystemExit) as leaving:
        corpora.main("c")
    assert leaving.value.code == 2
    assert "a-mixed, b-breaking" in capsys.readouterr().err


def test_absent_corpora_are_status_2(ready, capsys, monkeypatch):
    monkeypatch.setenv("SAMSPIL_CORPORA", str(ready / "absent"))
    with pytest.raises(SystemExit) as leaving:
        corpora.main()
    assert leaving.value.code == 2
    assert "SAMSPIL_CORPORA" in capsys.readouterr().err


def test_the_figures_go_into_the_status_page(ready, monkeypatch):
    page = ready / "status.md"
    page.write_text(f"before\n{status.BEGIN}\nold\n{status.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(status, "PAGE", page)
    monkeypatch.setattr(corpora, "DEFAULT", ready)
    corpora.main("a")
    assert "old" in page.read_text(encoding="utf-8")
    corpora.main()
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{status.BEGIN}\n")
    assert "| a-mixed | 1 | 3 |\n| b-breaking | 1 | 2 |" in text
    assert "old" not in text
