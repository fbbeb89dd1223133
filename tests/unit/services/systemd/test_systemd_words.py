"""The words of an Environment= line: cases that a real systemd 252 was seen to decide so."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.services.systemd.words import SyntaxProblemError, resolved, words

UNIT = "ollama@gpu.service"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("A=1 B=2", ["A=1", "B=2"]),
        ('"A=1 2"\t B="3"', ["A=1 2", "B=3"]),
        ("A='x y'z", ["A=x yz"]),
        (r"A=\x41\101\u00e9\s\t", ["A=AAé \t"]),
        (r"A=\"quoted\"", ['A="quoted"']),
        ("A=$HOME `x`", ["A=$HOME", "`x`"]),
        ("", []),
        ("A= B", ["A=", "B"]),
        (r"A=\xc3\xa9", ["A=é"]),
    ],
)
def test_words(line: str, found: list[str]) -> None:
    assert [*words(line)] == found


@pytest.mark.parametrize("rest", ['"B=2', r"B=\q", "B=2\\", r"B=\400", r"B=\x00"])
def test_what_cannot_be_taken_apart_ends_the_line(rest: str) -> None:
    """systemd takes the words before it."""
    found: list[str] = []
    with pytest.raises(SyntaxProblemError) as problem:
        found.extend(words(f"A=1 {rest} C=3"))
    assert problem.value.ignored.startswith("B") or problem.value.ignored.startswith('"B')


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("A=50%%", "A=50%"),
        ("A=%n", f"A={UNIT}"),
        ("A=%p-%i", "A=ollama-gpu"),
        ("A=%", "A=%"),
        ("A=% %ä", "A=% %ä"),
        ("A=%H", None),
        ("A=%H%%", None),
    ],
)
def test_specifiers(word: str, value: str | None) -> None:
    assert resolved(word, UNIT) == value


@pytest.mark.parametrize("word", ["A=50%2", "A=%x", "A=%O"])
def test_an_unknown_specifier_takes_the_word_with_it(word: str) -> None:
    with pytest.raises(ValueError, match="no specifier"):
        resolved(word, UNIT)


@given(st.text(alphabet="ab= \t\\\"'%nx0\u00e9"))
def test_any_line_is_taken_apart_or_refused(line: str) -> None:
    found: list[str] = []
    with suppress(SyntaxProblemError):
        found.extend(words(line))
    assert sum(map(len, found)) <= len(line)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")).filter(bool)))
def test_quoted_words_come_back(texts: list[str]) -> None:
    quoted = (each.replace("\\", "\\\\").replace('"', '\\"') for each in texts)
    assert [*words(" ".join(f'"{each}"' for each in quoted))] == texts
