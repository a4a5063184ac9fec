"""When a page that brought an outcome is looked at again: ministries and agencies correct in place, and few feeds tell."""

from datetime import datetime, timedelta

from core.articles import BASELINE, FROM_SUMMARY, Article
from core.readings import Reading
from core.sources import Tier

AFTER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""Since it was first seen. Three requests for a page of whose outcome somebody was told."""
TIERS = (Tier.OFFICIAL, Tier.AGENCY)
"""Whose articles are worth it: others repeat them."""


def next_visit(article: Article, reading: Reading | None, now: datetime) -> datetime | None:
    """When to fetch the page of `article` again; None when it was looked at often enough, or brought nothing that could be corrected."""
    if reading is None or not reading.sightings or article.tier not in TIERS or article.first_seen is None:
        return None
    if FROM_SUMMARY in article.flags or BASELINE in article.flags:
        return None
    return next((at for pause in AFTER if (at := article.first_seen + pause) > now), None)
