"""What Ollama makes of the texts that people write, by its own envconfig."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.ollama.values import FOREVER, Kind, seconds, understood


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.COUNT, "4", "4"),
        (Kind.COUNT, " '4' ", "4"),
        (Kind.COUNT, '"04"', "4"),
        (Kind.COUNT, "18446744073709551615", "18446744073709551615"),
        (Kind.SWITCH, "1", "true"),
        (Kind.SWITCH, "F", "false"),
        (Kind.DURATION, "5m", "5m"),
        (Kind.DURATION, "1h30m0.5s", "1h30m0.5s"),
        (Kind.DURATION, "300", "300s"),
        (Kind.DURATION, "-1", FOREVER),
        (Kind.DURATION, "-5m", FOREVER),
        (Kind.DURATION, "0", "0s"),
        (Kind.LEVEL, "1", "debug"),
        (Kind.LEVEL, "2", "trace"),
        (Kind.LEVEL, "false", "info"),
        (Kind.TEXT, "'q8_0'", "q8_0"),
    ],
)
def test_what_can_be_read_counts(kind: Kind, text: str, value: str) -> None:
    found = understood(kind, text)
    assert (found.value, found.problem) == (value, None)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(
            (Kind.COUNT, text)
            for text in ("four", "4.0", "-1", "+4", "٤", "18446744073709551616", "0x4", "4_0")
        ),
        *((Kind.DURATION, text) for text in ("5 minutes", "5d", "m", "forever", "5m ago")),
    ],
)
def test_what_cannot_be_read_counts_as_unset(kind: Kind, text: str) -> None:
    found = understood(kind, text)
    assert found.value is None
    assert found.problem is not None
    assert repr(text) in found.problem


@pytest.mark.parametrize("text", ["off", "no", "disabled", "FaLsE", "2"])
def test_a_switch_that_is_neither_is_on(text: str) -> None:
    """strconv.ParseBool fails, and envconfig returns true."""
    found = understood(Kind.SWITCH, text)
    assert found.value == "true"
    assert found.problem is not None


@pytest.mark.parametrize("kind", [*Kind])
@pytest.mark.parametrize("text", ["", "  ", "''", ' "" '])
def test_what_is_empty_counts_as_unset(kind: Kind, text: str) -> None:
    assert understood(kind, text) == understood(kind, "")
    assert understood(kind, text).value is None


@given(st.sampled_from(Kind), st.text())
def test_any_text_means_something(kind: Kind, text: str) -> None:
    found = understood(kind, text)
    assert found.value is None or found.value == found.value.strip() or kind is Kind.TEXT


@pytest.mark.parametrize(
    ("text", "length"), [("5m", 300), ("1h0.5s", 3600.5), ("-2s", -2), ("300", None), ("forever", None)]
)
def test_a_time_in_seconds(text: str, length: float | None) -> None:
    assert seconds(text) == length
