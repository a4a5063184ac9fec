"""When: whether an act belongs to this story's meeting, was done before, or lies ahead.

A day or a month is weighed against the story's own date; a year before the story's makes a thing background.
Years inside a name or a range ("2021-2025", "the 1982 Convention") say nothing about when a thing was done.
"""

from dataclasses import dataclass
from datetime import date

from classifiers.english import PREPOSITIONS
from classifiers.lexicon import Tagged
from classifiers.text import Sentence, Token

FRESH_DAYS = 16
"""How old, in days before the story, a dated act may be and still be of this story's meeting."""


@dataclass(frozen=True, slots=True)
class When:
    """A time expression at tokens i to j: `sense` is recalled, fresh or future."""

    i: int
    j: int
    sense: str
    words: str
    days: int | None = None
    """Days from the story's date, where a day is given; negative: before it."""


def story_year(sentences: list[Sentence], published: date | None) -> int | None:
    """The year in which the story stands: of its date, else the latest year that its first sentences name with a day or month."""
    if published is not None:
        return published.year
    for s in sentences[:8]:
        for n, t in enumerate(s.tokens):
            y = t.year
            if y and n and (s.tokens[n - 1].text.isdigit() or s.tokens[n - 1].text == "," or s.tokens[n - 1].low in _MONTHS):
                return y
    return None


_MONTHS: dict[str, int] = {}
_LONG = frozenset({"years", "decades"})
_NUMBERS = frozenset({"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twenty", "thirty", "many"})


def learn_months(months: dict[str, int]) -> None:
    """Takes over the names of months from the rulebook."""
    _MONTHS.update(months)


def expressions(tags: Tagged, published: date | None, year: int | None) -> list[When]:
    """The time expressions of a sentence; worked out once."""
    if tags.whens is None:
        tags.whens = _expressions(tags, published, year)
    whens: list[When] = tags.whens
    return whens


def _expressions(tags: Tagged, published: date | None, year: int | None) -> list[When]:
    tokens = tags.sentence.tokens
    found = [
        When(h.i, h.j, h.entry.id, " ".join(t.text for t in tokens[h.i : h.j]))
        for h in tags.of("time")
        if not (h.i and tokens[h.i].text[:1].isupper() and h.entry.id == "recalled" and h.j - h.i == 1)
    ]
    summits = {h.j for h in tags.of("meeting") if h.entry.id in ("SUMMIT", "PARTNER-SUMMIT")}
    for n, t in enumerate(tokens):
        if t.year is None and t.low not in _MONTHS and t.low not in _LONG:
            continue
        if t.low in _LONG and n > 1 and tokens[n - 2].low == "for" and _counted(tokens[n - 1]) and _gone_by(tokens, n - 2):
            found.append(When(n - 2, n + 1, "recalled", f"for {tokens[n - 1].text} {t.text}"))
        y = t.year
        if y is not None and year is not None:
            before = tokens[n - 1].low if n else ""
            after = tokens[n + 1] if n + 1 < len(tokens) else None
            in_range = (after is not None and after.text in "-–/" and n + 2 < len(tokens) and tokens[n + 2].text.isdigit()) or (
                n > 1 and tokens[n - 1].text in "-–/" and tokens[n - 2].text.isdigit()
            )
            spans = before in ("to", "for", "until", "through", "by") or (
                after is not None and after.low == "to" and n + 2 < len(tokens) and tokens[n + 2].text[:1].isdigit()
            )
            named = (after is not None and after.text[:1].isupper() and before not in ("in", "since")) or (
                before in ("vision", "asean", "agenda", "sdg", "forum")
                or (n and tokens[n - 1].text[:1].isupper() and before not in _MONTHS and before not in ("in", "since"))
            )
            if in_range or spans or named:
                continue
            sense = "recalled" if y < year else "future" if y > year else ""
            if sense:
                found.append(When(n, n + 1, sense, t.text))
        elif t.low in _MONTHS and t.text[:1].isupper() and published is not None and not (n and tokens[n - 1].low in ("that", "last")):
            when = _dated(tokens, n, published)
            of_summit = (  # "for adoption at the 44th Summit in October"
                n and tokens[n - 1].low == "in" and n - 1 in summits and any(x.low == "for" for x in tokens[max(0, n - 16) : n - 1])
            )
            if when is not None and not (of_summit and when.days is None and when.sense == "recalled"):
                found.append(when)
    return found


def _dated(tokens: list[Token], n: int, published: date) -> When | None:
    """A month, with its day where there is one, weighed against the story's date."""
    t = tokens[n]
    if t.low == "may" and not (
        (
            n
            and (
                tokens[n - 1].low in ("in", "on", "since", "of", "last", "until", "by", "late", "early", "this")
                or tokens[n - 1].text.isdigit()
            )
        )
        or (n + 1 < len(tokens) and tokens[n + 1].text.isdigit())
    ):
        return None
    month = _MONTHS[t.low]
    day = None
    i, j = n, n + 1
    for m in (n + 1, n - 1):
        if 0 <= m < len(tokens) and tokens[m].text[:1].isdigit() and len(tokens[m].text) <= 5:
            digits = "".join(c for c in tokens[m].text.split("-")[-1] if c.isdigit())
            if digits and 1 <= int(digits) <= 31:
                day = int(digits)
                i, j = min(i, m), max(j, m + 1)
                break
    given = next((tokens[m].year for m in (n + 1, n + 2, n + 3) if m < len(tokens) and tokens[m].year), None)
    year = given or min(
        (published.year - 1, published.year, published.year + 1),
        key=lambda y: abs((date(y, month, day or 15 if (day or 15) <= 28 else 28) - published).days),
    )
    if given is None and (year, month) < (published.year, published.month) and _foretold(tokens, i):
        year += 1
    try:
        distance = (date(year, month, day or 15) - published).days
    except ValueError:
        return None
    words = " ".join(x.text for x in tokens[i:j])
    if day is None:
        months = (year - published.year) * 12 + month - published.month
        sense = (
            "fresh"
            if months == 0
            else "recalled"
            if months < 0 and (months < -1 or published.day > 7)
            else "future"
            if months > 0
            else "fresh"
        )
    else:
        sense = "recalled" if distance < -FRESH_DAYS else "future" if distance > 0 else "fresh"
    return When(i, j, sense, words, None if day is None else distance)


def _counted(token: Token) -> bool:
    return token.text.isdigit() or token.low in _NUMBERS


def _gone_by(tokens: list[Token], at: int) -> bool:
    """Whether "for five years" tells of years gone by ("has guided us for five years") and not of years ahead ("renewed for …")."""
    return at < 2 or any(tokens[k].low in _PERFECT for k in range(max(0, at - 12), at))


_PERFECT = frozenset({"has", "have", "had", "been", "'ve", "having"})
_AHEAD = frozenset({"will", "would", "shall", "due", "scheduled", "slated", "expected", "planned"})


def _foretold(tokens: list[Token], i: int) -> bool:
    """Whether a month without its year lies ahead by the words before it: "before December", "which would otherwise lapse in November"."""
    if i and tokens[i - 1].low in ("by", "before", "until", "till"):
        return True
    for k in range(i - 1, max(-1, i - 9), -1):
        if tokens[k].text in ";:,.":
            return False
        if tokens[k].low in _AHEAD or (tokens[k].low == "be" and tokens[k - 1].low == "to"):
            return True
    return False


def _attribute(tokens: list[Token], w: When) -> bool:
    """Whether the time belongs to a noun beside the act: "the 1995 treaty", "the consultations since January"."""
    before, after = tokens[w.i - 1].low, tokens[w.j].low if w.j < len(tokens) else ""
    if before == "since":
        return True
    return (
        tokens[w.i].year is not None
        and w.j - w.i == 1
        and before in ("the", "its", "their")
        and after.isalpha()
        and after not in PREPOSITIONS
    )


def _before(tokens: list[Token], i: int) -> list[tuple[int, Token]]:
    """The few tokens before i, each with its place."""
    return [(k, tokens[k]) for k in range(max(0, i - 6), i - 1)]


def nearest(found: list[When], tokens: list[Token], i: int, j: int) -> When | None:
    """The time expression that governs tokens i to j: the nearest one, not across a clause; opening phrases count as near."""
    best, best_cost = None, 40.0
    for w in found:
        a, b = (w.j, i) if w.j <= i else (j, w.i)
        gap = max(0, b - a)
        if gap > 3 and w.words.lower().startswith(("annivers", "commemor", "histor")):
            continue  # "the 50th anniversary" makes what stands beside it background, not the whole sentence
        if gap and w.i and _attribute(tokens, w):
            continue
        if w.i >= j and any(t.low in ("which", "who", "whose") for t in tokens[a:b]):
            continue  # the time of a clause about the thing
        if (
            w.i >= 3
            and w.j < i
            and tokens[w.j].text == ","
            and any(t.text == "," and tokens[k + 1].low.endswith(("ed", "en")) for k, t in _before(tokens, w.i))
        ):
            continue  # "its application, lodged in 2022, was granted"
        cost = float(gap)
        for k in range(a, b):
            t = tokens[k]
            if t.text in ";:" or t.low in ("which", "who", "where", "whose"):
                cost += 14
            elif t.text == "," and w.j <= i and w.i < 3:
                cost -= 1  # "In 2012, ASEAN ministers failed …": an opening phrase governs the whole sentence
            elif t.text == ",":
                cost += 3
            elif t.low in ("that", "while", "but", "after", "when", "although"):
                cost += 8
        if w.i < 3 and w.j <= i:
            cost *= 0.5
        if cost < best_cost:
            best, best_cost = w, cost
    return best
