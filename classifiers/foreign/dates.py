"""Dates as they are written out in the languages that are read in part, weighed against the story's own date."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from classifiers.grammar import longest
from classifiers.lexicon import Tagged
from classifiers.times import FRESH_DAYS


class Moment(NamedTuple):
    """A time expression at tokens i to j: recalled, fresh or future; `year` for a year alone, which may be part of a name."""

    i: int
    j: int
    sense: str
    days: int | None = None
    year: bool = False


class Written(NamedTuple):
    """A date at tokens i to j, as far as it is given."""

    i: int
    j: int
    year: int | None
    month: int | None
    day: int | None


def moments(tags: Tagged, era: int, published: date | None, year: int | None) -> list[Moment]:
    """The time expressions of a sentence; `era` is the year 0 of the language's own calendar, counted back from ours."""
    found = [Moment(h.i, h.j, h.entry.id) for h in tags.of("time")]
    if published is None and year is None:
        return found
    said = [h for h in tags.of("time") if h.entry.id in ("recalled", "future")]
    for w in Dates(tags, era).written():
        if w.month is not None and w.year is None and any(0 <= w.i - h.j <= 1 or 0 <= h.i - w.j <= 1 for h in said):
            continue  # "December last year"
        sense, days = _sense(w.year, w.month, w.day, published, year)
        if sense and not (w.month is None and sense == "future"):
            found.append(Moment(w.i, w.j, sense, days, w.month is None))
    return found


class Dates:
    """The dates of one sentence."""

    def __init__(self, tags: Tagged, era: int) -> None:
        self.tags, self.tokens, self.era = tags, tags.sentence.tokens, era

    def written(self) -> Iterator[Written]:
        """Every date that is written out."""
        months = {h.i: (h.j, int(h.entry.id)) for h in longest(self.tags.of("month"))}
        behind = {h.j for h in self.tags.of("year")}
        done = 0
        for n, t in enumerate(self.tokens):
            if n < done or not (n in months or t.low[0].isdecimal()):
                continue
            found: Written | None
            if n in months:
                found = self._month_by_name(n, *months[n])
            else:
                found = self._month_by_number(n) or self._slashed(n) or self._year_alone(n, n in behind)
            if found is not None:
                done = found.j
                yield found

    def number(self, n: int) -> int | None:
        """The number that token n is."""
        return number(self.tokens[n].text) if 0 <= n < len(self.tokens) else None

    def low(self, n: int) -> str:
        """Token n, folded."""
        return self.tokens[n].low if 0 <= n < len(self.tokens) else ""

    def _day(self, n: int) -> int | None:
        number = self.number(n)
        return number if number and number <= 31 else None

    def _month_by_name(self, n: int, j: int, month: int) -> Written:
        day = self._day(n - 1) or self._day(j)
        year = next((k for k in range(j, j + 4) if self._year(self.number(k))), None)
        return Written(max(0, n - 1), j if year is None else year + 1, None if year is None else self._year(self.number(year)), month, day)

    def _month_by_number(self, n: int) -> Written | None:
        """10月8日, 2019年10月."""
        month = self.number(n)
        if not month or month > 12 or self.low(n + 1)[:1] != "月":
            return None
        year = self._year(self.number(n - 2)) if self.low(n - 1)[:1] == "年" else None
        return Written(n, n + 2, year, month, self._day(n + 2))

    def _slashed(self, n: int) -> Written | None:
        """20/5, 20/5/2014: the day first in all of these languages."""
        day, month = self._day(n), self.number(n + 2)
        if self.low(n + 1) != "/" or not day or not month or month > 12:
            return None
        year = self._year(self.number(n + 4)) if self.low(n + 3) == "/" else None
        return Written(n, n + 5 if year else n + 3, year, month, day)

    def _year_alone(self, n: int, told: bool) -> Written | None:
        """A year behind a word that says so, or before 年; not the first of a span of years, nor with a month behind it."""
        year = self._year(self.number(n))
        mark = self.low(n + 1)[:1]
        if not year or not (told or mark == "年") or (mark in ("-", "–") and self.number(n + 2)) or (mark == "年" and self.number(n + 2)):
            return None
        return Written(n, n + 1, year, None, None)

    def _year(self, number: int | None) -> int | None:
        if number is None:
            return None
        number -= self.era if number > 2400 else 0
        return number if 1945 <= number <= 2060 else None


def number(text: str) -> int | None:
    """The number that a text of digits is, in any script."""
    digits = text.replace(".", "").replace(",", "")
    return int(digits) if digits.isdecimal() and len(digits) < 12 else None


def _sense(year: int | None, month: int | None, day: int | None, published: date | None, story: int | None) -> tuple[str, int | None]:
    """Whether a date is of the story's meeting, before or after it; and how many days lie between, where both are known."""
    if month is None or published is None:
        now = story or (published.year if published else None)
        return ("recalled" if year and now and year < now else "future" if year and now and year > now else ""), None
    if day is None:
        distance = ((year or published.year) - published.year) * 12 + month - published.month
        if year is None and distance > 6:
            distance -= 12
        elif year is None and distance < -8:
            distance += 12
        early = distance == -1 and published.day <= 7
        return "fresh" if distance == 0 or early else "recalled" if distance < 0 else "future", None
    near = (year,) if year else (published.year - 1, published.year, published.year + 1)
    try:
        days = min(((date(y, month, day) - published).days for y in near), key=abs)
    except ValueError:
        return "", None
    return "recalled" if days < -FRESH_DAYS else "future" if days > 0 else "fresh", days
