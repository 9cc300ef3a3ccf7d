"""Every way a feed writes a date: standard, careless, in five languages, or not at all."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from aggregator import dates

NOW = datetime(2024, 9, 1, tzinfo=UTC)
MORNING = datetime(2024, 8, 1, 9, 5, tzinfo=UTC)
MIDNIGHT = datetime(2024, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Thu, 01 Aug 2024 11:05:00 +0200",
        "Thu, 1 Aug 2024 09:05 GMT",
        "01 Aug 24 09:05:00 Z",
        "Thu,01 Aug 2024 05:05:00 EDT",
        "Thursday, 01-Aug-24 09:05:00 GMT",
        "Thu Aug  1 09:05:00 2024",
        "Thu Aug  1 11:05:00 CEST 2024",
        "Thu, 01 Aug 2024 11:05:00 GMT+2",
        "Thu, 01 Aug 2024 11:05:00 +02:00 (CEST)",
        "2024-08-01T09:05:00Z",
        "2024-08-01T11:05:00+02:00",
        "2024-08-01t09:05:00.123456z",
        "2024-08-01T11:05+0200",
        "2024-08-01 09:05:00",
        "2024-08-01 04:05:00 -0500",
        "2024/08/01 09:05",
        "20240801T090500Z",
        "1722503100",
        "1722503100000",
        "August 1st, 2024 9:05 AM",
        "Aug 1, 2024 at 9:05 a.m. UTC",
        "  Thu,\n 01 Aug 2024\t09:05:00 GMT ",
    ],
)
def test_standard_and_careless_dates_are_read(written):
    found = dates.read(written, NOW)

    assert found.replace(microsecond=0) == MORNING
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        "gio, 01 ago 2024 11:05:00 +0200",
        "Gio, 1 Agosto 2024 11.05",
        "giovedì 1 agosto 2024, ore 11:05",
        "1° agosto 2024 alle 11:05",
        "01-ago-2024 11:05",
        "1 ago. 2024 - 11h05",
        "Do, 01 Aug 2024 11:05:00 +0200",
        "Donnerstag, 1. August 2024, 11:05 MESZ",
        "jeu., 01 août 2024 11:05:00 +0200",
        "jeudi 1er août 2024 à 11h05",
        "jue, 01 ago 2024 11:05:00 +0200",
        "1 de agosto de 2024 11:05 CEST",
    ],
)
def test_months_in_other_languages_are_read_and_their_clock_is_ours(written):
    assert dates.read(written, NOW) == MORNING


@pytest.mark.parametrize(
    ("written", "month", "day"),
    [
        ("mar, 05 mar 2024", 3, 5),
        ("mar 6 ago 2024", 8, 6),
        ("15 gennaio 2024", 1, 15), ("15 genn. 2024", 1, 15), ("15 feb 2024", 2, 15),
        ("15 aprile 2024", 4, 15), ("15 mag 2024", 5, 15), ("15 giugno 2024", 6, 15),
        ("15 lug 2024", 7, 15), ("15 settembre 2023", 9, 15), ("15 sett. 2023", 9, 15),
        ("15 ott 2023", 10, 15), ("15 nov 2023", 11, 15), ("15 dicembre 2023", 12, 15),
        ("15. Jänner 2024", 1, 15), ("15. März 2024", 3, 15), ("15. Mai 2024", 5, 15),
        ("15. Okt. 2023", 10, 15), ("15. Dez 2023", 12, 15),
        ("15 févr. 2024", 2, 15), ("15 juin 2024", 6, 15), ("15 juil. 2024", 7, 15),
        ("15 décembre 2023", 12, 15), ("15 ene 2024", 1, 15), ("15 de setiembre de 2023", 9, 15),
        ("13/05/2024", 5, 13), ("05/13/2024", 5, 13), ("05.06.2024", 6, 5), ("5-6-2024", 6, 5),
    ],
)  # fmt: skip
def test_each_month_in_each_language(written, month, day):
    found = dates.read(f"{written} 12:00", NOW)

    assert (found.month, found.day) == (month, day)


def test_a_day_without_an_hour_begins_at_midnight():
    assert dates.read("2024-08-01", NOW) == MIDNIGHT
    assert dates.read("Thu, 01 Aug 2024", NOW) == MIDNIGHT
    assert dates.read("1 agosto 2024", NOW) == MIDNIGHT - timedelta(hours=2)


@pytest.mark.parametrize(
    "written",
    [
        "", "ieri", "Agosto", "2024", "2024-08", "10:30", "1 agosto", "Thu, 32 Aug 2024 11:05 GMT",
        "30 febbraio 2024", "2024-13-01", "2024-08-01T25:00:00Z", "2024-08-01T11:61:00Z",
        "0000-00-00 00:00:00", "Thu, 01 Aug 2024 11:05:00 +9900", "1 foo 2024", "x" * 101, "٠١٢",
        "99999999999999999999",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(written):
    assert dates.read(written, NOW) is None


@pytest.mark.parametrize(
    ("written", "believed"),
    [
        ("1994-12-31T23:59:59Z", False),
        ("1995-01-01T00:00:00Z", True),
        ("2024-09-01T23:59:00Z", True),
        ("2024-09-02T00:01:00Z", False),
        ("2107-01-01", False),
        ("1970-01-01T00:00:00Z", False),
    ],
)
def test_f5_a_date_before_1995_or_past_tomorrow_is_none(written, believed):
    assert bool(dates.read(written, NOW)) is believed


def test_a_leap_second_and_the_hour_24_belong_to_the_next_minute_and_day():
    assert dates.read("2016-12-31T23:59:60Z", NOW) == datetime(2017, 1, 1, tzinfo=UTC)
    assert dates.read("2024-07-31T24:00:00Z", NOW) == MIDNIGHT


def test_v1_hostile_dates_cost_nothing():
    start = time.process_time()
    for unit in ("1 ", "1/", "a", "1a", "1 ago ", "+1", ":", " ", "\u0301", "ago. "):
        for length in (100, 100_000):
            dates.read((unit * length)[:length], NOW)

    assert time.process_time() - start < 0.5
