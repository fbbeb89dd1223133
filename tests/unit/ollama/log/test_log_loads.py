"""What the logs of two servers tell of their runners, and what a client cannot make them tell."""

from dataclasses import replace

import pytest
from captured import NEWEST, Capture
from hypothesis import example, given
from hypothesis import strategies as st
from log_lines import commit, gin, server, slots, start, told

from ollama_top.ollama.log.loads import LoadedRunner

MIB = 1 << 20
GO = {
    "parallel1-unset": {38675: (1, 4096, None)},
    "parallel2": {44587: (2, 4096, None), 37507: (2, 2048, None)},
    "parallel4": {38517: (4, 4096, None)},
    "queue1": {44367: (1, 4096, None)},
    "badenv": {45771: (1, 4096, "q8_0")},
}
LLAMA_SERVER = {
    "parallel1-unset": {35881: (1, 4096, "f16")},
    "parallel2": {46533: (2, 4096, "f16"), 40855: (2, 2048, "f16")},
    "parallel4": {36059: (4, 4096, "f16")},
    "queue1": {38063: (1, 4096, "f16")},
    "badenv": {45781: (1, 4096, "q8_0")},
}
DIGEST = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
BLOB = f"/usr/share/ollama/.ollama/models/blobs/sha256-{DIGEST}"


def loads(text: str) -> dict[int, LoadedRunner]:
    return dict(told(*text.splitlines()).loads)


def shape(load: LoadedRunner) -> tuple[int | None, int | None, str | None]:
    return load.parallel, load.context_tokens, load.kv_cache_type


def shapes(text: str) -> dict[int, tuple[int | None, int | None, str | None]]:
    return {port: shape(load) for port, load in loads(text).items()}


@pytest.mark.parametrize("run", GO)
def test_the_loads_of_every_recorded_run(capture: Capture, run: str) -> None:
    assert shapes(capture.log(run)) == (LLAMA_SERVER if capture.server == NEWEST else GO)[run]


def test_all_that_a_llama_server_tells(newest: Capture) -> None:
    """Two caches: 24 MiB of layers that see everything, 45 MiB of those that see a window."""
    load = loads(newest.log("parallel2"))[46533]
    assert (load.model_path, load.took_s, load.kv_cache_bytes) == (BLOB, 1.26, 69 * MIB)
    assert (load.layers_on_gpu, load.layers) == (None, None), "without a GPU it does not say"


def test_all_that_a_go_runner_tells(older: Capture) -> None:
    load = loads(older.log("parallel2"))[44587]
    assert (load.model_path, load.took_s) == (BLOB, 0.45)
    assert (load.kv_cache_bytes, load.batch_tokens) == (round(50.2 * MIB), 512)
    assert (load.layers_on_gpu, load.layers) == (0, 19)


def test_a_log_cut_anywhere_tells_the_same_or_less(older: Capture) -> None:
    text = older.log("parallel2")
    for at in range(0, len(text), 97):
        assert shapes(text[at:]).items() <= GO["parallel2"].items()
        cut = {port: each for port, each in shapes(text[:at]).items() if each[0] is not None}
        assert cut.items() <= GO["parallel2"].items()


@pytest.mark.parametrize("kind", ["runner", "llama-server", "llama server"])
def test_the_start_of_every_generation_is_known(kind: str) -> None:
    assert shapes(f"{start(4001, kind)}\n{commit()}") == {4001: (2, 4096, None)}


def test_a_load_belongs_to_the_runner_started_last() -> None:
    lines = [start(4001), commit(1, 4096), start(4002), commit(4, 8192, "q8_0")]
    assert shapes("\n".join(lines)) == {4001: (1, 4096, None), 4002: (4, 2048, "q8_0")}


def test_of_several_tries_the_last_commit_counts() -> None:
    lines = [
        start(4001),
        commit(4, operation="fit"),
        commit(4),
        commit(1, 4096),
        commit(9, operation="close"),
    ]
    assert shapes("\n".join(lines)) == {4001: (1, 4096, None)}


def test_the_memory_of_all_cards_counts_even_if_it_is_told_before_the_commit() -> None:
    """The server tells the memory, the runner the commit, through a pipe that may be behind."""
    kv = [server("kv cache", f'device=CUDA{card} size="50.0 MiB"') for card in (0, 1)]
    for lines in ([*kv, commit(2)], [commit(2), *kv]):
        (load,) = loads("\n".join([start(4001), *lines])).values()
        assert (load.parallel, load.kv_cache_bytes) == (2, 100 * MIB)


def test_a_port_that_is_used_again_says_nothing_of_its_new_runner_yet() -> None:
    assert shapes("\n".join([start(4001), commit(), start(4001)])) == {4001: (None, None, None)}


def test_a_start_without_a_port_has_no_load() -> None:
    nameless = server("starting runner", 'cmd="/bin/ollama runner --model /m"')
    assert shapes("\n".join([start(4001), nameless, commit()])) == {4001: (None, None, None)}
    assert loads(commit()) == {}


def test_a_server_that_starts_anew_has_no_runners() -> None:
    config = server("server config", 'env="map[OLLAMA_DEBUG:INFO]"')
    assert loads("\n".join([start(4001), commit(), config])) == {}


def test_after_a_load_its_lines_count_no_more() -> None:
    """What a runner prints then may come from its clients; a second is left to a pipe that is behind."""
    ready = server("llama runner started in 0.45 seconds")
    (before,) = loads("\n".join([start(4001), commit(), ready])).values()
    forged = (commit(9), slots(9, 9), "load_tensors: offloaded 1/9 layers to GPU")
    later = [start(4001), commit(), ready, gin(at="09:37:58"), *map(moved, forged)]
    assert loads("\n".join(later)) == {4001: before}
    assert shapes("\n".join([start(4001), ready, commit()])) == {4001: (2, 4096, None)}


def moved(line: str) -> str:
    """The line, a while later."""
    return line.replace("09:37:56", "09:37:59")


@pytest.mark.parametrize(
    "line",
    [
        *(commit(number) for number in (0, -1, "two", "", "9" * 5000)),
        *(commit(2, number) for number in (-1, "two", "", "9" * 5000)),
        *(slots(number, 4096) for number in (0, -1, "two", "9" * 5000)),
    ],
)
def test_a_number_that_cannot_be_one_is_none(line: str) -> None:
    assert shapes(f"{start(4001)}\n{line}") == {4001: (None, None, None)}


@pytest.mark.parametrize(
    "line", [commit(99), slots(99, 1), start(4001), slots(99, 1).removeprefix("srv    ")]
)
def test_a_client_cannot_write_a_load_by_the_path_of_its_request(line: str) -> None:
    assert shapes("\n".join([start(4001), commit(), gin(f"/{line}", 404)])) == {4001: (2, 4096, None)}


def test_a_load_that_failed_is_over() -> None:
    failed = server("Load failed", 'model=/m error="exit status 1"')
    assert shapes("\n".join([start(4001), failed, commit()])) == {4001: (None, None, None)}


@given(
    st.lists(
        st.text(st.characters(codec=None))
        | st.builds(commit, st.integers() | st.text(), st.integers() | st.text(), st.text())
        | st.builds(start, st.integers())
        | st.builds(slots, st.integers(), st.integers())
    ).map("\n".join)
)
@example(f"{start(4001)}\n{commit('٣', '٣')}")
def test_any_text_gives_loads_with_numbers(text: str) -> None:
    for port, load in loads(text).items():
        assert replace(load, port=port) == load
        assert load.parallel is None or load.parallel > 0
        assert load.context_tokens is None or load.context_tokens >= 0
        assert load.kv_cache_type != ""
