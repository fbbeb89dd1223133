from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.columns import formats


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (7, "7"), (950, "950"), (999.6, "1.0k"), (1234, "1.2k"), (12_345, "12.3k"), (123_456, "123k"),
     (999_600, "1.0M"), (3_400_000, "3.4M"), (5e12, "5.0T"), (5e16, "50000T")],
)  # fmt: skip
def test_counts(number: float, text: str) -> None:
    assert formats.count(number) == text


@pytest.mark.parametrize(
    ("amount_bytes", "text"),
    [(0, "0"), (512, "512"), (1024, "1.0K"), (1 << 20, "1.0M"), (24 << 30, "24.0G"), (160 << 30, "160G"),
     (1023 << 30, "1.0T")],
)  # fmt: skip
def test_sizes(amount_bytes: int, text: str) -> None:
    assert formats.size(amount_bytes) == text


@pytest.mark.parametrize(
    ("amount_bytes", "text"),
    [(0, "0 MiB"), (1 << 19, "0.5 MiB"), (42 << 20, "42 MiB"), (970 << 20, "970 MiB"), (1 << 30, "1.0 GiB"),
     (-960 << 20, "-960 MiB"), (-5 << 29, "-2.5 GiB"), (12_345 << 20, "12.1 GiB")],
)  # fmt: skip
def test_memory_in_a_sentence(amount_bytes: int, text: str) -> None:
    assert formats.memory(amount_bytes) == text


@given(st.integers(0, 1 << 50))
def test_a_size_fits_its_column(amount_bytes: int) -> None:
    assert len(formats.size(amount_bytes)) <= 5


@given(st.floats(0, 10 * 365 * 86400.0))
def test_an_age_fits_its_column(seconds: float) -> None:
    assert len(formats.age(seconds)) <= 8
    assert len(formats.span(seconds)) <= 8


@pytest.mark.parametrize(
    ("used", "total", "text"),
    [
        (14 << 30, 24 << 30, "14.0/24.0G"),
        (620 << 20, 24 << 30, "620M/24.0G"),
        (0, 24 << 30, "0/24.0G"),
        (500, 600, "500/600"),
    ],
)
def test_used_of(used: int, total: int, text: str) -> None:
    assert formats.used_of(used, total) == text


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (0, "0"),
        (2048, "2k"),
        (131072, "128k"),
        (5000, "5.0k"),
        (1048576, "1024k"),
    ],
)
def test_contexts(tokens: int, text: str) -> None:
    assert formats.context(tokens) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (0.2, "<1%"),
        (0.99, "<1%"),
        (3.4, "3%"),
        (100, "100%"),
    ],
)
def test_percentages_do_not_hide_what_is_there(share: float, text: str) -> None:
    assert formats.percent(share) == text


@pytest.mark.parametrize(
    ("per_s", "text"), [(0, "0"), (0.44, "0.4"), (44, "44.0"), (99.96, "100"), (212.4, "212"), (1234, "1.2k")]
)
def test_rates(per_s: float, text: str) -> None:
    assert formats.rate(per_s) == text


@pytest.mark.parametrize(
    ("seconds", "age", "span"),
    [(-1, "0.0s", "0s"), (0.42, "0.4s", "0s"), (9.96, "10s", "9s"), (59.7, "1m00s", "59s"),
     (12.3, "12s", "12s"),
     (291, "4m51s", "4m"), (8000, "2h13m", "2h13m"), (187_200, "2d4h", "2d4h"), (4e8, "4629d15h", "forever")],
)  # fmt: skip
def test_ages_are_watched_and_spans_are_coarse(seconds: float, age: str, span: str) -> None:
    assert formats.age(seconds) == age
    assert formats.span(seconds) == span


def test_time_that_is_over_is_now() -> None:
    assert formats.time_left(timedelta(seconds=-3)) == "now"
    assert formats.time_left(timedelta(minutes=4, seconds=51)) == "4m"
