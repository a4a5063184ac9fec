"""Joining: a state accedes to a treaty, becomes a partner, is admitted to ASEAN."""

from classifiers import times
from classifiers.frames.frame import Act, Frame, Missed
from classifiers.grammar import Mode, Verb
from classifiers.lexicon import Hit


def accession(f: Frame) -> None:
    """A state joins a treaty."""
    treaty = next((h for h in f.objects if h.entry.id == "tac"), None)
    instrument = next((h for h in f.objects if h.entry.id == "accession-instrument"), None)
    deposited = instrument is not None and any(a.family == "force" for a in f.acts) and "deposit" in " ".join(f.tags.words)
    if treaty is None and not deposited and not (f.tac and (instrument or any(a.rule == "accede" and a.nominal for a in f.acts))):
        return
    states = [h for h in f.parties if h.entry.detail != "member" or h.entry.id == "Timor-Leste"]
    counted = any(
        t.low in f.words.states
        and n
        and (
            f.tokens[n - 1].low in f.words.counts
            or f.tokens[n - 1].text.isdigit()
            or f.tokens[n - 1].low in ("other", "more")
            or (f.tokens[n - 1].low == "of" and f.low(n - 2) in ("handful", "number", "group", "pair", "series", "string"))
        )
        for n, t in enumerate(f.tokens)
    )
    for act in f.of("accede", "sign", "force", "adopt", "admit", "handover"):
        if act.family == "handover" and not (instrument is not None and 0 <= instrument.i - act.j <= 4):
            continue
        if act.family == "admit" and not (
            f.low(act.i).startswith(("admit", "tak", "took", "accept", "welcom", "usher"))
            and treaty
            and act.j < treaty.i <= act.j + 16
            and {"into", "to"} & {f.low(treaty.i - 1), f.low(treaty.i - 2)}
        ):
            continue  # "admitted three countries into the treaty"
        if (
            act.family == "adopt"
            and not instrument
            and not any(f.low(k) in ("accession", "admission") for k in range(act.j, min(act.j + 6, len(f.tokens))))
        ):
            continue
        if act.family == "sign" and not (instrument or treaty):
            continue
        if act.family == "accede" and act.complete and act.rule == "accede" and not (treaty and abs(treaty.i - act.j) < 8):
            continue
        if (
            any(
                f.low(k) in ("application", "applications", "request", "requests", "bid", "apply", "interest", "proposal")
                for k in range(max(0, act.i - 8), min(act.j + 3, len(f.tokens)))
            )
            and act.family != "sign"
        ):
            f.missed.append(Missed(f.tags, act.i, act.j, "frame.accession", "an application, not an accession"))
            _application(f, act, states)
            continue
        near = [h for h in states if abs(h.i - act.i) < 45]
        if not near and not counted:
            continue
        if any(f.low(k) in ("anniversary", "commemorating", "since") for k in range(max(0, act.i - 12), act.i)):
            f.missed.append(Missed(f.tags, act.i, act.j, "frame.accession", "an anniversary"))
            continue
        verb = f.verb(act)
        if act.nominal and verb.mode is Mode.UNSURE and verb.why in ("nominal", "welcomed", "noted", "welcome", "hailed"):
            verb = Verb(verb.start, f.grammar.main_mode(f.tokens, act.i), verb.why, finite=False)
        i = min([act.i, verb.start, *(h.i for h in near)])
        j = max(
            [
                act.j,
                *(h.j for h in near if h.i < act.j + 30),
                *([treaty.j] if treaty and treaty.i - act.j < 25 else []),
                *([instrument.j] if instrument and instrument.i - act.j < 12 else []),
            ]
        )
        status = f.status(verb, act, i, j, "frame.accession", failable=False)
        if status is None:
            continue
        joining = f.party_names(i, j, members=False)
        name = f"Accession of {' and '.join(joining)} to {f.text(treaty.i, treaty.j) if treaty else 'the Treaty of Amity and Cooperation'}"
        name = name if joining else ""
        level = "ministerial"  # foreign ministers receive the instruments
        f.emit("accession", status, act, verb, i, j, (i, j), level=level, parties=joining, strength=2, name=name)
        return


def _application(f: Frame, act: Act, states: list[Hit]) -> None:
    """An application to a treaty that is approved or weighed: a decision of the ministers, or still planned."""
    if any(a.family == "adopt" and f.verb(a).mode is Mode.DONE for a in f.acts) or any(a.family == "task" for a in f.acts):
        return
    if (
        any(
            f.low(k)
            in (
                "consideration",
                "considered",
                "considering",
                "study",
                "examined",
                "assess",
                "review",
                "pending",
                "wish",
                "wishes",
                "interested",
            )
            for k in range(len(f.tokens))
        )
        and states
    ):
        i, j = min(h.i for h in states), max([act.j, *(h.j for h in states)])
        f.emit(
            "accession",
            "planned",
            act,
            Verb(act.i, Mode.PLANNED, "an application"),
            min(i, act.i),
            j,
            (min(i, act.i), j),
            parties=f.party_names(0, len(f.tokens), members=False),
        )


def partnership(f: Frame) -> None:
    """A partner's status granted or raised."""
    for h in f.objects:
        if h.entry.id != "partnership":
            continue
        words = [t.low for t in f.tokens[h.i : h.j]]
        relation = bool({"partnership", "csp", "relations"} & set(words))
        for act in f.of("grant"):
            if _grants(f, act, h, words, relation) and _partnered(f, act, h, relation):
                break
        else:
            _partnership_wish(f, h, relation)


def _grants(f: Frame, act: Act, h: Hit, words: list[str], relation: bool) -> bool:
    """Whether the act makes a partner of somebody, or raises a partnership: by the act's kind and the words between."""
    gap = h.i - act.j if h.i >= act.j else act.i - h.j
    if gap > 16 or (h.i >= act.j and f.broken(act.j, h.i)):
        return False
    between = {f.low(k) for k in range(min(act.j, h.j), max(act.i, h.i))}
    status = bool({"status", "rank", "level"} & (between | set(words) | {f.low(h.j), f.low(h.j + 1)}))
    linked = bool({"as", "to", "into", "a", "an"} & between) and h.i >= act.j
    if act.nominal:
        return True
    if act.rule == "grant":
        return status or linked or relation
    if act.rule == "raise":
        return bool({"to", "into"} & between) or status or (h.j <= act.i and relation)
    if act.rule == "become":
        return not relation and (h.i >= act.j)
    if act.rule == "welcome-as":
        return status or bool({"as", "become"} & between)
    return relation and h.i >= act.j and "of" not in between


def _partnered(f: Frame, act: Act, h: Hit, relation: bool) -> bool:
    """Emits the partnership that an act makes; False when mode, time or a missing partner keep it out."""
    verb = f.verb(act)
    if verb.mode is Mode.UNSURE and act.nominal:
        return False
    i, j = min(act.i, h.i, verb.start), max(act.j, h.j)
    near = [p for p in f.parties if p.entry.detail != "member" and i - 8 <= p.i <= j + 8 and not (p.i > j and f.broken(j, p.i))]
    if not near and any(f.low(k) in ("themselves", "other") for k in range(act.i, act.j)):
        near = [p for p in f.parties if p.entry.detail != "member" and p.i < i][-1:]  # "..., declared themselves strategic partners"
    if not near and f.low(act.j) in ("it", "them"):
        near = [p for p in f.parties if p.entry.detail != "member" and p.i < i][
            -1:
        ]  # "Jordan acceded, and the ministers made it a partner"
    if near:
        j = max([j, *(p.j for p in near if p.i <= j + 8)])
        i = min(i, *(p.i for p in near))
    status = f.status(verb, act, i, j, "frame.partnership", failable=False)
    if status is None:
        return False
    if not near and not f.party_names(i, j, members=False) and not relation:
        f.missed.append(Missed(f.tags, i, j, "frame.partnership", "no partner is named"))
        return False
    partners = f.party_names(i, j, members=False)
    head = (min(act.i, h.i), max(act.j, h.j))
    f.emit("partnership", status, act, verb, i, j, head, parties=partners, strength=1.5, name=_named(f, partners, h))
    return True


def _named(f: Frame, parties: tuple[str, ...], h: Hit) -> str:
    """ "UK: dialogue partner": who, and what."""
    return f"{' and '.join(parties)}: {f.text(h.i, h.j)}" if parties else f.text(h.i, h.j)


def _partnership_wish(f: Frame, h: Hit, relation: bool) -> None:
    """A status that is asked for, proposed or under consideration."""
    start = max(0, h.i - 14)
    if any(a.family == "adopt" and a.i < h.i and f.verb(a).mode is Mode.DONE for a in f.acts):
        return  # an application that is approved is a decision
    if any(a.family == "drop" and start <= a.i < h.i and f.verb(a).mode is Mode.DONE for a in f.acts):
        return  # a request that is turned down
    for k in range(h.i - 1, start - 1, -1):
        w = f.low(k)
        if f.tokens[k].text in ";:":
            return
        if w in (
            "proposed",
            "proposal",
            "propose",
            "interested",
            "want",
            "wants",
            "wanted",
            "apply",
            "applied",
            "application",
            "bid",
            "requested",
            "request",
            "seek",
            "seeks",
            "seeking",
            "sought",
            "considering",
            "recommended",
            "wishes",
            "wish",
            "keen",
            "aspires",
        ):
            near = [p for p in f.parties if p.entry.detail != "member" and start - 6 <= p.i <= h.j + 8]
            if not near:
                return
            i = min(k, *(p.i for p in near if p.i >= start - 6))
            act = Act(k, k + 1, "grant", "asked", frozenset(), False, False, True, "requested")
            verb = Verb(k, Mode.PLANNED, w)
            when = times.nearest(f.whens, f.tokens, k, k + 1)
            if when is None or when.sense != "recalled":
                partners = tuple(dict.fromkeys(p.entry.id for p in near))
                f.emit("partnership", "planned", act, verb, i, h.j, (i, h.j), parties=partners, name=_named(f, partners, h))
            return


def membership(f: Frame) -> None:
    """A state admitted to ASEAN, or made an observer."""
    _admission_signed(f)
    _admitted(f)
    for h in f.objects:
        if h.entry.id != "membership":
            continue
        words = " ".join(t.low for t in f.tokens[h.i : h.j])
        bare = words in ("membership", "member state", "observer", "full membership")
        for act in f.of("admit"):
            gap = h.i - act.j if h.i >= act.j else act.i - h.j
            if gap > 14 or (h.i >= act.j and f.broken(act.j, h.i)):
                continue
            if bare and not any(f.low(k) in ("as", "status", "granted", "grants", "of") for k in range(min(act.i, h.i), max(act.j, h.j))):
                continue
            if words.endswith("member state") and not any(f.low(k) in ("as", "new", "newest") for k in range(act.i, h.i)):
                continue
            verb = f.verb(act)
            near = [
                p for p in f.parties if abs(p.i - act.i) < 20 and (p.i == act.j or f.low(p.i - 1) != "in") and f.low(p.j) not in _OFFICES
            ]
            spoken_of = any(f.low(k) in ("country", "nation", "dili", "it", "timor-leste") for k in range(max(0, act.i - 8), h.i))
            if not near and not f.heading and not spoken_of:
                continue
            i, j = min([act.i, h.i, verb.start, *(p.i for p in near if p.i < act.i and act.i - p.i < 8)]), max(act.j, h.j)
            status = f.status(verb, act, i, j, "frame.membership", failable=False)
            if status is None:
                continue
            kind = "membership"
            if any(f.low(k) == "principle" for k in range(max(0, act.i - 10), min(h.j + 4, len(f.tokens)))) and status == "done":
                kind = "decision"
            joining = tuple(dict.fromkeys(p.entry.id for p in near))
            head = (min(act.i, h.i), max(act.j, h.j))
            f.emit(kind, status, act, verb, i, j, head, parties=joining, strength=1.5, name=_named(f, joining, h))
            break


_OFFICES = frozenset({"capital", "city", "town", "minister", "foreign", "prime", "president", "premier", "official", "officials"})
"""Words behind the adjective of a state that tell where something is, or who speaks: "in the Cambodian capital"."""


def _admitted(f: Frame) -> None:
    """ "Vietnam was formally admitted into the association": membership without the word."""
    for act in f.of("admit"):
        if act.nominal or not f.low(act.i).startswith(("admit", "induct", "welcom", "accept", "enter")):
            continue
        behind = [f.low(k) for k in range(act.j, min(act.j + 6, len(f.tokens)))]
        at = next((n for n, w in enumerate(behind) if w in ("to", "into")), None)
        if at is None or not {"asean", "association", "bloc", "grouping", "fold"} & set(behind[at + 1 : at + 4]):
            continue
        near = [p for p in f.parties if p.i < act.i and act.i - p.i < 16] or [p for p in f.parties if act.j <= p.i < act.j + 6]
        if not near or any(h.entry.id == "membership" for h in f.objects):
            continue
        verb = f.verb(act)
        i, j = min(act.i, verb.start, near[-1].i), act.j + at + 3
        status = f.status(verb, act, i, j, "frame.membership", failable=False)
        if status is not None:
            joining = tuple(dict.fromkeys(p.entry.id for p in near))
            f.emit(
                "membership",
                status,
                act,
                verb,
                i,
                j,
                (act.i, j),
                parties=joining,
                strength=1.5,
                name=f"Admission of {' and '.join(joining)}",
            )
            return


def _admission_signed(f: Frame) -> None:
    """ "signed the Declaration on the Admission of Timor-Leste": the admission is done with the signing."""
    for act in f.of("sign"):
        at = next((k for k in range(act.j, min(act.j + 9, len(f.tokens))) if f.low(k) == "admission"), None)
        if at is None or act.nominal or f.broken(act.j, at):
            continue
        verb = f.verb(act)
        j = max([at + 1, *(p.j for p in f.parties if at < p.i <= at + 6)])
        status = f.status(verb, act, act.i, j, "frame.membership", failable=False)
        if status is not None:
            f.emit("membership", status, act, verb, min(act.i, verb.start), j, (act.i, j), parties=f.party_names(at, j), strength=1.5)
            return
