"""All that the classifiers say of one article, every label with its evidence."""

from dataclasses import dataclass

from core.codes import LangSupport, Level, OutcomeType, Stage, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in an article: character offsets into the NFC text of `field` (title or text); `quote` is that very slice."""

    field: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where and why: a span, the rule that fired there, and its weight."""

    span: Span
    rule: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One occurrence of a body. Unknown parts are None; a phantom is never made up."""

    type: str
    ordinal: int | None = None
    year: int | None = None
    partner: str | None = None
    """Short English name of the partner, for types that have one."""

    @property
    def name(self) -> str:
        """A short name such as AMM-57, PMC Australia 2024, SUMMIT-44."""
        parts = [f"{self.type}-{self.ordinal}" if self.ordinal else self.type]
        if self.partner:
            parts.append(self.partner)
        if self.year and not self.ordinal:
            parts.append(str(self.year))
        return " ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingMention:
    """A meeting of which the story speaks; exactly one mention of a reading may be primary."""

    meeting: Meeting
    primary: bool = False
    evidence: tuple[Evidence, ...] = ()
    flags: tuple[str, ...] = ()
    """For example `contradicts_calendar`, `repaired`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of which the story says something."""

    code: str
    score: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One part of an outcome's frame (actor, act, object, modality, time) and where it stands."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Whom a text or a sentence names as the source of its news: an agency, by the one name under which it is counted."""

    name: str
    evidence: Evidence | None = None
    """Where it says so; None where the publisher is that agency itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One outcome as one article reports it."""

    type: OutcomeType
    status: Status
    level: Level
    title: str
    parties: tuple[str, ...] = ()
    meeting: Meeting | None = None
    evidence: Evidence
    sentence: Span
    """The whole sentence in which the evidence stands: the proof that an alert carries."""
    rules: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    phase: str = ""
    """The finer step in the life of its type, where the words say it: application, signed, in_force..."""
    origin: Credit | None = None
    """Whom the sentence names as the source of its news: "according to VNA"."""
    speaker: Span | None = None
    """The words by which the sentence quotes a minister, a chair, a secretary-general or a spokesperson."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAlert:
    """An alert that a rule of the user's own raises, with the words and sightings that raised it."""

    name: str
    about: str = ""
    """What the rule is about, in the user's words."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """What nearly became a sighting or a label, and what kept it out."""

    what: str
    span: Span
    rule: str
    veto: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that the classifiers say of one article."""

    relevant: bool
    stage: Stage
    alert: bool
    language: str
    lang_support: LangSupport = LangSupport.FULL
    meetings: tuple[MeetingMention, ...] = ()
    topics: tuple[Topic, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    why_relevant: tuple[Evidence, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    flags: tuple[str, ...] = ()
    """For example `machine_translated`, `truncated`, `several_stories`; `alert:NAME` for each of `user_alerts`."""
    user_alerts: tuple[UserAlert, ...] = ()
    """What the user's own rules raise; independent of `alert`."""
    notes: tuple[str, ...] = ()
    """Why stage and alert are what they are, in plain words."""
    ruleset: str = ""
    """Hash of the rules and the gazetteer that were used."""
    origin: Credit | None = None
    """The agency whose text it is, by dateline, tag line or credit line, or because its publisher is one."""

    @property
    def primary(self) -> Meeting | None:
        """The meeting whose work the story reports, or None."""
        return next((m.meeting for m in self.meetings if m.primary), None)
