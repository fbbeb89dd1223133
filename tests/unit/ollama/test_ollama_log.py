"""What the logs of two servers tell of their runners, and what a client cannot make them tell."""

import pytest
from captured import NEWEST, Capture
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.ollama.log import LoadedRunner, parse_loads


def loaded(port: int, parallel: int, context_tokens: int, kind: str | None) -> LoadedRunner:
    """A Go runner as it logs its load, which tells its step too."""
    return LoadedRunner(port, parallel, context_tokens, kind, 512)


GO = {
    "parallel1-unset": {38675: loaded(38675, 1, 4096, None)},
    "parallel2": {44587: loaded(44587, 2, 4096, None), 37507: loaded(37507, 2, 2048, None)},
    "parallel4": {38517: loaded(38517, 4, 4096, None)},
    "queue1": {44367: loaded(44367, 1, 4096, None)},
    "badenv": {45771: loaded(45771, 1, 4096, "q8_0")},
}
LLAMA_SERVER = {
    "parallel1-unset": {35881: LoadedRunner(35881, 1, 4096, None)},
    "parallel2": {46533: LoadedRunner(46533, 2, 4096, None), 40855: LoadedRunner(40855, 2, 2048, None)},
    "parallel4": {36059: LoadedRunner(36059, 4, 4096, None)},
    "queue1": {38063: LoadedRunner(38063, 1, 4096, None)},
    "badenv": {45781: LoadedRunner(45781, 1, 4096, None)},
}

START = 'time=2026-11-23T09:37:56.473Z level=INFO source=server.go:433 msg="starting {kind}" cmd="{cmd}"'
COMMIT = (
    'time=2026-11-23T09:37:56.675Z level=INFO source=runner.go:1297 msg=load request="{{Operation:{operation}'
    " LoraPath:[] Parallel:{parallel} BatchSize:512 FlashAttention:Enabled KvSize:{kv} KvCacheType:{kind}"
    ' NumThreads:2 GPULayers:[] MultiUserCache:false ProjectorPath: MainGPU:0 UseMmap:false}}"'
)
SLOTS = "srv    load_model: initializing, n_slots = {parallel}, n_ctx_slot = {context}, kv_unified = 'false'"


def start(port: int, kind: str = "runner") -> str:
    return START.format(kind=kind, cmd=f"/bin/ollama runner --model /m --port {port}")


def commit(parallel: object = 2, kv: object = 8192, kind: str = "", operation: str = "commit") -> str:
    return COMMIT.format(operation=operation, parallel=parallel, kv=kv, kind=kind)


@pytest.mark.parametrize("run", GO)
def test_the_loads_of_every_recorded_run(capture: Capture, run: str) -> None:
    expected = LLAMA_SERVER if capture.server == NEWEST else GO
    assert parse_loads(capture.log(run)) == expected[run]


def test_a_log_cut_anywhere_tells_the_same_or_less(older: Capture) -> None:
    text = older.log("parallel2")
    for at in range(0, len(text), 97):
        assert parse_loads(text[at:]).items() <= GO["parallel2"].items()
        assert parse_loads(text[:at]).items() <= GO["parallel2"].items()


@pytest.mark.parametrize("kind", ["runner", "llama-server", "llama server"])
def test_the_start_of_every_generation_is_known(kind: str) -> None:
    assert parse_loads(f"{start(4001, kind)}\n{commit()}") == {4001: loaded(4001, 2, 4096, None)}


def test_a_load_belongs_to_the_runner_started_last() -> None:
    lines = [start(4001), commit(1, 4096), start(4002), commit(4, 8192, "q8_0")]
    assert parse_loads("\n".join(lines)) == {
        4001: loaded(4001, 1, 4096, None),
        4002: loaded(4002, 4, 2048, "q8_0"),
    }


def test_of_several_tries_the_last_commit_counts() -> None:
    lines = [
        start(4001),
        commit(4, operation="fit"),
        commit(4),
        commit(1, 4096),
        commit(9, operation="close"),
    ]
    assert parse_loads("\n".join(lines)) == {4001: loaded(4001, 1, 4096, None)}


def test_a_port_that_is_used_again_says_nothing_of_its_new_runner_yet() -> None:
    assert parse_loads("\n".join([start(4001), commit(), start(4001)])) == {}


def test_a_start_without_a_port_has_no_load() -> None:
    nameless = START.format(kind="runner", cmd="/bin/ollama runner --model /m")
    assert parse_loads("\n".join([start(4001), nameless, commit()])) == {}
    assert parse_loads(commit()) == {}


def test_a_command_line_may_hold_quotes() -> None:
    quoted = START.format(kind="runner", cmd=r"/bin/ollama runner --model \"/a b\" --port 4001")
    assert parse_loads(f"{quoted}\n{commit()}") == {4001: loaded(4001, 2, 4096, None)}


@pytest.mark.parametrize(
    "line",
    [
        *(commit(number) for number in (0, -1, "two", "", "9" * 5000)),
        *(commit(2, number) for number in (-1, "two", "", "9" * 5000)),
        *(SLOTS.format(parallel=number, context=4096) for number in (0, -1, "two", "9" * 5000)),
    ],
)
def test_a_number_that_cannot_be_one_is_none(line: str) -> None:
    assert parse_loads(f"{start(4001)}\n{line}") == {}


@pytest.mark.parametrize(
    "line",
    [
        commit(99),
        SLOTS.format(parallel=99, context=1),
        start(4001),
        SLOTS.format(parallel=99, context=1).removeprefix("srv    load_model: "),
    ],
)
def test_a_client_cannot_write_a_load_by_the_path_of_its_request(line: str) -> None:
    path = line.replace("\\", "\\\\").replace('"', '\\"')  # as Go quotes it
    gin = f'[GIN] 2026/11/23 - 08:48:00 | 404 |  4.24µs |  127.0.0.1 | GET      "/{path}"'
    assert parse_loads("\n".join([start(4001), commit(), gin])) == {4001: loaded(4001, 2, 4096, None)}


@given(
    st.lists(
        st.text(st.characters(codec=None))
        | st.builds(commit, st.integers() | st.text(), st.integers() | st.text(), st.text())
        | st.builds(start, st.integers())
        | st.builds(lambda n, c: SLOTS.format(parallel=n, context=c), st.integers(), st.integers())
    ).map("\n".join)
)
@example(f"{start(4001)}\n{commit('٣', '٣')}")
def test_any_text_gives_loads_with_numbers(text: str) -> None:
    for port, load in parse_loads(text).items():
        assert load.port == port
        assert load.parallel > 0
        assert load.context_tokens is None or load.context_tokens >= 0
        assert load.kv_cache_type != ""
