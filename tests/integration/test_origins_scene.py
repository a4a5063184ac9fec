"""A result as it goes round: an agency's story, a paper that prints it, one that passes it on, one of its own, and the ministry."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from aseanwatch.cli import cli
from aseanwatch.pipeline import take
from classifiers import load_reader
from core.articles import Article
from core.origins import Authority
from core.outcomes import EventKind, Standing
from core.sources import Tier
from store import Store, open_store

DAY = datetime(2024, 7, 27, 9, tzinfo=UTC)
STORY = (
    "The ASEAN foreign ministers adopted the ASEAN Plan of Action on Haze Pollution 2025-2030 at their 57th meeting in Vientiane on "
    "Saturday. The plan sets out how the ten members warn each other of fires, lend each other aircraft and pay for wet peatlands. "
    "Farmers along the Mekong and on Sumatra have waited for it since the dry season of 2019, when schools were closed for weeks. "
    "A centre in Jakarta is to watch over it, and the ministers of the environment look at what has been done once a year."
)
PASSED_ON = (
    "Haze was on the agenda in Laos as well. The ASEAN foreign ministers adopted the ASEAN Plan of Action on Haze Pollution 2025-2030 on "
    "Saturday, according to VNA. Airlines in Kuala Lumpur hope that September will be clearer for it than it was in the year before."
)
OWN = (
    "VIENTIANE - Nobody had expected it so soon. The ASEAN foreign ministers adopted the ASEAN Plan of Action on Haze Pollution 2025-2030 "
    "on Saturday after a night of talks, and delegates from Singapore were seen to smile for the first time in this long week by the river."
)
OFFICIAL = (
    "1. We, the ministry, inform the public of the following. The ASEAN foreign ministers adopted the ASEAN Plan of Action on Haze "
    "Pollution 2025-2030 at the 57th ASEAN Foreign Ministers' Meeting on 27 July 2024. The full text is annexed."
)


def article(key: str, text: str, publisher: str, hours: int, tier: Tier = Tier.PRESS) -> Article:
    at = DAY + timedelta(hours=hours)
    return Article(key=key, url=f"https://{key}", title="ASEAN ministers meet", text=text, publisher=publisher, published=at, tier=tier)


SCENE = [
    article("reprint.example", f"{STORY}\nSubscribe to our newsletter", "The Courier", 1),
    article("vna.example", f"VIENTIANE (VNA) – {STORY}./.", "Vietnam News Agency", 2, Tier.AGENCY),
    article("passed.example", PASSED_ON, "The Mirror", 3),
    article("own.example", OWN, "The Herald", 4),
    article("ministry.example", OFFICIAL, "Ministry of Foreign Affairs", 5, Tier.OFFICIAL),
]


@pytest.fixture
def told(store: Store) -> Store:
    reader = load_reader()
    for one in SCENE:
        assert one.published
        store.record_article(None, one, one.published)
        take(store, reader, one, (), one.published, max_age=None)
    return store


def test_five_articles_are_three_origins_and_the_official_text_confirms(told: Store) -> None:
    (outcome,) = told.outcomes()
    assert (outcome.articles, outcome.origins) == (5, ("VNA", "The Herald", "Ministry of Foreign Affairs"))
    assert (outcome.standing, outcome.authority) == (Standing.CONFIRMED, Authority.OFFICIAL)
    found = told.outcome(outcome.key)
    assert found
    assert {one.reported.article: (one.reported.origin, one.reported.authority) for one in found[1]} == {
        "reprint.example": ("VNA", Authority.REPRINT),
        "vna.example": ("VNA", Authority.AGENCY),
        "passed.example": ("VNA", Authority.REPRINT),
        "own.example": ("The Herald", Authority.PRESS),
        "ministry.example": ("Ministry of Foreign Affairs", Authority.OFFICIAL),
    }
    said = [event.detail.partition(";")[0] for event in found[2] if event.kind is EventKind.OUTCOME_CORROBORATED]
    assert said == [
        "another carrier of VNA",
        "another carrier of VNA",
        "a new origin, The Herald",
        "a new origin, Ministry of Foreign Affairs",
    ]
    (confirmed,) = [event for event in found[2] if event.kind is EventKind.OUTCOME_CONFIRMED]
    assert (confirmed.before, confirmed.after, confirmed.article) == ("reported", "confirmed", "ministry.example")


def test_the_commands_show_origins_and_carriers_best_first(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = tmp_path_factory.mktemp("data")
    reader = load_reader()
    with open_store(f"sqlite:///{data / 'aseanwatch.db'}", now=DAY) as store:
        for one in SCENE:
            store.record_article(None, one, DAY)
            take(store, reader, one, (), DAY, max_age=None)
        (outcome,) = store.outcomes()

    def says(*words: str) -> str:
        done = CliRunner().invoke(cli, ["outcomes", *words, "--data-dir", str(data)])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "3 origins / 5 carriers" in says("list")
    shown = says("show", outcome.key[:15])
    assert "standing confirmed; nearest report: official" in shown
    assert "3 origins / 5 carriers: VNA, The Herald, Ministry of Foreign Affairs" in shown
    order = ["· official ·", "· agency", "· press ·", "· reprint from VNA ·"]
    assert [shown.index(words) for words in order] == sorted(shown.index(words) for words in order)
    header, row = says("export", "--party", "Nobody").splitlines()[0], says("export").splitlines()[1]
    assert header.endswith("articles,origins,authority,standing,sentence,article")
    assert "VNA; The Herald; Ministry of Foreign Affairs,official,confirmed" in row
    assert row.endswith("ministry.example")
