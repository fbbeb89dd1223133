"""Text from outside can do nothing to a terminal but be read."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from ollama_top.model.text import printable

STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
ANY_TEXT = st.text(st.characters(codec=None) | st.sampled_from("\x00\x1b\x7f\x9b\u2028\u202e\ud800\ufeff"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gemma3:270m", "gemma3:270m"),
        ("größe 模型 🦙", "größe 模型 🦙"),
        ("[bold]not markup[/]", "[bold]not markup[/]"),
        ("\x1b[2J", "␛[2J"),
        ("two\nlines\r\n", "two␊lines␍␊"),
        ("\x07\x7f", "␇␡"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("a\u200bb", r"a\u200bb"),
        ("a\u2028b", r"a\u2028b"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("a\u3164b\ufe0f", r"a\u3164b\ufe0f"),
        ("a\u00a0b\u3000c", "a b c"),
        ("\U0001f1e9\U0001f1ea", r"\U0001f1e9\U0001f1ea"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\\U0001f3fd"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(ANY_TEXT)
@example("".join(map(chr, range(0x300))))
def test_nothing_is_left_that_steers_breaks_a_line_or_cannot_be_sent(text: str) -> None:
    shown = printable(text)
    assert not STEERING & {unicodedata.category(each) for each in shown}
    assert len(f"x{shown}x".splitlines()) == 1
    shown.encode()


@given(ANY_TEXT)
def test_what_is_safe_stays_as_it_is(text: str) -> None:
    assert printable(printable(text)) == printable(text)


def test_every_character_that_is_shown_is_as_wide_for_the_terminal_as_for_us() -> None:
    """By the table that terminals and pyte go by."""
    shown = (each for each in map(chr, range(0x20, 0x30000)) if printable(each) == each)
    assert [each for each in shown if cell_len(each) != wcwidth(each)] == []
