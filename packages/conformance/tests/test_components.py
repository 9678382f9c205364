"""What the kit is made of is what its requirements name for this Python, this machine, and the extras they ask for."""

import pytest

from samspil_conformance.components import components

REQUIRES = {
    "one": [
        "two[fast]>=1",
        "other; python_version < '3'",
        "nowhere; sys_platform == 'nowhere'",
        "more; extra == 'more'",
    ],
    "two": ["Three_B; extra == 'fast' and python_version > '3'", "four; extra == 'slow'", "absent"],
    "three-b": ["one", "two[slow]; extra == 'unasked'"],
    **dict.fromkeys(("other", "nowhere", "more", "four"), ()),
}


@pytest.fixture(autouse=True)
def installed(tmp_path, monkeypatch) -> None:
    """All of them are installed but the absent one."""
    for name, requires in REQUIRES.items():
        folder = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        lines = [
            f"Name: {name}",
            "Version: 1.0",
            "License-Expression: MIT",
            *(f"Requires-Dist: {each}" for each in requires),
        ]
        (folder / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    components.cache_clear()


def test_what_an_environment_does_not_need_is_no_component() -> None:
    """A requirement counts where its marker holds, and those of an extra where somebody asks for the extra."""
    assert components("one") == {name: {"version": "1.0", "licence": "MIT"} for name in ("one", "three-b", "two")}


def test_the_kit_names_the_servers_that_its_extras_bring() -> None:
    """samspil-audit[server] brings starlette, which belongs to the kit as it is installed."""
    assert {"starlette", "samspil-audit", "packaging"} <= components().keys()
