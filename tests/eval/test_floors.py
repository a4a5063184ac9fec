"""What was reached in reading the labelled texts is not given up again. `make eval` shows the figures in full."""

import pytest
from labelled import SETS, digest, figures, floors, items, readings


@pytest.mark.parametrize("name", SETS)
def test_the_floors_are_those_of_these_texts(name: str) -> None:
    """Figures of other texts are other figures: whoever changes a set sets its floors anew (`make eval ARGS=--floors`)."""
    assert floors()[name]["digest"] == digest(name)
    assert floors()[name]["items"] == len(items(name))


@pytest.mark.parametrize("name", SETS)
def test_no_figure_falls_below_its_floor(name: str) -> None:
    reached, floor = figures(items(name), readings(name)), floors()[name]["floors"]
    for figure, value in reached.items():
        print(f"{name} {figure:28} {value:.3f}  floor {floor.get(figure, '-')}")

    assert set(reached) == set(floor)
    assert {figure: value for figure, value in reached.items() if value < floor[figure]} == {}
