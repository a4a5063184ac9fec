"""What servers ask for when they ask us to wait."""

from datetime import UTC, datetime

import pytest

from ingest.http import MAX_RETRY_AFTER, retry_after

NOW = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)
DAY = MAX_RETRY_AFTER


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", "", 120.0),
        (" 120 ", "", 120.0),
        ("0", "", None),
        ("-5", "", None),
        ("86400", "", DAY),
        ("86401", "", DAY),
        ("99999999", "", DAY),
        ("9" * 5000, "", DAY),
        ("120.5", "", None),
        ("1e3", "", None),
        ("٣٠", "", None),
        ("soon", "", None),
        ("", "", None),
        ("Sat, 21 Nov 2026 08:10:00 GMT", "", 600.0),
        ("Sat, 21 Nov 2026 07:00:00 GMT", "", None),
        ("Sat, 21 Nov 2036 08:00:00 GMT", "", DAY),
        ("Saturday, 21-Nov-26 08:10:00 GMT", "", 600.0),
        ("Sat, 21 Nov 2026 15:10:00 +0700", "", 600.0),
        ("Sat, 99 Nov 2026 08:10:00 GMT", "", None),
        # the server's own clock counts, however wrong it is
        ("Tue, 01 Jan 2030 00:10:00 GMT", "Tue, 01 Jan 2030 00:00:00 GMT", 600.0),
        ("Sat, 21 Nov 2026 08:10:00 GMT", "Sat, 21 Nov 2026 08:05:00 GMT", 300.0),
        ("Sat, 21 Nov 2026 08:10:00 GMT", "nonsense", 600.0),
    ],
)
def test_retry_after(value: str, date: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value, "date": date}, NOW) == seconds


def test_no_header_asks_for_nothing() -> None:
    assert retry_after({}, NOW) is None
