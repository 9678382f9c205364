"""FHIR primitives: strict reading, kept precision, bounds."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_core.primitives import (
    NotAPrimitive,
    ZoneNeeded,
    format_decimal,
    parse_date,
    parse_date_time,
    parse_decimal,
    parse_instant,
    parse_time,
)

COPENHAGEN = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("parse", "text", "precision", "offset"),
    [
        (parse_date, "2020", "year", None),
        (parse_date, "0001", "year", None),
        (parse_date, "2020-02", "month", None),
        (parse_date, "2020-02-29", "day", None),
        (parse_date, "2000-02-29", "day", None),
        (parse_date_time, "2020", "year", None),
        (parse_date_time, "2020-12", "month", None),
        (parse_date_time, "2020-12-31", "day", None),
        (parse_date_time, "2020-12-31T23:59:59Z", "second", 0),
        (parse_date_time, "2016-12-31T23:59:60Z", "second", 0),
        (parse_date_time, "2020-12-31T00:00:00.000+14:00", "fraction", 840),
        (parse_date_time, "2020-12-31T00:00:00.1234567890-03:30", "fraction", -210),
        (parse_date_time, "2020-12-31T00:00:00-00:00", "second", 0),
        (parse_instant, "2020-12-31T23:59:59.1Z", "fraction", 0),
        (parse_instant, "9999-12-31T23:59:60+13:59", "second", 839),
    ],
)
def test_temporal(parse, text, precision, offset):
    """A text of the standard's form is read, and given back to the letter."""
    read = parse(text)
    assert (str(read), read.precision, read.offset) == (text, precision, offset)
    assert read.earliest(UTC) <= read.latest(UTC)
    assert read == parse(text)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        *(
            (parse_date, text)
            for text in ["", "20", "0000", "2020-00", "2020-13", "2020-1", "2020-02-30", "2019-02-29"]
        ),
        *(
            (parse_date, text)
            for text in ["1900-02-29", "2020-04-31", "2020-01-01\n", " 2020", "\uff12020", "2020-01-00"]
        ),
        (parse_date, "2020-01-01T00:00:00Z"),
        *((parse_date_time, text) for text in ["2020-01-01T00:00:00", "2020-01-01T00:00Z", "2020-01-01T24:00:00Z"]),
        *(
            (parse_date_time, text)
            for text in ["2020-01-01T23:60:00Z", "2020-01-01T23:00:61Z", "2020-01-01T00:00:00.Z"]
        ),
        *((parse_date_time, text) for text in ["2020-01-01T00:00:00+14:01", "2020-01-01T00:00:00+1", "2020-01-01Z"]),
        *((parse_date_time, text) for text in ["2020-01-01t00:00:00Z", "2020-01-01 00:00:00Z", "2021-02-29T00:00:00Z"]),
        *((parse_instant, text) for text in ["2020", "2020-01-01", "2020-01-01T00:00:00", "2021-02-29T00:00:00Z"]),
        *((parse_time, text) for text in ["", "12:00", "24:00:00", "12:00:00Z", "12:60:00", "12:00:61", "12:00:00."]),
        *((parse_decimal, text) for text in ["", "01", "+1", ".5", "5.", "1e", "NaN", "Infinity", "1_0", "1 ", "--1"]),
        *((parse_decimal, text) for text in ["0x1", "1,5", "-", "1E+", "\uff11", "1e99999999999999999999"]),
    ],
)
def test_refused(parse, text):
    """A text that is not of the standard's form, or names no real day, is refused without being repeated."""
    with pytest.raises(NotAPrimitive) as caught:
        parse(text)
    assert len(text) < 5 or text.strip() not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2020", "2020-01-01T00:00:00+01:00", "2020-12-31T23:59:59.999999+01:00"),
        ("2020-02", "2020-02-01T00:00:00+01:00", "2020-02-29T23:59:59.999999+01:00"),
        ("2021-02-03", "2021-02-03T00:00:00+01:00", "2021-02-03T23:59:59.999999+01:00"),
        ("9999", "9999-01-01T00:00:00+01:00", "9999-12-31T23:59:59.999999+01:00"),
        ("2020-01-01T10:11:12Z", "2020-01-01T10:11:12+00:00", "2020-01-01T10:11:12.999999+00:00"),
        ("2020-01-01T10:11:12.5-02:00", "2020-01-01T10:11:12.500000-02:00", "2020-01-01T10:11:12.599999-02:00"),
        ("2020-01-01T10:11:12.1234567Z", "2020-01-01T10:11:12.123456+00:00", "2020-01-01T10:11:12.123456+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999+00:00", "2016-12-31T23:59:59.999999+00:00"),
    ],
)
def test_bounds(text, earliest, latest):
    """The bounds are the first and the last microsecond meant; a zone given counts only where the text has none."""
    read = parse_date_time(text)
    assert read.earliest(COPENHAGEN).isoformat() == earliest
    assert read.latest(COPENHAGEN).isoformat() == latest


def test_zone_needed():
    """A date without a zone has no bounds of its own, and an instant has."""
    with pytest.raises(ZoneNeeded):
        parse_date("2020").earliest()
    assert parse_instant("2020-01-01T00:00:00Z").earliest() == datetime(2020, 1, 1, tzinfo=UTC)


def test_day_that_repeats_an_hour():
    """A day on which the clock is set back ends at its second midnight."""
    zone = ZoneInfo("America/Havana")
    day = parse_date("2023-11-05")
    length = day.latest(zone).astimezone(UTC) - day.earliest(zone).astimezone(UTC)
    assert length == timedelta(hours=25, microseconds=-1)


def test_repr_holds_no_date():
    """The repr has no date in it, since a date can tell who a person is."""
    assert "1980" not in repr(parse_date("1980-02-03"))


@given(st.dates())
def test_every_day(day: date):
    """Every day of the calendar is read."""
    read = parse_date(day.isoformat())
    assert read.earliest(UTC).date() == read.latest(UTC).date() == day


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant(moment: datetime):
    """Every instant is read, and is its own earliest bound."""
    assert parse_instant(moment.isoformat()).earliest() == moment


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("12:34:56", "second", time(12, 34, 56), time(12, 34, 56, 999_999)),
        ("00:00:00.50", "fraction", time(0, 0, 0, 500_000), time(0, 0, 0, 509_999)),
        ("23:59:60", "second", time(23, 59, 59, 999_999), time(23, 59, 59, 999_999)),
    ],
)
def test_time(text, precision, earliest, latest):
    """A time of day is read, with its bounds."""
    read = parse_time(text)
    assert (str(read), read.precision, read.earliest(), read.latest()) == (text, precision, earliest, latest)


@pytest.mark.parametrize("text", ["0", "-0", "1.50", "100", "1E+2", "-0.00", "12345678901234567890.0"])
def test_decimal_text(text):
    """A decimal keeps all its zeros."""
    assert format_decimal(parse_decimal(text)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimal_round_trip(value):
    """Every finite decimal is written in a form that is read back with the same digits."""
    assert parse_decimal(format_decimal(value)).as_tuple() == value.as_tuple()


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("-Infinity")])
def test_decimal_not_finite(value):
    """NaN and Infinity have no text in FHIR."""
    with pytest.raises(NotAPrimitive):
        format_decimal(value)
