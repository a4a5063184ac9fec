"""Rule patterns to literal phrases: written once for a reader, expanded once for the automaton.

(a|b)     either; an empty alternative makes it optional
verb+     the verb in all its forms, each with its grammatical form
~         a gap of up to `GAP` words: the pattern becomes a head and a tail that must follow it
FM, PARTNER   placeholders, replaced by lists that the rulebook gives
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

GAP = 6
"""How many words may stand in a `~` gap."""

LIMIT = 20_000
"""A pattern that expands to more phrases than this is refused."""


class PatternError(ValueError):
    """A pattern that cannot be read: the message says what is wrong with it."""


class Phrase(NamedTuple):
    """A literal phrase: `words` folded; `form` of its verb (empty when it has none); `tail` after a gap."""

    words: str
    form: str = ""
    tail: str = ""


def conjugate(verb: str, irregular: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Form -> spellings of an English verb: by the table of irregular ones, else by rule."""
    if verb in irregular:
        third, past, pp, ing, *more = irregular[verb]
        table: dict[str, tuple[str, ...]] = {"base": (verb,), "third": (third,), "past": (past,), "pp": (pp,), "ing": (ing,)}
        for extra in more:
            if extra.endswith("ing"):
                table["ing"] = (*table["ing"], extra)
            elif extra.endswith("ed"):
                table["past"], table["pp"] = (*table["past"], extra), (*table["pp"], extra)
            elif extra in ("are", "am"):
                table["third"] = (*table["third"], extra)
            else:
                table["past"] = (*table["past"], extra)
        return table
    if verb.endswith("e"):
        third, past, ing = verb + "s", verb + "d", (verb[:-1] if not verb.endswith(("ee", "oe", "ye")) else verb) + "ing"
    elif re.search(r"[^aeiou]y$", verb):
        third, past, ing = verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    elif verb.endswith(("s", "sh", "ch", "x", "z")):
        third, past, ing = verb + "es", verb + "ed", verb + "ing"
    else:
        third, past, ing = verb + "s", verb + "ed", verb + "ing"
    return {"base": (verb,), "third": (third,), "past": (past,), "pp": (past,), "ing": (ing,)}


_GROUP = re.compile(r"\(([^()]*)\)")
_VERB = re.compile(r"(?<!asean)(?<!\d)([a-z][a-z'-]*)\+(?=\s|$)")


def size(pattern: str) -> int:
    """How many phrases `pattern` stands for, verb forms and placeholders counted once. Raises PatternError for one that cannot be used."""
    text = _escaped(pattern)
    count = 1
    for group in _GROUP.findall(text):
        count *= group.count("|") + 1
        if count > LIMIT:
            raise PatternError(f"expands to more than {LIMIT} phrases")
    if any(mark in _GROUP.sub("", text) for mark in "()|"):
        raise PatternError("unbalanced or nested parentheses; a `|` stands in parentheses; write \\( for a parenthesis that is text")
    least = _GROUP.sub(lambda group: min(group.group(1).split("|"), key=lambda choice: len(choice.strip())), text)
    if not any(letter.isalnum() for letter in least):
        raise PatternError("matches nothing when what is optional is left out")
    sides = least.split("~")
    if len(sides) > 2 or (len(sides) == 2 and not all(any(letter.isalnum() for letter in side) for side in sides)):
        raise PatternError("a gap (~) needs words on both sides, and a pattern has only one")
    if len(_VERB.findall(sides[0])) > 1 or (len(sides) == 2 and _VERB.search(sides[1])):
        raise PatternError("one verb+ a pattern, before the gap")
    return count


def acronym(phrase: str) -> bool:
    """Whether a phrase of the user's is one word of capitals, which is then matched in capitals only; ASEAN is written in every way."""
    return phrase.isascii() and phrase.isalnum() and phrase.isupper() and len(phrase) > 1 and phrase != "ASEAN"


def _escaped(pattern: str) -> str:
    return pattern.replace("\\(", "\x01").replace("\\)", "\x02").replace("\\d", "\x03")


def _alternatives(text: str) -> list[str]:
    """`text` with its groups multiplied out."""
    out = [""]
    at = 0
    for m in _GROUP.finditer(text):
        before = text[at : m.start()]
        out = [o + before + a for o in out for a in m.group(1).split("|")]
        if len(out) > LIMIT:
            raise PatternError(f"expands to more than {LIMIT} phrases")
        at = m.end()
    out = [o + text[at:] for o in out]
    if any("(" in o or ")" in o or "|" in o for o in out):
        raise PatternError("unbalanced or nested parentheses")
    return out


def literals(pattern: str) -> list[str]:
    """The literal texts of a pattern without verbs and placeholders, as they are written. Raises PatternError."""
    return [text.replace("\x01", "(").replace("\x02", ")") for text in _alternatives(_escaped(pattern))]


def expand(pattern: str, irregular: Mapping[str, Sequence[str]], lists: Mapping[str, Iterable[str]] | None = None) -> list[Phrase]:
    """All literal phrases of `pattern`, folded and without doubles. Raises PatternError."""
    if not pattern.strip():
        raise PatternError("an empty pattern matches nothing")
    escaped = _escaped(pattern)
    texts = [escaped]
    for name, values in (lists or {}).items():
        if name in escaped:
            texts = [t.replace(name, v) for t in texts for v in values]
    found: dict[Phrase, None] = {}
    plain = not any(mark in escaped for mark in "+~\x01\x02")  # as most are, some of which stand for a hundred thousand phrases
    for text in texts:
        for literal in _alternatives(text):
            words = " ".join(literal.split())
            if plain:
                found[Phrase(words.lower())] = None
            else:
                found.update(dict.fromkeys(_verbs(words, irregular)))
    return list(found)


def _verbs(literal: str, irregular: Mapping[str, Sequence[str]]) -> list[Phrase]:
    literal = literal.replace("\x01", "(").replace("\x02", ")")
    head, gap, tail = literal.partition("~")
    if gap and not (head.strip() and tail.strip()):
        raise PatternError("a gap needs words on both sides")
    m = _VERB.search(head)
    if m is None:
        return [Phrase(head.strip().lower(), "", tail.strip().lower())]
    out = []
    for form, spellings in conjugate(m.group(1), irregular).items():
        for spelling in spellings:
            words = f"{head[: m.start()]}{spelling}{head[m.end() :]}"
            out.append(Phrase(" ".join(words.split()).lower(), form, tail.strip().lower()))
    return out
