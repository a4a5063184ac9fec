"""Verb groups, clauses and names in news English: what mode an act is in, and what it governs.

A shallow reading: no parse tree, only the closed classes of function words and a bounded look to the left and right.
"""

from dataclasses import dataclass
from enum import StrEnum

from classifiers.english import ADVERBS, BE, BREAKERS, DETERMINERS, DO, HAVE, NOT_ADVERBS, PREPOSITIONS
from classifiers.lexicon import Hit, Tagged
from classifiers.rulebook import Rulebook
from classifiers.text import Sentence, Token


class Mode(StrEnum):
    """How an act is asserted."""

    DONE = "done"
    PLANNED = "planned"
    WISH = "wish"
    FAILED = "failed"
    RECALLED = "recalled"
    UNSURE = "unsure"


@dataclass(slots=True)
class Verb:
    """One act in its verb group: where the group starts, its mode and the word that decided it, and whether it is passive."""

    start: int
    mode: Mode
    why: str
    passive: bool = False
    infinitive: bool = False
    finite: bool = True


_WANTS = frozenset({"wants", "want", "wanted", "wishes", "hopes", "needs"})
"""Verbs that take what is to be done as their object."""


class Grammar:
    """The function words of the rulebook, ready for look-up."""

    def __init__(self, book: Rulebook) -> None:
        modality = book["modality"]
        self.future = frozenset(modality["auxiliary"]["planned"])
        self.governor = {w: Mode(g) for g in ("planned", "wish", "done", "failed") for w in modality["governor"][g]}
        self.dropped = frozenset({*modality["nominal"]["failed"], "called"})
        self.negation = frozenset(modality["negation"]["words"])
        self.condition = frozenset(modality["condition"]["words"])
        self.nominal = dict.fromkeys(modality["nominal"]["recalled"], Mode.RECALLED)
        self.nominal |= dict.fromkeys(modality["nominal"]["planned"], Mode.PLANNED)
        self.nominal |= dict.fromkeys(modality["nominal"]["done"], Mode.DONE)
        self.nominal |= dict.fromkeys(modality["nominal"]["failed"], Mode.FAILED)

    # -- clauses ---------------------------------------------------------------

    def clause_start(self, tokens: list[Token], i: int) -> int:
        """The first token of the clause in which token i stands."""
        k = i
        while k > 0:
            t = tokens[k - 1]
            if t.text in ";:" or t.low in ("which", "who", "that", "while", "but", "whereas", "although", "where"):
                return k
            k -= 1
        return 0

    def adverb(self, t: Token) -> bool:
        """Whether a token may stand inside a verb group as an adverb."""
        return t.low in ADVERBS or (len(t.low) > 4 and t.low.endswith("ly") and t.low not in NOT_ADVERBS)

    def conditional(self, tokens: list[Token], i: int) -> str:
        """The conditional word that opens the clause of token i, or an empty string."""
        for k in range(i - 1, max(-1, i - 14), -1):
            t = tokens[k]
            if (
                t.low in ("if", "unless", "once", "until", "till", "whether", "before", "should", "how", "provided", "providing")
                and t.low != "before"
            ) or (t.low == "before" and k < i - 1):
                return "" if t.low == "before" and k and tokens[k - 1].low in ("day", "week", "year", "month") else t.low
            if t.text in ";:." or t.low in ("that", "said", "which", "who", ","):
                return ""
        return ""

    # -- verb groups -----------------------------------------------------------

    def verb(self, tags: Tagged, i: int, forms: frozenset[str], *, heading: bool = False) -> Verb:
        """The verb group of the act at token i, whose verb may have any of `forms`."""
        tokens = tags.sentence.tokens
        k, negated, passive, perfect = i - 1, "", False, False
        bare = forms <= {"base"}
        steps = 0
        while k >= 0 and steps < 12:
            t = tokens[k]
            w = t.low
            if w in self.future or w == "'ll":
                if negated or w == "cannot":
                    return Verb(k, Mode.FAILED, f"{w} {negated}".strip(), passive)
                return Verb(k, Mode.PLANNED, w, passive)
            if w in self.negation:
                negated = w
            elif w in BE:
                passive = True
            elif w in HAVE:
                perfect = True
            elif w in DO:
                bare = False
                forms = forms | {"past"}
            elif w == "to" and (bare or passive or perfect or "base" in forms):
                return self._infinitive(tags, k, i, negated, passive)
            elif w in ("and", "or", ",") or t.text == "/":
                jumped = self._coordinated(tokens, k, bare, forms)
                if jumped is None:
                    break
                k, found = jumped
                if found == "to":
                    return self._infinitive(tags, k, i, negated, passive)
                if found == "be":
                    passive = True
                continue
            elif not self.adverb(t) and t.text not in ('"', "'", "-"):
                break
            k -= 1
            steps += 1
        start = k + 1
        if negated:
            return Verb(start, Mode.FAILED, negated, passive)
        if k >= 0 and not (passive or perfect) and "pp" in forms and tokens[k].low in _WANTS:
            return Verb(k, Mode.PLANNED, tokens[k].low, passive)  # "which it wants adopted at the forum"
        if forms <= {"ing"}:
            return self._gerund(tags, start, passive)
        condition = self.conditional(tokens, start)
        if condition:
            return Verb(start, Mode.PLANNED, condition, passive)
        if "base" in forms and heading and start == 0 and i + 1 < len(tokens) and tokens[i + 1].low not in ("in", "by", "at", "on"):
            return Verb(start, Mode.UNSURE, "imperative", passive)
        if self._embedded(tokens, start):
            return Verb(start, Mode.PLANNED, "what is still to be announced", passive)
        if passive and not perfect and tokens[start].low == "be":
            return Verb(start, self._subjunctive(tokens, start), "subjunctive", passive)
        if bare and not heading:
            return Verb(start, self._subjunctive(tokens, start), "present", passive)
        if passive and not perfect and tokens[start].low in ("is", "are", "being") and "being" in (t.low for t in tokens[start:i]):
            return Verb(start, Mode.PLANNED, "being", passive)
        finite = passive or perfect or not forms <= {"pp"}
        return Verb(start, Mode.DONE, "past" if not heading else "headline", passive, finite=finite)

    def _embedded(self, tokens: list[Token], start: int) -> bool:
        """Whether the clause is the content of something still to come: "likely to announce that the talks are over"."""
        for k in range(start - 1, max(-1, start - 9), -1):
            if tokens[k].low == "that":
                return any(
                    tokens[m].low in self.future or (tokens[m].low == "to" and m and self.governor.get(tokens[m - 1].low) is Mode.PLANNED)
                    for m in range(max(0, k - 16), k)
                )
            if tokens[k].text in ",;:.":
                return False
        return False

    def _subjunctive(self, tokens: list[Token], start: int) -> Mode:
        """The mode of a plain present by what it hangs on: "planned that they endorse", "recommended that it adopt"."""
        for k in range(start - 1, max(-1, start - 9), -1):
            if tokens[k].low == "that" and k:
                above = next(
                    (self.governor[tokens[m].low] for m in range(k - 1, max(-1, k - 3), -1) if tokens[m].low in self.governor), Mode.UNSURE
                )
                return above if above in (Mode.PLANNED, Mode.WISH) else Mode.UNSURE
        return Mode.UNSURE

    def _coordinated(self, tokens: list[Token], k: int, bare: bool, forms: frozenset[str]) -> tuple[int, str] | None:
        """Where a coordinated verb finds its auxiliary: "will approve and sign", "to sign, adopt or note"."""
        if bare:
            for m in range(k - 1, max(-1, k - 16), -1):
                w = tokens[m].low
                if w in self.future:
                    return m, "future"
                if w == "to":
                    return m, "to"
                if tokens[m].text in ";:." or w in BREAKERS:
                    return None
            return None
        for m in range(k - 1, max(-1, k - 5), -1):
            if tokens[m].low in BE and tokens[m + 1].low.endswith(("ed", "en", "d")):
                return m, "be"
        return None

    def _infinitive(self, tags: Tagged, k: int, i: int, negated: str, passive: bool) -> Verb:
        """The verb behind "to": its governor decides ("expected to", "agreed to", "failed to", "is to")."""
        tokens = tags.sentence.tokens
        before = tokens[k - 1].low if k else ""
        if before in self.negation:
            negated = before
            before = tokens[k - 2].low if k > 1 else ""
        if before == "had":
            return Verb(k - 1, Mode.DONE, "had to", passive)
        if before in BE or before in HAVE:
            return Verb(k, Mode.PLANNED, f"{before} to", passive, True)
        for m in range(k - 1, max(-1, k - 13), -1):
            t = tokens[m]
            if t.text in ";:." or t.low in ("which", "who", "that", "while", "but"):
                break
            mode = self.governor.get(t.low)
            if mode is None:
                continue
            if t.low.startswith("ask") and m < k - 1 and tokens[m - 1].low not in BE:
                mode = Mode.WISH  # "asked the government to conclude"; "asked to become" is an application
            if mode is Mode.DONE:
                above = self.finite(tokens, m)
                if above in (Mode.PLANNED, Mode.FAILED, Mode.WISH):
                    return Verb(m, above, t.low, passive, True)
                if negated:
                    return Verb(m, Mode.FAILED, f"{t.low} not to", passive, True)
                return Verb(m, Mode.DONE, t.low, passive, True)
            return Verb(m, mode, t.low, passive, True)
        if tags.sentence.field == "title":
            return Verb(k, Mode.PLANNED, "to (headline)", passive, True)
        main = Mode.PLANNED if passive else self.main_mode(tokens, k)  # "a plan to be adopted in July"
        return Verb(k, main, "to be" if passive else "in order to", passive, True)

    def finite(self, tokens: list[Token], i: int) -> Mode:
        """The mode of a plain verb at token i by the auxiliaries before it."""
        for k in range(i - 1, max(-1, i - 6), -1):
            w = tokens[k].low
            if w in self.future:
                return Mode.PLANNED
            if w in self.negation:
                return Mode.FAILED
            if w == "to":
                governor = next(
                    (self.governor[tokens[m].low] for m in range(k - 1, max(-1, k - 5), -1) if tokens[m].low in self.governor), Mode.PLANNED
                )
                return governor if governor is not Mode.DONE else Mode.DONE
            if w in BE or w in HAVE or self.adverb(tokens[k]):
                continue
            break
        return Mode.PLANNED if self.conditional(tokens, i) else Mode.DONE

    def main_mode(self, tokens: list[Token], i: int) -> Mode:
        """The mode of the clause before token i: planned when a future stands in it, else done."""
        for k in range(i - 1, -1, -1):
            t = tokens[k]
            if t.text in ";:":
                break
            if t.low in self.future:
                return Mode.PLANNED
            if t.low == "to" and k and tokens[k - 1].low in BE:
                return Mode.PLANNED
            if (
                self.governor.get(t.low) in (Mode.WISH, Mode.PLANNED)
                and t.low.endswith(("ed", "s"))
                and tokens[k - 1].low in (BE | {"also"})
            ):
                return Mode.PLANNED
        return Mode.DONE

    def _gerund(self, tags: Tagged, start: int, progressive: bool) -> Verb:
        tokens = tags.sentence.tokens
        before = tokens[start - 1].low if start else ""
        if progressive:
            return Verb(start, Mode.PLANNED, "progressive", False)
        if before in ("without", "avoid", "avoided", "before"):
            return Verb(start, Mode.FAILED, before, False)
        if before in ("by", "after", "upon", "with", "and", ",", "while", "in", ""):
            return Verb(start, self.main_mode(tokens, start), f"{before} …ing".strip(), False, finite=False)
        mode = self.governor.get(before)
        if mode is not None:
            return Verb(start, mode, before, False, finite=False)
        return Verb(start, Mode.UNSURE, f"{before} …ing", False, finite=False)

    def nominal_mode(self, tags: Tagged, i: int, j: int, heading: bool) -> Verb:
        """The mode of a noun of act ("the adoption of"): by what governs it on the left, else by the verb on the right."""
        tokens = tags.sentence.tokens
        for k in range(i - 1, max(-1, i - 9), -1):
            t = tokens[k]
            if t.text in ";:.":
                break
            if t.low in ("the", "a", "an"):
                continue
            mode = self.nominal.get(t.low)
            if mode is None and t.low in ("was", "were") and k:
                above = next(
                    (self.nominal[x.low] for x in tokens[max(0, k - 4) : k] if x.low in self.nominal and x.low != "the"), Mode.DONE
                )
                return Verb(k, above, t.low, finite=False)
            if mode is None:
                continue
            if mode is Mode.DONE and self.finite(tokens, k) is Mode.PLANNED:
                return Verb(k, Mode.PLANNED, t.low, finite=False)
            if mode is Mode.DONE and t.low in (
                "noted",
                "welcomed",
                "welcoming",
                "welcomes",
                "welcome",
                "hailed",
                "applauded",
                "congratulated",
            ):
                return Verb(k, Mode.UNSURE, t.low, finite=False)
            return Verb(k, mode, t.low, finite=False)
        for k in range(j, min(len(tokens), j + 22)):
            t = tokens[k]
            if t.text in ";:.":
                break
            if t.low in BE and k + 1 < len(tokens) and tokens[k + 1].low == "to":
                return Verb(i, Mode.PLANNED, f"{t.low} to", finite=False)
            if t.low in self.future or t.low in (
                "expected",
                "scheduled",
                "slated",
                "due",
                "planned",
                "awaits",
                "pending",
                "delayed",
                "postponed",
                "remains",
            ):
                return Verb(i, Mode.PLANNED, t.low, finite=False)
            if t.low in BE | HAVE and any(tokens[m].low in self.dropped for m in range(k + 1, min(k + 5, len(tokens)))):
                return Verb(i, Mode.FAILED, t.low, finite=False)  # "the signing of the memorandum was called off"
            if t.low in (
                "took",
                "followed",
                "marked",
                "brings",
                "brought",
                "was",
                "were",
                "concluded",
                "crowned",
                "crowns",
                "closes",
                "closed",
                "capped",
                "caps",
                "ended",
                "means",
                "came",
                "made",
                "makes",
                "has",
                "had",
                "completed",
            ):
                return Verb(i, Mode.DONE, t.low, finite=False)
        return Verb(i, Mode.DONE if heading else Mode.UNSURE, "nominal", finite=False)


def in_name(sentence: Sentence, i: int) -> bool:
    """Whether token i is part of a capitalised name (so that an act in a document's title is no act)."""
    tokens = sentence.tokens
    t = tokens[i]
    if not t.text[:1].isupper() or i == 0:
        return False
    if sentence.field == "title" or sentence.kind == "heading":
        words = [x for x in tokens if x.word and len(x.text) > 3]
        if sum(x.text[0].isupper() for x in words) > 0.6 * len(words):
            return False  # a headline in title case says nothing by its capitals
    before = tokens[i - 1]
    return not (before.text in '."“:' and not (i > 1 and tokens[i - 2].text[:1].isupper()))


def noun_phrase_start(tokens: list[Token], i: int, low: int = 0) -> int:
    """Where the noun phrase whose head begins at token i starts: over modifiers, up to its determiner."""
    k = i
    while k > low:
        t = tokens[k - 1]
        if t.text == ")":
            k = next((m for m in range(k - 2, max(low, k - 8), -1) if tokens[m].text == "("), k - 1)
            continue
        if not t.word and t.text not in ("'", "’", "-", "%", '"', "“"):
            break
        if t.low in DETERMINERS:
            k -= 1
            while k > low and tokens[k - 1].low in DETERMINERS:
                k -= 1
            break
        if (
            t.low in PREPOSITIONS
            or t.low in BREAKERS
            or t.low in BE
            or t.low in HAVE
            or t.low in ("and", "or", "also", "will", "would", "not", "on")
        ):
            if t.low in ("and", "of") and k > low + 1 and tokens[k - 2].text[:1].isupper() and tokens[k].text[:1].isupper():
                k -= 1
                continue
            break
        if (
            t.low.endswith("ed")
            and t.text[:1].islower()
            and t.low
            not in (
                "revised",
                "updated",
                "proposed",
                "detailed",
                "united",
                "planned",
                "joint",
                "long-awaited",
                "agreed",
                "renewed",
                "enhanced",
                "upgraded",
                "integrated",
                "related",
                "so-called",
                "expected",
            )
        ):
            break
        k -= 1
    while k < i and (not tokens[k].word):
        k += 1
    return k


def noun_phrase_end(tokens: list[Token], j: int, verbs: set[int], limit: int = 26) -> int:
    """Where the noun phrase that reaches token j (exclusive) ends: over prepositional phrases and names, up to the next clause."""
    k = j
    end = min(len(tokens), j + limit)
    while k < end:
        t = tokens[k]
        w = t.low
        if t.text in ";:.!?" or (t.text in "-–—|" and (k + 1 >= len(tokens) or tokens[k + 1].text[:1].islower())):
            break
        if t.text == ",":
            nxt = tokens[k + 1] if k + 1 < len(tokens) else None
            if nxt is None or not (nxt.text[:1].isupper() and k and tokens[k - 1].text[:1].isupper()) or nxt.low in DETERMINERS:
                break
        elif t.text == "(":
            close = next((m for m in range(k + 1, min(k + 8, len(tokens))) if tokens[m].text == ")"), None)
            if close is None:
                break
            k = close + 1
            continue
        elif (
            w in BE
            or w in HAVE
            or (w in BREAKERS and w not in ("as", "since", "until", "after", "before"))
            or (w in ("after", "before", "until", "since") and k > j)
            or w in ("will", "would", "shall", "may", "could", "should", "said", "says", "told", "also", "on monday", "later")
            or (
                w == "and"
                and k + 1 < len(tokens)
                and (
                    k + 1 in verbs
                    or tokens[k + 1].low in DETERMINERS
                    or tokens[k + 1].low
                    in ("agreed", "called", "urged", "also", "discussed", "reaffirmed", "noted", "welcomed", "expressed", "will", "to")
                )
            )
            or (k in verbs and t.text[:1].islower() and k > j)
        ):
            break
        k += 1
    while k > j and not tokens[k - 1].word and tokens[k - 1].text not in ")\"”'%":
        k -= 1
    while k > j and (tokens[k - 1].low in PREPOSITIONS or tokens[k - 1].low in ("and", "or", "the", "a")):
        k -= 1
    return k


def longest(hits: list[Hit]) -> list[Hit]:
    """The hits without those that lie inside a longer one."""
    kept: list[Hit] = []
    start, end = -1, -1  # of the hit so far that reaches farthest
    for h in sorted(hits, key=lambda h: (h.i, -(h.j - h.i))):
        if h.j > end or (h.j == end and h.i == start):
            kept.append(h)
        if h.j > end:
            start, end = h.i, h.j
    return kept
