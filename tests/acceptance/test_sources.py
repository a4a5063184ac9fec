"""`aseanwatch sources` as people use it, on a site of our own."""

import json
from pathlib import Path

import pytest
from daemon import Daemon, called, until
from newsroom import publish, seed_stories, settings_file
from publisher import Publisher


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
