"""The language files as entries of the lexicon: the words of each language, each of the kind that the reader asks for.

A form written with a capital is matched with its capitals, unless its script has no spaces; PARTNER stands for the names of
ASEAN's partners in that language. What only the gazetteer says is shared by languages that are next of kin. The tables:

    grammar      on which side of its act the thing and the words of mode stand; years of another era; words of the English rules
                 that mean something else here (`false_friends`); whether a comma ends a clause
    act          acts by family: `done` forms assert, a `participle` needs an auxiliary, a `bare` form a governor, `planned` forms speak of
                 what is ahead, `nominal` ones are nouns
    things       what is decided on, by the ids of objects.toml
    mode         what governs an act: done (already), agreed (to do), planned, wish (hopes and calls), view (welcomed, discussed, carried
                 out), negated, not_yet, purpose (in order to), whether, witness (of a ceremony); absent and
                 expected stand by a thing without an act; principle makes of a status a decision; concrete words make a decision of
                 "agreed to"; neutral ones hold others
    clause       what opens a clause (break), a relative clause, a list of papers, or what a paper is about; what joins two words;
                 `within` opens what a meeting says in its communiqué; `given` words speak of a thing as known
    actor        who decides; `elsewhere` decides for itself
    time, units, stage, commentary, relevance, meeting (cues of an occurrence), meetings, topics, not (no topic), parties
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from classifiers.patterns import Phrase, literals
from classifiers.rulebook import Rulebook
from core.codes import MEETING_TYPES, TOPICS

KIN = {"id": "id ms", "ms": "id ms"}
"""Languages that share meetings, topics, parties and cues of relevance."""

LEVELS = {
    "ministers": "ministerial",
    "leaders": "leaders",
    "officials": "officials",
    "minister": "one",
    "leader": "one",
    "context": "context",
    "elsewhere": "elsewhere",
}
"""Groups of actors -> the level of what they decide; `one` minister alone is no sign of a meeting of ministers."""

WEIGHTS = {"body": 3.0, "asean": 1.0, "sport": -2.5, "markets": -2.0, "local": -1.5, "notice": -2.5, "other-body": -2.0, "bilateral": -1.0}
"""Cues of relevance -> their weight."""
CUES = {"body": "asean-body"}
PAPERS = ("communique", "statement", "plan", "terms", "vision", "agreement", "tac", "accession-instrument")
"""Things whose English titles stand within texts of other languages."""
TITLES = frozenset(
    {
        "communique",
        "roadmap",
        "blueprint",
        "masterplan",
        "guidelines",
        "taxonomy",
        "modalities",
        "protocol",
        "agreement",
        "treaty",
        "convention",
        "MoU",
        "MOU",
    }
)
"""Single words that are heads of such titles."""
SMALL = frozenset({"of", "and", "in", "on", "for", "to", "the", "its", "their"})
COMMENTARY = {"title": 5.0, "any": 3.0, "text": 0.7}
"""Where a cue of commentary stands -> its weight."""


class Word(NamedTuple):
    """One entry of a language: `phrase.form` holds the exact spelling that the text must have, or nothing."""

    kind: str
    rule: str
    phrase: Phrase
    form: str
    detail: str
    lang: str


def codes(book: Rulebook) -> list[str]:
    """The languages that have a file."""
    return [name.removeprefix("lang.") for name in book.tables if name.startswith("lang.")]


def entries(book: Rulebook) -> Iterator[Word]:
    """All words of all language files. Raises ConfigError for a code or name that is unknown."""
    for code in codes(book):
        yield from _language(book, code)


def _language(book: Rulebook, code: str) -> Iterator[Word]:
    data = book[f"lang.{code}"]
    kinds = {p["name"]: p["kind"] for p in book["parties"]["party"]}
    types = {o["id"]: o["type"] for o in book["objects"]["object"]}
    for table, known in (
        ("meetings", MEETING_TYPES),
        ("plain", MEETING_TYPES),
        ("topics", TOPICS),
        ("not", TOPICS),
        ("parties", kinds),
        ("things", types),
    ):
        for name in data.get(table, {}):
            if name not in known:
                raise book.files[f"lang.{code}"].refusal(f"`{name}` is unknown in `{table}`", table, 0, name)
    partners = [form for name, forms in data["parties"].items() if kinds[name] in ("partner", "body") for form in forms]

    def words(kind: str, rule: str, patterns: list[str], form: str = "", detail: str = "", lang: str = code) -> Iterator[Word]:
        for pattern in patterns:
            for phrase in _phrases(pattern, partners, code):
                yield Word(kind, rule, phrase, form, detail, lang)

    for name in _english(book) if data.get("act") else ():
        yield Word("object", name[0], Phrase(name[1], name[1]), "", types[name[0]], code)
    for n, act in enumerate(data.get("act", [])):
        if "family" not in act:
            raise book.files[f"lang.{code}"].refusal("`act` has no `family`", "act", n)
        for form in ("done", "participle", "bare", "planned", "nominal"):
            yield from words("act", act["family"], act.get(form, []), form)
    for thing, forms in data.get("things", {}).items():
        yield from words("object", thing, forms, "", types[thing])
    for actor, forms in data.get("actor", {}).items():
        yield from words("actor", actor, forms, "", LEVELS[actor])
    for group in ("recalled", "fresh", "future"):
        yield from words("time", group, data["time"][group])
    for number, forms in enumerate(data["time"]["months"], 1):
        yield from words("month", str(number), forms.split("|"))
    yield from words("year", "year", data["time"].get("year", []))
    for kind in ("units", "mode", "clause", "stage", "meeting"):
        for group, forms in data.get(kind, {}).items():
            yield from words(kind if kind != "meeting" else "cue", group, forms)
    kin = KIN.get(code, code)
    for where, forms in data["commentary"].items():
        yield from words("commentary", where, forms, "", str(COMMENTARY[where]))
    for cue, forms in data["relevance"].items():
        yield from words("relevance", CUES.get(cue, cue), forms, "", str(WEIGHTS[cue]), kin)
    for meeting, forms in data["meetings"].items():
        yield from words("meeting", meeting, forms, "", "local", kin)
    for meeting, forms in data.get("plain", {}).items():
        yield from words("meeting", meeting, forms, "", "acronym", kin)
    for topic, forms in data["topics"].items():
        yield from words("topic", topic, forms, "", "2", kin)
    for topic, forms in data.get("not", {}).items():
        yield from words("topic", topic, forms, "", "0", kin)
    for party, forms in data["parties"].items():
        yield from words("party", party, forms, "", kinds[party], kin)


def _english(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Kind and English head of the papers whose titles are left in English within other languages: "Joint Statement", "Plan of Action"."""
    for obj in book["objects"]["object"]:
        for head in obj["heads"] if obj["id"] in PAPERS else ():
            words = head.split()
            if head.isascii() and (len(words) > 1 or obj["id"] in ("statement", "vision") or head in TITLES):
                yield obj["id"], " ".join(w if w in SMALL else w[:1].upper() + w[1:] for w in words)


def _phrases(pattern: str, partners: list[str], code: str) -> Iterator[Phrase]:
    for text in [pattern.replace("PARTNER", p) for p in partners] if "PARTNER" in pattern else [pattern]:
        for literal in literals(text):
            head, _, tail = (" ".join(part.split()) for part in literal.partition("~"))
            for words in _tones(head) if code == "vi" else (head,):
                yield Phrase(words, _exact(pattern, words), tail)


def _exact(pattern: str, words: str) -> str:
    """The spelling that is asked for: of forms that hold capitals, in scripts that have them throughout."""
    if not any(c.isupper() for c in words) or "PARTNER" in pattern or any("\u0e00" <= c <= "\u0e7f" or c >= "\u2e80" for c in words):
        return ""
    return words


# Two ways of writing the tone of a Vietnamese syllable that ends in oa, oe, uy: hòa and hoà, thỏa and thoả.
_OLD = dict(zip(["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"],
                ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"], strict=True))  # fmt: skip
_TONED = re.compile(rf"(?:{'|'.join(_OLD)})(?!\w)")


def _tones(words: str) -> tuple[str, ...]:
    other = _TONED.sub(lambda m: _OLD[m.group()], words)
    return (words,) if other == words else (words, other)
