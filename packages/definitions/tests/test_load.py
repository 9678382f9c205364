"""Loading: from archives, folders and the cache, with dependencies, indexed once."""

import json
import os
import subprocess
import sys
import time

import pytest

from samspil_definitions import PackageError, load_packages

A = {"resourceType": "ValueSet", "id": "a", "url": "http://example.org/a", "version": "1.0.0"}


def codes(outcome):
    return [issue.code for issue in outcome]


def names(definitions):
    return [str(each) for each in definitions.packages]


def test_an_archive_a_folder_and_a_cached_package_are_the_same(kit):
    archive = kit.archive("a", "1.0.0", [A])
    folder = kit.unpacked(kit.folder / "plain", kit.pack("a", "1.0.0", [A]))
    kit.cached("a", "1.0.0", [A])
    hashes = {
        kit.load(each).hash for each in (archive, str(archive), folder, folder / "package", "a#1.0.0", "a@1.0.0", "a")
    }
    assert len(hashes) == 1


def test_a_folder_of_archives_is_all_of_them(kit):
    kit.archive("a", "1.0.0", [A])
    kit.archive("b", "1.0.0", [])
    assert names(kit.load(kit.folder)) == ["a#1.0.0", "b#1.0.0"]


def test_a_changed_archive_is_read_again(kit):
    first = kit.load(kit.archive("a", "1.0.0", [A]))
    second = kit.load(kit.archive("a", "1.0.0", [{**A, "version": "2.0.0"}]))
    assert first.hash != second.hash
    assert second.find("ValueSet", A["url"])["version"] == "2.0.0"


def test_a_changed_file_of_a_folder_is_read_again(kit):
    folder = kit.unpacked(kit.folder / "plain", kit.pack("a", "1.0.0", [A]))
    before = kit.load(folder).hash
    (folder / "package" / "ValueSet-a-0.json").write_text(json.dumps({**A, "version": "1.0.1"}))
    assert kit.load(folder).hash != before


def test_a_warm_index_is_not_written_again(kit):
    kit.core()
    kit.load("hl7.fhir.r4.core")
    stores = {path: path.stat().st_mtime_ns for path in kit.index.rglob("*.sqlite") if path.name != "known.sqlite"}
    kit.load("hl7.fhir.r4.core")
    assert stores == {path: path.stat().st_mtime_ns for path in stores}


def test_dependencies_come_after_what_asks_for_them(kit):
    kit.cached("c", "1.0.0", [])
    kit.cached("b", "2.1.0", [], dependencies={"c": "1.0.0"})
    archive = kit.archive("a", "1.0.0", [], dependencies={"b": "2.1.x", "c": "*"})
    found = kit.load(archive)
    assert names(found) == ["a#1.0.0", "b#2.1.0", "c#1.0.0"]
    assert found.outcome.ok


def test_packages_that_depend_on_each_other_end(kit):
    kit.cached("a", "1.0.0", [], dependencies={"b": "1.0.0"})
    kit.cached("b", "1.0.0", [], dependencies={"a": "1.0.0"})
    assert names(kit.load("a#1.0.0")) == ["a#1.0.0", "b#1.0.0"]


def test_a_missing_dependency_is_a_finding_and_the_rest_goes_on(kit):
    found = kit.load(kit.archive("a", "1.0.0", [A], dependencies={"b": "1.0.0"}))
    issue = found.outcome.issues[0]
    assert (issue.code, issue.severity) == ("SAM-DEF-202", "warning")
    assert "samspil definitions install b#1.0.0" in issue.fix
    assert found.find("ValueSet", A["url"])


def test_a_package_of_the_list_stands_in_for_another_version_of_it(kit):
    kit.cached("b", "2.0.0", [])
    found = kit.load(kit.archive("a", "1.0.0", [], dependencies={"b": "1.0.0"}), "b#2.0.0")
    assert names(found) == ["a#1.0.0", "b#2.0.0"]
    assert codes(found.outcome) == ["SAM-DEF-203"]


def test_the_core_of_the_fhir_version_comes_along(kit):
    kit.core()
    found = kit.load(kit.archive("a", "1.0.0", [], fhirVersions=["4.0.1"]))
    assert names(found) == ["a#1.0.0", "hl7.fhir.r4.core#4.0.1"]
    assert found.fhir_version == "4.0.1"


def test_a_package_for_another_fhir_version_is_a_finding(kit):
    kit.core()
    found = kit.load("hl7.fhir.r4.core", kit.archive("a", "1.0.0", [], fhirVersions=["5.0.0"]))
    assert codes(found.outcome) == ["SAM-DEF-204"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [("a#1.0.0", "SAM-DEF-201"), ("./none.tgz", "SAM-DEF-107"), ("a b", "SAM-DEF-205"), ("a*#1", "SAM-DEF-205")],
)
def test_what_is_asked_for_and_not_there_stops(kit, asked, code):
    with pytest.raises(PackageError) as error:
        kit.load(asked)
    assert codes(error.value.outcome) == [code]


@pytest.mark.parametrize(
    "manifest", [b"{", b"[]", b'{"name": "a"}', b'{"name": "../a", "version": "1"}', b'{"name": 1, "version": 2}']
)
def test_a_wrong_manifest_is_a_finding(kit, manifest):
    folder = kit.unpacked(kit.folder / "plain", {"package/package.json": manifest})
    with pytest.raises(PackageError) as error:
        kit.load(folder)
    assert codes(error.value.outcome) == ["SAM-DEF-105"]


def test_files_that_are_no_resources_are_findings_and_lose_no_others(kit):
    files = kit.pack("a", "1.0.0", [A]) | {
        "package/broken.json": b"{",
        "package/list.json": b"[]",
        "package/x.txt": b"x",
    }
    found = kit.load(kit.unpacked(kit.folder / "plain", files))
    assert codes(found.outcome) == ["SAM-DEF-106", "SAM-DEF-106"]
    assert found.find("ValueSet", A["url"])


def test_an_index_folder_that_cannot_be_written_is_a_finding(kit):
    blocked = kit.folder / "blocked"
    blocked.write_text("a file")
    found = load_packages([kit.archive("a", "1.0.0", [A])], cache=kit.cache, index=blocked)
    assert codes(found.outcome) == ["SAM-DEF-108"]
    assert found.find("ValueSet", A["url"])


@pytest.mark.parametrize("damage", ["known.sqlite", "packages"])
def test_a_damaged_index_is_a_finding_and_costs_time_alone(kit, damage):
    kit.index.mkdir()
    (kit.index / damage).write_text("neither a database nor a folder")
    found = kit.load(kit.archive("a", "1.0.0", [A]))
    assert codes(found.outcome) == ["SAM-DEF-108"]
    assert found.find("ValueSet", A["url"])


def test_a_half_written_index_is_never_seen(kit):
    """What a process left that died while indexing is not taken for an index."""
    archive = kit.archive("a", "1.0.0", [A])
    (kit.index / "packages").mkdir(parents=True)
    (kit.index / "packages" / ".package.dead").write_bytes(b"half")
    assert kit.load(archive).find("ValueSet", A["url"])


def test_two_processes_may_index_at_once(kit):
    archive = kit.archive("a", "1.0.0", kit.types)
    code = (
        "import sys; from samspil_definitions import load_packages; "
        "print(load_packages([sys.argv[1]], cache=sys.argv[2], index=sys.argv[3]).structure('Patient')['id'])"
    )
    command = [sys.executable, "-c", code, str(archive), str(kit.cache), str(kit.index)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [each.communicate(timeout=60)[0] for each in running] == ["Patient\n"] * 3


def test_the_same_packages_have_the_same_hash_in_any_folder(kit, tmp_path_factory):
    other = type(kit)(tmp_path_factory.mktemp("other"))
    one, two = (each.load(each.archive("a", "1.0.0", [A])) for each in (kit, other))
    assert one.hash == two.hash
    os.utime(kit.folder / "a-1.0.0.tgz", (time.time() - 100, time.time() - 100))
    assert kit.load(kit.folder / "a-1.0.0.tgz").hash == one.hash


def test_one_content_read_again_in_another_order_of_files_keeps_its_answers(kit):
    """A folder and an archive of one content share a store, and the catalogue made from the first reads the second."""
    files = kit.pack(
        "a", "1.0.0", [{**A, "id": name, "url": f"http://x.org/{name}"} for name in ("one", "two", "three")]
    )
    first = kit.folder / "first.tgz"
    first.write_bytes(kit.archive_of(files))
    assert kit.load(first).find("ValueSet", "http://x.org/one")["id"] == "one"
    other = kit.folder / "other.tgz"
    other.write_bytes(kit.archive_of(dict(reversed(files.items()))))
    for name in ("one", "two", "three"):
        assert kit.load(other).find("ValueSet", f"http://x.org/{name}")["id"] == name
