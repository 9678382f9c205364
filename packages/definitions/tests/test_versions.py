"""Versions: which is newer, and which answers a wildcard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_definitions.versions import is_exact, latest, matches, newness

ORDER = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"]


def test_labels_come_before_the_version_they_lead_to():
    """The order that semantic versioning gives as its example, section 11."""
    assert sorted((ORDER[place] for place in (4, 2, 6, 0, 5, 3, 1)), key=newness) == ORDER


@pytest.mark.parametrize(
    ("older", "newer"), [("1.9.0", "1.10.0"), ("2.0.0", "10.0"), ("2018-08-12", "2019-01-01"), ("1", "1.0.1")]
)
def test_numbers_count_by_value(older, newer):
    assert newness(older) < newness(newer)


def test_trailing_zeros_do_not_matter():
    assert newness("1.0") == newness("1.0.0")


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_texts_can_be_sorted(texts):
    """Whatever stands in a version element, sorting gives an answer, and always the same."""
    once = sorted(texts, key=newness)
    assert sorted(once, key=newness) == once


@pytest.mark.parametrize(
    ("wanted", "version", "answer"),
    [
        ("4.0.1", "4.0.1", True),
        ("4.0.1", "4.0.2", False),
        ("4.0.x", "4.0.2", True),
        ("4.0.x", "4.1.0", False),
        ("4.0.x", "4.0.2-ballot", False),
        ("4.x", "4.3.0", True),
        ("4.*", "5.0.0", False),
        ("*", "1.0.0-ballot", True),
        ("", "1.0.0", True),
        ("latest", "1.0.0", True),
    ],
)
def test_wildcards(wanted, version, answer):
    assert matches(wanted, version) is answer


def test_the_latest_is_a_released_one_where_there_is_one():
    assert latest("", ["1.0.0", "2.0.0-ballot", "1.10.0"]) == "1.10.0"
    assert latest("", ["2.0.0-ballot", "2.0.0-alpha"]) == "2.0.0-ballot"
    assert latest("3.x", ["1.0.0"]) is None


def test_exact_versions_are_known_from_wildcards():
    assert is_exact("4.0.1")
    assert not any(map(is_exact, ["", "latest", "4.0.x", "*", "4.*"]))
