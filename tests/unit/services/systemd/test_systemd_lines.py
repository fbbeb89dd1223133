"""One variable set in a text: the line is replaced where it stands alone, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.services.systemd.environment_file import assignments
from ollama_top.services.systemd.lines import (
    in_environment_text,
    in_unit_text,
    unset_in_unit_text,
    without_unset,
)
from ollama_top.services.systemd.unit_file import directives
from ollama_top.services.systemd.words import words

N = "OLLAMA_NUM_PARALLEL"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f'[Service]\nEnvironment="{N}=4"\n'),
        ("[Service]\n", f'[Service]\nEnvironment="{N}=4"\n'),
        (f"[Service]\n# mine\nEnvironment={N}=2\n", f'[Service]\n# mine\nEnvironment="{N}=4"\n'),
        (f"[Service]\r\nEnvironment={N}=2\r\n[Unit]\r\n", f'[Service]\r\nEnvironment="{N}=4"\r\n[Unit]\r\n'),
        (f"[Service]\nEnvironment={N}=2", f'[Service]\nEnvironment="{N}=4"'),
        (
            f"[Service]\nEnvironment={N}=2 KEY=k\n",
            f'[Service]\nEnvironment={N}=2 KEY=k\nEnvironment="{N}=4"\n',
        ),
        (
            f"[Service]\nEnvironment={N}=2\\\n\n[Unit]\nA=b\n",
            f'[Service]\nEnvironment={N}=2\\\n\n[Unit]\nA=b\n[Service]\nEnvironment="{N}=4"\n',
        ),
        (f"[Unit]\nEnvironment={N}=2\n", f'[Unit]\nEnvironment={N}=2\n[Service]\nEnvironment="{N}=4"\n'),
        (
            f"[Service]\nEnvironment={N}=1\nEnvironment={N}=2\n",
            f'[Service]\nEnvironment={N}=1\nEnvironment="{N}=4"\n',
        ),
    ],
)
def test_a_variable_is_set_where_it_stands(before: str, after: str) -> None:
    assert in_unit_text(before, N, "4") == after


def test_what_stands_alone_is_taken_away() -> None:
    text = f"[Service]\nEnvironment={N}=2\nEnvironment={N}=3 OTHER=1\n"
    assert in_unit_text(text, N, None) == f"[Service]\nEnvironment={N}=3 OTHER=1\n"
    assert without_unset(f"[Service]\nUnsetEnvironment={N}\nA=b\n", N) == "[Service]\nA=b\n"
    assert without_unset(f"[Service]\nUnsetEnvironment={N} X\n", N) == f"[Service]\nUnsetEnvironment={N} X\n"


def test_a_variable_is_unset_at_the_end() -> None:
    assert unset_in_unit_text("[Service]\n", N) == f"[Service]\nUnsetEnvironment={N}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f'{N}="4"\n'),
        (f"A=1\n{N}=2\nB=3\n", f'A=1\n{N}="4"\nB=3\n'),
        (f"{N}=2\\\n3\nB=3\n", f'{N}=2\\\n3\nB=3\n{N}="4"\n'),
        (f'{N}="2\n3"\nB=3', f'{N}="2\n3"\nB=3\n{N}="4"\n'),
    ],
)
def test_a_file_of_variables(before: str, after: str) -> None:
    assert in_environment_text(before, N, "4") == after


VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(value=VALUES)
def test_what_is_written_is_what_is_read(value: str) -> None:
    written = directives(in_unit_text("", N, value))[-1].value.replace("%%", "%")
    assert [*words(written)] == [f"{N}={value}"]
    assert [each.value for each in assignments(in_environment_text("", N, value))] == [value]


@given(text=st.text(alphabet="OLLAMA_NUM_PARALLEL=42 \"'\\\n\r[Service]Environment#;", max_size=120))
def test_all_other_lines_stay(text: str) -> None:
    after = in_unit_text(text, N, "4").splitlines()
    gone = [line for line in text.splitlines() if line not in after]
    assert len(gone) <= 1
    assert all(N in line for line in gone)
