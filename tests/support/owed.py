"""An alert that is owed to somebody, for tests of messages and of those who carry them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.alerts import Alert, Delivery, NewsItem

AT = datetime(2022, 8, 4, 9, tzinfo=UTC)

PLAN = NewsItem(
    outcome="outcome-plan",
    type="document",
    status="done",
    previous_status="planned",
    level="ministerial",
    title="ASEAN-UK Plan of Action 2022-2026",
    parties=("ASEAN", "United Kingdom"),
    meeting="PMC with the United Kingdom, 2022",
    sentence="The ministers adopted the ASEAN-UK Plan of Action (2022-2026) in Phnom Penh.",
    evidence="adopted the ASEAN-UK Plan of Action",
)
FUND = NewsItem(
    outcome="outcome-fund",
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


def an_alert(*news: NewsItem, **changes: Any) -> Alert:
    """An alert on `news` (the plan, when none is given)."""
    alert = Alert(
        key="alert-1",
        article="https://news.example/plan",
        url="https://news.example/plan?id=1&lang=en",
        headline="ASEAN and the UK agree on a plan",
        publisher="Example News",
        published=AT,
        news=news or (PLAN,),
        created_at=AT,
    )
    return replace(alert, **changes)


def a_delivery(**changes: Any) -> Delivery:
    """The first attempt to bring that alert to the desk."""
    delivery = Delivery(key="5f0c2b1e-delivery", alert="alert-1", target="desk", attempt=1, created_at=AT, lease_owner="me")
    return replace(delivery, **changes)
