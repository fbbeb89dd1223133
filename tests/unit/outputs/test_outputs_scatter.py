"""Points and axes as text: every point within its axes, and where its values say."""

from hypothesis import given
from hypothesis import strategies as st

from ollama_top.outputs.scatter import LIMIT, Mark, plot, top_of

marks = st.lists(
    st.builds(Mark, st.floats(0, 1e5), st.floats(0, 1e6), st.sampled_from("abc")), min_size=1, max_size=30
)


@given(marks, st.floats(0.001, 1e4), st.integers(40, 120), st.integers(3, 20))
def test_any_points_fit_in_the_plot_and_none_is_made_up(
    of: list[Mark], limit: float, width: int, height: int
) -> None:
    lines = plot(of, limit, width, height)
    assert len(lines) == height + 2
    assert all(len(line) <= width + 8 for line in lines)
    drawn = [sign for line in lines[:height] for sign in line if sign in "abc"]
    assert 1 <= len(drawn) <= len(of)
    assert set(drawn) <= {each.sign for each in of}
    assert of[-1].sign in drawn


@given(marks, st.floats(0.001, 1e4))
def test_more_is_never_lower_and_later_is_never_further_left(of: list[Mark], limit: float) -> None:
    most, last = max(of, key=lambda each: each.y), max(of, key=lambda each: each.x)
    lines = plot([*of, Mark(most.x, most.y, "M")], limit, 80, 12)
    rows = [at for at, line in enumerate(lines[:12]) if set(line) & set("abcM")]
    assert "M" in lines[rows[0]]
    lines = plot([*of, Mark(last.x, last.y, "L")], limit, 80, 12)
    columns = {line.index("L") for line in lines[:12] if "L" in line}
    assert all(line.rindex(sign) <= max(columns) for line in lines[:12] for sign in "abc" if sign in line)


def test_without_a_point_there_is_no_plot() -> None:
    assert plot([], 5, 80, 10) == []


def test_axes_have_round_numbers_and_the_limit_its_line() -> None:
    lines = plot([Mark(0.1, 50, "a"), Mark(2, 150, "b"), Mark(1, 200, "c")], 5, 60, 5)
    assert lines == [
        "200 ┤                           c                  ┊",
        "    │                                   b          ┊",
        "100 ┤                                              ┊",
        "    │a                                             ┊",
        "  0 ┤                                              ┊",
        "    └┬───────┬──────────┬───────┬───────┬──────────┬───────┬",
        "     0.1    0.2        0.5      1       2          5      10",
    ]


@given(st.floats(1e-6, 1e9))
def test_the_top_is_no_less_and_not_much_more(most: float) -> None:
    assert most <= top_of(most) * (1 + 1e-9)
    assert top_of(most) <= 2 * most * (1 + 1e-9)


def test_the_limit_has_a_sign_of_its_own() -> None:
    assert LIMIT not in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#@"
