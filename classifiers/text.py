"""Text first: paragraphs before sentences, the story apart from what surrounds it on the page.

    text -> lines -> paragraphs (body, heading, caption, chrome) -> sentences -> tokens

Every offset is a character offset into the NFC field, so that a span always quotes the text. All passes are linear:
the expressions have no nested repetition, and nothing is searched twice from the same place.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_FOLD = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "«": '"', "»": '"', "„": '"',
        "–": "-", "—": "-", "‑": "-", "−": "-", "‐": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\n": " ", "\t": " ",
        "Ð": "đ", "ð": "đ", "İ": "i", "＋": "+", "（": "(", "）": ")", "，": ",", "：": ":",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """`text` for matching: lower case, plain quotes and dashes, one character for one character."""
    folded = text.translate(_FOLD)
    low = folded.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in folded)


class Kind(StrEnum):
    """What a paragraph is on its page."""

    BODY = "body"
    HEADING = "heading"
    CAPTION = "caption"
    CHROME = "chrome"


@dataclass(slots=True)
class Token:
    """A word, number or mark: `low` is folded; `base` is `low` without a possessive 's."""

    start: int
    end: int
    text: str
    low: str
    base: str
    word: bool


@dataclass(slots=True)
class Sentence:
    """A sentence: character offsets into its field, and its tokens."""

    field: str
    start: int
    end: int
    tokens: list[Token]
    paragraph: int
    kind: Kind
    quoted: bool = False


@dataclass(slots=True)
class Paragraph:
    """A paragraph of the text and what it is on its page."""

    start: int
    end: int
    kind: Kind
    why: str = ""


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

    def quote(self, field: str, start: int, end: int) -> str:
        """The slice of a field."""
        return (self.title if field == "title" else self.text)[start:end]

    def folded(self, field: str) -> str:
        """The folded field."""
        return self.title_fold if field == "title" else self.text_fold


# What comes after one of these is links to other stories, until a paragraph of prose stands there again.
_TEASER = re.compile(
    r"^\W{0,4}(?:related(?: news| stories| articles| topics| content| links)?|read (?:more|next|also|on)|also read|you may also like|you might also like"
    r"|more (?:from|on|news|stories|in)\b.{0,40}|other (?:news|stories|articles)|latest (?:news|stories)|most (?:read|recent|popular|viewed|shared)|trending\b.{0,40}|editors?'s? pick.?|editor's choice"
    r"|recommended(?: for you| stories)?|see also|don't miss|top stories|in other news|elsewhere|sponsored.{0,60}|advertisement.{0,40}|popular|up next|keep reading|news in brief|more headlines"
    r"|berita (?:lain|terkait|lainnya|berkaitan|terkini)|baca (?:juga|lagi)|artikel (?:terkait|berkaitan)|tin (?:khác|liên quan|cùng chuyên mục|mới|nổi bật)|xem thêm|đọc thêm|bài liên quan|rao vặt"
    r"|相关(?:阅读|新闻|报道|链接)|延伸阅读|推荐阅读|更多新闻|関連(?:記事|ニュース|リンク)|あわせて読みたい|▼.{0,12}読みたい|ข่าวที่เกี่ยวข้อง|ข่าวอื่น|อ่านเพิ่มเติม|แท็ก"
    r"|à lire aussi|lire aussi|sur le même sujet|articles liés|mehr zum thema|lesen sie auch|noticias relacionadas|lea también|may kinalamang babasahin|kaugnay na balita|basahin din)\W{0,4}(?::|$)",
    re.IGNORECASE,
)
_TEASER_INLINE = re.compile(
    r"^\W{0,4}(?:related|read more|read next|also read|you may also like|other news|see also|tags?|berita lain|baca juga|tin khác|related news|sponsored|mehr zum thema|相关阅读|延伸阅读|ข่าวที่เกี่ยวข้อง|แท็ก|à lire aussi|may kinalamang babasahin)\s{0,2}[:：]",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"\b(?:whatsapp|telegram channel|facebook|twitter|subscribe|subscription|newsletter|cookies?|all rights reserved|copyright|©|follow us|log ?in|sign up|share this|share:|print\b.{0,12}email|email\b.{0,12}print|e-paper|membership form|click here|"
    r"advertise with|download our app|terms of (?:use|service)|privacy policy|permission required|free articles|monthly plan|annual plan|billed as|cancel anytime|report it to us|people like this|send feedback|story continues below|partager|imprimer|แชร์|"
    r"your name|unjobnet|choose your plan|want to read on|for subscribers|page \d+ of|bản quyền|ghi rõ nguồn|下载|打印|收藏|sends? this page|leave a comment|post a comment|comments? \(\d+\)|ein presswire|watch live|listen live|photos?:? gallery)",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:\(photo|photo:|\bphoto (?:by|courtesy|/|—|-)|file (?:photo|pic)|\bpic\.?$|afp pic|bernama pic|reuters pic|hinh anh|hình ảnh|\bảnh:|ảnh \d|^caption|\(caption|^photo\b|^image\b|^video\b|image:|foto:|gambar:|写真|图：|图为|ภาพ:|ภาพประกอบ|getty images|/vna\)|\(vna\)$|ap photo|pool photo|^pictured|courtesy of)",
    re.IGNORECASE,
)
_TERMINAL = re.compile(
    r"[.!?。！？…][\"'”’»)\]]{0,3}$|[.!?/]\s?\.?/?\.?\s?/?\.?\s{0,2}[-–—]?\s?\(?(?:VNA|VNS|VNA/VNN|TTXVN|AKP|PNA|AVI|Bernama|BERNAMA|KPL|Xinhua|Agencies)\)?\W{0,3}$|:$"
)
_DATELIKE = re.compile(
    r"^\W{0,3}(?:\d{1,2}[:.]\d{2}|\d{1,2}\s?[-–]?\s?\d{0,2}\s+[A-Z][a-z]+|[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2}[/.-]\d{1,2})"
)
_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*%?(?:st|nd|rd|th)?(?:-\d+(?:[.,]\d+)*)?|(?:[A-Za-z]\.){2,}|[^\W_\d][^\W_]*(?:[-'’+&/][^\W_]+|\+(?=\s|$))*|[^\w\s]|_"
)
_ABBREVIATION = frozenset(
    ["mr", "mrs", "ms", "dr", "prof", "gen", "col", "lt", "sen", "rep", "rev", "st", "no", "nos", "vs", "etc", "e.g", "i.e", "inc", "ltd", "co", "corp", "jr", "sr", "gov", "pres", "capt", "maj", "sgt", "adm", "hon", "h.e", "dept", "est", "approx", "fig", "sec", "art", "vol", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "u.s", "u.k", "u.n", "a.m", "p.m", "ma", "amb", "min", "asst", "ph.d", "d.c", "viz", "al"]
)  # fmt: skip
_STOP = re.compile(r"[.!?。！？][\"'”’»)\]]{0,3}(?=\s|$|[A-Z“\"])|[。！？]|[;；]\s{1,3}(?=[A-Z])|…(?=\s)")


def _lines(text: str) -> list[tuple[int, int]]:
    """(start, end) of every non-empty line."""
    found, at = [], 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = at + line.index(stripped[0])
            found.append((start, start + len(stripped)))
        at += len(line) + 1
    return found


def _unwrapped(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Lines joined to paragraphs where a text is hard-wrapped: short even lines, most of which end in mid-sentence."""
    blocks: list[list[tuple[int, int]]] = []
    for line in lines:
        if blocks and text.count("\n", blocks[-1][-1][1], line[0]) == 1:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    joined: list[tuple[int, int]] = []
    shortest = 3  # once a text has shown that it is wrapped, two lines are enough
    for block in blocks:
        open_ended = sum(1 for s, e in block[:-1] if not _TERMINAL.search(text[max(s, e - 24) : e]) and "|" not in text[s:e])
        running = sum(1 for a, _ in block[1:] if not text[a].isupper())
        if (
            len(block) >= shortest
            and running >= 0.4 * (len(block) - 1)
            and max(e - s for s, e in block) <= 90
            and open_ended >= 0.7 * (len(block) - 1)
            and sum(e - s for s, e in block[:-1]) / (len(block) - 1) >= 45
        ):
            joined.append((block[0][0], block[-1][1]))
            shortest = 2
        else:
            joined.extend(block)
    return joined


def _prose(line: str) -> bool:
    return len(line) >= 140 and bool(_TERMINAL.search(line[-24:])) and line.count("|") < 2


def paragraphs(text: str, title: str = "") -> list[Paragraph]:
    """The paragraphs of `text`, each with what it is on its page and why."""
    found: list[Paragraph] = []
    teasers = False
    body_seen = False
    heading = title.strip().lower()
    for start, end in _unwrapped(text, _lines(text)):
        line = text[start:end]
        terminal = bool(_TERMINAL.search(line[-24:]))
        kind, why = Kind.BODY, ""
        if _TEASER.match(line) or (_TEASER_INLINE.match(line) and not _prose(line)):
            teasers = True
            kind, why = Kind.CHROME, "links to other stories"
        elif _prose(line):
            teasers = False
            if len(line) < 260 and _FURNITURE.search(line) and not re.search(r"\b(?:said|ministers?|asean)\b", line, re.IGNORECASE):
                kind, why = Kind.CHROME, "page furniture"
        elif teasers:
            kind, why = Kind.CHROME, "links to other stories"
        elif line.count("|") >= 2 or (line.endswith("|") and not terminal and not _CAPTION.search(line)):
            kind, why = (Kind.CAPTION, "caption") if re.search(r"\(photo", line, re.IGNORECASE) else (Kind.CHROME, "a row of links")
            if line.count("|") == 1 and len(line) > 160:
                kind, why = Kind.BODY, ""
        elif _CAPTION.search(line) and len(line) < 260:
            kind, why = Kind.CAPTION, "caption"
        elif _FURNITURE.search(line) and len(line) < 220:
            kind, why = Kind.CHROME, "page furniture"
        elif not terminal and len(line) < 140 and not (line.count("|") == 1 and _DATELIKE.match(line)):
            cjk = any(ord(c) > 0x2E80 for c in line)
            if line.lower() == heading or (not (len(line) > 40 and cjk) and not _DATELIKE.match(line)):
                kind, why = Kind.HEADING, "no sentence"
            if line.lstrip()[:1] in "•·▪●◦-*–" and len(line) > 25:
                kind, why = Kind.BODY, ""
        body_seen = body_seen or kind is Kind.BODY
        found.append(Paragraph(start=start, end=end, kind=kind, why=why))
    if not body_seen:  # a text of headlines only: the longest lines are all the story there is
        for p in found:
            if p.kind is Kind.HEADING and p.end - p.start >= 30:
                p.kind = Kind.BODY
    # The last, cut paragraph of a text that was cut in mid-sentence is prose all the same.
    if found and found[-1].kind is Kind.HEADING and found[-1].end - found[-1].start > 60 and len(text) > 1500 and not teasers:
        found[-1].kind = Kind.BODY
    return found


def tokens(text: str, folded: str, start: int, end: int) -> list[Token]:
    """The tokens of text[start:end]."""
    found = []
    for m in _TOKEN.finditer(text, start, end):
        s, e = m.span()
        low = folded[s:e]
        base = low[:-2] if low.endswith("'s") else low[:-1] if low.endswith("'") else low
        found.append(Token(s, e, text[s:e], low, base, low[0].isalnum()))
    return found


def _breaks(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """(start, end) of the sentences of one paragraph."""
    found, at = [], start
    for m in _STOP.finditer(text, start, end):
        stop = m.end()
        if stop >= end - 1:
            break
        if text[m.start()] == ".":
            word = re.search(r"[^\s(\"'“‘]{1,12}$", text[max(at, m.start() - 12) : m.start()])
            last = word.group().lower() if word else ""
            if last in _ABBREVIATION or (len(last) == 1 and last.isalpha()) or last.endswith((".g", ".e")):
                continue
            following = text[stop : stop + 3].lstrip()
            if following[:1].islower() or (last.isdigit() and len(last) <= 2 and m.start() - at <= 4):
                continue
        found.append((at, stop))
        at = stop
    found.append((at, end))
    return [(s + len(text[s:e]) - len(text[s:e].lstrip()), e) for s, e in found if text[s:e].strip()]


_GLUE = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z])|(?<=[A-Z]{5})(?=[a-z]{3})")


def document(title: str, text: str) -> Document:
    """`title` and `text` (both NFC) taken apart."""
    doc = Document(title, text, fold(title), fold(text), paragraphs(text, title), [], set(), {})
    if title.strip():
        doc.sentences.append(Sentence("title", 0, len(title), tokens(title, doc.title_fold, 0, len(title)), -1, Kind.HEADING))
    for n, p in enumerate(doc.paragraphs):
        if p.kind is Kind.CHROME:
            continue
        for s, e in _breaks(text, p.start, p.end) if p.kind is Kind.BODY else [(p.start, p.end)]:
            doc.sentences.append(Sentence("text", s, e, tokens(text, doc.text_fold, s, e), n, p.kind))
    _unglue(doc)
    return doc


# Function words that are lost in "alsoagreed", "willbe", "wontheir": split only where the page shows that it loses spaces.
_SMALL = (
    "will",
    "were",
    "was",
    "also",
    "the",
    "their",
    "have",
    "has",
    "been",
    "be",
    "by",
    "to",
    "of",
    "and",
    "for",
    "in",
    "on",
    "its",
    "won",
    "with",
)


def _unglue(doc: Document) -> None:
    """Splits words that a page glued together, where case shows it (ASEANforeign, JointDeclaration), and marks the page."""
    glued = sum(1 for s in doc.sentences for t in s.tokens if t.word and len(t.text) > 6 and _GLUE.search(t.text))
    if glued < 2:
        return
    doc.flags.add("glued_words")
    for s in doc.sentences:
        out: list[Token] = []
        for t in s.tokens:
            cuts = [m.start() for m in _GLUE.finditer(t.text)] if t.word and len(t.text) > 6 else []
            if not cuts and t.word and len(t.text) > 5 and t.text.isalpha() and t.text.islower():
                cuts = _hidden_cut(t.low)
            doc.cuts.setdefault(s.field, []).extend(t.start + c for c in cuts)
            edges = [0, *cuts, len(t.text)]
            for a, b in zip(edges, edges[1:], strict=False):
                low = t.low[a:b]
                out.append(Token(t.start + a, t.start + b, t.text[a:b], low, low[:-2] if low.endswith("'s") else low, t.word))
        s.tokens = out


_PARTICIPLE = re.compile(
    r"(?:agreed|adopted|approved|signed|endorsed|issued|decided|discussed|reaffirmed|recommended|be|the|their|mutual|run|promote|take|foreign|ministers?|meeting)$"
)


def _hidden_cut(low: str) -> list[int]:
    for small in _SMALL:
        rest = low[len(small) :]
        if low.startswith(small) and len(rest) > 1 and _PARTICIPLE.fullmatch(rest):
            return [len(small)]
        head = low[: -len(small)]
        if low.endswith(small) and len(head) > 3 and _PARTICIPLE.fullmatch(head):
            return [len(head)]
    return []
