"""The catalogue that comes with the program, and what an operator may add to it."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.sources import Source, Tier
from ingest.catalogue import load_catalogue, load_listings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own.toml"


def written(file: Path, text: str) -> list[Path]:
    file.write_text(text, encoding="utf-8")
    return [file]


def complaint(file: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_catalogue(written(file, text), use_builtin=False)
    return str(caught.value)


ONE = '[[source]]\nid = "mine"\nurl = "https://news.example/rss"\npublisher = "Mine"\n'


def test_the_built_in_catalogue_is_sound_and_broad() -> None:
    sources = load_catalogue()

    assert [source.id for source in sources] == sorted(source.id for source in sources)
    assert len(sources) == 165
    assert sum(source.enabled for source in sources) == 57
    watched = {source.country for source in sources if source.enabled}
    assert {"ASEAN", "BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"} <= watched
    assert all(timedelta(minutes=5) <= source.interval <= timedelta(minutes=60) for source in sources)
    assert all(source.zone for source in sources if source.country in {"VN", "TH", "ID", "KH", "LA", "MM"})


def test_sources_whose_licence_forbids_it_are_off() -> None:
    listings = load_listings()

    assert [listing.source.id for listing in listings if "LICENCE" in listing.notes and not listing.source.enabled] == [
        "bing-asean",
        "gnews-asean-fm",
    ]
    assert not [listing.source.id for listing in listings if "LICENCE" in listing.notes and listing.source.enabled]


def test_a_source_of_ones_own(file: Path) -> None:
    own = '[defaults]\ncountry = "VN"\nzone = "Asia/Ho_Chi_Minh"\ntier = "official"\n' + ONE + 'language = "vi"\ninterval = "90s"\n'

    assert load_catalogue(written(file, own), use_builtin=False) == (
        Source(
            id="mine",
            url="https://news.example/rss",
            publisher="Mine",
            country="VN",
            language="vi",
            tier=Tier.OFFICIAL,
            interval=timedelta(seconds=90),
            zone="Asia/Ho_Chi_Minh",
        ),
    )


@pytest.mark.parametrize(("tier", "minutes"), [("official", 10), ("agency", 10), ("press", 15), ("think_tank", 60), ("aggregator", 30)])
def test_the_tier_sets_the_pace(file: Path, tier: str, minutes: int) -> None:
    (source,) = load_catalogue(written(file, ONE + f'tier = "{tier}"\n'), use_builtin=False)

    assert source.interval == timedelta(minutes=minutes)


def test_the_same_id_changes_what_is_given_and_nothing_else(file: Path) -> None:
    before = {source.id: source for source in load_catalogue()}
    after = {
        source.id: source
        for source in load_catalogue(written(file, '[defaults]\ncountry = "XX"\n[[source]]\nid = "asean-news"\nenabled = false\n'))
    }

    assert before["asean-news"].enabled
    assert not after["asean-news"].enabled
    assert after["asean-news"].url == before["asean-news"].url
    assert after["asean-news"].country == "ASEAN"
    assert len(after) == len(before)


def test_section_access_and_notes_are_kept_for_people(file: Path) -> None:
    (listing,) = load_listings(written(file, ONE + 'section = "politics"\naccess = "paywall"\nnotes = "Ten items."\n'), use_builtin=False)

    assert (listing.section, listing.access, listing.notes) == ("politics", "paywall", "Ten items.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ONE + 'intervall = "5m"\n', "own.toml:1 (mine): unknown key intervall; known are"),
        (ONE + ONE, "own.toml:5 (mine): the same id as"),
        (ONE + ONE.replace("mine", "other"), "own.toml:5 (other): the same url as"),
        ('[[source]]\nurl = "https://news.example/"\n', "own.toml:1 (None): id wants"),
        (ONE.replace("mine", "My Own"), "id wants small letters"),
        ('[[source]]\nid = "nobody"\nenabled = false\n', "own.toml:1 (nobody): url is missing"),
        ('[[source]]\nid = "x"\nurl = "https://news.example/"\n', "publisher is missing"),
        (ONE + 'tier = "gossip"\n', "tier 'gossip' is none of official, agency"),
        (ONE + 'interval = "0m"\n', "interval wants a time from 1s to 24h"),
        (ONE + 'interval = "25h"\n', "interval wants"),
        (ONE + 'interval = "often"\n', "interval wants"),
        (ONE + "interval = 10\n", "wants text, not 10"),
        (ONE + 'enabled = "no"\n', "enabled wants true or false"),
        (ONE + 'zone = "Asia/Nowhere"\n', "not an IANA time zone"),
        (ONE + 'zone = "../etc"\n', "not an IANA time zone"),
        (ONE + 'language = "English"\n', "language wants"),
        (ONE + 'kind = "sitemap"\n', "kind 'sitemap' is none"),
        (ONE.replace("https://", "ftp://"), "url scheme ftp"),
        (ONE.replace("https://", "https://me:secret@"), "url holds a user name"),
        ("[defaults]\ncolour = 1\n", "[defaults]: unknown key colour"),
        ("[sources]\n", "unknown key sources"),
        ("source = 1\n", "wants one [defaults] table"),
        ("[[source]\n", "own.toml: is not TOML"),
    ],
)
def test_what_does_not_fit_is_refused_by_file_line_and_id(file: Path, text: str, says: str) -> None:
    assert says in complaint(file, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: cannot be read"):
        load_catalogue([tmp_path / "gone.toml"])
