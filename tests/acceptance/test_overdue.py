"""A preview, a meeting that ends, silence, and then the communique: planned, overdue once, done, and one alert as usual."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsroom import seed_stories
from walk import Walk

from aseanwatch.agenda import Progress, agenda
from classifiers import load_calendar, load_reader
from core.articles import Article
from core.codes import Status
from core.outcomes import EventKind
from core.readings import Meeting
from store import open_store

AMM_53 = Meeting(type="AMM", ordinal=53)


def test_the_communique_of_amm_53_is_foretold_overdue_and_done(tmp_path: Path) -> None:
    preview, press_conference, *_ = seed_stories()
    calendar = load_calendar()
    with open_store(f"sqlite:///{tmp_path / 'watch.db'}", now=preview.published) as store:
        walk = Walk(store, calendar=calendar, reader=load_reader())
        walk.clock.at = preview.published

        def publishes(key: str, paragraphs: tuple[str, ...], published: datetime) -> None:
            text = "\n\n".join(paragraphs)
            walk.store.record_article(
                None, Article(key=key, url=f"https://vna.example/{key}", title="", text=text, published=published), published
            )
            walk.goes()
            walk.pipeline.look_for_overdue()

        def communique() -> tuple[Progress, Status]:
            [found] = [one for one in agenda(store, calendar, AMM_53, walk.clock.now()) if one.outcome.title == "AMM-53 Joint Communique"]
            return found.progress, found.outcome.status

        walk.pipeline.look_for_overdue()
        publishes("preview", preview.paragraphs, preview.published)
        assert communique() == (Progress.EXPECTED, Status.PLANNED)

        walk.clock.at = datetime(2020, 9, 14, 23, 50, tzinfo=UTC)  # the week ended on the 12th, and two days are given
        walk.pipeline.look_for_overdue()
        assert communique() == (Progress.EXPECTED, Status.PLANNED)
        for _ in range(6):
            walk.clock.passes(timedelta(minutes=10))
            walk.pipeline.look_for_overdue()
        assert communique() == (Progress.OVERDUE, Status.PLANNED)
        assert [title for title, _ in walk.diary.missed] == ["AMM-53 Joint Communique"]
        assert walk.postbox.got == []

        publishes("press-conference", press_conference.paragraphs, press_conference.published)
        walk.clock.passes(timedelta(days=1))
        walk.pipeline.look_for_overdue()
        assert communique() == (Progress.SEEN, Status.DONE)
        [(_, alert)] = walk.postbox.got
        assert "AMM-53 Joint Communique" in [item.title for item in alert.news]
        [told] = [event for event in store.events() if event.kind is EventKind.OUTCOME_OVERDUE]
        found = store.outcome(told.subject)
        assert found is not None
        assert found[0].overdue_at == told.at
        assert [event.kind for event in found[2]][:3] == [EventKind.OUTCOME_NEW, EventKind.OUTCOME_OVERDUE, EventKind.OUTCOME_STATUS]
