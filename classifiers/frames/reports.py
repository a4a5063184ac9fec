"""Things that are there by other words than an act: quoted, exemplified, expected, or missing."""

from dataclasses import dataclass

from classifiers.english import BE, DETERMINERS, PREPOSITIONS
from classifiers.frames.frame import EVERYTHING, Act, Found, Frame
from classifiers.grammar import Mode, Verb, noun_phrase_end, noun_phrase_start
from classifiers.lexicon import Hit


def exemplified(f: Frame) -> None:
    """ "Many documents have been put forward, such as the Declaration on …": named documents as examples of what was done."""
    head = next((h for h in f.objects if h.entry.id == "documents"), None)
    if head is None or (f.out and any(o.tags is f.tags and o.type in ("document", "agreement") for o in f.out)):
        return
    such = next((k for k in range(head.j, len(f.tokens) - 1) if f.low(k) == "such" and f.low(k + 1) == "as"), None)
    perfect = next((k for k in range(head.j, min(such or 0, head.j + 6)) if f.low(k) in ("been", "were", "was")), None)
    if such is None or perfect is None or any(f.low(k) in f.grammar.future for k in range(such)):
        return
    named = [
        o
        for o in f.objects
        if o.i > such
        and f.tokens[o.i].text[:1].isupper()
        and (o.entry.id in ("communique", "statement", "plan", "agreement") or f.low(o.i) in ("declaration", "statement"))
    ]
    verb = Verb(perfect, Mode.DONE, " ".join(t.low for t in f.tokens[perfect : perfect + 2]), True)
    act = Act(perfect, perfect + 2, "adopt", "exemplified", frozenset({"pp"}), False, False, True, "")
    for o in named:
        i, j = noun_phrase_start(f.tokens, o.i, such + 2), noun_phrase_end(f.tokens, o.j, f.verbs, limit=14)
        if f.status(verb, act, i, j, "frame.exemplified", failable=False) == "done":
            f.emit(f.lexis.kind[o.entry.id], "done", act, verb, i, j, (i, j), strength=0.8)


@dataclass(frozen=True, slots=True)
class Listing:
    """A sentence that announces a list of documents, and what was done with them."""

    paragraph: int
    status: str
    level: str
    mode: Mode


def listing(f: Frame) -> Listing | None:
    """ "The ministers adopted the following documents:": what is said of each item of the list below; None for any other sentence."""
    following = "following" in f.tags.words and any(
        t.low == "following" and f.low(n - 1) == "the" and f.low(n + 1) in {*_SEVERAL, ":", "key", "important"}
        for n, t in enumerate(f.tokens)
    )
    if f.heading or not (following or (f.tokens[-1].text == ":" and any(t.low in _SEVERAL for t in f.tokens))):
        return None
    for act in f.of("adopt", "issue", "sign"):
        verb = f.verb(act)
        status = f.status(verb, act, act.i, act.j, "frame.listing", failable=False)
        if status is not None:
            return Listing(f.tags.sentence.paragraph, status, f.level(act.i, act.j, verb.passive), verb.mode)
    return None


def item(f: Frame, above: Listing) -> None:
    """One item of a list of documents: the document that it names."""
    if any(o.tags is f.tags and o.status == above.status for o in f.out):
        return
    noun = next((a for a in f.acts if a.nominal and a.i <= 3 and a.family == "adopt"), None)  # "• endorsement of the terms of reference"
    thing = f.right_object(noun.j, {"adopt"}, 8) if noun is not None else None
    if noun is not None and thing is not None:
        j = noun_phrase_end(f.tokens, thing.j, f.verbs)
        verb = Verb(noun.i, above.mode, "in a list of what was done", finite=False)
        kind = f.lexis.kind[thing.entry.id]
        f.emit(kind, above.status, noun, verb, noun.i, j, (noun_phrase_start(f.tokens, thing.i, noun.j), j), level=above.level)
        return
    for h in f.objects:
        i, j = noun_phrase_start(f.tokens, h.i), noun_phrase_end(f.tokens, h.j, f.verbs)
        if h.entry.id in _NAMED and any(t.text[:1].isupper() for t in f.tokens[h.i : h.j]):
            act = Act(h.i, h.j, "adopt", "listed", frozenset({"pp"}), False, False, True, "")
            verb = Verb(h.i, above.mode, "in a list of what was done", True)
            f.emit(f.lexis.kind[h.entry.id], above.status, act, verb, i, j, (i, j), level=above.level)
            return


def among(f: Frame, above: Found) -> None:
    """ "Among them is the Hanoi Plan of Action": named members of the documents that the sentence before reported."""
    s, whole = f.tags.sentence, above.tags.sentence
    counted = {t.low for t in whole.tokens[above.head[0] : above.head[1]]} & _SEVERAL
    if not counted or s.field != "text" or whole.field != "text" or not 0 <= s.paragraph - whole.paragraph <= 2:
        return
    words = [t.low for t in f.tokens]
    at = next((n for n in range(len(words) - 1) if words[n] == "among" and words[n + 1] in ("them", "these")), None)
    opens = words[:1] in (["they"], ["these"]) and any(w in ("include", "included", "comprise", "are", "were") for w in words[1:4])
    if (at is None and not opens) or any(w in f.grammar.negation for w in words):
        return
    act = Act(at or 0, (at or 0) + 2, "adopt", "among", frozenset({"pp"}), False, False, True, "")
    verb = Verb(act.i, Mode.DONE if above.status == "done" else Mode.PLANNED, "one of the documents above", True)
    for h in f.objects:
        i = noun_phrase_start(f.tokens, h.i)
        named = any(t.text[:1].isupper() for t in f.tokens[h.i : h.j])
        if h.entry.id not in _NAMED or not (named or h.entry.id == "communique"):
            continue
        if any(o.tags is f.tags and o.head[0] < h.j and h.i < o.head[1] for o in f.out):
            continue
        j = noun_phrase_end(f.tokens, h.j, f.verbs)
        f.emit(f.lexis.kind[h.entry.id], above.status, act, verb, i, j, (i, j), level=above.level)


_NAMED = frozenset({"communique", "statement", "plan", "vision", "agreement", "terms"})
"""Things that bear a name of their own in a list."""

_SEVERAL = frozenset(
    {"documents", "agreements", "texts", "papers", "instruments", "declarations", "statements", "outcomes", "results", "decisions"}
)
"""What is counted and then named one by one."""


def titled(f: Frame) -> None:
    """A title that is the name of a document of ministers or leaders, and nothing else: the page is that document."""
    if not f.heading or any(not a.nominal and not a.weak for a in f.acts if not f.tokens[a.i].text[:1].isupper()):
        return
    heads = [h for h in f.objects if h.entry.id in ("communique", "statement", "vision") and h.i <= 6 and f.tokens[h.i].text[:1].isupper()]
    collective = any(
        h.entry.id in ("ministers", "leaders", "meeting")
        and f.low(h.j - 1).startswith(("minister", "leader", "meeting", "summit", "asean"))
        for h in f.tags.of("actor")
    )
    single = any(
        f.low(k) in ("minister", "secretary", "president", "draft", "mr", "remarks", "speech", "delivered", "anniversary")
        for k in range(len(f.tokens))
    )
    if not heads or single or not (collective or f.tags.of("meeting")):
        return
    h = heads[0]
    if h.i > 1 and not f.low(h.i - 1).endswith(("'", "'s")):
        return  # "Ministers Discuss Joint Communique" is a headline
    if h.entry.id != "communique" and not ((collective and f.low(h.j) in ("of", "by")) or "minister" in f.low(h.i - 1) + f.low(h.i - 2)):
        return
    if any(
        t.text[:1].islower() and t.word and t.low not in PREPOSITIONS | DETERMINERS | {"and", "or", "as", "its"}
        for t in f.tokens
        if t.text != "excerpt" and t.text != "excerpts"
    ):
        return  # a headline about a document has verbs and small words
    end = noun_phrase_end(f.tokens, h.j, f.verbs)
    i = noun_phrase_start(f.tokens, h.i)
    act = Act(h.i, h.j, "issue", "titled", frozenset({"past"}), False, False, False, "")
    if f.status(Verb(i, Mode.DONE, "the document itself"), act, i, end, f"titled+object.{h.entry.id}", failable=False) == "done":
        f.emit("document", "done", act, Verb(i, Mode.DONE, "the document itself"), i, end, (i, end))


def failures(f: Frame) -> None:
    """A result that was looked for and did not come: "no joint communique", "the declaration was scrapped"."""
    for h in f.objects:
        if f.lexis.kind[h.entry.id] not in ("document", "agreement") or h.entry.id not in ("communique", "statement", "agreement"):
            continue
        i = noun_phrase_start(f.tokens, h.i)
        before = f.low(i - 1)
        lacking = (
            (before in ("wasn't", "weren't") and f.low(i - 2) == "there")
            or (before == "not" and f.low(i - 2) in ("was", "were") and f.low(i - 3) == "there")
            or f.low(i) == "no"
            or before in ("without", "no")
            or (
                before in ("issuing", "producing", "adopting", "releasing", "a", "signing", "agreeing")
                and f.low(i - 2) in ("without", "not")
            )
        )
        if f.unmeant(h.j):
            continue
        if (
            lacking
            and (h.entry.id == "communique" or before in ("wasn't", "not"))
            and not any(o.tags is f.tags and o.head[0] <= h.i < o.head[1] for o in f.out)
        ):
            act = Act(i, h.j, "issue", "absent", frozenset(), False, False, False, "")
            verb = Verb(max(0, i - 1), Mode.FAILED, "no")
            status = f.status(verb, act, i, h.j, "frame.failure")
            if status:
                f.emit("document", "failed", act, verb, max(0, i - 1), h.j, (i, h.j), strength=0.9)
    for act in f.of("drop"):
        verb = f.verb(act)
        put_off = next(
            (
                k
                for k in range(act.j, min(act.j + 6, len(f.tokens)))
                if f.low(k) in ("admission", "entry", "accession", "signing", "decision", "meeting", "summit", "ceremony", "vote")
            ),
            None,
        )
        signing = next((h for h in f.objects if put_off is not None and h.entry.id == "agreement" and put_off < h.i <= put_off + 6), None)
        if signing is not None and put_off is not None and f.low(put_off) in ("signing", "ceremony") and verb.mode is Mode.DONE:
            i, j = min(act.i, verb.start), noun_phrase_end(f.tokens, signing.j, f.verbs)
            if f.status(verb, act, i, j, "frame.failure", failable=False) == "done":
                put = Verb(verb.start, Mode.FAILED, f.low(act.i))
                f.emit("agreement", "failed", act, put, i, j, (noun_phrase_start(f.tokens, signing.i), signing.j))
            continue
        if put_off is not None and verb.mode is Mode.DONE and not f.broken(act.j, put_off) and not act.complete and f.ours(verb, act):
            end = f.clause_end(put_off)
            if f.status(verb, act, act.i, end, "frame.put-off", failable=False) == "done":
                f.emit("decision", "done", act, verb, min(act.i, verb.start), end, (act.i, end))
            continue
        hits = (
            f.left_objects(min(verb.start, act.i), EVERYTHING)
            if act.complete or verb.passive
            else [h for h in [f.right_object(act.j, EVERYTHING, 8)] if h is not None]
        )
        if not hits and "pp" in act.forms:
            hits = [h for h in f.objects if 0 <= act.i - h.j <= 2]
        if _turned_down(f, act, verb, hits):
            continue
        if (
            not hits
            or f.lexis.kind[hits[0].entry.id] not in ("document", "agreement")
            or verb.mode is not Mode.DONE
            or hits[0].entry.id not in ("communique", "statement", "agreement", "terms", "vision")
        ):
            continue
        h = hits[0]
        i, j = min(noun_phrase_start(f.tokens, h.i), act.i), max(act.j, h.j)
        if f.status(verb, act, i, j, "frame.failure") == "done":
            f.emit(
                f.lexis.kind[h.entry.id],
                "failed",
                act,
                Verb(verb.start, Mode.FAILED, f.low(act.i)),
                i,
                j,
                (noun_phrase_start(f.tokens, h.i), h.j),
            )


def awaited(f: Frame) -> None:
    """Things that are ahead without an act of deciding: "a communique is expected", "a statement is in preparation"."""
    for act in f.of("await"):
        h = _ahead(f, act)
        if h is None:
            continue
        verb = f.verb(act) if not act.complete else Verb(act.i, Mode.PLANNED, "expected")
        if verb.mode in (Mode.FAILED, Mode.WISH, Mode.UNSURE):
            continue
        if any(task.i < act.i for task in f.of("task")):
            continue  # what officials are told to draft is part of the task
        i = noun_phrase_start(f.tokens, h.i, act.j) if h.i > act.i else noun_phrase_start(f.tokens, h.i)
        if f.none(i) or f.none(i - 1):
            continue  # "no joint statement is planned"
        j = noun_phrase_end(f.tokens, h.j, f.verbs) if h.i > act.i else act.j
        if not f.accepts(h, i, max(h.j, j if h.i > act.i else h.j)):
            continue
        planned = Verb(verb.start, Mode.PLANNED, " ".join(t.low for t in f.tokens[act.i : act.j]))
        status = f.status(planned, act, min(i, act.i), j, f"act.await+object.{h.entry.id}")
        if status == "planned":
            f.emit(f.lexis.kind[h.entry.id], "planned", act, planned, min(i, act.i), max(j, act.j), (i, h.j), strength=0.5)


def _turned_down(f: Frame, act: Act, verb: Verb, hits: list[Hit]) -> bool:
    """ "Ankara's bid for a full partnership was rebuffed", "the proposal found no majority": what others asked for and did not get."""
    if verb.mode is not Mode.DONE or not hits:
        return False
    start = min(verb.start, act.i)
    states = [h for h in f.objects if h.entry.id in ("tac", "partnership", "membership", "talks")]
    sought = next((h for h in states if h.j <= start and start - h.j < 24), hits[0])
    if not act.complete and not verb.passive and f.low(hits[0].j - 1) in _ASKED:  # "turned down a request from Turkey for the status of …"
        sought = next((h for h in states if hits[0].j <= h.i < hits[0].j + 8), sought)
    kind = f.lexis.kind[sought.entry.id]
    if f.heading and kind == "negotiation":
        return False
    if kind in ("document", "agreement", "coordination", "funding") or (kind == "mechanism" and not _fresh_body(f, sought)):
        return False
    if kind == "decision" and f.low(sought.j - 1) not in _ASKED:
        return False
    i, j = noun_phrase_start(f.tokens, sought.i), max(act.j, sought.j)
    if f.status(verb, act, i, j, "frame.failure", failable=False) != "done":
        return False
    parties = f.party_names(0, len(f.tokens), members=False) if sought.entry.id in _OF_STATES else ()
    f.emit(kind, "failed", act, Verb(verb.start, Mode.FAILED, f.low(act.i)), i, j, (i, sought.j), parties=parties)
    return True


_ASKED = frozenset(
    {"proposal", "proposals", "request", "requests", "bid", "application", "applications", "idea", "offer", "recommendation"}
)
"""What one side lays before the others."""


def prospects(f: Frame) -> None:
    """What is said to be still to come without an act of deciding: "in the pipeline is …", "Poland has asked to accede to the treaty"."""
    marks = [h for h in f.tags.of("prospect") if not (h.i and f.low(h.i - 1) in f.grammar.negation)]
    if f.heading or not marks or f.tags.words & _WISHED:
        return
    taken = [o for o in f.out if o.tags is f.tags]
    for h in f.objects:
        of = "states" if h.entry.id in _OF_STATES else "things"
        mark = min((m for m in marks if m.entry.id == of), key=lambda m: _gap(m, h), default=None)
        if mark is not None and of == "things" and f.low(mark.j) == "to" and f.low(mark.j - 1).endswith("ed"):
            continue  # "is expected to deliberate on": the verb behind it says what is to come
        if mark is None or h.entry.id in ("role", "talks", *(_NEVER_AHEAD - {"tac"})) or any(_near(o, h) for o in taken):
            continue
        if _gap(mark, h) > FORETOLD or f.parted(min(mark.j, h.j), max(mark.i, h.i)) or not _to_come(f, h, mark):
            continue
        i, j = noun_phrase_start(f.tokens, h.i), max(h.j, noun_phrase_end(f.tokens, h.j, f.verbs, limit=10))
        if f.none(i) or f.none(i - 1):
            continue
        act = Act(mark.i, mark.j, "await", "prospect", frozenset(), False, False, True, "")
        verb = Verb(mark.i, Mode.PLANNED, " ".join(t.low for t in f.tokens[mark.i : mark.j]))
        if f.status(verb, act, i, j, f"prospect+object.{h.entry.id}") != "planned":
            continue
        parties = f.party_names(0, len(f.tokens), members=h.entry.id in ("membership", "role")) if h.entry.id in _OF_STATES else ()
        f.emit(f.lexis.kind[h.entry.id], "planned", act, verb, min(i, mark.i), max(j, mark.j), (i, h.j), parties=parties, strength=0.5)
        return


FORETOLD = 9
"""Words between a thing and the words that say it is to come."""

_WISHED = frozenset(
    {"urged", "urges", "urge", "called", "calls", "call", "appealed", "appeal", "importance", "should", "must", "need", "needs"}
)
"""Words of a sentence that wishes."""

_OF_STATES = frozenset({"tac", "partnership", "membership"})
"""Things that a state gets: nothing is foretold where no state is named."""


def _near(o: Found, h: Hit) -> bool:
    return o.i <= h.i < o.j or o.head[0] <= h.i < o.head[1]


def _gap(mark: Hit, h: Hit) -> int:
    return h.i - mark.j if h.i >= mark.j else mark.i - h.j


def _to_come(f: Frame, h: Hit, mark: Hit) -> bool:
    """Whether a thing can be named as one that is to come: new, and somebody's."""
    i = noun_phrase_start(f.tokens, h.i)
    j = max(h.j, noun_phrase_end(f.tokens, h.j, f.verbs, limit=10))
    kind = h.entry.id
    if kind in _OF_STATES:
        states = [p for p in f.parties if p.entry.detail != "member" or kind == "membership"]
        counted = any(t.low in f.words.states and n and f.low(n - 1) in f.words.counts | {"more", "other"} for n, t in enumerate(f.tokens))
        return bool(states) or (counted and kind == "tac")
    if kind in ("body", "fund"):
        return _fresh_body(f, h) and f.low(i) in ("a", "an", "new", "another", "two", "three") and f.accepts(h, i, j)
    if kind in ("endorsables", "documents") or (mark.i <= h.i < mark.j):
        return False
    if (
        f.low(i) in ("the", "this", "that")
        and kind in ("statement", "plan", "terms")
        and not any(t.text[:1].isupper() for t in f.tokens[i + 1 : j])
    ):
        return False  # known already
    return f.accepts(h, i, j)


def _ahead(f: Frame, act: Act) -> Hit | None:
    """The thing that is ahead: the subject of "is expected", the object of "await"; None when it is none that can be named."""
    if not act.complete:
        if f.low(act.j) == "to" and not f.low(act.j - 1).endswith("ing"):
            return None  # "anticipated to deliberate on": the verb behind it says what is ahead
        h = f.right_object(act.j, EVERYTHING, 10)
        if h is not None and h.entry.id in ("body", "fund", "talks", "membership", "partnership"):
            return h if act.rule == "await" and f.low(act.i).startswith(("propo", "sugge", "mull")) and _fresh_body(f, h) else None
        return h if h is not None and h.entry.id not in _NEVER_AHEAD else None
    if f.low(act.j) == "to":  # "is expected to …": the verb behind it says what is ahead
        return None
    hits = f.left_objects(act.i, EVERYTHING) or f.left_objects(max(0, act.i - 1), EVERYTHING)
    if not hits or hits[0].entry.id in _NEVER_AHEAD:
        return None
    partnership = next((h for h in f.objects if h.entry.id == "partnership" and hits[0].j <= h.i < act.i), None)
    if partnership is not None and f.lexis.kind[hits[0].entry.id] not in ("document", "agreement"):
        return partnership  # "an upgrade of relations to a strategic partnership is under consideration"
    return hits[0] if hits[0].entry.id not in ("body", "fund") or _fresh_body(f, hits[0]) else None


def _fresh_body(f: Frame, h: Hit) -> bool:
    i = noun_phrase_start(f.tokens, h.i)
    if any(m.i < h.j and h.i < m.j for m in f.tags.of("meeting")):
        return False  # a council that meets is none that is set up
    return h.entry.id not in ("body", "fund") or any(
        t.text[:1].isupper() or t.low in ("new", "regional", "asean") for t in f.tokens[i : h.j]
    )


_NEVER_AHEAD = frozenset({"role", "endorsables", "accession-instrument", "tac"})


def quoted_documents(f: Frame) -> None:
    """A communique or joint statement that speaks: "said in a joint statement", "according to the communique", "the statement said"."""
    for h in f.objects:
        if h.entry.id not in ("communique",) and not (h.entry.id == "statement" and f.low(h.i) in ("statement", "declaration")):
            continue
        i = noun_phrase_start(f.tokens, h.i)
        before, two = f.low(i - 1), f.low(i - 2)
        speaking = (before == "to" and two == "according") or (
            before == "in" and any(f.low(k) in _SAYING for k in range(max(0, i - 26), i - 1))
        )
        after = f.low(h.j)
        comma = h.j if after == "," else _phrase_end(f, h.j)
        if before == "in" and comma and any(f.low(k) in _SAYING for k in range(comma + 1, min(comma + 9, len(f.tokens)))):
            speaking = h.entry.id == "communique" or any(
                a.entry.id in ("ministers", "leaders", "meeting", "chair") and comma <= a.i <= comma + 4 for a in f.tags.of("actor")
            )  # "In their joint statement, the ministers condemned ...", but not "In a statement, Favila said"
        if after == ",":  # "the joint communique, out a day late, says"
            close = next((k for k in range(h.j + 1, min(h.j + 9, len(f.tokens))) if f.tokens[k].text == ","), None)
            after = f.low(close + 1) if close is not None else ""
        if (
            before in BE
            and h.entry.id == "communique"
            and any(
                f.low(k) in ("document", "documents", "outcome", "result", "text", "highlight", "paper")
                for k in range(max(0, i - 9), i - 1)
            )
        ):
            speaking = True  # "The most important document is the Joint Communique"
        speaking = speaking or after in ("said", "says", "read", "reads", "added", "noted", "stated", "condemned", "urged", "called")
        if not speaking:
            continue
        if h.entry.id == "statement" and not any(
            a.entry.id in ("ministers", "leaders") or (a.entry.detail == "context" and f.low(a.i) in ("asean", "bloc", "grouping"))
            for a in f.tags.of("actor")
        ):
            continue
        act = Act(h.i, h.j, "issue", "quoted", frozenset({"past"}), False, False, False, "")
        verb = Verb(i, Mode.DONE, "quoted")
        end = noun_phrase_end(f.tokens, h.j, f.verbs, limit=14)
        if any(v.entry.id in ("national", "company", "other-body") for v in f.tags.of("veto")) and not any(
            a.entry.id in ("ministers", "leaders") for a in f.tags.of("actor")
        ):
            continue
        status = f.status(verb, act, i, end, f"quoted+object.{h.entry.id}", failable=False)
        if status == "done":
            f.emit("document", "done", act, verb, i, end, (i, end), strength=0.8)


def _phrase_end(f: Frame, j: int) -> int:
    """The comma that ends "(in a joint statement) at the end of their two-day meeting," at the head of a sentence; 0 when there is none."""
    if f.low(j) not in PREPOSITIONS and f.low(j) not in ("issued", "released"):
        return 0
    return next((k for k in range(j, min(j + 12, len(f.tokens))) if f.tokens[k].text == ","), 0)


_SAYING = frozenset(
    "said say says told reaffirmed expressed urged called condemned voiced reiterated welcomed pledged agreed warned declared announced "
    "stressed denounced".split()
)
"""Verbs by which ministers speak in a document."""
