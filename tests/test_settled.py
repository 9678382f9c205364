"""What counts as settled in our favour, and what does not."""

import os
import re
from functools import cache
from pathlib import Path

import pytest

from samspil_hl7v2 import load_mapping
from tools import settled, settled_page
from tools.corpora import DEFAULT
from tools.generated import is_current
from tools.golden import Leaf, Ours, leaves, plain, texts
from tools.projects import ROOT
from tools.settled import Settled
from tools.values import absent


@pytest.mark.parametrize("one", settled.table(), ids=lambda one: f"{one.row} {one.element}")
def test_each_line_names_a_map_of_the_guide_and_a_reason(one):
    """A disagreement is keyed by a row of a known map; its patterns can be read."""
    name, _, number = one.row.partition("/")
    assert name in maps()
    assert any(re.match(rf"{number}[a-z]*$", row) for row in maps()[name])
    assert re.compile(one.element)
    assert re.compile(one.value)
    assert one.where in {"elsewhere", "reported", "other"}
    assert len(one.reason) > 20


@cache
def maps():
    """Give the rows of our maps, by map and id."""
    return load_mapping().tables.maps


@pytest.mark.parametrize(
    ("where", "value", "passes"),
    [
        ("elsewhere", "kept", True),
        ("elsewhere", "told", False),
        ("reported", "told", True),
        ("reported", "lost", False),
    ],
)
def test_a_value_that_is_lost_settles_nothing(monkeypatch, where, value, passes):
    """A line excuses another place, never a loss."""
    line = Settled("PID[Patient]/5", "x", r"Patient\.name", "", where, "because")
    monkeypatch.setattr(settled, "table", lambda: (line,))
    ours = Ours({Leaf("Patient.text", "kept here")}, {"told"})
    assert (settled.reason(Leaf("Patient.name", value), "x", ours) is not None) is passes


def test_leaves_have_paths_without_indexes_and_plain_values():
    """Two shapes of the same value compare equal."""
    made = {"resourceType": "Patient", "id": "1", "birthDate": "1990-01-02", "extension": [{"valueString": "A  b"}]}
    assert set(leaves(made, "Patient")) == {
        Leaf("Patient.birthDate", "19900102"),
        Leaf("Patient.extension.value", "a b"),
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2024-03-01T10:20:30.5+01:00", "20240301102030+0100"),
        ("urn:oid:1.2.3", "1.2.3"),
        ("A B", " a  b "),
        ("http://unitsofmeasure.org/", "http://unitsofmeasure.org"),
        ("http://a.org/?q", "http://a.org?q"),
    ],
)
def test_plain_forms_agree(one, other):
    """A FHIR value and the v2 text that it comes from have one plain form."""
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"), [("http://a.org/x/", "http://a.org/x"), ("urn:x:y/", "urn:x:y"), ("a.org/", "a.org"), ("/", "")]
)
def test_only_an_empty_path_is_that_of_the_root(one, other):
    """A stroke at the end of a path, or of a text that is no URI with an authority, says something else."""
    assert plain(one) != plain(other)


def test_a_field_gives_its_parts_and_the_day_of_a_time():
    """Repetitions, components and sub-components are texts of a field."""
    assert set(texts("a&b^20240301102030~c")) == {
        "a&b^20240301102030",
        "a&b",
        "a",
        "b",
        "20240301102030",
        "20240301",
        "c",
    }


def test_the_page_is_current():
    """The page of disagreements says what the file says."""
    assert is_current(ROOT / settled_page.PAGE, settled_page.page), "run `make pages`"


def test_every_value_that_ours_lack_is_in_the_listing():
    """The classes of absent values, and how many there are of each, are those that the suite finds."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)
    if not (folder / "hl7v2" / "messages" / "microsoft").is_dir():
        pytest.skip("corpora: the messages are not there")
    listed = {one["fields"]: int(one["values"]) for one in settled_page.absent()}
    assert listed == absent(folder, "microsoft")
    assert all(one["reason"] for one in settled_page.absent())
