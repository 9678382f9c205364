"""Dates and times."""

from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_hl7v2.context import Context
from samspil_hl7v2.primitives import decimal_of, put_dateTime, put_instant
from samspil_hl7v2.times import in_zone, offset_in, read, read_time

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def context(zone: ZoneInfo | None = COPENHAGEN, offset: str = "") -> Context:
    return Context(codec="utf-8", zone=zone, offset=offset, now=None, coding_systems={})


def date_time(text: str, x: Context) -> dict[str, object]:
    container: dict[str, object] = {}
    put_dateTime(container, "at", text, 0, x, 0)
    return container


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", "2024"),
        ("202402", "2024-02"),
        ("20240229", "2024-02-29"),
        ("2024013115", "2024-01-31T15:00:00+01:00"),
        ("202401311530", "2024-01-31T15:30:00+01:00"),
        ("202407311530", "2024-07-31T15:30:00+02:00"),
        ("20240131153045", "2024-01-31T15:30:45+01:00"),
        ("20240131153045.1234", "2024-01-31T15:30:45.1234+01:00"),
        ("20240131153045.1230-0500", "2024-01-31T15:30:45.1230-05:00"),
        ("20240131153045+05", "2024-01-31T15:30:45+05:00"),
        ("20240131153045Z", "2024-01-31T15:30:45Z"),
        ("2024-01-31T15:30:45+01:00", "2024-01-31T15:30:45+01:00"),
        ("2024-01-31", "2024-01-31"),
    ],
)
def test_precision_and_offset_are_kept(text: str, expected: str) -> None:
    """A date or time keeps its precision and its own offset; without one it takes the configured zone's."""
    assert date_time(text, context()) == {"at": expected}


@pytest.mark.parametrize(
    "text", ["20230229", "20241301", "20240100", "0000", "2024013124", "202401311561", "abc", "1.2.24", "20240131+9999"]
)
def test_no_date(text: str) -> None:
    """What is no date of the calendar is noted as not parsable and writes nothing."""
    x = context()
    assert date_time(text, x) == {}
    assert x.notes[0][0] == "not-parsable"


def test_a_time_whose_zone_nobody_knows() -> None:
    """Without any zone the date is kept, the time beside it as original text, and a finding says so."""
    x = context(zone=None)
    made = date_time("202401311530", x)
    assert made["at"] == "2024-01-31"
    assert made["_at"] == {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/originalText", "valueString": "202401311530"}]
    }
    assert [issue.code for _, issue in x.issues] == ["SAM-HL7-204"]


def test_the_messages_own_offset_stands_in() -> None:
    """The offset of MSH-7 holds for the message where no zone is configured."""
    assert date_time("202401311530", context(zone=None, offset="+03:00")) == {"at": "2024-01-31T15:30:00+03:00"}


@pytest.mark.parametrize("text", ["20240331023000", "20241027023000"], ids=["skipped", "twice"])
def test_clock_changes_are_reported(text: str) -> None:
    """A local time that the change of clocks skips or repeats is converted with a finding."""
    x = context()
    assert str(date_time(text, x)["at"]).startswith(text[:4])
    assert [issue.code for _, issue in x.issues] == ["SAM-HL7-205"]


def test_an_instant_needs_a_time() -> None:
    """A date where FHIR asks for an instant is kept as original text."""
    container: dict[str, object] = {}
    assert put_instant(container, "at", "20240131", 0, context(), 0)
    assert "at" not in container
    assert "_at" in container


def test_times_of_day() -> None:
    """A time of day is filled up to the second."""
    assert [read_time(text) for text in ("15", "1530", "153045.5", "2460", "")] == [
        "15:00:00",
        "15:30:00",
        "15:30:45.5",
        None,
        None,
    ]


def test_offset_in_needs_a_day() -> None:
    """A month has no offset."""
    assert offset_in(COPENHAGEN, "2024-01", "T10:00:00") is None


@given(st.datetimes())
def test_every_time_to_the_second_is_read_back(moment: object) -> None:
    """Any time of the calendar written as DTM is read with the same parts."""
    text = moment.strftime("%Y%m%d%H%M%S").rjust(14, "0")  # type: ignore[attr-defined]
    found = read(text)
    assert found is not None
    assert (found.date + found.time).replace("-", "").replace("T", "").replace(":", "") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5.10", "5.10"),
        ("+5", "5"),
        ("-0.50", "-0.50"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("0", "0"),
        ("00.0", "0.0"),
    ],
)
def test_decimals_keep_their_zeros(text: str, expected: str) -> None:
    """A number keeps every digit after the point, and loses only what JSON cannot write."""
    assert str(decimal_of(text)) == expected


@pytest.mark.parametrize("text", ["", "5,3", "<5", "1e5", "--1", ".", "-", "NaN", "1 2"])
def test_no_number(text: str) -> None:
    """What is no v2 number is none."""
    assert decimal_of(text) is None


@pytest.mark.parametrize("year", [1890, 1945, 1987, 2007, 2024, 2038])
def test_the_offset_of_a_day_is_that_of_each_of_its_times(year):
    """In every zone, each half hour of the days around which most zones change: as the calendar of the zone says."""
    days = [
        f"{month}-{day}"
        for month, day in product(("03", "04", "10", "11"), ("01", "25", "28", "31"))
        if (month, day) not in NO_DAYS
    ]
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for day, hour in product(days, ("00", "01", "02", "03", "12", "23")):
            date, time = f"{year}-{day}", f"T{hour}:30:00"
            found = offset_in(zone, date, time)
            quick = in_zone(f"{date}{time}".translate(DIGITS), zone)
            assert found is not None
            assert quick is None or (quick == f"{date}{time}{found.text}" and not found.unsure), (name, date, time)


NO_DAYS = {("04", "31"), ("11", "31")}
DIGITS = str.maketrans("", "", "-T:")


@pytest.mark.parametrize("year", [1916, 1945, 1987, 2024])
def test_no_zone_changes_its_clocks_twice_on_a_day_and_is_back_where_it_was(year):
    """So a day whose first and last moment have one offset has it throughout."""
    first = datetime(year, 1, 1)  # noqa: DTZ001  a local time, of which each zone is asked
    hours = [first + timedelta(hours=hour) for hour in range(366 * 24 + 1)]
    for name in sorted(available_timezones()):
        offsets = list(map(ZoneInfo(name).utcoffset, hours))
        for start in range(0, len(offsets) - 1, 24):
            day = offsets[start : start + 25]
            assert day[0] != day[-1] or len(set(day)) == 1, (name, hours[start])
