"""One alert of each kind, with all that it may hold and with the least: what templates are tried on, and what a preview shows."""

from dataclasses import replace
from datetime import UTC, datetime

from core.alerts import Alert, AlertKind, Delivery, DigestPart, NewsItem

_AT = datetime(2022, 8, 4, 9, tzinfo=UTC)

_PLAN = NewsItem(
    outcome="document-5f0c1234abcd5678",
    type="document",
    status="done",
    previous_status="planned",
    level="ministerial",
    title="ASEAN-UK Plan of Action 2022-2026",
    parties=("ASEAN", "United Kingdom"),
    meeting="PMC with the United Kingdom, 2022",
    sentence="The ministers adopted the ASEAN-UK Plan of Action (2022-2026) in Phnom Penh.",
    evidence="adopted the ASEAN-UK Plan of Action",
    others=("asean.org", "Example News"),
)
_BARE = NewsItem(
    outcome="funding-77aa0000bbbb1111",
    type="funding",
    status="failed",
    previous_status=None,
    level="leaders",
    title="ASEAN response fund",
    parties=(),
    meeting="",
    sentence="No agreement was reached on the fund.",
    evidence="No agreement was reached",
)
_NEWS = Alert(
    key="1b9d2c3d-0000-5000-8000-000000000000",
    article="https://news.example/plan",
    url="https://news.example/plan?id=1&lang=en",
    headline="ASEAN and the UK agree on a plan",
    publisher="Example News",
    published=_AT,
    news=(_PLAN, _BARE),
    created_at=_AT,
)
_CORRECTION = replace(
    _NEWS,
    kind=AlertKind.CORRECTION,
    corrects="0a0a0a0a-0000-5000-8000-000000000000",
    news=(
        replace(_PLAN, status="", previous_status="done"),
        replace(_BARE, status="planned", previous_status="failed", says_now="Talks on the fund go on."),
    ),
)
_PART = DigestPart(
    alert=_NEWS.key,
    kind=AlertKind.NEWS,
    url=_NEWS.url,
    headline=_NEWS.headline,
    publisher=_NEWS.publisher,
    published=_AT,
    news=_NEWS.news,
)
_DIGEST = replace(
    _NEWS,
    kind=AlertKind.DIGEST,
    url="",
    headline="Thursday, 4 August 2022",
    publisher="",
    news=(),
    parts=(
        _PART,
        replace(_PART, kind=AlertKind.CORRECTION, news=_CORRECTION.news),
        replace(_PART, kind=AlertKind.OPERATOR, url="", publisher="", published=None, news=(), headline="asean.org does not answer"),
    ),
)
_OPERATOR = replace(
    _NEWS,
    kind=AlertKind.OPERATOR,
    url="",
    headline="asean.org has not answered since 08:00 UTC",
    publisher="aseanwatch",
    news=(),
    notes=("HTTP 503 at each of 12 attempts.", "Look: aseanwatch sources test asean-org"),
)

SAMPLES: dict[str, Alert] = {one.kind.value: one for one in (_NEWS, _CORRECTION, _DIGEST, _OPERATOR)}
"""Kind -> a sample of it."""
DELIVERY = Delivery(key="5f0c2b1e-0000-5000-8000-000000000000", alert=_NEWS.key, target="desk", attempt=1, created_at=_AT)


def samples() -> list[Alert]:
    """Each kind, and each with the least that it may hold."""
    bare = [
        replace(_NEWS, url="", headline="", publisher="", published=None, news=(replace(_BARE, title="", sentence="", level=""),)),
        replace(_DIGEST, parts=(), headline=""),
        replace(_OPERATOR, notes=(), headline=""),
        replace(_NEWS, news=()),
    ]
    return [*SAMPLES.values(), *bare]
