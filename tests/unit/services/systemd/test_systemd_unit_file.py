"""Unit files as lines of sections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.services.systemd.unit_file import Directive, directives

UNIT = """\
# a comment
Stray=1
[Unit]
Description = Ollama Service

[Service]
; another
ExecStart=/usr/local/bin/ollama serve
Environment="A=1" \\
# inside
   "B=2"
nonsense
[Install]
WantedBy=default.target
"""


def test_a_unit() -> None:
    assert directives(UNIT) == (
        Directive("", "Stray", "1", 2),
        Directive("Unit", "Description", "Ollama Service", 4),
        Directive("Service", "ExecStart", "/usr/local/bin/ollama serve", 8),
        Directive("Service", "Environment", '"A=1"     "B=2"', 9),
        Directive("Install", "WantedBy", "default.target", 14),
    )


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[S]\nA=x\\\ny", ["x y"]),
        ("[S]\nA=x\\\\\nB=y", ["x\\\\", "y"]),
        ("[S]\r\nA=x\r\n", ["x"]),
        ("[S]\nA=x\\", ["x"]),
        ("[S]\nA=x\\\n\nB=y", ["x", "y"]),
        ("[S]\nA=x \\ \nB=y", ["x \\", "y"]),
    ],
)
def test_ends_of_lines(text: str, values: list[str]) -> None:
    assert [each.value for each in directives(text)] == values


@given(st.text(alphabet="[]AB= \t\\\n\r#;\"'"))
def test_any_text_is_read(text: str) -> None:
    for each in directives(text):
        assert "\n" not in each.name + each.value
        assert 1 <= each.line <= text.count("\n") + text.count("\r") + 1
