"""Which models are held at one request at a time, as the source of each release has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.ollama.families import Release, parse_release, predict_parallel, why_held_at_one

SCHED_GO: dict[str, set[str]] = {
    "0.4.0": set(),
    "0.4.1": {"mllama"},
    "0.12.6": {"mllama"},
    "0.12.7": {"mllama", "qwen3vl", "qwen3vlmoe"},
    "0.15.4": {"mllama", "qwen3vl", "qwen3vlmoe"},
    "0.15.5": {"mllama", "qwen3vl", "qwen3vlmoe", "qwen3next", "lfm2", "lfm2moe"},
    "0.17.0": {"mllama", "qwen3vl", "qwen3vlmoe", "qwen3next", "lfm2", "lfm2moe"},
    "0.17.1": {"mllama", "qwen3vl", "qwen3vlmoe", "qwen3next", "lfm2", "lfm2moe"}
    | {"qwen35", "qwen35moe", "nemotron_h", "nemotron_h_moe"},
    "0.22.0": {"mllama", "qwen3vl", "qwen3vlmoe", "qwen3next", "lfm2", "lfm2moe"}
    | {"qwen35", "qwen35moe", "nemotron_h", "nemotron_h_moe", "nemotron_h_omni"},
}
"""The lists at releases where they changed, and at the ones before.

In server/sched.go: 0.4.1:135 (checkMllamaModelFamily), 0.9.6:138, 0.12.6:406, 0.12.7:395, 0.15.5:422,
0.17.1:450, 0.22.0:421, 0.33.0-rc2:507.
"""

NEWEST = SCHED_GO["0.22.0"]
FAMILIES = sorted(NEWEST | {"gemma3", "llama", "qwen3", "gptoss", ""})


@pytest.mark.parametrize(("version", "held"), SCHED_GO.items())
def test_the_families_held_at_one_are_those_of_the_release(version: str, held: set[str]) -> None:
    release = parse_release(version)
    assert release is not None
    assert {each for each in FAMILIES if why_held_at_one(each, release, None)} == held


@pytest.mark.parametrize("version", ["0.24.0", "0.30.0", "0.33.0-rc2", "1.0.0", "0.0.0"])
def test_later_and_unknown_releases_hold_what_the_newest_list_holds(version: str) -> None:
    release = parse_release(version)
    assert {each for each in FAMILIES if why_held_at_one(each, release, None)} == NEWEST


@pytest.mark.parametrize(
    ("capabilities", "forced"),
    [
        (("embedding",), True),
        (("vision", "tools"), True),
        (("completion",), False),
        (("completion", "embedding"), False),
        ((), False),  # a release that tells none
        (None, False),
    ],
)
def test_a_model_that_cannot_complete_is_held_at_one(
    capabilities: tuple[str, ...] | None, forced: bool
) -> None:
    assert (why_held_at_one("bert", (0, 12, 0), capabilities) is not None) is forced
    assert why_held_at_one("bert", (0, 3, 6), capabilities) is None  # since 0.3.7, server/sched.go:197


@pytest.mark.parametrize(
    ("release", "held"),
    [
        ((0, 1, 33), False),
        ((0, 1, 34), True),  # llm/server.go:201
        ((0, 1, 48), True),  # llm/server.go:239
        ((0, 2, 0), True),  # server/sched.go:132
        ((0, 4, 0), True),  # server/sched.go:135
        ((0, 4, 1), False),  # server/sched.go:135 asks for mllama
        ((0, 33, 0), False),
        (None, False),
    ],
)
def test_models_with_a_projector_were_held_at_one(release: Release | None, held: bool) -> None:
    why = why_held_at_one("llama", release, None, has_projector=True)
    assert (why is not None) is held
    assert why_held_at_one("llama", release, None) is None


def test_a_model_of_unknown_family_is_not_held() -> None:
    assert why_held_at_one(None, None, None) is None


def test_the_reason_names_what_is_held() -> None:
    assert why_held_at_one("qwen35moe", (0, 33, 0), ("completion",)) == (
        "Ollama holds the family qwen35moe at one"
    )
    assert why_held_at_one("bert", (0, 33, 0), ("embedding",)) == (
        "Ollama holds models that write no text at one"
    )


@pytest.mark.parametrize(
    ("version", "release"),
    [
        ("0.33.0-rc2", (0, 33, 0)),
        ("0.24.0", (0, 24, 0)),
        ("v0.5.8", (0, 5, 8)),
        ("0.12.7-citest0", (0, 12, 7)),
        ("0.6.3-0-gabc1234", (0, 6, 3)),
        ("1.2.3+local", (1, 2, 3)),
        ("0.0.0", None),
        ("0.33", None),
        ("dev", None),
        ("", None),
        ("-1.0.0", None),
        ("9999999.0.0", None),
    ],
)
def test_versions(version: str, release: Release | None) -> None:
    assert parse_release(version) == release


@given(st.text() | st.from_regex(r"\A\d+(\.\d+)*.{0,9}\Z"))
def test_any_version_has_a_release_or_none(version: str) -> None:
    release = parse_release(version)
    assert release is None or (len(release) == 3 and all(0 <= each <= 999_999 for each in release))


@pytest.mark.parametrize(
    ("configured", "number"),
    [
        ("4", 4),
        (" 4 ", 4),
        ('"4"', 4),
        (" '4' ", 4),
        ("007", 7),
        ("00000000000000002", 2),
        ("four", 1),
        ("", 1),
        (None, 1),
        ("0", 1),
        ("-1", 1),
        ("+2", 1),
        ("2.0", 1),
        ("1e3", 1),
        ("1_0", 1),
        ('" 4 "', 1),  # blanks within quotes are kept, and are no number
        ("٤", 1),
        ("9" * 5000, 1),
    ],
)
def test_what_a_server_makes_of_num_parallel(configured: str | None, number: int) -> None:
    assert predict_parallel(configured, (0, 24, 0)) == number
    assert predict_parallel(configured, None) == number


@pytest.mark.parametrize(
    ("configured", "release", "number"),
    [
        (None, (0, 1, 33), 1),  # server/sched.go:49
        ("0", (0, 1, 48), 1),  # envconfig/config.go: must be greater than zero
        (None, (0, 2, 0), None),  # envconfig/config.go:134
        ("0", (0, 2, 0), None),  # server/sched.go:719 tries 4, then 1
        (None, (0, 9, 6), None),  # envconfig/config.go:222; server/sched.go:62 tries 2, then 1
        (None, (0, 10, 0), 1),  # envconfig/config.go:222
        ("0", (0, 10, 0), 1),  # server/sched.go:60: what it tries first is 1
        ("0", (0, 11, 5), 1),  # server/sched.go:386
        ("3", (0, 2, 0), 3),
    ],
)
def test_once_it_meant_as_many_as_fit(configured: str | None, release: Release, number: int | None) -> None:
    assert predict_parallel(configured, release) == number
