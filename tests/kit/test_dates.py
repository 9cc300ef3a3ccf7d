from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime

from kit import dates


def test_a_date_reads_as_djangos_own_in_every_month_and_over_the_change_of_hour():
    for month in range(1, 13):
        moment = datetime(2024, month, 5, 22, 59, 30, tzinfo=UTC)
        assert dates.minute(moment) == date_format(localtime(moment), "j F Y, H:i").lower()
        assert dates.machine(moment) == localtime(moment).isoformat()


def test_day_and_hour_are_italian():
    assert dates.minute(datetime(2024, 7, 31, 22, 5, tzinfo=UTC)) == "1 agosto 2024, 00:05"
