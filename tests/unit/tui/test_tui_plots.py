import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.tui.plots import bar, braille, spark, top_of

values = st.lists(st.none() | st.floats(0, 1e6), max_size=200).map(tuple)
sizes = st.integers(0, 100)


@given(st.floats(-1, 2), sizes)
def test_a_bar_is_as_long_as_it_should_be(share: float, width: int) -> None:
    assert sum(map(len, bar(share, width))) == width


@pytest.mark.parametrize(
    ("share", "filled"), [(0, ""), (0.001, "╸"), (0.5, "━━━━━"), (0.55, "━━━━━╸"), (1, "━━━━━━━━━━")]
)
def test_bars(share: float, filled: str) -> None:
    assert bar(share, 10) == (filled, "─" * (10 - len(filled)))


@given(values, sizes, st.floats(0, 1e6))
def test_a_spark_is_as_long_as_it_should_be(series: tuple[float | None, ...], width: int, top: float) -> None:
    assert len(spark(series, width, top)) == width


def test_a_spark_ends_with_the_newest_and_keeps_gaps() -> None:
    assert spark((0, 1, 2, None, 8, 4, 0), 6, 8) == "▁▂ █▄▁"


def test_a_measured_zero_is_not_a_gap() -> None:
    assert spark((None, 0.0), 3, 1) == "  ▁"
    assert braille((None, 0.0), 1, 1, 1) == ["⢀"]


@given(values, st.integers(0, 40), st.integers(1, 10), st.floats(0, 1e6))
def test_a_plot_has_its_size(series: tuple[float | None, ...], width: int, height: int, top: float) -> None:
    lines = braille(series, width, height, top)
    assert [len(line) for line in lines] == [width] * height


def test_a_plot_fills_from_the_bottom() -> None:
    assert braille((1, 4, 8, 8), 2, 2, 8) == [" ⣿", "⣸⣿"]


def test_the_top_is_the_greatest_value_and_never_nothing() -> None:
    assert top_of((1, None, 7)) == 7
    assert top_of((None, None)) == 1
    assert top_of((0, 0)) == 1
