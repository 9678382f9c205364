"""Archives and folders: every plain file once, and nothing that leads outside, is a link, or is too large."""

import io
import tarfile

import pytest

from samspil_definitions import PackageError
from samspil_definitions.archive import content_hash, content_root, read_files


def codes(error):
    return [issue.code for issue in error.value.outcome]


def write(path, *members):
    with tarfile.open(path, "w:gz") as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def test_an_archive_and_its_folder_hold_the_same(kit):
    files = kit.pack("a", "1.0.0", kit.types)
    archive = kit.archive("a", "1.0.0", kit.types)
    folder = kit.unpacked(kit.folder / "a", files)
    assert dict(read_files(archive)) == dict(read_files(folder)) == files


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil.json", "package/../../evil.json", "C:\\evil.json", "package\\evil"]
)
def test_a_name_that_leads_outside_refuses_the_archive(tmp_path, name):
    write(tmp_path / "x.tgz", (tarfile.TarInfo(name), b"{}"))
    with pytest.raises(PackageError) as error:
        list(read_files(tmp_path / "x.tgz"))
    assert codes(error) == ["SAM-DEF-103"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_link_or_device_refuses_the_archive(tmp_path, kind):
    member = tarfile.TarInfo("package/x.json")
    member.type, member.linkname = kind, "/etc/passwd"
    write(tmp_path / "x.tgz", (member, b""))
    with pytest.raises(PackageError) as error:
        list(read_files(tmp_path / "x.tgz"))
    assert codes(error) == ["SAM-DEF-103"]


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path):
    """A small archive may hold very many zeros."""
    write(tmp_path / "x.tgz", (tarfile.TarInfo("package/x.json"), b"0" * 100_000))
    with pytest.raises(PackageError) as error:
        list(read_files(tmp_path / "x.tgz", limit=50_000))
    assert codes(error) == ["SAM-DEF-104"]


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"PK" + data, lambda data: data[:0]]
)
def test_a_damaged_archive_is_a_finding(kit, damage):
    path = kit.archive("a", "1.0.0", kit.types)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(PackageError) as error:
        list(read_files(path))
    assert codes(error) == ["SAM-DEF-102"]


def test_a_path_that_is_not_there_is_a_finding(tmp_path):
    with pytest.raises(PackageError) as error:
        list(read_files(tmp_path / "none.tgz"))
    assert codes(error) == ["SAM-DEF-107"]


def test_what_other_tools_generate_is_no_content(kit):
    """A package has the same hash whether or not a tool has put an index into its folder."""
    folder = kit.cached("a", "1.0.0", [])
    (folder / "package" / ".index.json").write_text("{}")
    assert [name for name, _ in read_files(folder)] == ["package/package.json"]


def test_the_content_hash_depends_on_names_and_bytes_alone():
    assert content_hash([("a", "1"), ("b", "2")]) == content_hash([("b", "2"), ("a", "1")])
    assert content_hash([("a", "1")]) != content_hash([("a", "2")]) != content_hash([("b", "2")])


def test_the_content_is_in_the_folder_of_package_json():
    assert content_root(["package/package.json", "other/package.json"], "x") == "package/"
    assert content_root(["package.json", "a/package.json"], "x") == ""
    with pytest.raises(PackageError) as error:
        content_root(["readme.txt"], "x")
    assert codes(error) == ["SAM-DEF-101"]
