"""`aseanwatch alerts` as it is called: what was told and why, put back in line, and what other routes would have sent."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from stores import MINUTE, NOW, reading, story, tell

from aseanwatch.cli import cli
from core.alerts import DeliveryState, Receipt, ReceiptKind
from core.delivery import Step
from core.routes import Ask, Recipient, Route, Routing
from store import open_store

TARGETS = '[alerts.targets.desk]\nurl = "json://127.0.0.1/"\n[alerts.targets.mail]\nurl = "json://127.0.0.1/mail"\n'


class Office:
    """A database with four alerts: one sent, one dead, two waiting for a digest; and a command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'aseanwatch.db'}"
        (folder / "aseanwatch.toml").write_text(f"data_dir = '{folder}'\n{TARGETS}", encoding="utf-8")
        with open_store(self.url, now=NOW) as store:
            for number, (name, state) in enumerate((("sent", DeliveryState.SENT), ("dead", DeliveryState.DEAD))):
                tell(store, story(name), reading(story(name), name), targets=["desk"], now=NOW + number * MINUTE)
                claimed = store.claim_delivery("me", NOW + number * MINUTE, 60)
                assert claimed
                step = Step(state=state, reason="410" if state is DeliveryState.DEAD else "")
                store.record_receipt(claimed[0], Receipt(kind=ReceiptKind.ACCEPTED), step, NOW + number * MINUTE)
            daily = Route(name="daily", targets=("mail",), digest=lambda now: NOW + 60 * MINUTE)
            routing = Routing(recipients=(Recipient(name="mail"),), routes=(daily,))
            for number, name in enumerate(("first", "second"), 5):
                tell(store, story(name), reading(story(name), name), targets=routing, now=NOW + number * MINUTE)

    def calls(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, [*arguments, "--config", str(self.folder / "aseanwatch.toml")], env={"COLUMNS": "200"})

    def asks(self, *arguments: str) -> list[dict[str, object]]:
        said = self.calls(*arguments, "--json")
        assert said.exit_code == 0, said.output
        return [json.loads(line) for line in said.stdout.splitlines()]

    def routes(self, toml: str) -> str:
        (self.folder / "routes.toml").write_text(toml, encoding="utf-8")
        return str(self.folder / "routes.toml")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_deliveries_are_listed_with_their_rule_and_counted_by_state(office: Office) -> None:
    said = office.calls("alerts", "list").output

    assert "route daily" in said
    assert "in digest daily at 2026-07-11 10:00:00Z" in said
    assert said.splitlines()[-1] == ("pending 2 · sending 0 · sent 1 · retry 0 · unknown 0 · dead 1 · suppressed 0 · all 4")


@pytest.mark.parametrize(
    ("asked", "headlines"),
    [
        ([], ["second", "first", "dead", "sent"]),
        (["--state", "dead"], ["dead"]),
        (["--target", "mail"], ["second", "first"]),
        (["--kind", "correction"], []),
        (["--kind", "news", "--target", "desk"], ["dead", "sent"]),
        (["--since", "2026-07-11T09:01"], ["second", "first", "dead"]),
        (["--limit", "1"], ["second"]),
    ],
)
def test_the_list_is_of_what_meets_every_condition_newest_first(office: Office, asked: list[str], headlines: list[str]) -> None:
    found = [str(one["headline"]).removeprefix("ASEAN: ") for one in office.asks("alerts", "list", *asked)]

    assert found == headlines


def test_the_counts_add_up_for_what_was_asked(office: Office) -> None:
    [all_] = office.asks("alerts", "list", "--counts")
    [desk] = office.asks("alerts", "list", "--counts", "--target", "desk")

    for counts in (all_, desk):
        numbers = {name: int(str(number)) for name, number in counts.items()}
        assert numbers["all"] == sum(numbers[state.value] for state in DeliveryState)
    assert (all_["all"], desk["all"], desk["dead"]) == (4, 2, 1)


def test_a_digest_shows_what_it_lists_and_its_members_say_so(office: Office) -> None:
    with open_store(office.url, now=NOW) as store:
        [digest] = store.assemble_digests(NOW + 61 * MINUTE)
    said = office.calls("alerts", "show", digest.key[:8]).output
    [member, _] = office.asks("alerts", "list", "--state", "suppressed")

    assert "2 alerts, gathered by route daily" in said
    assert "ASEAN: first" in said
    assert "[document, done] second" in said
    assert "by digest: daily" in said
    assert (member["listed_in"], member["rule"]) == (digest.key, "route daily")
    assert office.asks("alerts", "show", digest.key)[0]["parts"] == [part.alert for part in digest.parts]


def test_all_that_is_dead_may_be_put_back_in_line(office: Office) -> None:
    assert office.calls("alerts", "retry", "--all", "--state", "dead", "--target", "mail").output == "0 deliveries are in line again.\n"
    assert office.calls("alerts", "retry", "--all", "--state", "dead").output == "1 deliveries are in line again.\n"
    assert office.asks("alerts", "list", "--state", "dead") == []


@pytest.mark.parametrize("wrong", [[], ["--all"], ["7c41", "--all", "--state", "dead"], ["7c41", "--state", "dead"]])
def test_it_must_be_clear_what_is_to_be_retried(office: Office, wrong: list[str]) -> None:
    said = office.calls("alerts", "retry", *wrong)

    assert said.exit_code == 2
    assert "give the beginning of a delivery's key, or --all with --state" in said.output


def test_a_preview_shows_what_changed_routes_would_have_sent(office: Office) -> None:
    routes = office.routes(
        '[[routes]]\nname = "none-for-the-desk"\ntargets = ["desk"]\nmeeting = ["AMM"]\ndrop = true\n'
        '[[routes]]\nname = "morning"\nwhen = "0 7 * * *"\ntimezone = "Asia/Bangkok"\n'
    )
    found = office.asks("alerts", "preview", "--days", "36500", "--routes", routes)

    [message] = [one for one in found if one["kind"] == "message"]
    assert (message["target"], message["digest"], message["at"]) == ("mail", "morning", "2026-07-12T00:00:00+00:00")
    assert [one["headline"] for one in message["alerts"]] == ["ASEAN: sent", "ASEAN: dead", "ASEAN: first", "ASEAN: second"]  # type: ignore[attr-defined]
    assert len([one for one in found if one["kind"] == "dropped"]) == 4
    said = office.calls("alerts", "preview", "--days", "36500", "--routes", routes).output
    assert "4 alerts on record" in said
    assert "digest of 4 (morning)" in said
    assert "route none-for-the-desk: dropped" in said


def test_a_preview_says_when_routes_would_not_be_taken_and_what_would_reach_nobody(office: Office) -> None:
    routes = office.routes('[[routes]]\nname = "leaders"\nlevel = ["leaders"]\n')
    said = office.calls("alerts", "preview", "--days", "36500", "--routes", routes).output

    assert "With these routes the watch would not start: alerts.routes: this news would reach nobody: level ministerial" in said
    assert said.count("reaches nobody by these routes") == 4


def test_a_newcomer_sees_what_his_history_would_have_been(tmp_path: Path) -> None:
    (tmp_path / "aseanwatch.toml").write_text(f"data_dir = '{tmp_path}'\ncatalogue.use_builtin = false\n", encoding="utf-8")
    config = ["--config", str(tmp_path / "aseanwatch.toml")]
    assert CliRunner().invoke(cli, ["run", "--once", *config]).exit_code == 0

    nothing = CliRunner().invoke(cli, ["alerts", "preview", *config])
    history = CliRunner().invoke(cli, ["alerts", "preview", "--history", "--json", *config])

    assert "Nothing would have been sent. What was read as history alerts nobody: --history takes it for news." in nothing.output
    assert history.exit_code == 0, history.output
    summary = json.loads(history.stdout.splitlines()[-1])
    assert (summary["messages"], summary["alerts"], summary["untaken"]) == (3, 3, 0)
    assert json.loads(CliRunner().invoke(cli, ["alerts", "list", "--counts", "--json", *config]).stdout)["all"] == 0


def test_conditions_of_a_preview_are_those_of_the_watch(office: Office) -> None:
    """An alert of an older version lacks what routes ask for: it is completed by what is known of its article."""
    from aseanwatch.preview import on_record

    with open_store(office.url, now=NOW) as store:
        [first, *_] = on_record(store, NOW)  # type: ignore[arg-type]

    assert (first.language, first.news[0].meeting_type.casefold(), first.news[0].standing) == ("en", "amm", "reported")
    assert Ask.LANGUAGE.value == "language"
