"""Who else reported it: the order in which an alert names them."""

from datetime import UTC, datetime, timedelta

from sightings import sighting

from core.alerts import OTHERS, reported_by
from core.origins import Authority
from core.outcomes import Reported

AT = datetime(2022, 8, 4, tzinfo=UTC)


def said(publisher, hours, authority=Authority.PRESS, *, dated=True):
    at = AT + timedelta(hours=hours)
    published = at if dated else None
    seen = sighting("Declaration")
    return Reported(
        article=f"{publisher}/{hours}",
        index=0,
        sighting=seen,
        publisher=publisher,
        published=published,
        at=at,
        alertable=True,
        authority=authority,
    )


def test_the_nearest_to_the_deed_comes_first_and_then_the_earliest():
    reports = [
        said("Reprint", 0, Authority.REPRINT), said("Press B", 2), said("Press A", 1, dated=False), said("VNA", 3, Authority.AGENCY),
        said("asean.org", 9, Authority.OFFICIAL),
    ]  # fmt: skip
    assert reported_by(reports, "Own") == ("asean.org", "VNA", "Press A", "Press B", "Reprint")


def test_each_is_named_once_without_the_alerts_own_and_the_nameless():
    reports = [said("VNA", 1), said("VNA", 0, Authority.OFFICIAL), said("Own", 0), said("", 0)]
    assert reported_by(reports, "Own") == ("VNA",)
    assert reported_by([], "Own") == ()


def test_no_more_are_named_than_one_line_holds():
    assert len(reported_by([said(f"Paper {n}", n) for n in range(40)], "Own")) == OTHERS
