"""Dates as the region's feeds write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.sources import DateTrust
from ingest.dates import read_date

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
EIGHT_IN_HANOI = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 20 Nov 2026 08:00:00 +0700",
        "Fri, 20 Nov 2026 08:00:00 ICT",
        "Fri, 20 Nov 2026 08:00:00 GMT+7",
        "Fri, 20 Nov 2026 01:00:00 GMT",
        "Fri, 20 Nov 2026 01:00:00 Z",
        "20 Nov 26 08:00 +0700",
        "Thu, 19 Nov 2026 20:00:00 EST",
        "Fri Nov 20 08:00:00 ICT 2026",
        "2026-11-20T08:00:00+07:00",
        "2026-11-20T08:00:00.000+0700",
        "2026-11-20 08:00 +07",
        "2026-11-20T01:00:00Z",
        "20261120T010000Z",
        "T6, 20/11/2026 - 08:00 (GMT+7)",
        "Thứ Sáu, 20/11/2026 08:00 (GMT+07:00)",
        "Jumat, 20 November 2026 08:00 WIB",
        "20 Nov 2026 09:00 SGT",
        "Friday, November 20, 2026 9:00 AM PHT",
        "20/11/2026, 8:00 +07",
        "1795136400",
        "1795136400000",
    ],
)
def test_a_date_with_its_zone(text: str) -> None:
    assert read_date(text, now=NOW, zone=ZoneInfo("America/New_York")) == (EIGHT_IN_HANOI, DateTrust.ZONED)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 08:00:00",
        "2026-11-20T08:00",
        "20/11/2026 08:00",
        "20-11-2026 08:00",
        "20.11.2026 08h00",
        "11/20/2026 8:00:00 AM",
        "T6, 20/11/2026 - 08:00",
        "Thứ sáu, ngày 20 tháng 11 năm 2026, 08:00",
        "20 tháng 11, 2026 8:00",
        "Nov 20, 2026 8:00 am",
        "Friday, 20 November 2026, 8.00am",
        "Jumat, 20 Nopember 2026 08.00",
        "20 พ.ย. 2569 08:00",
        "20 พฤศจิกายน 2569 08:00",
        "2026年11月20日 08:00",
        "Fri Nov 20 08:00:00 2026",
    ],
)
def test_a_date_without_a_zone_is_in_the_sources_own(text: str) -> None:
    assert read_date(text, now=NOW, zone=HANOI) == (EIGHT_IN_HANOI, DateTrust.ASSUMED_ZONE)


@pytest.mark.parametrize("text", ["November 20, 2026", "2026-11-20", "20/11/2026", "ngày 20 tháng 11 năm 2026", "20 Ogos 2026"])
def test_a_day_alone_begins_at_midnight_there(text: str) -> None:
    month = 8 if "Ogos" in text else 11

    assert read_date(text, now=NOW, zone=HANOI) == (datetime(2026, month, 20, tzinfo=HANOI), DateTrust.ASSUMED_ZONE)


def test_without_any_zone_it_is_utc() -> None:
    assert read_date("2026-11-20 08:00:00", now=NOW) == (datetime(2026, 11, 20, 8, tzinfo=UTC), DateTrust.ASSUMED_ZONE)


@pytest.mark.parametrize(("name", "zone", "hour"), [("CST", "Asia/Shanghai", 0), ("PST", "Asia/Manila", 0), ("IST", "Asia/Kolkata", 2)])
def test_an_abbreviation_of_many_meanings_means_the_sources_own(name: str, zone: str, hour: int) -> None:
    moment, trust = read_date(f"Fri, 20 Nov 2026 08:00:00 {name}", now=NOW, zone=ZoneInfo(zone))

    assert moment is not None
    assert (moment.hour, trust) == (hour, DateTrust.ZONED)


@pytest.mark.parametrize("text", ["", "yesterday", "3 hours ago", "Việt Nam", "1 2 3", "2026", "١٢/٣", "x" * 10_000])
def test_no_date_at_all(text: str) -> None:
    assert read_date(text, now=NOW, zone=HANOI) == (None, DateTrust.NONE)


@pytest.mark.parametrize(
    "text",
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "2099-01-01",
        "31/02/2026",
        "2026-13-01",
        "30 Feb 2026",
        "20/11/2569",
        "9999999999999",
    ],
)
def test_a_date_that_cannot_be_true_is_none(text: str) -> None:
    assert read_date(text, now=datetime(2020, 1, 1, tzinfo=UTC) if "2569" in text else NOW, zone=HANOI) == (None, DateTrust.IMPLAUSIBLE)


def test_a_day_ahead_is_believed_and_more_is_not() -> None:
    assert read_date((NOW + timedelta(hours=24)).isoformat(), now=NOW)[1] is DateTrust.ZONED
    assert read_date((NOW + timedelta(hours=24, seconds=1)).isoformat(), now=NOW) == (None, DateTrust.IMPLAUSIBLE)
