"""What a release is checked for."""

import zipfile

import pytest

from tools.release_check import metadata_faults, runs_alone

GOOD = "Name: samspil-x\nVersion: 0.1.0\nLicense-Expression: Apache-2.0\nRequires-Dist: samspil-core~=0.1.0\n\n# samspil-x\n"


def wheel(folder, metadata, *names):
    """Make a wheel of a metadata file and empty files."""
    made = folder / "samspil_x-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("samspil_x-0.1.0.dist-info/METADATA", metadata)
        for name in names:
            archive.writestr(name, "")
    return made


def test_a_good_wheel_has_no_faults(tmp_path):
    """Licence, page, types and a pinned sibling."""
    assert [*metadata_faults(wheel(tmp_path, GOOD, "samspil_x/py.typed"))] == []


@pytest.mark.parametrize(
    ("old", "new", "names", "why"),
    [
        ("Apache-2.0", "MIT", ["samspil_x/py.typed"], "no licence"),
        ("# samspil-x", "", ["samspil_x/py.typed"], "its page is not its README"),
        ("", "", [], "no py.typed"),
        ("", "", ["samspil_x/py.typed", "samspil_x/tests/a.py"], "tests travel with it: samspil_x/tests/a.py"),
        ("~=0.1.0", ">=0.1", ["samspil_x/py.typed"], "a sibling is not pinned: samspil-core>=0.1"),
    ],
)
def test_each_fault_is_told(tmp_path, old, new, names, why):
    """Each lack has its sentence."""
    assert [*metadata_faults(wheel(tmp_path, GOOD.replace(old, new) if old else GOOD, *names))] == [why]


def test_an_example_that_needs_more_does_not_run_alone():
    """An HTTP client is no part of the package."""
    assert runs_alone("import samspil_core")
    assert not runs_alone("import asyncio\nimport httpx")
