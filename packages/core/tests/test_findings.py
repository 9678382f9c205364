"""The register of kinds of finding."""

import re
from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from samspil_core import findings
from samspil_core.findings import BadKind, all_kinds, kind, load_all, register
from samspil_core.outcome import Kind, Outcome

SOME = Kind("SAM-TST-001", "error", "value", "Text {a}.", "Fix.", "Tekst {a}.", "Ret.")


@pytest.fixture(autouse=True)
def _own_register(monkeypatch):
    monkeypatch.setattr(findings, "_kinds", {})


def test_sorted():
    """All kinds come sorted by code, whatever the order of registration."""
    register(replace(SOME, code="SAM-TST-002"), SOME)
    assert [each.code for each in all_kinds()] == ["SAM-TST-001", "SAM-TST-002"]


def test_kind_registers():
    """A declared kind is registered and returned."""
    made = kind("SAM-AB-007", "warning", "value", text="A.", fix="B.", text_da="C.", fix_da="D.")
    assert all_kinds() == (made,)


def test_duplicate():
    """A code can be registered once only."""
    register(SOME)
    with pytest.raises(BadKind, match="SAM-TST-001: this code is registered already"):
        register(SOME)


@pytest.mark.parametrize(
    "code", ["", "SAM-A-001", "SAM-ABCDE-001", "SAM-HL7-01", "SAM-HL-0011", "sam-HL-001", "XAM-HL-001"]
)
def test_malformed_code(code):
    """A code is SAM, a module and three digits."""
    with pytest.raises(BadKind, match="a code looks like"):
        register(replace(SOME, code=code))


@pytest.mark.parametrize("part", ["text", "fix", "text_da", "fix_da"])
def test_empty_wording(part):
    """Every wording says something."""
    with pytest.raises(BadKind, match="must say something"):
        register(replace(SOME, **{part: ""}))


def test_placeholders_differ():
    """The Danish wording has the placeholders of the English."""
    with pytest.raises(BadKind, match="the same placeholders"):
        register(replace(SOME, text_da="Tekst {b}."))


@pytest.mark.parametrize("text", ["{a.b}", "{}", "{0}", "{a[b]}"])
def test_odd_placeholder(text):
    """A placeholder is one plain name."""
    with pytest.raises(BadKind, match="one plain name"):
        register(replace(SOME, text=text, text_da=text))


def test_refused_kind_is_not_registered():
    """A refused kind leaves no trace."""
    with pytest.raises(BadKind):
        register(replace(SOME, fix=""))
    assert all_kinds() == ()


def test_load_all(monkeypatch):
    """The modules that packages name as entry points are loaded."""
    point = EntryPoint("some", "samspil_core.outcome:Outcome", findings.GROUP)
    loaded: list[str] = []
    monkeypatch.setattr(EntryPoint, "load", lambda self: loaded.append(self.name))
    monkeypatch.setattr(findings, "entry_points", lambda group: [point] if group == findings.GROUP else [])
    assert load_all() == ()
    assert loaded == ["some"]


def test_core_kinds_are_declared():
    """Core's own kinds carry core's own codes."""
    from samspil_core import kinds

    codes = [getattr(kinds, name).code for name in kinds.__all__]
    assert all(re.fullmatch(r"SAM-CORE-[0-9]{3}", code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert not Outcome((kinds.LINE_NOT_JSON.at(line=1, column=1, why="x"),)).ok
