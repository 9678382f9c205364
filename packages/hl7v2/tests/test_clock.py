"""The readers of dates and times that functions of shapes use say what the general ones say, known texts and new ones."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_hl7v2.primitives import dated
from samspil_hl7v2.shapes import clock as clocks
from samspil_hl7v2.shapes.clock import clock

ZONES = [None, *map(ZoneInfo, ("Europe/Copenhagen", "Africa/Casablanca", "America/St_Johns", "Asia/Tehran"))]
TEXTS = st.from_regex(
    r"(?:0000|0001|19[0-9]{2}|20[0-4][0-9]|9999)[0-9]{0,11}([+-][01][0-9][0-9]{0,2}|Z)?", fullmatch=True
)
TIMES = st.builds(
    "{:%Y%m%d%H%M}{}{}".format,
    st.datetimes(datetime(1900, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001  a v2 time without zone
    st.sampled_from(["", "00", "59", "60", "61"]),
    st.sampled_from(["", "", "+0100", "-0330", "+1500", "+0175", "+01", "Z"]),
)


def agree(text: str, zone: ZoneInfo | None, offset: str) -> None:
    found = dated(text, zone, offset)
    value = found.value if found is not None and found.odd is None else ""
    made = clock(zone, offset)
    for _ in range(2):
        assert made.exact(text) == (value if found and found.exact else "")
        assert made.day(text) == (value if found and not found.exact else "")


@given(
    st.lists(TEXTS | TIMES | st.text(max_size=20), max_size=30), st.sampled_from(ZONES), st.sampled_from(["", "+03:00"])
)
def test_any_text_is_read_as_everywhere(texts: list[str], zone: ZoneInfo | None, offset: str) -> None:
    """Whatever was read before: a text is the dateTime or date that it is in general, or none."""
    for text in texts:
        agree(text, zone, offset)


@pytest.mark.parametrize("year", [1945, 2000, 2023, 2024])
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_every_day_of_a_year(zone: ZoneInfo | None, year: int) -> None:
    """Also on the days when the clocks change, and on the last of February."""
    for day in range(366):
        for time in ("0030", "023015", "1200"):
            agree(f"{datetime(year, 1, 1) + timedelta(days=day):%Y%m%d}{time}", zone, "")  # noqa: DTZ001  as above
    agree(f"{year}0229", zone, "")
    agree(f"{year}02291200", zone, "")


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """More texts, years and ends of times than are kept are read as well."""
    monkeypatch.setattr(clocks, "MOST", 3)
    monkeypatch.setattr(clocks, "MOST_PARTS", 3)
    for number in range(20):
        agree(f"{1990 + number}0131{number:02}3059", ZONES[1], "")
        agree(f"199001311030{number:02}", ZONES[1], "")
