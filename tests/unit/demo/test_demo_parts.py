"""The small parts: durations, models, places in memory, command lines, cards."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.demo import catalogue, hardware
from ollama_top.demo.callers import Caller, Rhythm, calls
from ollama_top.demo.catalogue import GIB, parse_model
from ollama_top.demo.command_lines import runner_argv
from ollama_top.demo.durations import FOREVER, format_duration, parse_duration
from ollama_top.demo.hardware import CardState
from ollama_top.demo.placement import place, rtx_4090, spill
from ollama_top.ollama.argv import Generation, parse_runner

FREE = st.lists(st.integers(0, 80 * GIB), max_size=4)
NEED = st.integers(1, 200 * GIB)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5m", 300),
        ("1h30m", 5400),
        ("300", 300),
        ("0", 0),
        ("1.5s", 1.5),
        ("-1", FOREVER),
        ("-1m", FOREVER),
        ("'10m'", 600),
        ("250ms", 0.25),
        ("", None),
        ("soon", None),
        ("5 m", None),
    ],
)
def test_durations_are_read_as_go_reads_them(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == seconds


@given(st.integers(0, 10**7))
def test_a_written_duration_is_read_back(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


def test_for_ever_is_written_as_the_log_of_a_real_server_has_it() -> None:
    assert format_duration(FOREVER).startswith("2562047h47m16.85")
    assert format_duration(300) == "5m0s"


def test_a_model_is_declared_by_its_name_alone_or_with_a_family() -> None:
    assert parse_model("qwen3:8b") == catalogue.CHAT
    assert parse_model("gemma3:270m=mllama").family == "mllama"
    assert parse_model("nomic-embed-text") == catalogue.EMBEDDER
    assert parse_model("mine").name == "mine:latest"
    assert parse_model("my-embedder:v2").is_embedding
    with pytest.raises(ValueError, match="names no model"):
        parse_model("=qwen3")


def test_models_have_names_of_their_own_for_manifest_and_weights() -> None:
    digests = {each.digest for each in catalogue.CATALOGUE}
    paths = {each.blob_path("/m") for each in catalogue.CATALOGUE}
    assert len(digests) == len(paths) == len(catalogue.CATALOGUE)
    assert all(path.startswith("/m/blobs/sha256-") and len(path) == 80 for path in paths)


@given(NEED, FREE)
def test_a_place_holds_the_whole_and_never_more_than_is_free(need: int, free: list[int]) -> None:
    found = place(need, free)
    if found is None:
        assert sum(free) < need
        found = spill(need, free)
    assert found.size_bytes == need
    assert all(0 <= held <= room for held, room in zip(found.vram_bytes, free, strict=True))


@given(NEED, FREE)
def test_a_model_that_fits_one_card_is_not_spread(need: int, free: list[int]) -> None:
    found = place(need, free)
    if found is not None and max(free) >= need:
        assert sorted(found.vram_bytes)[:-1] == [0] * (len(free) - 1)


@pytest.mark.parametrize(
    ("version", "generation", "told"),
    [
        ("0.33.0", Generation.LLAMA_SERVER, (3, 2048)),
        ("0.24.0", Generation.GO, (None, None)),
        ("0.11.4", Generation.GO, (3, 2048)),
        ("0.5.7", Generation.GO, (3, 2048)),
        ("0.5.1", Generation.GO, (3, 2048)),
        ("0.3.13", Generation.CPP, (3, 2048)),
        ("0.1.33", Generation.CPP, (3, 2048)),
    ],
)
def test_a_command_line_is_read_back_by_the_parser_of_real_ones(
    version: str, generation: Generation, told: tuple[int | None, int | None]
) -> None:
    argv = runner_argv(version, "/opt", "/m", catalogue.SMALL, 4711, parallel=3, context_tokens=2048)
    args = parse_runner(argv)
    assert args is not None
    assert (args.generation, args.port) == (generation, 4711)
    assert args.model_path == catalogue.SMALL.blob_path("/m")
    assert (args.parallel, args.context_tokens) == told


def test_an_mlx_runner_is_given_the_name_of_its_model() -> None:
    argv = runner_argv(
        "0.33.0", "/opt", "/m", parse_model("qwen3:mlx"), 4711, parallel=1, context_tokens=2048
    )
    args = parse_runner(argv)
    assert args is not None
    assert (args.generation, args.model_path, args.parallel) == (Generation.MLX, "qwen3:mlx", 1)


@given(st.integers(0, 2**32), st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_a_card_stays_within_what_it_is_built_for(seed: int, loads: list[float]) -> None:
    state, chance = CardState.idle(rtx_4090(0)), Random(seed)
    for load in loads:
        state = hardware.follow(state, 0, load, 0.5, chance)
        assert 0 <= state.busy_percent <= 100
        assert state.card.idle_celsius <= state.celsius <= state.card.busy_celsius
        assert state.card.idle_w <= state.power_w <= state.card.limit_w


def test_heat_comes_slowly_and_goes_slowly() -> None:
    chance, state = Random(1), CardState.idle(rtx_4090(0))
    warming = [state := hardware.follow(state, 0, 1.0, 0.5, chance) for _ in range(120)]
    assert warming[0].celsius < 38
    assert warming[-1].celsius > 66
    assert hardware.follow(warming[-1], 0, 0.0, 0.5, chance).celsius > 65


def test_calls_come_in_order_and_alike_for_a_seed() -> None:
    caller = Caller("curl", 100, "m", Rhythm(1, (5, 9), (1, 4)), (1, 5), (1, 5), is_started_anew=True)

    def first(seed: int) -> list[tuple[float, int]]:
        stream = calls(caller, Random(seed))
        return [(call.at_s, call.pid) for call, _ in zip(stream, range(200), strict=False)]

    assert first(1) == first(1) != first(2)
    moments = [at_s for at_s, _ in first(1)]
    assert moments == sorted(moments)
    assert math.isclose(moments[0], 1)
    assert len({pid for _, pid in first(1)}) > 20
