"""Dates and times."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_fhirpath.boundaries import high_boundary, low_boundary
from samspil_fhirpath.temporal import Temporal, compare, read
from samspil_fhirpath.temporal_arithmetic import add

DAYS = st.dates(min_value=date(1600, 1, 1), max_value=date(2400, 1, 1))
TEXTS = st.sampled_from(
    ["2020", "2020-02", "2020-02-29", "2020-02-29T10", "2020-02-29T10:30", "2020-02-29T10:30:01", "2020-02-29T10:30:01.5",
     "2020-02-29T10:30:01.500Z", "2020-02-29T10:30:01+01:00", "2021-01-01T00:00:00-12:00", "1999-12-31T23:59:59.999+14:00"]
)  # fmt: skip


def moment(text: str) -> Temporal:
    found = read("DateTime", text)
    assert found is not None
    return found


@given(TEXTS)
def test_the_text_is_kept(text: str) -> None:
    assert moment(text).text == text


@pytest.mark.parametrize(
    "text", ["", "20", "2020-13", "2020-02-30", "2020-1-1", "2020-01-01T25", "2020-01-01T10:60", "x"]
)
def test_what_is_no_date(text: str) -> None:
    assert read("DateTime", text) is None


@given(TEXTS, TEXTS)
def test_order_turns_round(one: str, two: str) -> None:
    order, turned = compare(moment(one), moment(two)), compare(moment(two), moment(one))
    assert order == (None if turned is None else -turned)


@given(TEXTS)
def test_a_value_lies_between_its_boundaries(text: str) -> None:
    low, high = low_boundary(moment(text), None), high_boundary(moment(text), None)
    order = compare(low, high)
    assert order in {-1, 0} or len(low.parts) <= 3


@given(DAYS, st.integers(-100_000, 100_000))
def test_days_are_added_as_the_calendar_does(day: date, count: int) -> None:
    made = add(Temporal("Date", (day.year, day.month, day.day)), Decimal(count), "day")
    wanted = day + timedelta(days=count)
    assert made is not None
    assert made.text == f"{wanted:%Y-%m-%d}".zfill(10)


@given(DAYS, st.integers(-3000, 3000))
def test_a_month_added_stays_in_that_month(day: date, count: int) -> None:
    made = add(Temporal("Date", (day.year, day.month, day.day)), Decimal(count), "month")
    assert made is not None
    assert int(made.parts[0]) * 12 + int(made.parts[1]) == day.year * 12 + day.month + count


def test_beyond_the_last_year_there_is_nothing() -> None:
    assert add(Temporal("Date", (9999, 12, 31)), Decimal(1), "day") is None
    assert add(Temporal("Date", (9999,)), Decimal(1), "year") is None
