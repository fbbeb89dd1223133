"""The nearest rank is always a value that occurred."""

from hypothesis import given
from hypothesis import strategies as st

from ollama_top.engine.percentiles import percentile


@given(st.lists(st.floats(0, 1e6), min_size=1).map(sorted), st.integers(1, 100))
def test_so_many_of_a_hundred_do_not_exceed_it(values: list[float], percent: int) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(each <= found for each in values) * 100 >= percent * len(values)
    assert sum(each < found for each in values) * 100 < percent * len(values)
