"""Text first: paragraphs before sentences, the story apart from what surrounds it on the page.

    text -> lines -> paragraphs (body, heading, caption, chrome) -> sentences -> tokens

Every offset is a character offset into the NFC field, so that a span always quotes the text. All passes are linear:
the expressions have no nested repetition, and nothing is searched twice from the same place.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

_FOLD: dict[int, str] = str.maketrans(
    {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}  # full-width letters, digits and marks
    | {
        "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "«": '"', "»": '"', "„": '"',
        "–": "-", "—": "-", "‑": "-", "−": "-", "‐": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\n": " ", "\t": " ",
        "Ð": "đ", "ð": "đ", "İ": "i", "Σ": "σ",
    }
)  # fmt: skip
# Σ, whose small letter hangs on its neighbours, is given one, so that a word folds by itself as it does in its text.
_MARKED = re.compile("[" + re.escape("".join(map(chr, _FOLD))) + "]")


def fold(text: str) -> str:
    """`text` for matching: lower case, plain quotes and dashes, one character for one character."""
    for mark in {*_MARKED.findall(text)}:  # a text has few of them; to translate it letter by letter takes five times as long
        text = text.replace(mark, _FOLD[ord(mark)])
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


class Kind(StrEnum):
    """What a paragraph is on its page."""

    BODY = "body"
    HEADING = "heading"
    CAPTION = "caption"
    CHROME = "chrome"


_GLUE = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z])|(?<=[A-Z]{5})(?=[a-z]{3})")


class Token:
    """A word, number or mark: `low` is folded; `word` tells it from a mark; `base` is `low` without a possessive ending.

    `year` is the year that a number may be; `glued` tells two words that lost the space between them.

    Wherever a word stands its token is the same: where that is, its sentence knows.
    """

    __slots__ = ("base", "glued", "low", "text", "word", "year")

    def __init__(self, text: str, low: str, word: bool) -> None:
        self.text, self.low, self.word = text, low, word
        self.base = low[:-2] if low[-2:] == "'s" else low[:-1] if low[-1] == "'" else low
        self.year = int(text) if len(text) == 4 and text.isdecimal() and 1945 <= int(text) <= 2060 else None
        self.glued = len(text) > 6 and not text[1:].islower() and _GLUE.search(text) is not None


class _Vocabulary(dict[str, Token]):
    """Spelling -> token, made once, as news says the same few thousand words over and over. Begins anew when it has grown too large."""

    LARGEST, LONGEST = 20_000, 30

    def __missing__(self, text: str) -> Token:
        token = Token(text, fold(text), text[0].isalnum())
        if len(text) <= self.LONGEST:
            if len(self) >= self.LARGEST:
                self.clear()
            self[text] = token
        return token


_VOCABULARY = _Vocabulary()


@dataclass(slots=True)
class Sentence:
    """A sentence: character offsets into its field, whose text is `source`, and its tokens."""

    field: str
    start: int
    end: int
    tokens: list[Token]
    paragraph: int
    kind: Kind
    source: str
    _starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """The offset of every token in the field; worked out when first asked for, as few sentences are quoted."""
        if self._starts is None:
            self._starts = _starts(self.tokens, self.source, self.start)
        return self._starts

    def span(self, i: int, j: int) -> tuple[int, int]:
        """Start and end of tokens i to j (exclusive) in the field."""
        return self.starts[i], self.starts[j - 1] + len(self.tokens[j - 1].text)

    def gap(self, i: int, j: int) -> int:
        """Characters between the end of token i and the start of token j."""
        return self.starts[j] - self.starts[i] - len(self.tokens[i].text)

    def cut(self, tokens: list[Token]) -> None:
        """Puts finer tokens in the place of those so far."""
        self.tokens, self._starts = tokens, None


def _starts(tokens: list[Token], source: str, at: int) -> list[int]:
    """Where each token begins, the first at or behind `at`. What lies between two of them begins none, so that the next find is the one."""
    starts = []
    find = source.find
    for t in tokens:
        at = find(t.text, at)
        starts.append(at)
        at += len(t.text)
    return starts


@dataclass(slots=True)
class Paragraph:
    """A paragraph of the text and what it is on its page."""

    start: int
    end: int
    kind: Kind
    why: str = ""


Divide = Callable[[str, str, str], list[Paragraph]]


@dataclass(slots=True)
class Document:
    """An article taken apart. `sentences` are those of the title (first) and of the story; chrome has none."""

    title: str
    text: str
    title_fold: str
    text_fold: str
    paragraphs: list[Paragraph]
    sentences: list[Sentence]
    flags: set[str]
    cuts: dict[str, list[int]]
    """Per field the offsets at which a page glued two words together: phrases are matched as if a space stood there."""
    language: str = ""
    """ISO 639-1 code of the language, where it is known."""

    def quote(self, field: str, start: int, end: int) -> str:
        """The slice of a field."""
        return (self.title if field == "title" else self.text)[start:end]

    def folded(self, field: str) -> str:
        """The folded field."""
        return self.title_fold if field == "title" else self.text_fold


_WORD = (  # plain words first, as they are nearly all; a single letter may begin an abbreviation ("U.S.")
    r"[a-zA-Z][a-z]+(?=[ .,\n])"
    r"|[^\W_\d][^\W_]+(?:[-'’+&/](?:(?:[A-Za-z]\.){2,}|[^\W_]+)|\+(?=\s|$))*"
    r"|\d+(?:[.,:]\d+)*%?(?:st|nd|rd|th)?(?:-\d+(?:[.,]\d+)*)?"
    r"|(?:[A-Za-z]\.){2,}"
    r"|[^\W_\d](?:[-'’+&/][^\W_]+)*"
    r"|[^\w\s]|_"
)
SPACELESS = frozenset({"th", "zh", "ja", "lo", "km", "my"})
"""Languages that write no space between words: a run of letters is one token until the lexicon cuts it where it knows words."""
_RUN = (
    r"[\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u1000-\u103f\u1780-\u17dd\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
    r"|\d+(?:[.,:]\d+)*%?|[^\W_\d\u0e01-\u0e4e\u0e80-\u0ecf\u1000-\u103f\u1780-\u17dd\u3005-\u9fff\uac00-\ud7af\uf900-\ufaff]+(?:[-'’+&/][A-Za-z0-9]+)*|[^\w\s]|_"
)
_ELIDED = r"(?:[cdjlmnstCDJLMNST]|[qQ]u|[jJ]usqu|[lL]orsqu|[pP]uisqu)['’](?=[^\W\d_])|" + _WORD
"""French: the article or pronoun before an apostrophe is a word of its own."""
# With the space before a token in the same step, as a search that begins at a space would try all alternatives in vain.
_TOKENS = {code: re.compile(rf"\s?({_RUN})") for code in SPACELESS} | {"fr": re.compile(rf"\s?({_ELIDED})")}
_PLAIN = re.compile(rf"\s?({_WORD})")
_ABBREVIATION = frozenset(
    (
        "mr mrs ms dr prof gen col lt sen rep rev st no nos vs etc e.g i.e inc ltd co corp jr sr gov pres capt maj sgt adm hon h.e dept "
        "est approx fig sec art vol jan feb mar apr jun jul aug sept sep oct nov dec u.s u.k u.n a.m p.m ma amb min asst ph.d d.c viz al"
    ).split()
)
_STOP = re.compile(  # the mark first, whichever it is: a search for one set of characters is the quickest
    r"[.!?。！？;；…](?:(?<=[.!?。！？])[\"'”’»)\]]{0,3}(?=\s|$|[A-Z“\"])|(?<=[。！？])[”’」』）》】]{0,3}|(?<=[;；])\s{1,3}(?=[A-Z])|(?<=…)(?=\s))"
)
_LAST_WORD = re.compile(r"[^\s(\"'“‘]{1,12}$")


# Thai marks no end of a sentence: a new one begins behind a space with one of these.
_THAI_OPENING = re.compile(
    r"\s(?=นอกจากนี้|นอกจากนั้น|ทั้งนี้|จากนั้น|ขณะที่|ในขณะที่|ในโอกาสนี้|ในการนี้|อย่างไรก็ตาม|ต่อมา|สำหรับ|ส่วน|ด้าน|อนึ่ง|ก่อนหน้านี้|เมื่อวันที่|เมื่อเดือน|ในวันเดียวกัน|ภายหลัง|หลังจาก|พร้อมกันนี้)"
)


def tokens(text: str, start: int, end: int, language: str = "") -> list[Token]:
    """The tokens of text[start:end]."""
    return list(map(_VOCABULARY.__getitem__, _TOKENS.get(language, _PLAIN).findall(text, start, end)))


def _breaks(text: str, start: int, end: int, language: str = "") -> list[tuple[int, int]]:
    """(start, end) of the sentences of one paragraph."""
    found, at = [], start
    for m in (_THAI_OPENING if language == "th" else _STOP).finditer(text, start, end):
        stop = m.end()
        if stop >= end - 1:
            break
        if text[m.start()] == ".":
            word = _LAST_WORD.search(text, max(at, m.start() - 12), m.start())
            last = word.group().lower() if word else ""
            if last.rpartition("-")[2] in _ABBREVIATION or (len(last) == 1 and last.isalpha()) or last.endswith((".g", ".e")):
                continue
            following = text[stop : stop + 3].lstrip()
            if following[:1].islower() or (last.isdigit() and len(last) <= 2 and m.start() - at <= 4):
                continue
        found.append((at, stop))
        at = stop
    found.append((at, end))
    return [(e - len(said), e) for s, e in found if (said := text[s:e].lstrip())]


LONGEST_SENTENCE = 300
"""Tokens. What goes on for longer is a list or noise: it is read in pieces, so that the cost stays linear in the length of a text."""
_LONGEST_RUN = 1500
"""Characters, where words are not told apart by spaces."""


def _pieces(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int, list[Token]]]:
    """(start, end, tokens) of a sentence, whole as a rule, in pieces where it has no end."""
    step = _LONGEST_RUN if language in SPACELESS else end - start
    for s in range(start, end, step):
        e = min(s + step, end)
        found = tokens(text, s, e, language)
        if len(found) <= LONGEST_SENTENCE:
            yield s, e, found
            continue
        starts = _starts(found, text, s)
        for n in range(0, len(found), LONGEST_SENTENCE):
            piece, last = found[n : n + LONGEST_SENTENCE], n + LONGEST_SENTENCE - 1
            yield starts[n] if n else s, starts[last] + len(found[last].text) if last + 1 < len(found) else e, piece


def document(title: str, text: str, divide: Divide, language: str = "") -> Document:
    """`title` and `text` (both NFC) taken apart; `divide(text, folded, title)` gives the paragraphs."""
    folded = fold(text)
    doc = Document(title, text, fold(title), folded, divide(text, folded, title), [], set(), {}, language)
    if title.strip():
        for s, e, words in _pieces(title, 0, len(title), language):
            doc.sentences.append(Sentence("title", s, e, words, -1, Kind.HEADING, title))
    for n, p in enumerate(doc.paragraphs):
        if p.kind is Kind.CHROME:
            continue
        for start, end in _breaks(text, p.start, p.end, language) if p.kind is Kind.BODY else [(p.start, p.end)]:
            for s, e, words in _pieces(text, start, end, language):
                doc.sentences.append(Sentence("text", s, e, words, n, p.kind, text))
    _unglue(doc)
    return doc


# Function words that are lost in "alsoagreed", "willbe", "wontheir": split only where the page shows that it loses spaces, and only
# from a word that the page has on its own or that such news cannot do without.
_LOST = frozenset(
    "will were was also the their have has had been be by to of and for its won with got that which from are not yet in on".split()
)
_ONLY_BEHIND = frozenset({"in", "on", "are"})
_NEWS = frozenset(
    (
        "agreed adopted approved signed endorsed issued decided discussed reaffirmed recommended mutual run promote take foreign minister "
        "ministers meeting meetings work through related until held day year years document documents statement cooperation summit"
    ).split()
)
_WHOLE = frozenset(
    (
        "area areas asset became because become behalf behave being belong between cannot forget format formal former forth forum forward "
        "hasten himself indeed inform into island itself maybe nearby nothing notable noted onto often other others person season thereby "
        "therefore theme themes then there these they today together toward towards upon wasted welfare whether within without withheld "
        "beside besides before begun below bylaw bypass yearly formed forced foreword forever"
    ).split()
)
"""Words that only look like two."""


def _unglue(doc: Document) -> None:
    """Splits words that a page glued together, where case shows it (ASEANforeign, JointDeclaration), and marks the page."""
    if sum(t.glued for s in doc.sentences for t in s.tokens) < 2:
        return
    doc.flags.add("glued_words")
    known = {t.low for s in doc.sentences for t in s.tokens if t.word} | _NEWS
    for s in doc.sentences:
        out: list[Token] = []
        for t, start in zip(s.tokens, s.starts, strict=True):
            cuts = [m.start() for m in _GLUE.finditer(t.text)] if t.word and len(t.text) > 6 else []
            if not cuts and t.word and len(t.text) > 4 and t.text.isalpha() and t.text.islower():
                cuts = _hidden_cut(t.low, known)
            doc.cuts.setdefault(s.field, []).extend(start + c for c in cuts)
            if not cuts:
                out.append(t)
                continue
            out.extend(Token(t.text[a:b], t.low[a:b], t.word) for a, b in pairwise([0, *cuts, len(t.text)]))
        s.cut(out)


def _hidden_cut(low: str, known: set[str]) -> list[int]:
    """Where a word falls into two: one of the lost small words and a known one, or two longer known ones; empty when it is whole."""
    if low in _WHOLE:
        return []
    for n in range(2, len(low) - 1):
        head, tail = low[:n], low[n:]
        if (head in _LOST and head not in _ONLY_BEHIND and tail in known and len(tail) > 2) or (
            tail in _LOST and head in known and len(head) > 2
        ):
            return [n]
        if n > 4 and len(tail) > 4 and head in known and tail in known:
            return [n]
    return []
