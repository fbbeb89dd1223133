"""Homebrew's names of a service, and a person's file of variables."""

import pytest

from ollama_top.ollama.homebrew import formula_of, overrides


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("homebrew.mxcl.ollama", "ollama"),
        ("sh.brew.ollama", "ollama"),
        ("homebrew.ollama.service", "ollama"),
        ("sh.brew.ollama.service", "ollama"),
        ("homebrew.ollama@0.30.service", "ollama@0.30"),
        ("ollama.service", None),
        ("com.ollama.ollama", None),
    ],
)
def test_the_formula_of_a_service(name: str, formula: str | None) -> None:
    assert formula_of(name) == formula


def test_a_file_of_variables() -> None:
    text = "# OLLAMA_A=1\n\nOLLAMA_B=2\nOLLAMA_C='a b'\nnonsense\n  OLLAMA_D = \"4\"\nOLLAMA_E=\n"
    assert overrides(text) == [
        ("OLLAMA_B", "2", 3),
        ("OLLAMA_C", "a b", 4),
        ("OLLAMA_D", "4", 6),
        ("OLLAMA_E", "", 7),
    ]
