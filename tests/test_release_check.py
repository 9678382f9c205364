"""What a release is checked for."""

import zipfile

import pytest

from tools.release_check import cost_faults, metadata_faults, runs_alone
from tools.sizes import Cost, sentence, wheel_of, write

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
    assert not runs_alone("from samspil_server import application")


COST = Cost("samspil-hl7v2", 700.4, 6.4, 8, 1.5, 0.2, 0.8, 0.01)


def test_a_promised_module_that_is_slow_is_told():
    """Five seconds to install, a third of one to use first."""
    assert [*cost_faults(COST)] == []
    assert [*cost_faults(COST._replace(first=0.4))] == ["samspil-hl7v2 takes 0.40 s to start and be used first"]
    assert [*cost_faults(COST._replace(install=6.0))] == ["samspil-hl7v2 takes 6.0 s to install"]
    assert [*cost_faults(COST._replace(name="samspil-conformance", install=6.0))] == []


def test_figures_are_written_once_and_read_back(tmp_path):
    """Between the markers, before the licence; the second time in the same place."""
    readme = tmp_path / "README.md"
    readme.write_text("# x\n\nText.\n\nLicence: Apache-2.0\n", encoding="utf-8")
    with pytest.raises(LookupError):
        wheel_of(readme)
    write(readme, COST)
    first = readme.read_text(encoding="utf-8")
    assert sentence(COST) in first
    assert first.endswith("<!-- sizes:end -->\n\nLicence: Apache-2.0\n")
    write(readme, COST)
    assert readme.read_text(encoding="utf-8") == first
    assert wheel_of(readme) == 700
