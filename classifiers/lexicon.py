"""The rulebook compiled: every phrase in one automaton, every word in one table, and both laid over a document once."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from classifiers import tongues
from classifiers.patterns import GAP, PatternError, Phrase, acronym, expand
from classifiers.rulebook import Rulebook
from classifiers.text import SPACELESS, Document, Sentence, Token, fold
from core.errors import ConfigError


@dataclass(slots=True, unsafe_hash=True)
class Entry:
    """What a phrase means: the kind of rule, the rule's id, the form of its verb, and a detail of its kind."""

    kind: str
    id: str
    form: str = ""
    detail: str = ""
    cased: str = ""
    """Exact spelling that the text must have (acronyms), or empty."""
    tail: str = ""
    lang: str = ""
    """The languages in whose texts the entry counts, parted by spaces; empty for all."""


@dataclass(slots=True)
class Hit:
    """An entry found at tokens i to j (exclusive) of a sentence."""

    i: int
    j: int
    entry: Entry


_START = itemgetter(1)


def _place(hit: Hit) -> tuple[int, int]:
    return hit.i, -hit.j


class Tagged:
    """The hits of one sentence, by kind, in order of place."""

    __slots__ = ("_kinds", "lows", "sentence", "whens", "words")

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self._kinds: dict[str, list[Hit]] = defaultdict(list)
        self.whens: Any = None
        """The sentence's time expressions, once `times` has worked them out."""
        self.lows = [t.low for t in sentence.tokens]
        """The folded words and marks of the sentence, one a token."""
        self.words = frozenset(self.lows)
        """The same as a set of the sentence, to pass quickly over one that cannot matter."""

    def add(self, hit: Hit) -> None:
        """Files a hit under its kind."""
        self._kinds[hit.entry.kind].append(hit)

    def of(self, kind: str) -> list[Hit]:
        """The hits of a kind, by place; longer ones first where two begin together."""
        return self._kinds.get(kind, [])

    def sort(self) -> None:
        """Puts the hits in order of place."""
        for hits in self._kinds.values():
            if len(hits) > 1:
                hits.sort(key=_place)


_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0010ffff]")


def wide(text: str) -> bool:
    """Whether a phrase is of a script that writes no spaces between words (Thai, Lao, Khmer, Burmese, CJK)."""
    return not text.isascii() and _WIDE.search(text) is not None


def _word(text: str) -> bool:
    """Whether a phrase is one word, which is looked up among the tokens of a text."""
    return not wide(text) and text.replace("'", "").replace("-", "").replace("+", "").replace("/", "").isalnum()


def _katakana(c: str) -> bool:
    return "\u30a1" <= c <= "\u30fa" or c == "\u30fc"


def _cut(sentence: Sentence, matches: list[tuple[int, int, int]]) -> None:
    """Cuts the long tokens of a language without spaces at the edges of what was found in them."""
    edges = sorted({at for _, start, end in matches for at in (start, end)})
    out: list[Token] = []
    for t, start in zip(sentence.tokens, sentence.starts, strict=True):
        end = start + len(t.text)
        inside = edges[bisect_right(edges, start) : bisect_left(edges, end)] if t.word else []
        if not inside:
            out.append(t)
            continue
        out.extend(Token(t.text[a - start : b - start], t.low[a - start : b - start], t.word) for a, b in pairwise([start, *inside, end]))
    sentence.cut(out)


def _folded(pattern: str) -> str:
    """`pattern` folded, its placeholders kept."""
    return "".join(part if part in ("FM", "PARTNER") else fold(part) for part in re.split(r"\b(FM|PARTNER)\b", pattern))


ENGLISH = frozenset({"act", "object", "actor", "veto", "time", "negation", "prospect", "commentary"})
"""Kinds of entries that the rules give for English; the other languages have their own."""


Entries = tuple[Entry, ...]


def _counting(entries: Entries, language: str) -> Entries:
    """Those of the entries that count in a language."""
    if len(entries) == 1:
        return entries if not entries[0].lang or language in entries[0].lang.split() else ()
    return tuple({replace(e, lang=""): None for e in entries if not e.lang or language in e.lang.split()})


class _Counting(dict[int, Entries]):
    """Number of a pattern -> its entries that count in a language; worked out when first met, as a text meets few of the many patterns."""

    def __init__(self, entries: list[Entries], language: str) -> None:
        self._all, self._language = entries, language

    def __missing__(self, pattern: int) -> Entries:
        found = self[pattern] = _counting(self._all[pattern], self._language)
        return found


class View(NamedTuple):
    """What of the lexicon counts in one language: its words, and the entries of each pattern."""

    single: dict[str, Entries]
    entries: Mapping[int, Entries]


class Lexicon:
    """Phrases -> entries. Built once from a rulebook (about a second), then only read."""

    def __init__(self, book: Rulebook, custom: Sequence[str] = ()) -> None:
        """`custom` are the phrases of the user's own rules."""
        self._single: dict[str, Entries] = {}
        self._multi: dict[str, Entries] = {}
        self._irregular = book["verbs"]["irregular"]
        self._lists = {"FM": book["meetings"]["fm"]["forms"]}
        self._fill(book)
        for phrase in custom:
            self.add([phrase if acronym(phrase) else fold(phrase)], "custom", phrase, literal=acronym(phrase))
        patterns = list(self._multi)
        self._entries = list(self._multi.values())
        self._unbounded = frozenset(n for n, pattern in enumerate(patterns) if not pattern.isascii() and wide(pattern))
        self._automaton = AhoCorasick(patterns, implementation=Implementation.ContiguousNFA)
        del self._multi  # the automaton knows the phrases from here on
        self._views: dict[str, View] = {}
        self._view("en")

    def __len__(self) -> int:
        return len(self._single) + len(self._entries)

    # -- filling -------------------------------------------------------------

    def _view(self, language: str) -> View:
        """What counts in texts of this language; English stands in for a language without a file of its own."""
        tongue = language if language in self._tongues else "en"
        if tongue not in self._views:
            false_friends = self._tongues.get(tongue, frozenset())

            single = {
                word: _counting(tuple(e for e in entries if e.lang or word not in false_friends), tongue)
                for word, entries in self._single.items()
            }
            self._views[tongue] = View({w: e for w, e in single.items() if e}, _Counting(self._entries, tongue))
        return self._views[tongue]

    @staticmethod
    def _entry(phrase: Phrase, entry: Entry) -> Entry:
        """The entry for a phrase, with the language, form and tail that are its own."""
        if not entry.lang and (entry.kind in ENGLISH or (entry.kind == "relevance" and entry.detail.startswith("-"))):
            entry = replace(entry, lang="en")
        if phrase.form or phrase.tail:
            entry = replace(entry, form=phrase.form or entry.form, tail=phrase.tail)
        return entry

    def _file(self, phrase: str, entries: tuple[Entry]) -> None:
        """Puts an entry under a phrase, and under the ways in which its possessive is miswritten.

        All phrases share the tuple of one, so that the garbage collector does not look through a quarter of a million lists.
        """
        (entry,) = entries
        if "s' " in phrase:
            spellings: tuple[str, ...] = (phrase, phrase.replace("s' ", "s "), phrase.replace("s' ", "'s "))
        else:
            spellings = (phrase, phrase[:-1]) if phrase.endswith("s'") else (phrase,)
        for words in spellings:
            # A word of the user's is found within a compound, too: uk in ASEAN-UK.
            table = self._multi if " " in words or entry.kind == "custom" or not _word(words) else self._single
            known = table.get(words)
            if known is None:
                table[words] = entries
            elif entry not in known:
                table[words] = known + entries

    def add(
        self,
        patterns: list[str],
        kind: str,
        rule: str,
        detail: str = "",
        *,
        form: str = "",
        cased: bool = False,
        plural: bool = False,
        literal: bool = False,
    ) -> None:
        """Adds patterns of one rule; `cased` asks for the exact spelling of words that hold capitals."""
        for pattern in patterns:
            exact = pattern if cased or (pattern.isascii() and " " not in pattern and sum(c.isupper() for c in pattern) >= 2) else ""
            try:
                phrases = [Phrase(fold(pattern))] if literal else expand(_folded(pattern), self._irregular, self._lists)
            except PatternError as error:
                raise ConfigError(f"pattern `{pattern}`: {error}", subject=f"rule {kind}.{rule}") from error
            made: dict[tuple[str, str], tuple[Entry]] = {}  # one for each form, however many phrases have it
            for phrase in phrases:
                entries = made.get(phrase[1:])
                if entries is None:
                    entries = made[phrase[1:]] = (self._entry(phrase, Entry(kind, rule, form, detail, exact)),)
                self._file(phrase.words, entries)
                if plural and not phrase.words.endswith("s") and not exact:
                    words = (
                        phrase.words[:-1] + "ies"
                        if phrase.words.endswith("y") and phrase.words[-2:-1] not in "aeiou"
                        else phrase.words + "s"
                    )
                    self._file(words, (self._entry(Phrase(words), Entry(kind, rule, "plural", detail)),))

    def _fill(self, book: Rulebook) -> None:
        for act in book["acts"]["act"]:
            mark = ("w" if act.get("weak") else "") + "|" + act.get("phase", "")
            for pattern in act.get("verbs", []):
                self.add([pattern], "act", act["id"], f"{act['family']}|{mark}")
            self.add(act.get("nominal", []), "act", act["id"], f"{act['family']}|{mark}", form="nominal")
            self.add(act.get("complete", []), "act", act["id"], f"{act['family']}|c{mark}")
        for obj in book["objects"]["object"]:
            for head in obj["heads"]:
                self.add(
                    [head],
                    "object",
                    obj["id"],
                    obj["type"],
                    cased=bool(obj.get("named")),
                    plural=not obj.get("named") and obj["id"] not in ("documents", "tac", "talks"),
                )
        for actor in book["actors"]["actor"]:
            self.add(actor["words"], "actor", actor["id"], actor["level"])
        for veto in book["actors"]["veto"]:
            self.add(veto["words"], "veto", veto["id"])
        for group in ("recalled", "fresh", "future"):
            self.add(book["time"][group]["phrases"], "time", group)
        self.add(book["time"]["recalled"]["words"], "time", "recalled")
        self.add(book["modality"]["negation"]["phrases"], "negation", "phrase")
        for of, phrases in book["modality"]["prospect"].items():
            self.add(phrases, "prospect", of)
        for party in book["parties"]["party"]:
            self.add([party["name"], *party.get("names", [])], "party", party["name"], party["kind"])
            self.add(party.get("local", []), "party", party["name"], party["kind"], literal=True)
            self.add(party.get("home", []), "home", party["name"], party["kind"])
        partners = [p["name"] for p in book["parties"]["party"] if p["kind"] in ("partner", "body")] + [
            n
            for p in book["parties"]["party"]
            if p["kind"] in ("partner", "body")
            for n in p.get("names", [])
            if not n.endswith(("ese", "ish"))
        ]
        self._lists = {**self._lists, "PARTNER": sorted({fold(p) for p in partners})}
        for meeting in book["meetings"]["meeting"]:
            code = meeting["code"]
            flag = "direct" if meeting.get("direct") else ""
            for name in meeting["names"]:
                self.add([name], "meeting", code, flag)
            self.add(meeting.get("partnered", []), "meeting", code, "partnered")
            self.add(meeting.get("loose", []), "meeting", code, "loose")
            self.add(meeting.get("acronyms", []), "meeting", code, "acronym")
            self.add(meeting.get("ordinal_acronyms", []), "meeting", code, "ordinal")
            self.add(meeting.get("local", []), "meeting", code, "local", literal=True)
            self.add(meeting.get("not", []), "meeting-not", code, literal=True)
        for topic in book["topics"]["topic"]:
            for weight, group in (("2", "strong"), ("1", "terms"), ("2", "local"), ("0", "not")):
                self.add(topic.get(group, []), "topic", topic["code"], weight, literal=True)
            self.add(topic.get("cased", []), "topic", topic["code"], "2", cased=True)
        relevance = book["relevance"]
        for cue in relevance["cue"]:
            self.add(cue["names"], "relevance", cue["id"], str(cue["weight"]), literal=True)
        for cue in relevance["against"]["cue"]:
            self.add(cue["names"], "relevance", cue["id"], str(cue["weight"]), literal=True)
        for cue in book["stage"]["commentary"]["cue"]:
            self.add(cue["names"], "commentary", cue["where"], str(cue["weight"]), literal=True)
        self._tongues = {code: frozenset(book[f"lang.{code}"]["grammar"].get("false_friends", ())) for code in tongues.codes(book)}
        for kind, rule, phrase, form, detail, lang in tongues.entries(book):
            self._file(fold(phrase.words), (Entry(kind, rule, form, detail, phrase.form, fold(phrase.tail), lang),))

    # -- laying over a document ------------------------------------------------

    def tag(self, doc: Document) -> list[Tagged]:
        """The hits of every sentence of `doc`, in the document's order."""
        raw = {
            "title": self._scan(doc.title_fold, doc.cuts.get("title")) if doc.title else [],
            "text": self._scan(doc.text_fold, doc.cuts.get("text")),
        }
        starts = {field: [m[1] for m in found] for field, found in raw.items()}
        view = self._view(doc.language)
        spaceless = doc.language in SPACELESS
        tagged = []
        for sentence in doc.sentences:
            lo = bisect_left(starts[sentence.field], sentence.start)
            hi = bisect_left(starts[sentence.field], sentence.end)
            matches = [m for m in raw[sentence.field][lo:hi] if view.entries[m[0]]]
            if spaceless:
                _cut(sentence, matches)
            tags = Tagged(sentence)
            self._words(tags, view.single)
            if matches:
                self._phrases(tags, matches, view.entries, doc)
            tags.sort()
            tagged.append(tags)
        return tagged

    def _scan(self, text: str, cuts: list[int] | None = None) -> list[tuple[int, int, int]]:
        """(pattern, start, end) of every phrase that stands on word boundaries; `cuts` are offsets where a space is missing."""
        if cuts:
            edges = [0, *sorted(cuts), len(text)]
            spaced = " ".join(text[a:b] for a, b in pairwise(edges))
            back = [n for k, (a, b) in enumerate(pairwise(edges)) for n in (*range(a, b), *([b] if k < len(edges) - 2 else []))]
            return [(n, back[s], back[e - 1] + 1) for n, s, e in self._scan(spaced)]
        found = []
        unbounded = self._unbounded
        last = len(text)
        for n, s, e in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if n not in unbounded:
                if (s and text[s - 1].isalnum() and text[s].isalnum()) or (e < last and text[e].isalnum() and text[e - 1].isalnum()):
                    continue
                if s > 1 and text[s - 1] == "-" and text[s - 2].isalnum() and text.startswith("asean ", s):
                    continue  # "Russia-ASEAN ministerial meeting" is no ASEAN ministerial meeting
                if e + 1 < last and text[e] == "-" and text[e + 1].isalpha() and text.endswith(" asean", s, e):
                    continue  # nor is "pertemuan menteri luar ASEAN-China" one of ASEAN alone
            elif (s and _katakana(text[s]) and _katakana(text[s - 1])) or (e < last and _katakana(text[e]) and _katakana(text[e - 1])):
                continue  # Thailand is no part of a title
            found.append((n, s, e))
        found.sort(key=_START)
        return found

    def _words(self, tags: Tagged, single: dict[str, Entries]) -> None:
        tokens = tags.sentence.tokens
        for i, (low, entries) in enumerate(zip(tags.lows, map(single.get, tags.lows), strict=True)):
            if entries is None and low.isalpha():
                continue
            for entry in entries or self._ending(tokens[i], single):
                if entry.cased and not self._spelled(tokens[i], entry):
                    continue
                if entry.tail:
                    self._gapped(tags, i, i + 1, entry)
                else:
                    tags.add(Hit(i, i + 1, entry))

    @staticmethod
    def _ending(t: Token, single: dict[str, Entries]) -> Sequence[Entry]:
        """What a word means without its possessive ending, or an acronym without its number."""
        if not t.word:
            return ()
        if "'" in t.low:
            return single.get(t.base, ())
        if t.low[-1].isdigit() and t.low[0].isalpha():
            return [e for e in single.get(t.low.rstrip("0123456789").rstrip("-"), ()) if e.kind == "meeting"]
        return ()

    @staticmethod
    def _spelled(t: Token, entry: Entry) -> bool:
        """Whether an acronym stands as it is spelt, a possessive or a number behind it apart."""
        return t.text.removesuffix("'s").removesuffix("’s").rstrip("-0123456789") == entry.cased.rstrip("-0123456789")

    def _phrases(self, tags: Tagged, matches: list[tuple[int, int, int]], entries: Mapping[int, Entries], doc: Document) -> None:
        starts = tags.sentence.starts
        for n, s, e in matches:
            i = bisect_right(starts, s) - 1
            j = bisect_left(starts, e)
            if i < 0 or j <= i:
                continue
            for entry in entries[n]:
                if entry.cased and doc.quote(tags.sentence.field, s, e) != entry.cased:
                    continue
                if entry.tail:
                    self._gapped(tags, i, j, entry)
                else:
                    tags.add(Hit(i, j, entry))

    def _gapped(self, tags: Tagged, i: int, j: int, entry: Entry) -> None:
        tail = entry.tail.split()
        if tail[0] not in tags.words:
            return
        tokens = tags.sentence.tokens
        for at in range(j, min(j + GAP + 1, len(tokens) - len(tail) + 1)):
            if tags.lows[at : at + len(tail)] == tail:
                tags.add(Hit(i, at + len(tail), entry))
                return
            if not tokens[at].word and tokens[at].text not in ",'\"":
                return
