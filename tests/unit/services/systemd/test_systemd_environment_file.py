"""Environment files, read as systemd reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.services.systemd.environment_file import Line, assignments


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1\nB=2\n", [("A", "1"), ("B", "2")]),
        ("A = 1 \t\n", [("A", "1")]),
        ('A="x y" # no comment\n', [("A", "x y# no comment")]),
        ("A='x\ny'\n", [("A", "x\ny")]),
        ("A=x\\\ny\n", [("A", "xy")]),
        ('A="\\$\\q\\\\"', [("A", "$\\q\\")]),
        ("# A=1\n;B=2\nC=3", [("C", "3")]),
        ("export A=1\n", [("export A", "1")]),
        ("no assignment\nA=1", [("A", "1")]),
        ("A=\n", [("A", "")]),
        ("A=x\\ \n", [("A", "x ")]),
        ("A='a'\"b\"c\n", [("A", "abc")]),
        ("A=#1", [("A", "#1")]),
    ],
)
def test_assignments(text: str, found: list[tuple[str, str]]) -> None:
    assert [(each.name, each.value) for each in assignments(text)] == found


def test_lines_are_counted() -> None:
    assert assignments("# one\n\nA=1\nB='2\n3'\nC=4\n") == (
        Line("A", "1", 3),
        Line("B", "2\n3", 4),
        Line("C", "4", 6),
    )


@given(st.text(alphabet="AB= \t\n\\\"'#;$`x"))
def test_any_text_is_read(text: str) -> None:
    for each in assignments(text):
        assert each.name
        assert "\n" not in each.name


@given(st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]{0,5}", fullmatch=True), st.text("ab \t$#;=\"'\\`\n")))
def test_quoted_values_come_back(values: dict[str, str]) -> None:
    def quoted(value: str) -> str:
        return '"' + "".join(f"\\{each}" if each in '"\\`$' else each for each in value) + '"'

    text = "\n".join(f"{name}={quoted(value)}" for name, value in values.items())
    assert {each.name: each.value for each in assignments(text)} == values
