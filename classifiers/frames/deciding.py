"""Decisions of any other kind: tasks given, invitations withheld, meetings set."""

from classifiers.english import BE, WEEKDAYS
from classifiers.frames.frame import Act, Frame, Missed
from classifiers.grammar import Mode, Verb, noun_phrase_start


def tasks(f: Frame) -> None:
    """Officials, the Secretariat or a council told to do something."""
    for act in f.of("task"):
        verb = f.verb(act)
        after = [f.low(k) for k in range(act.j, min(act.j + 14, len(f.tokens)))]
        if not {"to", "with", "of"} & {*after, f.low(act.j - 1)}:
            continue
        receivers = (
            "officials",
            "secretariat",
            "som",
            "council",
            "acc",
            "secretary-general",
            "group",
            "committee",
            "envoy",
            "experts",
            "ministers",
            "sectoral",
            "bodies",
            "force",
            "cpr",
            "seom",
            "representatives",
            "commission",
        )
        before = [f.low(k) for k in range(max(0, verb.start - 14), verb.start)]
        who = max((n for n, w in enumerate(before) if w in ("which", "who", "that")), default=-1)
        before = before[who + 1 :] if who >= 0 and verb.passive else before
        passive = verb.passive or (act.rule == "task" and f.low(act.i) in ("be", "was", "were", "been"))
        if passive:
            if not any(w in receivers for w in before[-7:]) or "said" in before[-5:]:
                continue
            i = max(0, verb.start - 1 - next((n for n, w in enumerate(reversed(before)) if w in receivers), 0))
            i = noun_phrase_start(f.tokens, i)
        else:
            told = after[: after.index("to") if "to" in after else None]
            strict = f.low(act.i).startswith(("task", "instruct", "mandat", "direct")) and "to" in after
            if not any(w in receivers for w in told) and not (strict and 0 < len(told) < 12):
                continue
            if f.low(act.i) in ("asked", "ask", "asks", "requested", "request") and not any(
                h.entry.id in ("ministers", "leaders", "meeting") and h.j <= verb.start for h in f.tags.of("actor")
            ):
                continue
            i = min(act.i, verb.start)
        j = f.clause_end(act.j)
        status = f.status(verb, act, i, j, "frame.task", failable=False)
        if status == "done":
            f.emit("decision", status, act, verb, i, j, (act.i, j), level=f.scene.level if passive else "")


def exclusions(f: Frame) -> None:
    """Somebody kept out, an invitation withheld."""
    for act in f.of("exclude"):
        verb = f.verb(act)
        targets = [f.low(k) for k in range(max(0, act.i - 10), min(act.j + 12, len(f.tokens)))]
        if not any(
            w in ("myanmar", "junta", "general", "generals", "military", "invitation", "min", "naypyitaw", "non-political", "regime")
            for w in targets
        ):
            continue
        if not any(h.entry.id in ("ministers", "leaders", "meeting", "chair") and h.j <= verb.start + 12 for h in f.tags.of("actor")):
            continue
        i, j = min(act.i, verb.start), f.clause_end(act.j)
        status = f.status(verb, act, i, j, "frame.exclude", failable=False)
        if status == "done":
            f.emit("decision", status, act, verb, i, j, (act.i, j))


def decisions(f: Frame) -> None:
    """Any other concrete decision: "decided to hold…", "agreed that … will meet annually"."""
    for act in f.of("decide", "schedule"):
        verb = f.verb(act)
        if verb.infinitive and verb.mode is Mode.DONE and verb.start < act.i:
            continue
        if verb.passive and f.low(act.i) in ("determined", "resolved", "agreed") and f.low(act.j) == "to":
            continue  # "were determined to": a mood
        if act.family == "schedule":
            j = f.clause_end(act.j)
            status = f.status(verb, act, act.i, j, "frame.decision", failable=False)
            if status == "done" and f.ours(verb, act):
                f.emit("decision", "done", act, verb, min(act.i, verb.start), j, (act.i, j))
            continue
        if "nominal" in act.forms or act.nominal:
            continue
        if act.rule == "accord":
            _accord(f, act, verb)
            continue
        nxt = act.j
        while nxt < len(f.tokens) and (
            (f.grammar.adverb(f.tokens[nxt]) and not (f.low(nxt) == "on" and not f.low(nxt + 1).endswith("day")))
            or f.low(nxt) in ("in", "principle", "by", "consensus", "not", "as", "well", "among", "themselves")
        ):
            nxt += 1
        word = f.low(nxt)
        if word == "to":
            target = nxt + 1
            while target < len(f.tokens) and f.grammar.adverb(f.tokens[target]):
                target += 1
            vague = f.words.vague if f.low(act.i).startswith(("agree", "consent", "undert", "concur")) else f.words.empty
            if f.low(target) in vague and "principle" not in [f.low(k) for k in range(act.j, nxt)]:
                f.missed.append(
                    Missed(
                        f.tags,
                        act.i,
                        min(target + 1, len(f.tokens)),
                        "frame.decision",
                        f"nothing that can be named ({f.low(target)})",
                    )
                )
                continue
            if any(o.tags is f.tags and o.i <= target < o.j for o in f.out):
                continue
            doing = next(
                (a for a in f.acts if a.i == target and a.family in ("adopt", "issue", "sign") and a.rule in ("adopt", "issue", "sign")),
                None,
            )
            if doing is not None:
                later = any(w.sense == "future" and w.i > target for w in f.whens)
                made = "decision" if later else "document"
                end = f.clause_end(target)
                status = f.status(verb, act, act.i, end, "frame.decision", failable=False)
                if status == "done" and f.ours(verb, act):
                    f.emit(made, "done", act, verb, min(act.i, verb.start), end, (act.i, end))
                continue
        elif word == "that":
            clause = [f.low(k) for k in range(nxt, min(nxt + 22, len(f.tokens)))]
            if not any(w in ("will", "would", "shall", "be", "should") for w in clause):
                continue
            strict = f.low(act.i).startswith(("decid", "resolv", "rule", "determin"))
            if not strict and not any(w in f.words.concrete for w in clause) and not _ordained(f, nxt):
                f.missed.append(Missed(f.tags, act.i, nxt, "frame.decision", "a view, not a decision"))
                continue
        elif (
            word == "on"
            and f.low(nxt + 1) in ("the", "a")
            and any(
                f.low(k)
                in (
                    "organisation",
                    "organization",
                    "holding",
                    "hosting",
                    "establishment",
                    "creation",
                    "date",
                    "venue",
                    "theme",
                    "convening",
                    "extension",
                    "appointment",
                )
                for k in range(nxt, min(nxt + 5, len(f.tokens)))
            )
        ):
            pass
        elif _trailing(f, act, verb, nxt):
            continue
        else:
            continue
        j = f.clause_end(nxt)
        status = f.status(verb, act, act.i, j, "frame.decision", failable=False)
        if status != "done":
            continue
        if not f.ours(verb, act):
            f.missed.append(Missed(f.tags, act.i, j, "frame.decision", "no ASEAN actor decides"))
            continue
        f.emit("decision", "done", act, verb, min(act.i, verb.start), j, (act.i, j))


def _ordained(f: Frame, start: int) -> bool:
    """ "agreed that the secretariat be financed by equal shares": something is to be done to a thing, and no mere wish."""
    for k in range(start + 1, min(start + 22, len(f.tokens) - 1)):
        if f.low(k) == "be" and (f.low(k - 1) in ("will", "would", "shall", "should", "to") or f.low(k - 1).isalpha()):
            done = k + 1 + (f.grammar.adverb(f.tokens[k + 1]))
            word = f.low(done)
            return word.endswith(("ed", "en", "put", "held", "set", "made", "sent", "built", "kept", "left")) and word not in f.words.wished
    return False


def taken(f: Frame) -> None:
    """ "the decision reached by the ministers last night that …": a decision as a noun, with who took it and that it is fresh."""
    if "decision" not in f.tags.words:
        return
    at = next(k for k, t in enumerate(f.tokens) if t.low == "decision")
    verb = at + 1 if f.low(at + 1) in ("reached", "taken", "made", "arrived") else at
    what = next((k for k in range(verb + 1, min(verb + 14, len(f.tokens))) if f.low(k) in ("to", "that")), None)
    deciders = [
        h
        for h in f.tags.of("actor")
        if h.entry.detail in ("ministerial", "leaders") and at - 5 <= h.i and h.j <= (what or at) and h.j != at + 1
    ]
    whose = (verb > at and f.low(verb + 1) == "by") or any(h.j == at for h in deciders)
    fresh = any(w.sense == "fresh" for w in f.whens) or bool(f.tags.words & WEEKDAYS)
    if what is None or not whose or not deciders or not fresh or any(o.tags is f.tags and o.type == "decision" for o in f.out):
        return
    j = f.clause_end(what)
    act = Act(at, at + 1, "decide", "decide", frozenset(), False, False, True, "")
    if f.status(Verb(at, Mode.DONE, "a decision taken"), act, at, j, "frame.decision", failable=False) == "done":
        f.emit("decision", "done", act, Verb(at, Mode.DONE, "a decision taken"), max(0, at - 1), j, (what, j))


def _accord(f: Frame, act: Act, verb: Verb) -> None:
    """ "reached agreement on the inspection of ships": on whatever it was, unless it is only a need or a view."""
    rest = {f.low(k) for k in range(act.j, min(act.j + 4, len(f.tokens)))}
    if rest & {"need", "importance", "necessity", "value", "way", "most", "many", "some", "principles"} or "how" in rest:
        f.missed.append(Missed(f.tags, act.i, act.j, "frame.decision", "a view, not a decision"))
        return
    j = f.clause_end(act.j)
    if f.low(act.i).startswith("settl") and "as" not in [f.low(k) for k in range(act.j, j)]:
        return  # "settled on Manila as the seat" chooses; "settled on a text" is told by its thing
    status = f.status(verb, act, min(act.i, verb.start), j, "frame.decision", failable=False)
    if status == "done" and (act.complete or f.ours(verb, act)):
        thing = f.right_object(act.j, {"adopt"}, 8)
        kind = f.lexis.kind[thing.entry.id] if thing is not None else "decision"
        f.emit(kind, "done", act, verb, min(act.i, verb.start), j, (act.j, j))


def henceforth(f: Frame) -> None:
    """ "will from now on meet every year": a practice that begins is a decision taken."""
    if not f.tags.words & {"henceforth", "now"}:
        return
    at = next(
        (k for k in range(len(f.tokens)) if f.low(k) == "henceforth" or (f.low(k), f.low(k + 1), f.low(k + 2)) == ("from", "now", "on")),
        None,
    )
    if at is None or not any(h.entry.detail in ("ministerial", "leaders") for h in f.tags.of("actor")):
        return
    around = range(max(0, at - 8), min(at + 12, len(f.tokens)))
    if not any(f.low(k) in f.words.concrete for k in around):
        return
    i = next((k for k in range(at, max(-1, at - 14), -1) if f.low(k) in (*f.grammar.future, "to")), at)
    j = f.clause_end(at)
    act = Act(at, at + 1, "decide", "henceforth", frozenset(), False, False, True, "")
    verb = Verb(i, Mode.DONE, "from now on")
    if f.status(verb, act, i, j, "frame.decision", failable=False) == "done":
        f.emit("decision", "done", act, verb, max(0, i - 6), j, (i, j))


def _trailing(f: Frame, act: Act, verb: Verb, nxt: int) -> bool:
    """ "The body is to meet annually, the ministers decided": the decision stands before the verb. Emits it; True when it is one."""
    comma = next((k for k in range(min(verb.start, act.i) - 1, max(-1, act.i - 8), -1) if f.tokens[k].text in ',-"”'), None)
    if comma is None or comma < 5 or verb.mode is not Mode.DONE or "ing" in act.forms:
        return False
    subject = {f.low(k) for k in range(comma + 1, act.i)}
    if not subject & {
        "ministers",
        "they",
        "it",
        "leaders",
        "meeting",
        "council",
        "ten",
        "sides",
        "asean",
        "members",
        "participants",
        "delegates",
        "we",
    }:
        return False
    if not any(f.low(k) in f.grammar.future or (f.low(k) == "to" and f.low(k - 1) in BE) for k in range(max(0, comma - 34), comma)):
        return False
    start = max(0, comma - 34)
    status = f.status(Verb(act.i, Mode.DONE, "past"), act, comma, act.j, "frame.decision", failable=False)
    if status == "done":
        f.emit("decision", "done", act, verb, start, act.j, (start, comma))
    return True
