"""The catalogue that comes with the program, and what an operator may add to it."""

from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.errors import ConfigError
from core.sources import Source, SourceKind, Tier
from ingest.catalogue import OFF, load_catalogue, load_listings
from ingest.urls import same_site


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

    assert [source.id for source in sources] == sorted({source.id for source in sources})
    assert len({source.url for source in sources}) == len(sources)
    assert len(sources) == 174
    watched = {source.country for source in sources if source.enabled}
    assert {"ASEAN", "BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"} <= watched
    assert all(timedelta(minutes=5) <= source.interval <= timedelta(minutes=60) for source in sources)
    assert all(source.zone for source in sources if source.country in {"VN", "TH", "ID", "KH", "LA", "MM"})
    assert {source.kind for source in sources} == set(SourceKind)
    assert all(source.publisher and source.country for source in sources)


def test_a_built_in_source_is_off_exactly_for_one_of_the_known_reasons() -> None:
    listings = load_listings()

    assert {listing.off for listing in listings if not listing.source.enabled} == set(OFF)
    assert [listing.source.id for listing in listings if listing.source.enabled == bool(listing.off)] == []
    assert len([listing for listing in listings if listing.source.enabled]) == 71


def test_sources_whose_terms_forbid_it_are_off_and_say_so() -> None:
    listings = {listing.source.id: listing for listing in load_listings()}

    assert [key for key, listing in listings.items() if listing.off == "terms"] == ["bing-asean", "gnews-asean-fm"]
    assert all(listing.terms for listing in listings.values() if listing.off == "terms")


def test_what_another_source_brings_is_off_only_while_a_source_of_that_site_is_on() -> None:
    listings = load_listings()
    watched = [urlsplit(listing.source.url).hostname or "" for listing in listings if listing.source.enabled]
    spared = [listing.source for listing in listings if listing.off == "overlap"]

    assert len(spared) > 10
    assert [one.id for one in spared if not any(same_site(urlsplit(one.url).hostname or "", host) for host in watched)] == []


def test_a_source_that_is_on_speaks_a_language_that_can_be_read() -> None:
    read = {"en", "multi"} | {Path(file.name).stem for file in (files("classifiers") / "languages").iterdir()}

    assert [source.id for source in load_catalogue() if source.enabled and source.language not in read] == []
    assert [listing.source.id for listing in load_listings() if listing.off == "language" and listing.source.language in read] == []


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


def test_what_is_for_people_is_kept(file: Path) -> None:
    said = 'section = "politics"\naccess = "paywall"\nterms = "Name it."\nnotes = "Ten items."\nenabled = false\noff = "too slow"\n'
    (listing,) = load_listings(written(file, ONE + said), use_builtin=False)

    assert (listing.section, listing.access, listing.terms, listing.notes) == ("politics", "paywall", "Name it.", "Ten items.")
    assert listing.off == "too slow"


def test_what_is_switched_on_is_off_for_no_reason(file: Path) -> None:
    changed = {listing.source.id: listing for listing in load_listings(own=written(file, '[[source]]\nid = "kpl"\nenabled = true\n')[0])}

    assert changed["kpl"].source.enabled
    assert changed["kpl"].off == ""


def test_a_listing_has_its_selector(file: Path) -> None:
    listed = written(file, ONE + 'kind = "listing"\nselector = "main a"\n')
    (source,) = load_catalogue(listed, use_builtin=False)

    assert (source.kind, source.selector) == (SourceKind.LISTING, "main a")


# An upgrade must not stop the start


def test_what_was_said_of_a_source_that_is_gone_is_told_and_changes_nothing(file: Path) -> None:
    told: list[str] = []
    own = written(file, '[[source]]\nid = "gone-with-0-2"\nenabled = false\n[[source]]\nid = "kyodo"\nenabled = false\n')[0]
    sources = {source.id: source for source in load_catalogue(own=own, warn=told.append)}

    [line] = told
    assert "own.toml:1 (gone-with-0-2): no such source is listed any more" in line
    assert not sources["kyodo"].enabled
    assert len(sources) == len(load_catalogue())


def test_what_was_said_of_a_renamed_source_holds_for_it(file: Path, tmp_path: Path) -> None:
    brought = tmp_path / "brought.toml"
    brought.write_text(ONE.replace("mine", "new-name") + 'was = ["mine", "old-name"]\n', encoding="utf-8")
    told: list[str] = []
    [source] = load_catalogue(
        [brought], use_builtin=False, own=written(file, '[[source]]\nid = "old-name"\nenabled = false\n')[0], warn=told.append
    )

    assert (source.id, source.enabled) == ("new-name", False)
    [line] = told
    assert "(old-name): this source is called new-name now" in line


def test_a_source_of_the_users_stays_when_the_program_brings_it_too(file: Path, tmp_path: Path) -> None:
    brought = tmp_path / "brought.toml"
    brought.write_text(ONE.replace("mine", "built-in"), encoding="utf-8")
    told: list[str] = []
    own = written(file, ONE + '[[source]]\nid = "built-in"\nenabled = false\n')[0]
    [source] = load_catalogue([brought], use_builtin=False, own=own, warn=told.append)

    assert source.id == "mine"
    [line] = told
    assert "(mine): built-in is now listed with the same url; yours is watched" in line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ONE + 'intervall = "5m"\n', "own.toml:1 (mine): unknown key intervall; known are"),
        (ONE + ONE, "own.toml:5 (mine): the same id as"),
        (ONE + ONE.replace("mine", "other"), "own.toml:5 (other): the same url as"),
        ('[[source]]\nurl = "https://news.example/"\n', "own.toml:1 (None): id wants"),
        (ONE.replace("mine", "My Own"), "id wants small letters"),
        ('[[source]]\nid = "x"\npublisher = "X"\n', "own.toml:1 (x): url is missing"),
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
        (ONE + 'kind = "gopher"\n', "kind 'gopher' is none of feed, sitemap, listing"),
        (ONE + 'kind = "listing"\n', "kind listing wants a selector"),
        (ONE + 'selector = "a"\n', "kind listing wants a selector"),
        (ONE + 'kind = "listing"\nselector = " "\n', "selector wants a CSS selector"),
        (ONE + 'was = "other"\n', "was wants a list of former ids"),
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
