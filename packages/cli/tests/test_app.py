import json

import click
import pytest

from samspil_cli import app, plugins


class FakePoint:
    """An entry point of a package that is not really installed."""

    dist = None

    def __init__(self, name, thing):
        self.name, self.thing, self.value = name, thing, f"fake:{name}"

    def load(self):
        if isinstance(self.thing, Exception):
            raise self.thing
        return self.thing


@pytest.fixture
def installed(monkeypatch):
    """Pretend that packages have registered these objects: a group of entry points, and what is in it."""
    points = {plugins.COMMANDS: {}, plugins.DEMOS: {}, plugins.PORTS: {}}
    monkeypatch.setattr(plugins, "find", lambda group: points[group])

    def add(group, name, thing):
        points[group][name] = FakePoint(name, thing)

    return add


def command(body):
    """Wrap a body as a click command."""
    return click.Command("mine", callback=body, help="Do it.")


def test_version(capsys):
    assert app.run(["--version"]) == 0
    assert capsys.readouterr().out == "samspil 0.1.0\n"


def test_a_registered_group_is_listed_and_runs(installed, capsys):
    installed(plugins.COMMANDS, "mine", command(lambda: click.echo("done")))
    assert app.run(["--help"]) == 0
    assert "Do it." in capsys.readouterr().out
    assert app.run(["mine"]) == 0
    assert capsys.readouterr().out == "done\n"


def test_a_known_group_is_listed_without_being_imported(installed, capsys):
    installed(plugins.COMMANDS, "hl7v2", AssertionError("imported"))
    assert app.run(["--help"]) == 0
    assert "HL7 v2 messages" in capsys.readouterr().out


def test_the_number_a_command_returns_is_the_exit_status(installed):
    installed(plugins.COMMANDS, "mine", command(lambda: 1))
    assert app.run(["mine"]) == 1


def test_an_absent_known_group_names_the_package(installed, capsys):
    assert app.run(["hl7v2"]) == 2
    assert capsys.readouterr().err == "Error: hl7v2 is not installed. Install it: pip install 'samspil[hl7v2]'\n"


def test_a_group_that_cannot_be_imported_names_the_package(installed, capsys):
    installed(plugins.COMMANDS, "hl7v2", ModuleNotFoundError("No module named 'jsonschema'"))
    assert app.run(["hl7v2"]) == 2
    error = capsys.readouterr().err
    assert "No module named 'jsonschema'" in error
    assert "pip install 'samspil[hl7v2]'" in error


def test_a_broken_group_does_not_break_the_help(installed, capsys):
    installed(plugins.COMMANDS, "mine", ImportError("no such library"))
    assert app.run(["--help"]) == 0
    assert "no such library" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["demo", "nonsense"]])
def test_a_mistake_is_status_2_and_no_traceback(installed, capsys, arguments):
    assert app.run(arguments) == 2
    error = capsys.readouterr().err
    assert "nonsense" in error
    assert "Traceback" not in error


def raising(error):
    """Give a body that raises."""

    def body():
        raise error

    return body


def test_a_missing_file_is_told_by_name(installed, capsys):
    installed(plugins.COMMANDS, "mine", command(raising(FileNotFoundError(2, "No such file or directory", "a.hl7"))))
    assert app.run(["mine"]) == 2
    assert capsys.readouterr().err == "Error: No such file or directory: a.hl7\n"


def test_a_fault_of_ours_tells_its_place_and_not_its_text(installed, capsys):
    """The text of an exception may hold a person's data."""
    installed(plugins.COMMANDS, "mine", command(raising(ValueError("Jensen"))))
    assert app.run(["mine"]) == 2
    error = capsys.readouterr().err
    assert "ValueError in " in error
    assert "Jensen" not in error


def test_a_traceback_is_shown_on_demand(installed, capsys, monkeypatch):
    monkeypatch.setenv("SAMSPIL_DEBUG", "1")
    installed(plugins.COMMANDS, "mine", command(raising(ValueError("Jensen"))))
    assert app.run(["mine"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_command_stopped_by_the_keyboard(installed, capsys):
    installed(plugins.COMMANDS, "mine", command(raising(KeyboardInterrupt())))
    assert app.run(["mine"]) == 2
    assert "stopped" in capsys.readouterr().err


def test_main_leaves_with_the_status(installed):
    with pytest.raises(SystemExit) as leaving:
        app.main(["nonsense"])
    assert leaving.value.code == 2


def test_demo_runs_all_and_gives_the_worst_status(installed, capsys):
    installed(plugins.DEMOS, "first", lambda console: console.print("one") or 0)
    installed(plugins.DEMOS, "second", lambda console: console.print("two") or 1)
    assert app.run(["demo"]) == 1
    assert capsys.readouterr().out == "one\ntwo\n"
    assert app.run(["demo", "first"]) == 0
    assert capsys.readouterr().out == "one\n"


def test_demo_without_modules(installed, capsys):
    assert app.run(["demo"]) == 2
    assert "pip install 'samspil[all]'" in capsys.readouterr().err


def test_plugins_lists_what_is_registered(installed, capsys):
    assert app.run(["plugins"]) == 0
    assert "no module is installed" in capsys.readouterr().err
    installed(plugins.PORTS, "mine", object())
    assert app.run(["plugins"]) == 0
    assert capsys.readouterr().out.split() == ["port", "mine", "fake:mine"]
    assert app.run(["plugins", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"kind": "port", "name": "mine", "object": "fake:mine", "package": "", "version": ""}
    ]
