"""Talks, roles and money: negotiations opened and concluded, the chair handed over, funds pledged."""

from classifiers.frames.frame import EVERYTHING, Act, Frame
from classifiers.grammar import Mode, Verb, noun_phrase_end, noun_phrase_start
from classifiers.text import Token

_NEGOTIATED = frozenset("agreement fta aitiga atiga acfta coc code negotiations talks area draft pact treaty accord".split())
"""What a review or an upgrade is negotiated of."""


def negotiation(f: Frame) -> None:
    """Talks launched or concluded, a text or a deadline agreed."""
    for act in f.of("negotiate"):
        verb = f.verb(act)
        if act.rule == "text-agreed":
            i, j = min(verb.start, act.i), noun_phrase_end(f.tokens, act.j, f.verbs, limit=12)
            if any(h.i <= act.i < h.j for h in f.tags.of("party")):
                continue
            status = f.status(verb, act, i, j, "frame.negotiation", failable=False)
            if status and any(
                f.low(k) in ("coc", "code", "agreement", "convention", "negotiations", "talks", "negotiating", "draft", "upgrade", "rcep")
                for k in range(len(f.tokens))
            ):
                f.emit("negotiation", status, act, verb, i, j, (act.i, j))
            continue
        hits = [h for h in f.objects if h.entry.id == "talks"]
        if not hits:
            continue
        if act.complete or verb.passive:
            lefts = [h for h in hits if h.j <= act.i and not f.barred(h.j, min(verb.start, act.i))]
            h = lefts[-1] if lefts else None
        else:
            h = next((h for h in hits if act.j <= h.i <= act.j + 8 and not f.broken(act.j, h.i)), None)
        if h is None:
            continue
        bare = f.low(h.i) in ("talks", "negotiations", "negotiation") and h.j - h.i == 1
        span = f.tokens[noun_phrase_start(f.tokens, h.i) : noun_phrase_end(f.tokens, h.j, f.verbs)]
        if f.low(h.i) in ("review", "upgrade", "upgrading", "round", "reading") and not any(t.low in _NEGOTIATED for t in span):
            continue
        if bare and not any(
            t.low
            in (
                "trade",
                "fta",
                "ftas",
                "code",
                "coc",
                "agreement",
                "rcep",
                "upgrade",
                "treaty",
                "convention",
                "framework",
                "upgrading",
                "pact",
                "substantive",
                "text",
                "digital",
                "digital-economy",
                "defa",
                "accord",
                "establishment",
            )
            for t in f.tokens
        ):
            continue
        i = min(act.i, h.i, verb.start)
        j = max(act.j, noun_phrase_end(f.tokens, h.j, f.verbs, limit=24)) if h.i > act.i else act.j
        if verb.infinitive and verb.mode is Mode.DONE and verb.why.startswith(("agree", "decid", "resol", "consent")):
            pass  # agreed to complete the talks: itself the result
        status = f.status(verb, act, i, j, "frame.negotiation", failable=False)
        if status:
            f.emit(
                "negotiation",
                status,
                act,
                verb,
                i if h.i > act.i else noun_phrase_start(f.tokens, h.i),
                j,
                (min(act.i, h.i), max(act.j, h.j)),
            )


def coordination(f: Frame) -> None:
    """The chair or a country coordinator's role, taken or handed over."""
    for act in f.of("handover"):
        verb = f.verb(act)
        hits = [h for h in f.objects if h.entry.id == "role"]
        if not hits:
            continue
        if verb.passive or act.complete:
            h = next((h for h in reversed(hits) if h.j <= act.i and act.i - h.j <= 10), None)
        else:
            h = next((h for h in hits if act.j <= h.i <= act.j + 9 and not f.broken(act.j, h.i)), None)
        if h is None:
            continue
        word = f.low(act.i)
        if (
            word.startswith(("becom", "becam", "serv", "tak", "took", "receiv"))
            and f.low(h.i) in ("chair", "co-chair", "the")
            and not any(t.low in ("asean", "rotating", "asean's", "admm", "bloc") for t in f.tokens[max(0, act.i - 6) : h.j + 6])
            and not any(f.low(p.i - 1) == "from" and p.i <= h.j + 2 for p in f.parties if p.i >= h.j)
        ):
            continue
        if word.startswith(("serv",)) or f.low(act.j) == "place":
            continue  # "took place under the chairmanship of"
        i, j = min(act.i, h.i, verb.start), max(act.j, noun_phrase_end(f.tokens, h.j, f.verbs, limit=14))
        subject = [p for p in f.parties if i - 6 <= p.i < i]
        if subject and not verb.infinitive:
            i = subject[0].i
        status = f.status(verb, act, i, j, "frame.coordination", failable=False)
        if (
            status == "done"
            and "third" in act.forms
            and (any(w.sense == "future" and w.i >= act.j for w in f.whens) or {f.low(k) for k in range(max(0, i - 3), i)} & _ONCE)
        ):
            status = "planned"  # "takes the chair in January", "when Manila takes the helm"
        if status:
            holders = f.party_names(max(0, i - 4), min(len(f.tokens), j + 8))
            role = noun_phrase_start(f.tokens, h.i), noun_phrase_end(f.tokens, h.j, f.verbs, limit=14)
            head = (min(act.i, h.i), max(act.j, h.j))
            f.emit("coordination", status, act, verb, i, j, head, parties=holders, strength=1.2, name=f.text(*role))


_SAID = frozenset({"announced", "pledged", "declared", "promised", "said", "told", "unveiled"})
"""Words by which money is pledged in public."""

_HELP = frozenset({"support", "assistance", "aid", "contribution", "grant", "donation"})
"""What money is given as, where no verb gives it."""

_ONCE = frozenset({"when", "once", "until", "before", "as"})
"""Words behind which a present speaks of what is still to come."""


def funding(f: Frame) -> None:
    """Money or goods pledged or given."""
    if f.families.isdisjoint(("pledge", "adopt")) and not f.tags.words & _HELP:
        return
    if not f.tags.words & f.words.money and not any(w.startswith(("usd", "us$", "aud", "eur")) for w in f.tags.words):
        return
    money = [k for k, t in enumerate(f.tokens) if _amount(f, k, t)]
    if not money:
        return
    for act in f.of("pledge", "adopt"):
        if act.family == "adopt" and (act.nominal or _is_spent(f, act)):
            continue
        verb = f.verb(act)
        if verb.mode is Mode.PLANNED and verb.why == "progressive":
            verb = Verb(verb.start, Mode.DONE, verb.why)  # "is giving a further $5 million" announces it
        if verb.mode is Mode.PLANNED and verb.why in ("would", "will") and f.tags.words & _SAID:
            verb = Verb(verb.start, Mode.DONE, "announced")  # "Japan said it would provide $3 million"
        near = [m for m in money if (0 <= m - act.j <= 9 and not f.broken(act.j, m)) or (verb.passive and 0 < act.i - m <= 14)]
        if not near:
            continue
        if not any(
            t.low.startswith("asean")
            or t.low in ("region", "bloc", "fund", "centre", "center", "grouping", "myanmar", "members", "southeast", "south-east")
            for t in f.tokens
        ):
            continue
        i, j = min(act.i, verb.start, near[0] - 1), noun_phrase_end(f.tokens, max(act.j, near[0] + 1), f.verbs, limit=18)
        status = f.status(verb, act, i, j, "frame.funding", failable=False)
        if status:
            f.emit("funding", status, act, verb, i, j, (near[0], max(near[0] + 1, j)))
            return
    for m in money:
        tail = [f.low(k) for k in range(m + 1, min(m + 5, len(f.tokens)))]
        if not _HELP.isdisjoint(tail) and any(t.low.startswith("asean") for t in f.tokens):
            j = noun_phrase_end(f.tokens, m + 2, f.verbs, limit=12)
            act = Act(m, m + 1, "pledge", "given", frozenset(), False, False, True, "")
            i = max(0, m - 5)
            status = f.status(Verb(m, f.grammar.main_mode(f.tokens, m), "given", finite=False), act, i, j, "frame.funding", failable=False)
            if status:
                f.emit("funding", status, act, Verb(m, Mode.DONE, "given", finite=False), i, j, (m, j))
            return


def _is_spent(f: Frame, act: Act) -> bool:
    """Whether the money behind an act only measures a thing: "approved a $5 million plan", but not "$5 million for the fund"."""
    thing = f.right_object(act.j, EVERYTHING, 10)
    return thing is not None and not any(f.low(k) in ("for", "to", "towards", "from") for k in range(act.j, thing.i))


def _amount(f: Frame, k: int, t: Token) -> bool:
    if t.low in f.words.amounts and k and (f.tokens[k - 1].text[:1].isdigit() or f.low(k - 1) in f.words.counts):
        return True
    if t.low[:1].isalpha() and t.low[-1].isdigit() and t.low.rstrip("0123456789.,") in f.words.currencies:
        return True  # USD5
    return t.text in "$€£¥" or (
        t.low in ("us$", "usd", "eur", "yen", "won") and (f.tokens[k + 1].text[:1].isdigit() if k + 1 < len(f.tokens) else False)
    )
