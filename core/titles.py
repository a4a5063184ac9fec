"""What the name of an outcome says, in comparable form: its kind, the stems of its subject, its cycle, its sum.

Two wordings of one thing share a kind of the same group and stems of their subject; the words that any such title has
("joint", "ministers", "strengthening") carry nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from core import wording

_SAME = str.maketrans(
    {"‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "ʼ": "'", "đ": "d", "ð": "d", "Đ": "D", "Ð": "D"}
)
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ACRONYMS = re.compile(rf"\b(?:{'|'.join(wording.ACRONYMS)})\b")
_POSSESSIVE = re.compile(r"'s\b")
_SPACES = re.compile(r"[ \t\n'\"“”«»/_-]+")
_CYCLE = re.compile(r"\b((?:19|20)\d\d) (?:(?:to|until|through|and|a|den|hingga|sampai|ถึง|至) )?((?:19|20)\d\d|\d\d)\b")
_ANNIVERSARY = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)? anniversar(?:y|ies)\b")
_TOKEN = re.compile(r"[a-z0-9]+|[^\W\d_]+|[,;:.()!?|]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
_SUM = re.compile(r"(?:(?:us|usd|\$|€|£|¥|eur|euro|rm|yuan)\s?\$?\s?)?(\d[\d.,]*)\s?(" + "|".join(wording.SCALES) + r")?\b")
_MONEY = re.compile(r"\$|€|£|¥|\b(?:usd|us|eur|euros?|dollars?|yen|yuan|won|rm)\b")
_COUNT = re.compile(r"\b(\d{1,3}|" + "|".join(wording.NUMBERS) + r")\b")
_SHORTEST = 4
"""Letters that a stem keeps at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A title in comparable form. Empty parts are what the words leave open."""

    kind: str = ""
    group: str = ""
    """The group of its kind: `utterance`, `plan`, `treaty`..."""
    subject: frozenset[str] = frozenset()
    """Stems, names as tokens, and years that are not the year of the report."""
    cycle: str = ""
    """The years it covers: `2021-2025`."""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """`text` in small letters, without Latin accents and possessives, with dashes as spaces; glued words parted, acronyms written out."""
    text = _ACRONYMS.sub(lambda found: wording.ACRONYMS[found[0]], text.translate(_SAME))
    text = _GLUED.sub(" ", text).casefold()
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not 0x300 <= ord(c) <= 0x36F)
    text = _SPACES.sub(" ", _POSSESSIVE.sub("", unicodedata.normalize("NFC", text))).strip()
    return _ANNIVERSARY.sub(r"anniversary\1", text)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The word without its endings, twice at most: connectivity, connecting and connections are `connect`."""
    for _ in range(2):
        ending = next((s for s in wording.SUFFIXES if word.endswith(s) and len(word) - len(s) >= _SHORTEST), "")
        if not ending:
            break
        word = word[: -len(ending)]
    return word


def _phrases(table: Mapping[str, str]) -> dict[str, str]:
    return {phrase: value for value, phrases in table.items() for phrase in phrases.split("|")}


def _finder(phrases: Mapping[str, str]) -> re.Pattern[str]:
    """Matches any of the phrases, the longest first; those of scripts with spaces only as whole words."""
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    spaced = "|".join(re.escape(phrase) for phrase in longest if not _UNSPACED.match(phrase))
    unspaced = "|".join(re.escape(phrase) for phrase in longest if _UNSPACED.match(phrase))
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)" + (f"|{unspaced}" if unspaced else ""))


_NAMES = _phrases(wording.NAMES)
_GROUPS = {kind: group for group, kinds in wording.KINDS.items() for kind in kinds}
_KINDS = {phrase: kind for kinds in wording.KINDS.values() for phrase, kind in _phrases(kinds).items()}
_MECHANISMS = _phrases(wording.MECHANISMS)
_NOTHING = frozenset(stem(word) for word in wording.SAY_NOTHING)
_GRADES = {type_: _phrases(grades) for type_, grades in wording.GRADES.items()}
_GRADE_FINDERS = {type_: _finder(phrases) for type_, phrases in _GRADES.items()}


@dataclass(frozen=True, slots=True)
class _Token:
    """A word with its stem, a name (`named`), a noun that tells the kind, or a mark of punctuation (all empty)."""

    word: str = ""
    stem: str = ""
    named: bool = False
    kind: str = ""


class _Lexer:
    """Cuts folded text into tokens: names and nouns of kinds as one token each, whatever their length."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._kinds = kinds
        self._finder = _finder({**kinds, **_NAMES})

    def tokens(self, text: str) -> Iterator[_Token]:
        """The tokens of `text`, in order."""
        at = 0
        for found in self._finder.finditer(text):
            yield from self._plain(text[at : found.start()])
            name = _NAMES.get(found[0])
            yield _Token(stem=name, named=True) if name else _Token(word=found[0], stem=stem(found[0]), kind=self._kinds[found[0]])
            at = found.end()
        yield from self._plain(text[at:])

    def _plain(self, text: str) -> Iterator[_Token]:
        for found in _TOKEN.finditer(text):
            word = found[0]
            if _UNSPACED.fullmatch(word):
                yield from (_Token(word=word[i : i + 2], stem=word[i : i + 2]) for i in range(max(1, len(word) - 1)))
            elif word[0].isalnum():
                yield _Token(word=word, stem=stem(word))
            else:
                yield _Token()


_DOCUMENTS = _Lexer(_KINDS)
_THINGS = _Lexer(_MECHANISMS)


def document(title: str, *, year: int, foreign: bool = False) -> Name:
    """The name of a document or an agreement: its first noun of a kind, and what its title is on.

    Running text is taken too: the name begins after an article or preposition and ends at a verb or a comma. Of a `foreign` title
    whose kind is known only names that the tables know are compared: its other words would part it from the English one.
    `year` is the year of the report: named in a title, it says nothing.
    """
    text, cycle = _without_cycle(fold(title))
    tokens = list(_DOCUMENTS.tokens(text))
    head = _head(tokens)
    if head is None:
        return Name(subject=_content(tokens, year), cycle=cycle)
    start, end = head
    kind = tokens[end - 1].kind
    group = _GROUPS[kind]
    if group == "count":
        return Name(kind=kind, group=group, subject=_count(text), cycle=cycle)
    if kind == "communique":
        return Name(kind=kind, group=group, cycle=cycle)
    if foreign:
        return Name(kind=kind, group=group, subject=_content(tokens, year, foreign=True), cycle=cycle)
    named = [*_modifiers(tokens[:start]), *_complement(tokens[end:])]
    return Name(kind=kind, group=group, subject=_content(named, year), cycle=cycle)


def thing(title: str, *, year: int) -> Name:
    """The name of anything that is no document: all its telling words, and the noun of a mechanism if it has one."""
    text, cycle = _without_cycle(fold(title))
    tokens = list(_THINGS.tokens(text))
    kind = next((token.kind for token in tokens if token.kind), "")
    return Name(kind=kind, group=kind, subject=_content(tokens, year), cycle=cycle)


def words_of(parties: Iterable[str]) -> frozenset[str]:
    """The stems of the names of `parties`, as they would stand in a subject; names that the tables know are kept out."""
    return frozenset(token.stem for party in parties for token in _THINGS.tokens(fold(party)) if not token.named)


def grade(type_: str, text: str) -> str:
    """What is joined, granted or held, for types where that tells outcomes apart: `tac`, `strategic`, `chair`; empty when left open."""
    found = {_GRADES[type_][match] for match in _GRADE_FINDERS[type_].findall(fold(text))} if type_ in _GRADES else set()
    return next((name for name in wording.GRADES.get(type_, {}) if name in found), wording.DEFAULT_GRADES.get(type_, ""))


def sum_of(text: str) -> str:
    """The first sum of money in `text` in whole units, without its currency; empty when there is none."""
    text = fold(text)
    if not _MONEY.search(text):
        return ""
    for digits, scale in _SUM.findall(text):
        number = digits.strip(".,")
        if scale or len(number) > 2:
            return f"{_number(number, scaled=bool(scale)) * wording.SCALES.get(scale, 1):.0f}"
    return ""


def best(titles: tuple[str, ...]) -> str:
    """The title that names the thing most plainly: one that tells its kind and subject, not a whole sentence; the same for any order."""
    return min(titles, key=_plainness)


def _plainness(title: str) -> tuple[int, int, int, int, str]:
    name = document(title, year=0)
    words = len(title.split())
    return (words > 20, not name.subject and not name.kind, -min(len(name.subject), 4) if words <= 20 else 0, words, title)


def _number(digits: str, *, scaled: bool) -> float:
    """`1.5` before a scale is one and a half; a comma, and a point without a scale, divide thousands."""
    parts = re.split(r"[.,]", digits)
    if scaled and len(parts) == 2 and len(parts[1]) != 3:
        return float(".".join(parts))
    return float("".join(parts))


def _without_cycle(text: str) -> tuple[str, str]:
    """Text without the years that the thing covers, and these as `2021-2025`."""
    found = _CYCLE.search(text)
    if found is None:
        return text, ""
    first, last = found[1], found[2]
    return text[: found.start()] + " " + text[found.end() :], f"{first}-{first[: 4 - len(last)]}{last}"


def _head(tokens: list[_Token]) -> tuple[int, int] | None:
    """Where the first run of nouns of a kind stands (`framework agreement`): from, to."""
    start = next((i for i, token in enumerate(tokens) if token.kind), None)
    if start is None:
        return None
    end = start + 1
    while end < len(tokens) and tokens[end].kind:
        end += 1
    return start, end


def _modifiers(before: list[_Token]) -> list[_Token]:
    """What stands right before the noun, back to an article, a preposition or a mark."""
    taken: list[_Token] = []
    for token in reversed(before):
        if not token.stem or token.word in wording.LEADS or token.word in wording.ENDS:
            break
        taken.append(token)
    return taken


def _complement(after: list[_Token]) -> list[_Token]:
    """What follows the noun, up to a verb or a mark."""
    taken: list[_Token] = []
    for token in after:
        if not token.stem or token.word in wording.ENDS:
            break
        taken.append(token)
    return taken


def _content(tokens: list[_Token], year: int, *, foreign: bool = False) -> frozenset[str]:
    """The stems that tell something; of a foreign text, the names that the tables know."""
    said = set()
    for token in tokens:
        if token.named:
            said.add(token.stem)
        elif foreign or token.kind or not token.stem or token.stem in _NOTHING:
            continue
        elif token.word[0].isdigit():
            said |= {token.word} if _tells(token.word, year) else set()
        elif len(token.word) > 1:
            said.add(token.stem)
    return frozenset(said)


def _tells(number: str, year: int) -> bool:
    """Whether a number in a title tells it from others: a year that is not the report's own."""
    return len(number) == 4 and number.isdigit() and number[:2] in ("19", "20") and int(number) != year


def _count(text: str) -> frozenset[str]:
    found = _COUNT.search(text)
    if found is None:
        return frozenset()
    return frozenset({str(wording.NUMBERS.get(found[1], found[1]))})
