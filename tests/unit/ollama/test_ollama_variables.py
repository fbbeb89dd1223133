"""The declarations of Ollama's variables: since when each is read, and what holds without it."""

import re

import pytest

from ollama_top.ollama.variable import Variable
from ollama_top.ollama.variables import DECLARED, RUNNER_VARIABLES, VARIABLES

RELEASES = [(0, 1, 33), (0, 6, 7), (0, 10, 0), (0, 15, 5), (0, 24, 0), (0, 30, 0), (0, 33, 0)]


@pytest.mark.parametrize("variable", [*VARIABLES, *RUNNER_VARIABLES], ids=lambda each: each.name)
def test_a_declaration_is_whole(variable: Variable) -> None:
    assert re.fullmatch(r"(OLLAMA|LLAMA_ARG)_[A-Z_]+", variable.name)
    releases = [since for since, _ in variable.defaults]
    assert releases == sorted(set(releases))
    assert variable.until is None or variable.until > releases[-1]
    assert variable.effect.endswith(".")
    assert variable.cost is None or variable.cost.endswith(".")


def test_no_name_is_declared_twice() -> None:
    assert len(DECLARED) == len(VARIABLES) + len(RUNNER_VARIABLES)


@pytest.mark.parametrize(
    ("name", "defaults"),
    [  # envconfig/config.go at each tag
        ("OLLAMA_NUM_PARALLEL", ["1", "automatic: 2, or 1 if memory is short", "1", "1", "1", "1", "1"]),
        (
            "OLLAMA_CONTEXT_LENGTH",
            ["2048", "4096", "4096", *["automatic: 4k, 32k or 256k by GPU memory"] * 4],
        ),
        ("OLLAMA_KEEP_ALIVE", ["5m"] * 7),
    ],
)
def test_defaults_by_release(name: str, defaults: list[str]) -> None:
    assert [DECLARED[name].default(release) for release in RELEASES] == defaults
    assert DECLARED[name].default(None) == defaults[-1]


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("OLLAMA_NUM_PARALLEL", (0, 1, 33), None),
        ("OLLAMA_NEW_ENGINE", (0, 5, 12), (0, 30, 0)),
        ("LLAMA_ARG_CACHE_RAM", (0, 30, 0), None),
        ("OLLAMA_INTEL_GPU", (0, 1, 45), (0, 12, 11)),
    ],
)
def test_who_reads_it(name: str, since: tuple[int, int, int], until: tuple[int, int, int] | None) -> None:
    variable = DECLARED[name]
    assert variable.is_read(since)
    assert not variable.is_read((since[0], since[1], since[2] - 1) if since[2] else (0, since[1] - 1, 99))
    assert variable.is_read(None) is (until is None)
    if until is not None:
        assert not variable.is_read(until)


@pytest.mark.parametrize(
    ("name", "text", "release", "has_problem"),
    [
        ("OLLAMA_NUM_PARALLEL", "4", (0, 33, 0), False),
        ("OLLAMA_NUM_PARALLEL", "0", (0, 33, 0), True),
        ("OLLAMA_NUM_PARALLEL", "0", (0, 9, 0), False),
        ("OLLAMA_NUM_PARALLEL", "256", None, False),
        ("OLLAMA_NUM_PARALLEL", "257", None, True),
        ("OLLAMA_NUM_PARALLEL", "257", (0, 24, 0), False),
        ("OLLAMA_MAX_QUEUE", "0", (0, 33, 0), True),
        ("OLLAMA_KV_CACHE_TYPE", "q8_0", (0, 24, 0), False),
        ("OLLAMA_KV_CACHE_TYPE", "q5_1", (0, 24, 0), True),
        ("OLLAMA_KV_CACHE_TYPE", "q5_1", (0, 33, 0), False),
        ("OLLAMA_KV_CACHE_TYPE", "q8", (0, 33, 0), True),
        ("OLLAMA_KV_CACHE_TYPE", None, (0, 33, 0), False),
    ],
)
def test_limits_of_a_value(
    name: str, text: str | None, release: tuple[int, int, int] | None, has_problem: bool
) -> None:
    assert (DECLARED[name].understood(text, release).problem is not None) is has_problem
