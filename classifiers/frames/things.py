"""Things decided on: documents adopted or issued, agreements signed, bodies and funds set up, measures approved."""

from classifiers.english import BE, BREAKERS, DETERMINERS, HAVE, MONTHS, PREPOSITIONS
from classifiers.frames.frame import Act, Frame, Missed
from classifiers.grammar import Mode, Verb, noun_phrase_end, noun_phrase_start
from classifiers.lexicon import Hit


def things(f: Frame) -> None:
    """Documents adopted or issued, agreements signed, bodies and funds set up, measures approved."""
    for act in f.of("adopt", "issue", "sign", "force", "establish"):
        fits = {act.family}
        if act.family == "establish":
            fits = {"establish", "launch"}
        elif act.family == "adopt":
            fits = {"adopt", "decide-on"}
        verb = _adopted_to(f, act) or f.verb(act)
        inverted = _inverted(f, act)
        if (
            act.family == "establish"
            and verb.why == "in order to"
            and any(h.entry.id == "agreement" and h.j == act.i - 1 for h in f.objects)
        ):
            continue  # "an agreement to set up a common fund": what the agreement is about
        named = _relative(f, act, verb, fits)
        if named is not None:
            _ahead_of(f, act, verb, named)
        elif inverted is not None:
            _objects(
                f,
                Act(act.i, inverted, act.family, act.rule, act.forms, False, False, act.weak, act.phase),
                Verb(act.i, Mode.DONE, "past", True),
                fits,
            )
        elif act.complete and act.family in ("force", "establish") and f.low(min(verb.start, act.i) - 1) in ("that", "which"):
            continue  # "the blueprints that took effect", "the centre which opened its doors": an attribute, not news
        elif (
            act.family == "force"
            and "third" in act.forms
            and {"after", "once", "upon", "when"} & {f.low(k) for k in range(act.j, act.j + 6)}
        ):
            continue  # "enters into force 30 days after the sixth instrument": how it works
        elif act.rule == "renew" and verb.mode is Mode.PLANNED:
            continue  # "agreed that the plans should be extended": a decision
        elif act.complete or (verb.passive and not act.nominal):
            if not (
                act.family == "establish"
                and f.low(act.i).startswith(("name", "appoint", "elect", "designat"))
                and _objects(f, act, verb, fits, near=4)
            ):
                _subject(f, act, verb, fits)  # "was named special envoy": the office stands behind the verb
        elif act.nominal:
            _objects(f, act, verb, fits, near=6)
        elif (not _objects(f, act, verb, fits) and "pp" in act.forms and act.family != "establish") or (
            "pp" in act.forms and act.family == "establish" and not any(o.tags is f.tags for o in f.out)
        ):
            _participle(f, act, verb, fits)


def launched(f: Frame) -> None:
    """ "launched ASEAN Green Steps, an initiative that …": a thing known only by its name and what stands behind the comma."""
    for act in f.of("establish"):
        if act.nominal or not f.low(act.i).startswith(("launch", "inaugurat", "unveil", "kick", "introduc", "establish")):
            continue
        i = act.j + (f.low(act.j) in DETERMINERS)
        j = i
        while j < len(f.tokens) and (
            f.tokens[j].text[:1].isupper()
            or f.tokens[j].text in '-"“”&'
            or (
                j > i and f.low(j) in ("for", "of", "on", "and", "in", "the") and f.tokens[min(j + 1, len(f.tokens) - 1)].text[:1].isupper()
            )
        ):
            j += 1
        behind = {f.low(k) for k in range(j + 1, min(j + 9, len(f.tokens)))} if f.low(j) in (",", "-", "–", "—") else set()
        named = any(f.low(k).startswith(("asean", "southeast")) or "asean" in f.low(k) for k in range(i, j))
        if j - i < 2 or not (named or behind & _SCHEMES) or not (behind & _SCHEMES or j - i > 2):
            continue
        verb = f.verb(act)
        status = f.status(verb, act, i, j, "frame.launched", failable=False)
        if status and f.ours(verb, act) and not any(o.tags is f.tags and o.slots["act"][0] == act.i for o in f.out):
            f.emit("mechanism", status, act, verb, min(act.i, verb.start), j, (i, j))


_SCHEMES = frozenset(
    {
        "initiative",
        "programme",
        "program",
        "scheme",
        "platform",
        "project",
        "fund",
        "network",
        "facility",
        "mechanism",
        "centre",
        "center",
        "partnership",
    }
)


def _adopted_to(f: Frame, act: Act) -> Verb | None:
    """ "adopted documents … on the establishment of a fund": what the adopted documents do is done with them."""
    if act.family != "establish":
        return None
    for other in f.of("adopt"):
        if other.i < act.i and not other.nominal and any(other.j <= h.i < act.i and h.entry.id == "documents" for h in f.objects):
            verb = f.verb(other)
            if verb.mode is Mode.DONE and any(f.low(k) in ("documents", "document") for k in range(max(other.j, act.i - 12), act.i)):
                return Verb(act.i, Mode.DONE, f"{f.low(other.i)} documents", finite=False)
    return None


def _inverted(f: Frame, act: Act) -> int | None:
    """ "Also launched at the event was the council": the token after the verb to be, when the participle opens the sentence."""
    if (
        "pp" not in act.forms
        or act.i > 2
        or act.nominal
        or not all(f.low(k) in ("also", "newly", "jointly", "among") for k in range(act.i))
    ):
        return None
    for k in range(act.j, min(act.j + 18, len(f.tokens))):
        if f.low(k) in ("was", "were", "is", "are") or f.tokens[k].text == ":":
            return k + 1  # "Endorsed, too, by the ministers: a list of activities"
        if f.low(k) in BREAKERS or (f.low(k) in DETERMINERS and f.low(k - 1) not in PREPOSITIONS):
            return None
    return None


def _objects(f: Frame, act: Act, verb: Verb, fits: set[str], near: int = 18) -> bool:
    """The things on the right of an active verb or a noun of act; False when there is none."""
    h = _new_body(f, act, near) or f.right_object(act.j, fits, near)
    if h is None:
        return False
    if act.rule == "renew" and _tenure(f, act, h):
        end = noun_phrase_end(f.tokens, h.j, f.verbs)
        status = f.status(verb, act, act.i, end, "act.renew", failable=False)
        if status == "done":
            f.emit("decision", status, act, verb, min(act.i, verb.start), end, (act.j, end))
        return True
    items = _items(f, act.j, h, fits)
    if not items:
        return False
    first = True
    for i, j, hit in items:
        rule = f"act.{act.rule}+object.{hit.entry.id}"
        kind = f.lexis.kind[hit.entry.id]
        status = f.status(verb, act, i, j, rule, failable=kind in ("document", "agreement"))
        if status is None:
            return True
        if act.family == "establish" and kind == "mechanism" and status == "failed":
            continue
        if (
            status == "done"
            and verb.infinitive
            and act.rule == "sign"
            and kind == "agreement"
            and verb.why.startswith(("agree", "undert", "consent"))
        ):
            status = "planned"  # who agrees to sign has not signed
        if not f.accepts(hit, i, j):
            f.missed.append(Missed(f.tags, i, j, rule, "not a thing that can be named"))
            continue
        if (
            status == "done"
            and verb.infinitive
            and verb.why in ("agreed", "agree", "agrees", "consented", "decided", "agreeing")
            and kind in ("document", "agreement")
            and act.family != "adopt"
            and _later(f, j)
        ):
            kind = "decision"
        if (
            kind in ("document", "agreement")
            and status == "done"
            and act.family == "adopt"
            and (kind == "agreement" or {"text", "texts", "draft", "drafts"} & {f.low(k) for k in range(i, j)})
            and f.level(act.i, act.j, verb.passive) == "officials"
        ):
            kind = "negotiation"  # officials finish a text that others adopt
        if kind == "agreement" and act.nominal and f.low(act.i) == "conclusion" and f.low(act.i - 1).startswith("substan"):
            kind = "negotiation"  # the substance is settled, the agreement is still to be signed
        begin = min(act.i, verb.start) if first else i
        f.emit(kind, status, act, verb, begin, j, (i, j))
        first = False
    return True


def _tenure(f: Frame, act: Act, h: Hit) -> bool:
    """Whether it is the life of a thing that is renewed, or a body, rather than a text: "lengthened the life of the roadmap"."""
    body = next((o for o in f.objects if act.j <= o.i <= h.i), h)
    lives = {"life", "term", "validity", "duration", "tenure", "mandate"} & {f.low(k) for k in range(act.j, h.i)}
    return bool(lives) or body.entry.id in ("body", "fund")


def _new_body(f: Frame, act: Act, near: int) -> Hit | None:
    """ "gave the green light for a task force", "approved a fund": a body that there was not before, which is set up by the approval."""
    h = f.right_object(act.j, {"establish"}, near) if act.family == "adopt" else None
    other = f.right_object(act.j, {"adopt", "decide-on"}, near)
    if h is None or (other is not None and other.i <= h.i):
        return None
    opening = next((k for k in range(h.i - 1, act.j - 2, -1) if f.low(k) in ("a", "an") or f.low(k) in PREPOSITIONS), -1)
    behind = f.low(h.j)
    new = f.low(opening) in ("a", "an") and (not behind.isalpha() or behind in PREPOSITIONS | BREAKERS)
    return h if new else None


def _later(f: Frame, j: int) -> bool:
    """Whether the rest of the sentence puts the thing off: "at the 22nd Summit later this year", "next year"."""
    return any(w.sense == "future" for w in f.whens) or any(
        h.entry.id in ("SUMMIT", "PARTNER-SUMMIT") and h.i >= j - 6 for h in f.tags.of("meeting")
    )


def _items(f: Frame, start: int, h: Hit, fits: set[str]) -> list[tuple[int, int, Hit]]:
    """(start, end, hit) of each thing in a list that begins with object `h`."""
    tokens = f.tokens
    items: list[tuple[int, int, Hit]] = []
    i = noun_phrase_start(tokens, h.i, start)
    j = noun_phrase_end(tokens, h.j, f.verbs)
    j = _cut_list(f, h.j, j)
    items.append((i, j, h))
    k = j
    while k < len(tokens):
        m = _separator(f, k)
        if m is None:
            break
        nxt = next(
            (o for o in f.objects if m <= o.i <= m + 12 and f.lexis.takes[o.entry.id] & (fits | {"adopt", "sign", "issue"})),
            None,
        )
        if nxt is None or f.broken(m, nxt.i) or any(v in f.verbs and tokens[v].text[:1].islower() for v in range(m, nxt.i)):
            break
        if any(tokens[x].text in ",;" for x in range(m, nxt.i)):
            break
        i2 = noun_phrase_start(tokens, nxt.i, m)
        if i2 > m + 1 and not all(tokens[x].low in DETERMINERS or not tokens[x].word for x in range(m, i2)):
            break
        j2 = _cut_list(f, nxt.j, noun_phrase_end(tokens, nxt.j, f.verbs))
        items.append((i2, j2, nxt))
        k = j2
    if h.entry.id == "documents" and len(items) > 1:
        items = items[1:]
    elif h.entry.id == "documents" and len(items) == 1:
        named = [o for o in f.objects if j < o.i <= j + 14 and o.entry.id != "documents"]
        if named and any(f.low(x) in ("including", "namely", "such", "like", "comprising", "among") for x in range(j, named[0].i)):
            return _items(f, named[0].i, named[0], fits)
    return items


def _cut_list(f: Frame, j: int, end: int) -> int:
    """Ends a noun phrase before "such as", "including" or a conjunction that opens another thing."""
    tokens = f.tokens
    for k in range(j, end):
        w = tokens[k].low
        if w in ("such", "including", "namely", "comprising", "along", "alongside"):
            return k
        after = tokens[k + 1].low if k + 1 < end else ""
        if tokens[k].text == "," and (after.startswith("asean") or after in DETERMINERS) and any(k < o.i <= k + 12 for o in f.objects):
            return k  # "the ASEAN Guidelines on …, ASEAN Roadmap for …"
        if (
            w in ("and", "as")
            and k + 1 < end
            and (tokens[k + 1].low in DETERMINERS or tokens[k + 1].low in ("well", "asean-china"))
            and any(k < o.i <= k + 9 for o in f.objects)
        ):
            return k
    return end


def _separator(f: Frame, k: int) -> int | None:
    """The token after a list separator at k (", ", "; and ", "as well as", "such as"), or None."""
    tokens = f.tokens
    m = k
    while m < len(tokens) and (
        tokens[m].text in ",;:–—-"
        or tokens[m].low in ("and", "as", "well", "such", "including", "along", "with", "alongside", "namely", "plus", "also", "or")
    ):
        m += 1
    return m if m > k and m < len(tokens) else None


def _relative(f: Frame, act: Act, verb: Verb, fits: set[str]) -> Hit | None:
    """ "the framework that the ministers approved on Friday": the thing before a relative clause whose object it is; else None."""
    if act.nominal or act.complete or verb.passive or act.family not in ("adopt", "issue", "sign"):
        return None
    after = f.low(act.j)
    if after in DETERMINERS or (f.tokens[act.j : act.j + 1] and f.tokens[act.j].text[:1].isupper() and after not in MONTHS):
        return None  # the clause has an object of its own
    start = min(verb.start, act.i)
    who = next((k for k in range(start - 1, max(-1, start - 10), -1) if f.low(k) in ("which", "that")), None)
    if who is None or who == start - 1 or not any(who < h.i and h.j <= start for h in f.tags.of("actor")):
        return None
    end = who - 1 if f.low(who - 1) in ("upon", "on", "for", ",") else who
    end -= f.low(end - 1) == ","
    near = [h for h in f.objects if h.j <= end and f.lexis.takes[h.entry.id] & fits and not f.barred(h.j, end)]
    return next((h for h in near if noun_phrase_end(f.tokens, h.j, f.verbs) >= end), None)


def _ahead_of(f: Frame, act: Act, verb: Verb, h: Hit) -> None:
    """Emits the thing before its relative clause."""
    i, end = noun_phrase_start(f.tokens, h.i), noun_phrase_end(f.tokens, h.j, f.verbs)
    kind, rule = f.lexis.kind[h.entry.id], f"act.{act.rule}+object.{h.entry.id}"
    status = f.status(verb, act, i, act.j, rule, failable=kind in ("document", "agreement"))
    if status is not None and f.accepts(h, i, end):
        f.emit(kind, status, act, verb, i, act.j, (i, end))


def _subject(f: Frame, act: Act, verb: Verb, fits: set[str]) -> None:
    """The things that are the subject of a passive or of a resultative idiom."""
    allowed = fits | (
        {"adopt", "issue", "sign", "establish", "launch", "decide-on"} if act.complete and act.family in ("adopt", "issue") else set()
    )
    if act.family == "force":
        allowed = {"sign", "adopt", "force"}
    start = min(verb.start, act.i)
    hits = f.left_objects(start, allowed)
    if not hits:
        who = start - 1
        while f.low(who) in BE | HAVE or f.low(who) in f.grammar.future:
            who -= 1
        if who > 0 and f.low(who) in ("that", "which"):  # "the plan, which is to be adopted next month"
            hits = f.left_objects(who - (f.low(who - 1) == ","), allowed)
    if not hits:
        return
    first = hits[0]
    kind = f.lexis.kind[first.entry.id]
    groups = [first]
    for h in hits[1:]:
        if (
            any(f.low(x) in ("and", "plus") for x in range(groups[-1].j, h.i))
            and f.lexis.kind[h.entry.id] == kind
            and f.low(noun_phrase_start(f.tokens, h.i, groups[-1].j)) in DETERMINERS
            and not f.broken(groups[-1].j, h.i)
        ):
            groups.append(h)
    for n, h in enumerate(groups):
        i = noun_phrase_start(f.tokens, h.i)
        kind = f.lexis.kind[h.entry.id]
        rule = f"act.{act.rule}+object.{h.entry.id}"
        end = act.j if n == len(groups) - 1 else noun_phrase_end(f.tokens, h.j, f.verbs)
        if act.complete and act.rule == "issue" and kind not in ("document",):
            continue
        status = f.status(verb, act, i, end, rule, failable=kind in ("document", "agreement"))
        if f.no_such(i):
            return
        if f.none(i) and ((kind == "agreement" and f.low(h.j - 1).endswith("s")) or f.tags.words & {"custom", "usual", "tradition"}):
            return  # "no agreements were struck", "as is the custom, no communique was issued": none was looked for
        if f.none(i) and f.unmeant(h.j):
            return
        negated = f.none(i) and status == "done"
        if status is None:
            return
        if negated:
            status = "failed"
        head_end = noun_phrase_end(f.tokens, h.j, f.verbs | {verb.start}, limit=max(1, start - h.j) if start > h.j else 1)
        if not f.accepts(h, i, max(head_end, h.j)):
            f.missed.append(Missed(f.tags, i, end, rule, "not a thing that can be named"))
            continue
        f.emit(kind, status, act, verb, i, end, (i, max(head_end, h.j)))


def _participle(f: Frame, act: Act, verb: Verb, fits: set[str]) -> None:
    """ "the statement issued after the talks", "40 documents adopted": a participle behind its noun."""
    hits = [h for h in f.objects if h.j <= act.i and act.i - h.j <= 12 and f.lexis.takes[h.entry.id] & fits and not f.barred(h.j, act.i)]
    if verb.infinitive or f.low(act.i - 1) in ("and", "or", "also"):
        return  # "…, and approved": a second verb, not a participle behind its noun
    if not hits:
        return
    h = hits[0] if act.i - hits[0].j <= 12 else hits[-1]
    i = noun_phrase_start(f.tokens, h.i)
    rule = f"act.{act.rule}+object.{h.entry.id}"
    mode = f.grammar.main_mode(f.tokens, i) if f.low(act.i - 1) not in (",",) else verb.mode
    if verb.mode is Mode.DONE and mode is Mode.PLANNED:
        verb = Verb(verb.start, Mode.PLANNED, "a participle under a future verb", finite=False)
    kind = f.lexis.kind[h.entry.id]
    status = f.status(verb, act, i, act.j, rule, failable=kind in ("document", "agreement"))
    if status is None:
        return
    if f.no_such(i):
        return
    if f.none(i):
        status = "failed"
    head = (i, max(h.j, noun_phrase_end(f.tokens, h.j, f.verbs, limit=max(1, act.i - h.j))))
    named = next(
        (k for k in range(act.j, min(act.j + 9, len(f.tokens))) if f.low(k) in ("are", "were", "is", "was", "include", "included")), None
    )
    if h.entry.id == "documents" and named is not None:
        as_done = Act(act.i, named, act.family, act.rule, act.forms, False, False, act.weak, act.phase)
        if _objects(f, as_done, Verb(act.i, verb.mode, verb.why, True), fits):
            return  # "The documents adopted at the meeting are the Work Programme, the Guidelines …"
    if kind == "mechanism" or not f.accepts(h, *head):
        f.missed.append(Missed(f.tags, i, act.j, rule, "a participle without a thing that can be named"))
        return
    listed = next(
        (o for o in f.objects if act.j <= o.i <= act.j + 6 and f.low(act.j) == "," and f.low(act.j + 1) in ("including", "among")),
        None,
    )
    if h.entry.id == "documents" and listed is not None:
        end = noun_phrase_end(f.tokens, listed.j, f.verbs, limit=8)
        f.emit(
            f.lexis.kind[listed.entry.id],
            status,
            act,
            verb,
            i,
            end,
            (noun_phrase_start(f.tokens, listed.i, act.j + 2), max(listed.j, end)),
        )
        return
    f.emit(kind, status, act, verb, i, act.j, head)
