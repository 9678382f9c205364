"""`samspil definitions`: data on standard output, words on standard error, the exit status tells."""

import json

import pytest
from click.testing import CliRunner

from samspil_definitions import install as install_module
from samspil_definitions.cli import group


@pytest.fixture
def command(kit, monkeypatch):
    monkeypatch.setenv("SAMSPIL_CACHE", str(kit.index))
    monkeypatch.setattr(install_module, "default_sources", list)

    def run(*arguments):
        result = CliRunner().invoke(group, [*map(str, arguments), "--cache", str(kit.cache)], standalone_mode=False)
        if result.exception:
            raise result.exception
        return result.return_value, result.stdout, result.stderr

    return run


def test_an_archive_is_installed_listed_and_verified(kit, command):
    archive = kit.archive("a", "1.0.0", [], title="A package", fhirVersions=["4.0.1"])
    status, out, err = command("install", archive, "--no-dependencies")
    assert (status, out) == (0, f"a#1.0.0\t{kit.cache / 'a#1.0.0'}\n")
    assert "1 installed, 0 were there" in err
    assert command("list")[:2] == (0, "a#1.0.0\t4.0.1\tA package\n")
    assert json.loads(command("list", "--format", "json")[1])["fhirVersions"] == ["4.0.1"]
    status, out, _ = command("verify")
    assert (status, out.split()[:2]) == (0, ["same", "a#1.0.0"])
    assert json.loads(command("verify", "a#1.0.0", "--format", "json")[1])["state"] == "same"


def test_what_cannot_be_fetched_is_status_1(command):
    status, out, err = command("install", "a#1.0.0")
    assert (status, out) == (1, "")
    assert "SAM-DEF-301" in err


def test_a_hash_is_for_one_archive(command):
    with pytest.raises(Exception, match="one package"):
        command("install", "a#1.0.0", "b#1.0.0", "--sha256", "00")


def test_the_tree_shows_what_is_missing(kit, command):
    kit.cached("c", "1.0.0", [])
    kit.cached("b", "1.0.0", [], dependencies={"c": "1.x"})
    kit.cached("a", "1.0.0", [], dependencies={"b": "1.0.0", "c": "1.0.0", "d": "1.0.0"})
    status, out, err = command("tree", "a")
    assert out.splitlines() == [
        "a#1.0.0",
        "  b#1.0.0",
        "    c#1.0.0  for c#1.x",
        "  c#1.0.0  (above)",
        "  d#1.0.0  MISSING",
    ]
    assert status == 1
    assert "SAM-DEF-202" in err
    (tree,) = json.loads(command("tree", "a", "--format", "json")[1])
    assert [each["package"] for each in tree["dependencies"]] == ["b#1.0.0", "c#1.0.0", None]


def test_a_tree_with_a_circle_ends(kit, command):
    kit.cached("a", "1.0.0", [], dependencies={"b": "1.0.0"})
    kit.cached("b", "1.0.0", [], dependencies={"a": "1.0.0"})
    assert command("tree", "a")[1].splitlines() == ["a#1.0.0", "  b#1.0.0", "    a#1.0.0  (above)"]
    assert (
        json.loads(command("tree", "a", "--format", "json")[1])[0]["dependencies"][0]["dependencies"][0]["package"]
        == "a#1.0.0"
    )


def test_a_tree_of_what_is_not_there_is_status_2(command):
    with pytest.raises(Exception, match="not in the package cache") as error:
        command("tree", "none#1.0.0")
    assert error.value.exit_code == 2


def test_verifying_tells_by_status(kit, command):
    kit.cached("a", "1.0.0", [])
    assert command("verify")[0] == 0
    assert command("verify", "b#1.0.0")[0] == 1


def test_a_broken_package_does_not_hide_the_others(kit, command):
    kit.cached("a", "1.0.0", [])
    kit.cached("b", "1.0.0", [])
    (kit.cache / "a#1.0.0" / "package" / "package.json").write_text("{")
    _, out, err = command("list")
    assert out.startswith("b#1.0.0")
    assert "SAM-DEF-105" in err
