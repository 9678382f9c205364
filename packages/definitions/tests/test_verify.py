"""Verifying: every file is read anew and compared with what was installed or is pinned."""

from contextlib import closing

from samspil_definitions import verify as verify_module
from samspil_definitions.install import install
from samspil_definitions.known import Known
from samspil_definitions.verify import verify


def states(kit, *packages):
    with closing(Known(kit.index)) as known:
        return {
            each.package: (each.state, [issue.code for issue in each.outcome])
            for each in verify(kit.cache, known, packages)
        }


def test_what_was_installed_is_the_same(kit):
    install([kit.archive("a", "1.0.0", kit.types)], cache=kit.cache, index=kit.index, sources=[])
    assert states(kit) == {"a#1.0.0": ("same", [])}


def test_a_changed_file_is_found(kit):
    """Also one that was changed in place, which loading does not look at."""
    install([kit.archive("a", "1.0.0", kit.types)], cache=kit.cache, index=kit.index, sources=[])
    file = next((kit.cache / "a#1.0.0" / "package").glob("StructureDefinition-*"))
    file.write_text(file.read_text().replace("Element", "Elemant"))
    assert states(kit) == {"a#1.0.0": ("changed", ["SAM-DEF-305"])}


def test_a_package_that_another_tool_put_there_is_unknown(kit):
    kit.cached("a", "1.0.0", [])
    assert states(kit) == {"a#1.0.0": ("unknown", ["SAM-DEF-306"])}


def test_a_pinned_package_is_compared_whoever_put_it_there(kit, monkeypatch):
    kit.cached("a", "1.0.0", [])
    monkeypatch.setattr(verify_module, "pinned", lambda _package: (frozenset(), "0" * 64))
    assert states(kit) == {"a#1.0.0": ("changed", ["SAM-DEF-305"])}


def test_a_broken_or_missing_package_is_told(kit):
    kit.cached("a", "1.0.0", [])
    (kit.cache / "a#1.0.0" / "package" / "package.json").write_text("{")
    assert states(kit) == {"a#1.0.0": ("broken", ["SAM-DEF-105"])}
    assert states(kit, "b#1.0.0") == {"b#1.0.0": ("broken", ["SAM-DEF-201"])}
