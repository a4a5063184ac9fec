"""Rule files: what is wrong is refused with file, line and reason; what is right is hashed."""

from pathlib import Path

import pytest

from classifiers.patterns import PatternError, acronym, size
from classifiers.rulebook import LARGEST, SHAPES, load
from core.errors import ConfigError

HOME = Path(__file__).parents[2] / "classifiers"
ACTS = """[[act]]
id = "adopt"
family = "adopt"
verbs = ["adopt+"]
"""


def refusal(folder: Path, name: str, source: str | bytes) -> str:
    """What the loader says of a rule file of that name and content."""
    path = folder / name
    path.write_bytes(source.encode() if isinstance(source, str) else source)
    with pytest.raises(ConfigError) as refused:
        load([path])
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_every_file_that_ships_has_a_shape_by_which_it_is_checked() -> None:
    shipped = {path.stem for folder in ("rules", "gazetteer") for path in (HOME / folder).glob("*.toml")}

    assert shipped <= SHAPES.keys()


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("[[act]]\nid = ", "line 2", "is not TOML"),
        (
            ACTS + "[[act]]\nid = 'x'\nfamily = 'adopt'\nverb = ['pass+']\n",
            "line 8",
            "`verb` is unknown in `act`; known: id, family, verbs",
        ),
        (ACTS + "[[acts]]\nid = 'x'\n", "line 5", "no table is called `acts` here; known: act"),
        (ACTS + "[[act]]\nid = 'x'\n", "line 5", "`act` has no `family`"),
        (ACTS + "weak = 'yes'\n", "line 5", "`weak` must be true or false"),
        (ACTS + "nominal = [\n  'adoption of',\n  ' ',\n]\n", "line 5", "`nominal` must be a list of patterns, none of them empty"),
        (
            ACTS + "nominal = [\n  'adoption of',\n  '(the adoption',\n]\n",
            "line 7",
            "pattern `(the adoption`: unbalanced or nested parentheses",
        ),
        (ACTS + "nominal = ['(|the )']\n", "line 5", "matches nothing when what is optional is left out"),
        (ACTS + "nominal = ['" + "(a|b|c|d|e|f|g|h|i|j)" * 5 + "']\n", "line 5", "expands to more than 20000 phrases"),
        (ACTS + "nominal = ['the ~']\n", "line 5", "a gap (~) needs words on both sides"),
        (ACTS + "nominal = ['sign+ and seal+']\n", "line 5", "one verb+ a pattern"),
        (ACTS + ACTS, "line 6", "a second `act` is called `adopt`"),
        ("act = 'adopt'\n", "line 1", "`act` stands before the first table"),
        ("[act]\nid = 'x'\nfamily = 'y'\n", "line 1", "`act` must be a list of tables, each written [[act]]"),
        ("# nothing\n", "line 1", "there is no [[act]] here"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_line_and_reason(tmp_path: Path, source: str, line: str, reason: str) -> None:
    said = refusal(tmp_path, "acts.toml", source)

    assert line in said
    assert reason in said


def test_codes_of_closed_sets_are_checked(tmp_path: Path) -> None:
    meetings = "[fm]\nforms = ['foreign ministers']\n[[meeting]]\ncode = 'AMMM'\nnames = ['x']\n"
    objects = "[[object]]\nid = 'x'\ntype = 'paper'\nheads = ['x']\ntakes = ['adopt']\n"

    assert "line 4: `code` must be a meeting type: AMM, " in refusal(tmp_path, "meetings.toml", meetings)
    assert "line 3: `type` must be an outcome type: document, " in refusal(tmp_path, "objects.toml", objects)


def test_a_file_that_cannot_be_read_at_all_is_refused(tmp_path: Path) -> None:
    assert "is not UTF-8 (line 2)" in refusal(tmp_path, "mine.toml", b"a = 1\nb = '\xff'\n")
    assert "the largest rule file" in refusal(tmp_path, "mine.toml", "#" * (LARGEST + 1))
    assert "nested too deeply" in refusal(tmp_path, "mine.toml", "a = " + "[" * 5000 + "]" * 5000)
    with pytest.raises(ConfigError, match="no such rule file"):
        load([tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"holds no rule file \(\*.toml\)"):
        load([tmp_path / "empty"])


def test_a_file_of_the_same_name_stands_in_the_place_of_the_one_that_ships(tmp_path: Path) -> None:
    (tmp_path / "acts.toml").write_text(ACTS, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a rule file", encoding="utf-8")

    book = load([tmp_path])

    assert [act["id"] for act in book["acts"]["act"]] == ["adopt"]
    assert book.files["acts"].where == str(tmp_path / "acts.toml")
    assert book["objects"] == load()["objects"]


def test_the_hash_tells_rules_apart_and_nothing_else(tmp_path: Path) -> None:
    one, other, changed = tmp_path / "one", tmp_path / "other", tmp_path / "changed"
    for folder, source in ((one, ACTS), (other, ACTS), (changed, ACTS.replace("adopt+", "pass+"))):
        folder.mkdir()
        (folder / "acts.toml").write_text(source, encoding="utf-8")

    assert load().digest == load().digest
    assert load([one]).digest == load([other]).digest != load([changed]).digest
    assert load([one]).digest != load().digest


@pytest.mark.parametrize(
    ("pattern", "phrases"), [("adopt+", 1), ("(a|b) (c|d|)x", 6), ("put+ ~ to bed", 1), ("\\(AMM\\)", 1), ("asean+3", 1)]
)
def test_the_size_of_a_pattern_is_known_before_it_is_expanded(pattern: str, phrases: int) -> None:
    assert size(pattern) == phrases


@pytest.mark.parametrize("pattern", ["", "()", "(|)", "a) b", "((a|b)|c)", "a|b", "~ a", "a ~ b ~ c", "-- (|x)"])
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        size(pattern)


def test_one_word_of_capitals_is_an_acronym_except_asean() -> None:
    assert [word for word in ("AOIP", "G20", "ASEAN", "Aoip", "A", "FTA TALKS", "ปปช") if acronym(word)] == ["AOIP", "G20"]
