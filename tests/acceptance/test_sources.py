"""`aseanwatch sources` as people use it, on a site of our own."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon import Daemon, called, until
from newsroom import publish, seed_stories, settings_file
from publisher import ATOM, JSON, RSS, Publisher, answers, mislabelled, redirects

from core.sources import SourceKind
from ingest.catalogue import load_listings


def _listed(settings: Path) -> dict[str, str]:
    """Source -> its status, by `sources list`."""
    lines = called("sources", "list", "--json", "--config", str(settings)).stdout.splitlines()
    return {one["id"]: one["status"] for one in map(json.loads, lines)}


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings of a watch that never started, over the built-in catalogue."""
    file = tmp_path / "aseanwatch.toml"
    file.write_text(f'data_dir = "{tmp_path / "data"}"\n', encoding="utf-8")
    return file


# Switches


def test_sources_are_switched_and_say_why(settings: Path) -> None:
    off = called("sources", "disable", "kyodo", "vna-en", "--reason", "from ANN", "--config", str(settings))
    on = called("sources", "enable", "gnews-asean-fm", "--config", str(settings))

    assert (off.returncode, off.stdout) == (0, "kyodo is off: from ANN\nvna-en is off: from ANN\n")
    assert "gnews-asean-fm is on; its terms of use: For a personal feed reader" in on.stdout
    told = _listed(settings)
    assert (told["kyodo"], told["vna-en"], told["gnews-asean-fm"]) == ("off", "off", "waiting")
    shown = called("sources", "show", "kyodo", "--config", str(settings)).stdout
    assert "from ANN" in shown
    assert "aseanwatch sources enable kyodo" in shown
    assert called("sources", "enable", "kyodo", "--config", str(settings)).stdout == "kyodo is on\n"
    assert "from ANN" not in called("sources", "show", "kyodo", "--config", str(settings)).stdout


def test_a_built_in_source_tells_why_it_is_off(settings: Path) -> None:
    shown = called("sources", "show", "bing-asean", "--config", str(settings)).stdout

    assert "its terms of use forbid reading by programs" in shown
    assert "non-commercial feed reader only" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["enable", "nobody"], "nobody: no such source; `aseanwatch sources list` names them"),
        (["disable", "kyodo", "nobody"], "nobody: no such source"),
        (["remove", "kyodo"], "kyodo: comes with the program or a file that your settings name; switch it off with"),
        (["move", "kyodo", "https://asean.org/feed/"], "https://asean.org/feed/: asean-all has this address already"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(settings: Path, arguments: list[str], words: str) -> None:
    done = called("sources", *arguments, "--config", str(settings))

    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert not (settings.parent / "data").exists()


def test_an_address_that_cannot_be_fetched_is_refused_with_its_reason(settings: Path) -> None:
    done = called("sources", "move", "kyodo", "ftp://kyodo.example/feed", "--config", str(settings))

    assert done.returncode == 2
    assert "(kyodo): url scheme ftp is not http or https" in done.stderr
    assert list((settings.parent / "data").iterdir()) == []


def test_what_an_upgrade_dropped_is_told_by_name_and_stops_nothing(settings: Path, caplog: pytest.LogCaptureFixture) -> None:
    called("sources", "disable", "kyodo", "--config", str(settings))
    own = settings.parent / "data" / "sources.toml"
    own.write_text(own.read_text() + '\n[[source]]\nid = "dropped"\nenabled = false\n')

    assert _listed(settings)["kyodo"] == "off"
    assert "(dropped): no such source is listed any more" in caplog.text
    assert called("sources", "enable", "kyodo", "--config", str(settings)).returncode == 0
    assert 'id = "dropped"' in own.read_text()
    caplog.clear()
    examined = called("doctor", "--config", str(settings))
    assert "(dropped): no such source is listed any more" in " ".join(examined.stdout.split())
    assert called("sources", "remove", "dropped", "--config", str(settings)).returncode == 0
    assert 'id = "dropped"' not in own.read_text()
    assert called("sources", "remove", "dropped", "--config", str(settings)).returncode == 1


def test_a_running_watch_goes_by_the_switches(tmp_path: Path) -> None:
    with Publisher() as publisher:
        publish(publisher, seed_stories()[1])
        settings = settings_file(tmp_path, publisher, {})
        with Daemon("--config", str(settings)) as watch:
            until(lambda: publisher.asked("/rss.xml") and publisher.asked("/atom.xml"), 30, "the first polls", say=watch.told)
            assert called("sources", "disable", "courier-atom", "--config", str(settings)).returncode == 0
            assert called("sources", "move", "courier-rss", publisher.url("/feed.json"), "--config", str(settings)).returncode == 0
            until(lambda: len(publisher.asked("/feed.json")) > 1, 30, "polls at the new address", say=watch.told)
            before = len(publisher.asked("/atom.xml"))
            until(lambda: len(publisher.asked("/feed.json")) > 4, 30, "more of them", say=watch.told)
            assert len(publisher.asked("/atom.xml")) == before
            assert watch.terminate() == 0


# A new source


@pytest.fixture
def site() -> Iterator[Publisher]:
    """A site whose home page declares its feed, with two of the seed articles on it."""
    with Publisher() as publisher:
        for story in seed_stories()[1:3]:
            publish(publisher, story)
        publisher.behaves("/", answers(200, body=f'<link rel="alternate" type="application/rss+xml" href="{RSS}">'.encode()))
        yield publisher


@pytest.fixture
def lonely(tmp_path: Path) -> Path:
    """The settings of a watch that never started, without any source, which may reach this machine."""
    file = tmp_path / "aseanwatch.toml"
    fetch = '[fetch]\nallow = ["127.0.0.1/32"]\nper_host_gap_seconds = 0\ndeadline_seconds = 5\n'
    file.write_text(f'data_dir = "{tmp_path / "data"}"\n{fetch}[catalogue]\nuse_builtin = false\n', encoding="utf-8")
    return file


def _own(settings: Path, data: str = "data") -> dict[str, dict[str, object]]:
    """Source -> what the user's own file says of it; empty when there is none."""
    file = settings.parent / data / "sources.toml"
    return {one["id"]: one for one in tomllib.loads(file.read_text("utf-8"))["source"]} if file.exists() else {}


def test_a_site_is_previewed_and_nothing_is_kept_without_a_yes(site: Publisher, lonely: Path) -> None:
    done = called("sources", "add", site.url("/"), "--config", str(lonely))

    assert done.returncode == 1
    for words in (
        "The ASEAN Courier",
        "feed (rss20)",
        "ASEAN foreign ministers meet partners in Vientiane",
        "2024-07-27",
        "lets them be read",
    ):
        assert words in done.stdout
    assert "relevant" in done.stdout
    assert [proof for proof in seed_stories()[2].proofs if proof in done.stdout]
    assert "document, done: " in done.stdout
    assert "nothing was saved" in done.stderr
    assert not (lonely.parent / "data").exists()


def test_a_yes_saves_it_with_what_was_said_and_found(site: Publisher, lonely: Path) -> None:
    done = called(
        "sources", "add", site.url("/"), "--yes", "--tier", "official", "--country", "TH", "--interval", "5m", "--config", str(lonely)
    )

    assert done.returncode == 0, done.stderr
    assert "the-asean-courier is watched" in done.stdout
    assert _own(lonely) == {
        "the-asean-courier": {
            "id": "the-asean-courier",
            "url": site.url(RSS),
            "publisher": "The ASEAN Courier",
            "country": "TH",
            "language": "en",
            "interval": "5m",
            "tier": "official",
        }
    }
    assert _listed(lonely) == {"the-asean-courier": "waiting"}

    again = called("sources", "add", site.url("/rss.xml/"), "--config", str(lonely))
    assert again.returncode == 1
    assert "is listed as the-asean-courier already; it is watched" in again.stderr
    assert called("sources", "remove", "the-asean-courier", "--config", str(lonely)).stdout == "the-asean-courier is no longer listed\n"
    assert _listed(lonely) == {}


def test_of_several_feeds_the_user_picks_one(site: Publisher, lonely: Path) -> None:
    page = "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in ("/gone.xml", RSS, JSON))
    site.behaves("/", answers(200, body=page.encode()))
    done = called("sources", "add", site.url("/"), "--id", "courier", "--config", str(lonely), input_text="2\ny\n")

    assert done.returncode == 0, done.stderr
    assert site.url("/gone.xml") not in done.stdout
    assert (_own(lonely)["courier"]["url"], "kind" in _own(lonely)["courier"]) == (site.url(JSON), False)


def test_the_preview_in_json_asks_nothing_and_saves_nothing(site: Publisher, lonely: Path) -> None:
    site.behaves("/robots.txt", answers(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /news/"))
    done = called("sources", "add", site.url(RSS), "--json", "--config", str(lonely))
    told = json.loads(done.stdout)

    assert done.returncode == 0
    assert (told["format"], told["items"], told["pages"], told["saved"]) == ("rss20", 2, "robots_disallowed", False)
    assert [page["reason"] for page in told["read"]] == ["robots_disallowed"] * 2
    assert all(page["reading"]["lang"] for page in told["read"])
    assert not [request for request in site.requests if request.path.startswith("/news/")]
    assert _own(lonely) == {}


def test_a_site_without_a_feed_says_what_was_tried_and_what_to_do(lonely: Path) -> None:
    with Publisher() as publisher:
        publisher.behaves("/", answers(200, body=b"<html><p>News by mail only"))
        for path in (RSS, ATOM, JSON):
            publisher.behaves(path, answers(404))
        done = called("sources", "add", publisher.url("/"), "--config", str(lonely))

    assert done.returncode == 1
    assert "no feed was found; give the address of a feed, or that of a list page with --kind listing --selector" in done.stderr
    assert f"{publisher.url('/rss.xml')} (" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["http://127.0.0.1:9/"], 1, "http://127.0.0.1:9/: connect_failed"),
        (["not an address"], 1, "an address begins with https://"),
        (["https://x.example/", "--kind", "listing"], 2, "--kind listing and --selector go together"),
        (["https://x.example/", "--selector", "a"], 2, "--kind listing and --selector go together"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(lonely: Path, arguments: list[str], code: int, words: str) -> None:
    done = called("sources", "add", *arguments, "--config", str(lonely))

    assert done.returncode == code
    assert words in done.stderr
    assert not (lonely.parent / "data").exists()


# All of them at once


def test_a_check_tries_all_says_how_each_answers_and_keeps_nothing(site: Publisher, lonely: Path, tmp_path: Path) -> None:
    places = {"good": RSS, "wrong": "/index.html", "gone": "/gone.xml", "moved": "/old.xml", "off": "/off.xml"}
    (tmp_path / "own.toml").write_text(
        "".join(f'[[source]]\nid = "{name}"\nurl = "{site.url(path)}"\npublisher = "X"\n' for name, path in places.items())
        + "enabled = false\n"
    )
    lonely.write_text(lonely.read_text() + 'files = ["own.toml"]\n')
    site.behaves("/index.html", answers(200, body=b"<html><title>Maintenance</title>"))
    site.behaves("/gone.xml", answers(410))
    site.behaves("/old.xml", redirects(site.url("/atom.xml"), 301))
    site.behaves("/atom.xml", mislabelled("text/plain"))

    done = called("sources", "check", "--json", "--config", str(lonely))
    told = {one["id"]: one for one in map(json.loads, done.stdout.splitlines())}

    assert done.returncode == 1
    assert {name: one["reason"] for name, one in told.items()} == {"good": None, "wrong": "not_a_feed", "gone": "http_410", "moved": None}
    assert (told["good"]["format"], told["good"]["items"], told["good"]["known"], told["good"]["pages"]) == ("rss20", 2, None, "allowed")
    assert (told["moved"]["moved_to"], told["good"]["moved_to"]) == (site.url("/atom.xml"), None)
    assert told["good"]["newest"].startswith("2024-07-27")
    assert "Maintenance" in told["wrong"]["detail"]
    assert not (lonely.parent / "data").exists()

    shown = called("sources", "check", "good", "good", "--config", str(lonely))
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[-1] == "1 answered, 0 failed"
    assert not site.asked("/off.xml")
    assert called("sources", "check", "--all", "--config", str(lonely)).stdout.splitlines()[-1] == "2 answered, 3 failed"
    assert "nobody: no such source" in called("sources", "check", "nobody", "--config", str(lonely)).stderr


def test_a_check_says_how_much_of_a_feed_is_known(site: Publisher, tmp_path: Path) -> None:
    settings = settings_file(tmp_path, site, {})
    assert called("run", "--once", "--config", str(settings)).returncode == 0
    publish(site, seed_stories()[3])
    before = called("db", "info", "--json", "--config", str(settings)).stdout
    told = [json.loads(line) for line in called("sources", "check", "--json", "--config", str(settings)).stdout.splitlines()]

    assert [(one["id"], one["items"], one["known"]) for one in told] == [("courier-atom", 3, 2), ("courier-rss", 3, 2)]
    assert called("db", "info", "--json", "--config", str(settings)).stdout == before


# Other readers' lists


OPML = """<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><body>
<outline text="Asia"><outline text="Agencies"><outline text="Hãng tin" type="rss" xmlUrl="https://agency.example.vn/rss"/></outline>
<outline text="Kyodo" type="rss" xmlUrl="http://english.kyodonews.net/rss/kyodonews-fzone.xml"/>
<outline text="Again" type="rss" xmlUrl="https://www.agency.example.vn/rss/"/></outline>
<outline text="Files" type="rss" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


def test_a_list_is_tried_dry_and_then_taken_over(settings: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.opml"
    file.write_text(OPML, encoding="utf-8")
    dry = called("sources", "import", str(file), "--dry-run", "--config", str(settings))

    assert dry.returncode == 0
    assert dry.stdout.splitlines()[-1] == "1 would be added, 3 left out"
    for words in ("kyodonews-fzone.xml: is kyodo already", "https://www.agency.example.vn/rss/: is hang-tin already", "url scheme file"):
        assert words in dry.stderr
    assert not (settings.parent / "data").exists()
    done = called("sources", "import", str(file), "--tier", "agency", "--language", "vi", "--off", "--config", str(settings))
    assert done.stdout.splitlines()[-1] == "1 added, 3 left out"
    [own] = _own(settings).values()
    assert own == {
        "id": "hang-tin",
        "url": "https://agency.example.vn/rss",
        "publisher": "Hãng tin",
        "tier": "agency",
        "country": "VN",
        "language": "vi",
        "section": "Asia/Agencies",
        "enabled": False,
    }
    assert "Asia/Agencies" in called("sources", "show", "hang-tin", "--config", str(settings)).stdout


def test_what_is_exported_is_imported_the_same(settings: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.opml"
    done = called("sources", "export", "--all", "--opml", str(file), "--config", str(settings))
    empty = tmp_path / "empty.toml"
    empty.write_text(f'data_dir = "{tmp_path / "other"}"\n[catalogue]\nuse_builtin = false\n', encoding="utf-8")
    assert called("sources", "import", str(file), "--config", str(empty)).returncode == 0

    assert "left out: kr-mofa: a listing is nothing for a feed reader" in done.stderr
    wanted = {
        (listing.source.url, listing.source.publisher, listing.section)
        for listing in load_listings()
        if listing.source.kind is SourceKind.FEED
    }
    assert len(wanted) > 150
    assert {(one["url"], one["publisher"], one.get("section", "")) for one in _own(empty, "other").values()} == wanted


def test_what_is_exported_to_standard_output_is_nothing_but_the_document(settings: Path) -> None:
    done = called("sources", "export", "--config", str(settings))

    assert done.stdout.startswith("<?xml")
    assert done.stdout.endswith("</opml>\n")
    assert "https://asean.org/category/news/feed/" in done.stdout
    assert "bing.com" not in done.stdout


@pytest.mark.parametrize("body", ["", "no list", "<rss/>"])
def test_what_is_no_list_is_refused_by_name(settings: Path, tmp_path: Path, body: str) -> None:
    file = tmp_path / "odd.opml"
    file.write_text(body)
    done = called("sources", "import", str(file), "--config", str(settings))

    assert (done.returncode, done.stdout) == (1, "")
    assert "odd.opml: not_a_feed: no OPML" in done.stderr
