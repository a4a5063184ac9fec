"""The file that `aseanwatch sources` writes: what it says, what of it stays, and who may read it."""

import multiprocessing
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from switching import switches

from core.errors import ConfigError
from ingest.changes import INTRODUCTION, Changes, Value, changing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sources.toml"


def said(text: str) -> dict[str, dict[str, Any]]:
    """Source -> what the file says of it."""
    return {table["id"]: table for table in tomllib.loads(text).get("source", [])}


def test_the_first_change_makes_the_file_for_its_owner_alone(file: Path) -> None:
    with changing(file) as changes:
        changes.change("kyodo", {"enabled": False, "off": 'they said "no"'})

    assert file.read_text("utf-8").startswith(INTRODUCTION)
    assert said(file.read_text("utf-8")) == {"kyodo": {"id": "kyodo", "enabled": False, "off": 'they said "no"'}}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["sources.toml"]


def test_what_root_writes_belongs_to_whom_the_folder_belongs(file: Path) -> None:
    owner = 12345 if os.geteuid() == 0 else os.geteuid()
    file.parent.mkdir()
    os.chown(file.parent, owner, -1)
    with changing(file) as changes:
        changes.change("kyodo", {"enabled": False})

    assert file.stat().st_uid == owner


BY_HAND = """\
# Ours.

# Tatoli asked us to come less often.
[[source]]  # (mail of 3 May)
id = "tatoli-en"
interval = "1h"  # was "5m" # really
enabled = true

# Off while they move.
[[source]]
id = "vna-en"
enabled = false
"""


def test_what_was_written_by_hand_stays_where_it_is() -> None:
    changes = Changes(BY_HAND, Path("sources.toml"))
    changes.change("tatoli-en", {"interval": "30m", "enabled": None, "url": "https://en.tatoli.tl/feed/"})
    changes.change("kyodo", {"enabled": False})

    assert changes.text == (
        BY_HAND.replace('"1h"', '"30m"').replace("enabled = true", 'url = "https://en.tatoli.tl/feed/"')
        + '\n[[source]]\nid = "kyodo"\nenabled = false\n'
    )


def test_what_is_taken_out_takes_nothing_along() -> None:
    changes = Changes(BY_HAND, Path("sources.toml"))

    assert changes.remove("tatoli-en")
    assert not changes.remove("tatoli-en")
    assert changes.text == BY_HAND[: BY_HAND.index("[[source]]")] + BY_HAND[BY_HAND.index("# Off while") - 1 :]


def test_new_sources_come_at_the_end_and_old_words_about_them_go() -> None:
    changes = Changes(BY_HAND, Path("sources.toml"))
    changes.add({"zeta": {"url": "https://z.example/", "off": None}, "vna-en": {"url": "https://v.example/"}})

    assert changes.text == BY_HAND[: BY_HAND.index("[[source]]\nid")] + (
        '\n[[source]]\nid = "zeta"\nurl = "https://z.example/"\n\n[[source]]\nid = "vna-en"\nurl = "https://v.example/"\n'
    )


def test_a_thousand_sources_are_added_in_one_go() -> None:
    changes = Changes(BY_HAND, Path("sources.toml"))
    changes.add({f"new-{number}": {"url": f"https://n.example/{number}", "enabled": False} for number in range(1000)})

    assert len(changes.ids()) == 1002
    assert changes.text.startswith(BY_HAND)


@pytest.mark.parametrize(
    "text",
    [
        'source = [{id = "a", enabled = true}]\n',
        '[[source]]\nid = "a"\nnotes = """\n[[source]]\nid = "b"\n"""\nenabled = true\n',
        '[[source]]\nid = "a"\n"enabled" = true\n',
        '[[ "source" ]]\nid = "a"\nenabled = true\n',
    ],
)
def test_a_file_that_lines_do_not_tell_is_written_anew_with_the_same_meaning(text: str) -> None:
    changes = Changes(text, Path("sources.toml"))
    changes.change("a", {"enabled": False})

    assert said(changes.text) == {"a": said(text)["a"] | {"enabled": False}}


def test_an_error_within_or_in_the_check_changes_nothing(file: Path) -> None:
    with changing(file) as changes:
        changes.change("kyodo", {"enabled": False})
    before = file.read_text("utf-8")

    def refuses(draft: Path) -> None:
        assert said(draft.read_text("utf-8"))["kyodo"]["enabled"]
        raise ConfigError("no", subject="kyodo")

    with pytest.raises(ConfigError), changing(file, refuses) as changes:
        changes.change("kyodo", {"enabled": True})
    with pytest.raises(TypeError), changing(file) as changes:
        changes.change("kyodo", {"enabled": object()})  # type: ignore[dict-item]
    assert file.read_text("utf-8") == before
    assert [path.name for path in file.parent.iterdir()] == ["sources.toml"]


def test_a_file_that_is_not_toml_is_refused_by_name_and_left_alone(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("[[source]\n")

    with pytest.raises(ConfigError, match=r"sources\.toml: is not TOML"), changing(file) as changes:
        changes.change("kyodo", {"enabled": True})
    assert file.read_text() == "[[source]\n"


def test_commands_at_the_same_time_lose_nothing(file: Path) -> None:
    running = [multiprocessing.get_context("spawn").Process(target=switches, args=(file, name)) for name in ("a", "b", "c")]
    for process in running:
        process.start()
    for process in running:
        process.join(60)

    assert [process.exitcode for process in running] == [0, 0, 0]
    assert set(said(file.read_text("utf-8"))) == {f"{name}-{number}" for name in "abc" for number in range(10)}


_values = st.dictionaries(
    st.sampled_from(["publisher", "notes", "enabled"]),
    st.one_of(st.booleans(), st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=12)),
    max_size=3,
)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.one_of(st.none(), _values)), max_size=8))
@settings(max_examples=200, deadline=None)
def test_whatever_is_changed_the_file_says_just_that(steps: list[tuple[str, dict[str, Value] | None]]) -> None:
    changes, wanted = Changes(BY_HAND, Path("sources.toml")), said(BY_HAND)
    for name, values in steps:
        if values is None:
            changes.remove(name)
            wanted.pop(name, None)
        else:
            changes.change(name, values)
            wanted[name] = {key: value for key, value in (wanted.get(name, {"id": name}) | values).items() if value is not None}

    assert said(changes.text) == wanted
    assert [line for line in BY_HAND.split("\n") if line.startswith("# ")] == [
        line for line in changes.text.split("\n") if line.startswith("# ")
    ]
