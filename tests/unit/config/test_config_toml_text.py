"""Where each key of a text of TOML stands."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.config.toml_text import BrokenTomlError, lines_of, loads, meant, statements

TEXT = '''# of all
a.b = 1 # c
[machine."a.b".profile.one]
x = """
[no]
y = 2"""  # why
z = [
 1, # ]
 2,
]
'q r' = { a = 1, b.c = "}#" }
[[rows]]
k = ''
[ u . "v w" ]
"s" = """"quoted""""
'''


def test_every_key_has_its_line() -> None:
    one = ("machine", "a.b", "profile", "one")
    assert lines_of(TEXT) == {
        ("a",): 2,
        ("a", "b"): 2,
        **{one[:depth]: 3 for depth in range(1, 5)},
        (*one, "x"): 4,
        (*one, "z"): 7,
        (*one, "q r"): 11,
        (*one, "q r", "a"): 11,
        (*one, "q r", "b"): 11,
        (*one, "q r", "b", "c"): 11,
        ("rows",): 12,
        ("rows", "k"): 13,
        ("u",): 14,
        ("u", "v w"): 14,
        ("u", "v w", "s"): 15,
    }


def test_every_value_can_be_cut_out() -> None:
    values = [TEXT[each.value_start : each.end] for each in statements(TEXT) if each.value_start is not None]
    assert values == [
        "1",
        '"""\n[no]\ny = 2"""',
        "[\n 1, # ]\n 2,\n]",
        '{ a = 1, b.c = "}#" }',
        "''",
        '""""quoted""""',
    ]


def paths(value: Any, above: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if not isinstance(value, dict):
        return set()
    return {(*above, key) for key in value} | {
        path for key, each in value.items() for path in paths(each, (*above, key))
    }


keys = st.sampled_from(("a", "b.c", '"d e"', "'f'", '"g\\"h"'))
odd = st.sampled_from(
    (
        '"#"',
        "'\"'",
        '"""\n[x]\na = 1\n"""',
        "'''\n#\n'''",
        "[1,\n# ]\n2]",
        "{ x = 1, y.z = '}' }",
        "1979-05-27",
        "nan",
    )
)
lines = st.builds(
    lambda key, value, end: f"{key} = {value}{end}", keys, odd, st.sampled_from(("", " # = [", "\t"))
)


@given(st.lists(lines | keys.map(lambda key: f"[{key}]") | st.just("# [x] = '"), max_size=8).map("\n".join))
def test_what_the_reader_finds_has_a_line(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except ValueError:
        return
    assert set(lines_of(text)) == paths(data)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("host = ", "1: near 'host': Invalid value"),
        ("a = 1\n[b\nc = 2", "2: near 'a': Expected ']'"),
        ("a = 1\n\n\nfoo\n", "4: near 'a': Expected '='"),
        ("[a.b]\n# x\n= 2\n", "3: near 'a.b': Invalid statement"),
        ("\x1b[2J", "1: Invalid statement"),
        ("x = " + "[" * 100_000, "1: nested too deeply"),
    ],
)
def test_a_broken_text_is_told_by_its_line_and_the_nearest_key(text: str, problem: str) -> None:
    with pytest.raises(BrokenTomlError) as refused:
        loads(text)
    assert str(refused.value).startswith(problem)


def test_what_was_meant() -> None:
    assert meant("interval", ("host", "interval_s")) == "; did you mean interval_s?"
    assert meant("zzz", ("host", "interval_s")) == "; known are host, interval_s"
