"""The installed command, as scripts and people use it: its output, its complaints and its exit codes."""

import csv
import io
import json
import random
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon, called, command, until
from newsroom import publish, seed_stories, settings_file
from publisher import Publisher, answers
from receivers import SmtpReceiver, WebhookReceiver

SEEDS = Path(str(files("seeds")))
CLASSIFICATION = {"id", "relevant", "lang", "stage", "alert", "meetings", "topics", "outcomes", "ruleset"}


def _json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# What scripts read


def test_classify_answers_every_line_in_order_and_names_the_bad_one() -> None:
    text = "The ministers adopted the ASEAN-Japan Joint Statement on Smart Cities at their meeting in Manila."
    lines = [
        json.dumps({"id": "one", "title": "ASEAN ministers meet", "text": text, "published": "2026-07-11"}),
        "{no json",
        json.dumps({"id": "two", "title": None, "text": "Rain is expected."}),
    ]

    done = command("classify", input_text="\n".join(lines))

    assert done.returncode == 1
    assert "line 2" in done.stderr
    first, second = _json_lines(done.stdout)
    assert (first["id"], second["id"]) == ("one", "two")
    assert first.keys() >= CLASSIFICATION
    assert not second["relevant"]
    [outcome] = first["outcomes"]
    evidence = outcome["evidence"]
    assert {"title": "ASEAN ministers meet", "text": text}[evidence["field"]][evidence["start"] : evidence["end"]] == evidence["text"]


def test_classify_reads_a_file_and_leaves_with_0(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text(json.dumps({"id": "x", "title": "", "text": ""}) + "\n", encoding="utf-8")

    done = command("classify", str(file))

    assert (done.returncode, done.stderr) == (0, "")
    assert [record["id"] for record in _json_lines(done.stdout)] == ["x"]


def test_replay_tells_alerts_in_order_then_the_register_then_the_sum() -> None:
    done = command("replay", str(SEEDS), "--json")

    assert done.returncode == 0, done.stderr
    records = _json_lines(done.stdout)
    kinds = [record["kind"] for record in records]
    assert kinds == sorted(kinds, key=["alert", "outcome", "summary"].index)
    alerts = [record for record in records if record["kind"] == "alert"]
    assert alerts
    assert [one["at"] for one in alerts] == sorted(one["at"] for one in alerts)
    texts = {label["id"]: (SEEDS / label["file"]).read_text("utf-8") for label in json.loads((SEEDS / "labels.json").read_text("utf-8"))}
    for one in alerts:
        assert one.keys() >= {"kind", "at", "event", "outcome", "evidence", "article", "corroborates"}
        assert one["outcome"].keys() == {"key", "type", "status", "previous_status", "level", "title", "parties", "meeting"}
        evidence = one["evidence"]
        assert texts[one["article"]][evidence["start"] : evidence["end"]] == evidence["text"]
    summary = records[-1]
    assert (summary["articles"], summary["alerts"], summary["failures"]) == (5, len(alerts), 0)
    assert summary["outcomes"] == kinds.count("outcome")


def test_replay_without_json_is_a_timeline() -> None:
    done = command("replay", str(SEEDS))

    assert done.returncode == 0
    assert done.stdout.startswith("alert ")
    assert done.stdout.splitlines()[-1].startswith("articles 5 · ")


def test_parse_answers_for_every_file_whatever_it_holds(tmp_path: Path) -> None:
    with Publisher() as publisher:
        publish(publisher, seed_stories()[1])
        for path in ("/rss.xml", "/atom.xml", "/feed.json"):
            found = publisher.document(path)
            assert found is not None
            (tmp_path / path[1:]).write_bytes(found[1])
    (tmp_path / "rss-cut.xml").write_bytes((tmp_path / "rss.xml").read_bytes()[:-40])
    (tmp_path / "page.html").write_text("<html><body>Not found</body></html>")
    (tmp_path / "sitemap.xml").write_text("<urlset><url><loc>https://news.example/1</loc></url></urlset>")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "noise").write_bytes(random.Random(3000).randbytes(3000))

    done = command("parse", str(tmp_path), "--json")

    assert done.returncode == 0, done.stderr
    told = {Path(record["file"]).name: record for record in _json_lines(done.stdout)}
    assert list(told) == sorted(path.name for path in tmp_path.iterdir())
    assert {name for name, record in told.items() if record["ok"]} == {"rss.xml", "atom.xml", "feed.json", "rss-cut.xml", "sitemap.xml"}
    assert told["rss-cut.xml"]["reason"] == "malformed_feed"
    assert {told[name]["reason"] for name in ("page.html", "empty", "noise")} == {"not_a_feed"}
    assert told["rss.xml"]["reason"] is None
    [entry] = told["atom.xml"]["entries"]
    assert entry.keys() == {"identity", "title", "link", "published", "summary"}
    assert entry["published"].startswith("2020-09-14T09:00:00")


def test_parse_answers_for_every_page_whatever_it_holds(tmp_path: Path) -> None:
    with Publisher() as publisher:
        publish(publisher, seed_stories()[1])
        found = publisher.document("/news/seed001.html")
        assert found is not None
        (tmp_path / "article.html").write_bytes(found[1])
    (tmp_path / "cut.html").write_bytes(found[1][:-400])
    (tmp_path / "wall.html").write_text("<html><title>Just a moment...</title><body>news.example</body></html>")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "noise").write_bytes(random.Random(3000).randbytes(3000))

    done = command("parse", "--pages", str(tmp_path), "--json")

    assert done.returncode == 0, done.stderr
    told = {Path(record["file"]).name: record for record in _json_lines(done.stdout)}
    assert {name for name, record in told.items() if record["ok"]} == {"article.html", "cut.html"}
    assert told["article.html"]["text"].split("\n") == list(seed_stories()[1].paragraphs)
    assert told["article.html"].keys() == told["empty"].keys() == {"file", "ok", "reason", "title", "published", "flags", "text"}
    assert told["wall.html"]["reason"] == "challenge"
    assert {record["reason"] for record in told.values() if record["ok"]} == {None}


# What people read


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["frobnicate"], 2, "No such command 'frobnicate'"),
        (["outcomes", "list", "--status", "maybe"], 2, "'maybe' is not one of"),
        (["outcomes", "list", "--since", "yesterday"], 2, "is no date"),
        (["replay", "no-such-folder"], 2, "does not exist"),
        (["db", "info", "--data-dir", "no-such-folder"], 2, "no database yet"),
        (["run", "--config", "no-such-file.toml"], 2, "no-such-file.toml"),
        (["sources", "show", "nobody", "--data-dir", "no-such-folder"], 1, "nobody: no such source"),
        (["alerts", "test", "nobody", "--data-dir", "no-such-folder"], 2, "nobody: no such target"),
    ],
)
def test_an_error_names_subject_and_remedy_without_a_traceback(arguments: list[str], code: int, words: str) -> None:
    done = called(*arguments)

    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_misspelt_setting_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "aseanwatch.toml").write_text("[fetch]\ncontct = 'x'\n")

    done = called("run", "--config", str(tmp_path / "aseanwatch.toml"))

    assert done.returncode == 2
    assert "fetch.contct" in done.stderr
    assert "fetch.contact" in done.stderr


def test_the_version_is_said() -> None:
    assert called("--version").stdout.startswith("aseanwatch 0.")


# A round of the watch, and what is left of it


@pytest.fixture(scope="module")
def round_done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The settings of a watch after two rounds, the first on empty feeds: seeds 001 and 002 read, two messages sent, one feed broken."""
    folder = tmp_path_factory.mktemp("round")
    with Publisher() as publisher, SmtpReceiver() as post, WebhookReceiver() as hook:
        settings = settings_file(folder, publisher, {"desk_mail": post.url, "ministry_hook": hook.url})
        _, press_conference, partners, *_ = seed_stories()
        assert command("run", "--config", str(settings), "--once").returncode == 0
        publish(publisher, press_conference)
        publish(publisher, partners)
        publisher.behaves("/atom.xml", answers(410))
        hook.next_answers(404)
        done = command("run", "--config", str(settings), "--once")
        assert done.returncode == 0, done.stderr
        yield settings


def test_sources_say_how_they_fare(round_done: Path) -> None:
    told = {one["id"]: one for one in _json_lines(called("sources", "list", "--json", "--config", str(round_done)).stdout)}

    assert (told["courier-rss"]["status"], told["courier-rss"]["entries"]) == ("ok", 2)
    assert (told["courier-atom"]["status"], told["courier-atom"]["reason"]) == ("failing", "http_410")
    assert "courier-atom" in called("sources", "list", "--status", "failing", "--config", str(round_done)).stdout
    shown = called("sources", "show", "courier-rss", "--config", str(round_done)).stdout
    assert "aseanwatch sources disable courier-rss" in shown
    assert "ASEAN foreign ministers meet partners in Vientiane" in shown


def test_a_source_is_tried_without_keeping_anything(round_done: Path) -> None:
    before = called("db", "info", "--json", "--config", str(round_done)).stdout
    with Publisher() as publisher:
        publish(publisher, seed_stories()[3])
        done = called("sources", "test", publisher.url(), "--config", str(round_done))

    assert done.returncode == 0, done.stderr
    assert "rss20" in done.stdout
    assert "Vietnam attends" in done.stdout
    assert called("db", "info", "--json", "--config", str(round_done)).stdout == before


def test_outcomes_are_shown_with_their_proof_and_exported(round_done: Path) -> None:
    listed = _json_lines(called("outcomes", "list", "--status", "done", "--json", "--config", str(round_done)).stdout)
    uk = next(one for one in listed if "UK" in one["parties"] and one["type"] == "document")

    shown = called("outcomes", "show", uk["key"], "--config", str(round_done)).stdout
    assert "the ASEAN-UK Joint Statement on Strengthening Connectivity" in shown
    exported = called("outcomes", "export", "--status", "done", "--config", str(round_done)).stdout
    rows = list(csv.DictReader(io.StringIO(exported)))
    assert {row["key"] for row in rows} == {one["key"] for one in listed}
    assert "Strengthening Connectivity" in next(row["sentence"] for row in rows if row["key"] == uk["key"])


def test_alerts_show_every_attempt_and_can_be_retried(round_done: Path) -> None:
    told = _json_lines(called("alerts", "list", "--json", "--config", str(round_done)).stdout)
    refused = [one for one in told if one["state"] == "dead"]
    assert [(one["target"], one["attempts"][0]["kind"]) for one in refused] == [("ministry_hook", "rejected")]

    assert called("alerts", "retry", refused[0]["key"][:13], "--config", str(round_done)).returncode == 0
    again = called("alerts", "show", refused[0]["key"], "--config", str(round_done))
    assert "to ministry_hook: pending" in again.stdout
    sent = next(one for one in told if one["state"] == "sent")
    done = called("alerts", "retry", sent["key"], "--config", str(round_done))
    assert done.returncode == 1
    assert "was sent" in done.stderr


def test_a_target_is_tried_with_a_message_that_says_so(tmp_path: Path) -> None:
    with Publisher() as publisher, WebhookReceiver() as hook:
        settings = settings_file(tmp_path, publisher, {"hook": hook.url})
        assert called("alerts", "test", "hook", "--config", str(settings)).returncode == 0
        [request] = hook.wait_for(1)
        assert "A test of aseanwatch" in request.json["title"]
        hook.next_answers(403)
        done = called("alerts", "test", "hook", "--config", str(settings))

    assert done.returncode == 1
    assert "hook: rejected" in done.stderr


def test_the_database_is_described_and_checked(round_done: Path) -> None:
    held = json.loads(called("db", "info", "--json", "--config", str(round_done)).stdout)
    assert held["counts"]["articles"]["read"] == 2
    assert held["storage"]["kind"] == "sqlite"
    assert called("db", "check", "--config", str(round_done)).returncode == 0
    assert called("db", "upgrade", "--config", str(round_done)).returncode == 0


# Doctor


def test_doctor_finds_nothing_wrong_with_a_fresh_installation(tmp_path: Path) -> None:
    done = called("doctor", "--data-dir", str(tmp_path / "data"))

    assert done.returncode == 0, done.stdout
    assert "bad" not in done.stdout
    assert not (tmp_path / "data").exists()


def test_doctor_sees_that_the_watch_is_alive(tmp_path: Path) -> None:
    with Publisher() as publisher:
        settings = settings_file(tmp_path, publisher, {})
        with Daemon("--config", str(settings)) as daemon:
            daemon.wait_for("started")
            until(lambda: "runs; last alive" in called("doctor", "--config", str(settings)).stdout, 10, "a heartbeat", say=daemon.told)
            alive = command("doctor", "--quick", "--config", str(settings))
            assert daemon.terminate() == 0
        gone = called("doctor", "--config", str(settings))

    assert alive.returncode == 0, alive.stdout
    assert "note  watch      does not run; last alive" in gone.stdout


def test_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "aseanwatch.db").write_bytes(b"this is no database" * 100)
    (tmp_path / "rules.toml").write_text("[[surprise]]\nx = 1\n")
    settings = tmp_path / "aseanwatch.toml"
    settings.write_text(
        f"data_dir = '{data}'\n[rules]\nfiles = ['rules.toml']\n[catalogue]\nuse_builtin = false\n[alerts.targets.desk]\nurl = 'https://x.example/'\n"
    )

    done = called("doctor", "--json", "--config", str(settings))

    assert done.returncode == 1
    bad = {one["check"] for one in _json_lines(done.stdout) if one["verdict"] == "bad"}
    assert bad == {"rules", "catalogue", "targets", "database", "soundness"}
