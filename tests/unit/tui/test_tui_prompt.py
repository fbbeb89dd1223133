import pytest

from ollama_top.tui.prompt import HINTS, Prompt, Purpose, typed
from ollama_top.tui.tables import Stand


@pytest.mark.parametrize(
    ("key", "character", "text"),
    [
        ("a", "a", "gema"),
        ("A", "A", "gemA"),
        ("space", " ", "gem "),
        ("ü", "ü", "gemü"),
        ("backspace", "\x7f", "ge"),
        ("ctrl+h", "\x08", "ge"),
        ("ctrl+u", "\x15", ""),
        ("ctrl+w", "\x17", ""),
        ("f2", None, "gem"),
        ("tab", "\t", "gem"),
        ("ctrl+a", "\x01", "gem"),
    ],
)
def test_typing(key: str, character: str | None, text: str) -> None:
    assert typed(Prompt(Purpose.SEARCH, Stand(), "gem"), key, character).text == text


def test_each_purpose_says_how_to_leave() -> None:
    assert all("Esc" in HINTS[purpose] for purpose in Purpose)
