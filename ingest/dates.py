"""Dates as feeds and pages write them: RFC 822, ISO 8601, unix seconds, and the forms of South-East Asian papers.

Every date is read from its parts (day, month, year, clock, zone) wherever they stand, because publishers mix them freely:
`T6, 20/11/2026 - 08:00 (GMT+7)`, `Jumat, 20 November 2026 08:00 WIB`, `ngày 20 tháng 11 năm 2026`. A zone that is not written is the
source's own; a date that cannot be true is none at all.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from core.sources import DateTrust

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(hours=24)

_MAX_LENGTH = 200

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januari janvier ม.ค. มกราคม",
            "feb february februari pebruari ก.พ. กุมภาพันธ์",
            "mar march maret mac มี.ค. มีนาคม",
            "apr april เม.ย. เมษายน",
            "may mei พ.ค. พฤษภาคม",
            "jun june juni มิ.ย. มิถุนายน",
            "jul july juli julai ก.ค. กรกฎาคม",
            "aug august agustus agu ogos ogo ส.ค. สิงหาคม",
            "sep sept september ก.ย. กันยายน",
            "oct october oktober okt ต.ค. ตุลาคม",
            "nov november nopember พ.ย. พฤศจิกายน",
            "dec december desember des disember dis ธ.ค. ธันวาคม",
        ),
        start=1,
    )
    for name in names.split()
}
"""English, Indonesian, Malay and Thai month names -> number. Vietnamese months are numbers after `tháng`."""

# Hours east of Greenwich. CST, IST, PST and others mean several things: a source's own zone is asked first (`_named_zone`).
_ZONES = {
    **dict.fromkeys(("UT", "UTC", "GMT", "Z"), 0.0),
    **dict.fromkeys(("ICT", "WIB"), 7.0),
    **dict.fromkeys(("WITA", "SGT", "MYT", "PHT", "PHST", "HKT", "BNT", "AWST"), 8.0),
    **dict.fromkeys(("WIT", "JST", "KST", "TLT"), 9.0),
    "MMT": 6.5,
    "IST": 5.5,
    "NPT": 5.75,
    "ACST": 9.5,
    "AEST": 10.0,
    "AEDT": 11.0,
    "NZST": 12.0,
    "NZDT": 13.0,
    "MSK": 3.0,
    "BST": 1.0,
    "CET": 1.0,
    "CEST": 2.0,
    "EDT": -4.0,
    "EST": -5.0,
    "CDT": -5.0,
    "CST": -6.0,
    "MDT": -6.0,
    "MST": -7.0,
    "PDT": -7.0,
    "PST": -8.0,
}

_UNIX = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}(?::?\d{2}){0,2}(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})(Z?)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap]\.?m\b\.?)?", re.IGNORECASE)
_OFFSET = re.compile(
    r"(?:(?:GMT|UTC)\s*)?([+-])(\d{1,2}):?(\d{2})?(?!\d)\)?\s*$|(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE
)
_ZONE_NAME = re.compile(r"\b([A-Z]{1,4})\b")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_VIETNAMESE = re.compile(r"(?<!\d)(\d{1,2})\s*th[aá]ng\s*(\d{1,2})\s*,?\s*(?:n[aă]m\s*)?(\d{4})", re.IGNORECASE)
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_WORD = re.compile(r"[^\s\d,;/:()|-]+")  # not \w: Thai vowel signs are no letters to it
_NUMBER = re.compile(r"\d+")


def read_date(text: str, *, now: datetime, zone: tzinfo | None = None) -> tuple[datetime | None, DateTrust]:
    """The moment that `text` names (aware, UTC) and how far to trust it; (None, NONE) when no date is seen in it.

    `zone` stands in for a zone that is not written (UTC without one); the trust is then ASSUMED_ZONE. A moment before 1995 or more than
    24 hours after `now` is (None, IMPLAUSIBLE).
    """
    text = " ".join(text[:_MAX_LENGTH].split())
    try:
        moment, zoned = _moment(text, zone)
    except (ValueError, OverflowError):
        return None, DateTrust.IMPLAUSIBLE
    if moment is None:
        return None, DateTrust.NONE
    if not EARLIEST <= moment <= now + LATEST_AHEAD:
        return None, DateTrust.IMPLAUSIBLE
    return moment, DateTrust.ZONED if zoned else DateTrust.ASSUMED_ZONE


def _moment(text: str, zone: tzinfo | None) -> tuple[datetime | None, bool]:
    """What the first form that fits says, and whether it named its zone. Raises ValueError for a day that no calendar has."""
    if _UNIX.fullmatch(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC), True
    if _ISO.fullmatch(text):
        return _placed(datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", "").replace(",", ".").upper()), zone)
    if compact := _COMPACT.fullmatch(text):
        local = datetime(*(int(part) for part in compact.groups()[:6]))  # type: ignore[arg-type]  # noqa: DTZ001
        return _placed(local.replace(tzinfo=UTC) if compact[7] else local, zone)
    return _from_parts(text, zone)


def _from_parts(text: str, zone: tzinfo | None) -> tuple[datetime | None, bool]:
    """Zone, day and clock, each looked for in what the others left."""
    written, rest = _written_offset(text)
    day, rest = _day_in_figures(rest)
    clock, rest = _clock(rest)
    day = day or _day_with_month_name(rest)
    if day is None:
        return None, False
    local = datetime(*day, *clock)  # noqa: DTZ001
    named = written or _named_zone(rest, local, zone)
    return _placed(local.replace(tzinfo=named) if named else local, zone)


def _placed(moment: datetime, zone: tzinfo | None) -> tuple[datetime, bool]:
    if moment.tzinfo is not None:
        return moment.astimezone(UTC), True
    return moment.replace(tzinfo=zone or UTC).astimezone(UTC), False


def _clock(text: str) -> tuple[tuple[int, int, int], str]:
    found = _CLOCK.search(text)
    if found is None or int(found[1]) > 24:
        return (0, 0, 0), text
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4][0] in "pP" else 0)
    return (hour % 24, int(found[2]), int(found[3] or 0)), text[: found.start()] + " " + text[found.end() :]


def _written_offset(text: str) -> tuple[tzinfo | None, str]:
    """A zone written in figures at the end or after GMT: +0700, GMT+7, (UTC+07:00)."""
    found = _OFFSET.search(text)
    if found is None:
        return None, text
    sign, hours, minutes = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[6])
    if not found[1] or found[3] or ":" in text[: found.start()]:
        ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if ahead <= timedelta(hours=14):
            return timezone(-ahead if sign == "-" else ahead), text[: found.start()] + " " + text[found.end() :]
    return None, text


def _named_zone(text: str, local: datetime, zone: tzinfo | None) -> tzinfo | None:
    """The zone whose abbreviation stands in `text`: the source's own when it goes by that name, else the one in the table."""
    for name in reversed(_ZONE_NAME.findall(text)):
        if zone is not None and local.replace(tzinfo=zone).tzname() == name:
            return zone
        if name in _ZONES:
            return timezone(timedelta(hours=_ZONES[name]))
    return None


def _day_in_figures(text: str) -> tuple[tuple[int, int, int] | None, str]:
    """(year, month, day) in the Christian era and the text without it; (None, text) when no day is written in figures."""
    for pattern, order in ((_YEAR_FIRST, (1, 2, 3)), (_EAST_ASIAN, (1, 2, 3)), (_VIETNAMESE, (3, 2, 1)), (_DAY_FIRST, (3, 2, 1))):
        if found := pattern.search(text):
            year, month, day = (int(found[place]) for place in order)
            if month > 12 >= day and pattern is _DAY_FIRST:
                month, day = day, month  # 11/20/2026 can only be American
            return (_christian(year), month, day), text[: found.start()] + " " + text[found.end() :]
    return None, text


def _day_with_month_name(text: str) -> tuple[int, int, int] | None:
    """(year, month, day) of a text that names the month, or None."""
    month = next((_MONTHS[word] for word in map(_month_word, _WORD.findall(text)) if word in _MONTHS), None)
    numbers = [int(number) for number in _NUMBER.findall(text)]
    days = [number for number in numbers if 1 <= number <= 31]
    years = [number for number in numbers if number >= 1000]
    if month is None or not days:
        return None
    if years:
        return _christian(years[0]), month, days[0]
    if len(days) == 2 or (len(numbers) == 2 and numbers[1] < 100):
        return 2000 + numbers[1], month, numbers[0]  # RFC 822 allowed years of two figures
    return None


def _month_word(word: str) -> str:
    word = word.lower()
    return word if word in _MONTHS else word.rstrip(".")


def _christian(year: int) -> int:
    """Thai sources count from the Buddha: 2569 is 2026."""
    return year - 543 if 2400 <= year <= 2700 else year
