"""The lines that no recorded server had occasion to write, in the words of Ollama's source; and others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_lines import server

from ollama_top.model.log import LineKind
from ollama_top.model.verdict import Severity
from ollama_top.ollama.log import memory, requests, scheduling, starting
from ollama_top.ollama.log.memory import Part
from ollama_top.ollama.log.parse import Said, parse_line

MIB, GIB = 1 << 20, 1 << 30
LCP = "llama.cpp as of b10488"
SOURCES: list[tuple[str, str, Said]] = [
    (LCP, "load_tensors: offloaded 29/33 layers to GPU", starting.Offloaded(29, 33)),
    (
        LCP,
        "load_tensors:        CUDA0 model buffer size =  4403.49 MiB",
        memory.Buffer("CUDA0", Part.MODEL, round(4403.49 * MIB)),
    ),
    (
        LCP,
        "llama_memory_recurrent:      CUDA0 RS buffer size =    62.81 MiB",
        memory.Buffer("CUDA0", Part.RECURRENT, round(62.81 * MIB)),
    ),
    (
        LCP,
        "slot print_timing: id  0 | task 46 | n_gen =    111, tg =  36.35 t/s, tg_3s = 36.68 t/s",
        requests.SlotTimed(0, 46, is_prompt=False, tokens=111, tokens_per_s=36.35),
    ),
    (
        LCP,
        "slot      release: id  1 | task 9 | stop processing: n_tokens = 4096, truncated = 1",
        requests.SlotReleased(1, 9, 4096, is_truncated=True),
    ),
    (
        "v0.11.4 llm/memory.go",
        server(
            "offload",
            'library=cuda layers.model=33 layers.offload=29 layers.split="" memory.required.kv="1.0 GiB"',
        ),
        starting.Offloaded(29, 33),
    ),
    (
        "v0.33.0-rc2 server/sched.go:551",
        server(
            "llama-server model predicted to exceed available memory, evicting",
            'predicted="9.1 GiB" num_batch=512 available="3.0 GiB"',
        ),
        scheduling.Evicting("9.1 GiB", "3.0 GiB"),
    ),
    (
        "v0.24.0 llm/server.go:1064",
        server(
            "model requires more gpu memory than is currently available, evicting a model to make space",
            '"loaded layers"=12',
        ),
        scheduling.Evicting("", ""),
    ),
    (
        "v0.24.0 llm/server.go:1069",
        server(
            "model requires more system memory than is currently available, evicting a model to make space",
            "required=9 free=3",
        ),
        scheduling.Evicting("9", "3"),
    ),
    (
        "v0.33.0-rc2 server/sched.go:1605",
        server("evicting all other loaded models for OOM retry", "count=2"),
        scheduling.Evicting("", ""),
    ),
    (
        "v0.33.0-rc2 server/sched.go:1648",
        server(
            "runtime OOM detected; expiring loaded models to clear memory before next request",
            'model=/m error="x"',
            "WARN",
        ),
        scheduling.OutOfMemory("/m", "all models go before the next request"),
    ),
    (
        "v0.33.0-rc2 server/sched.go:652",
        server("llama-server load failed; reducing automatic context and retrying once", "model=/m", "WARN"),
        scheduling.OutOfMemory("/m", "the context is made smaller, and it is tried again"),
    ),
    (
        "v0.33.0-rc2 server/sched.go:667",
        server("llama-server load failed; evicting all other models and retrying once", "model=/m", "WARN"),
        scheduling.OutOfMemory("/m", "all other models go, and it is tried again"),
    ),
    (
        "v0.33.0-rc2 server/sched.go:641",
        server("Load failed", 'model=/m error="exit status 1"'),
        starting.LoadFailed("/m", "exit status 1"),
    ),
    (
        "v0.33.0-rc2 server/sched.go:509",
        server(
            "model architecture does not currently support parallel requests", "architecture=qwen35", "WARN"
        ),
        scheduling.ForcedToOne("qwen35"),
    ),
    (
        "v0.3.9 server/sched.go:137",
        server("multimodal models don't support parallel requests yet", "", "WARN"),
        scheduling.ForcedToOne(""),
    ),
    (
        "v0.33.0-rc2 llm/llama_server.go:317",
        server("truncating input prompt", "limit=2047 prompt=3500 keep=4 new=2047", "WARN"),
        scheduling.Truncating(2047, 3500, 2047),
    ),
    (
        "v0.33.0-rc2 llm/server.go:114",
        server("requested context size too large for model", "num_ctx=131072 n_ctx_train=32768", "WARN"),
        scheduling.ContextTooLarge(131072, 32768),
    ),
    (
        "v0.24.0 llm/server.go:270",
        server("quantized kv cache requested but flash attention disabled", "type=q8_0", "WARN"),
        scheduling.CacheTypeIgnored("q8_0"),
    ),
    (
        "v0.33.0-rc2 server/sched.go:1332",
        server(
            "updated VRAM based on existing loaded models",
            'gpu=GPU-1 library=CUDA total="24.0 GiB" available="3.0 GiB"',
        ),
        memory.VramUpdated("GPU-1", 3 * GIB),
    ),
    ("seen on 0.33.0", "srv          stop: cancel task, id_task = 35", scheduling.Aborting()),
    (
        "v0.33.0-rc2 llm/llama_server.go:1895",
        server("aborting chat request due to client closing the connection"),
        scheduling.Aborting(),
    ),
]


@pytest.mark.parametrize(("line", "said"), [each[1:] for each in SOURCES], ids=[each[0] for each in SOURCES])
def test_what_no_recorded_server_said_is_known_by_the_source(line: str, said: Said) -> None:
    assert parse_line(line).said == said


def test_a_line_shows_whose_words_it_is_and_how_much_they_matter() -> None:
    warning = parse_line(server("truncating input prompt", "limit=1 prompt=2 keep=0 new=1", "WARN"))
    assert (warning.kind, warning.severity, warning.place) == (
        LineKind.SERVER,
        Severity.WARNING,
        "sched.go:1",
    )
    assert warning.text == "truncating input prompt limit=1 prompt=2 keep=0 new=1"
    runner = parse_line("load: special tokens cache size = 6414")
    assert (runner.kind, runner.severity, runner.at) == (LineKind.RUNNER, Severity.OK, None)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (server("server config", 'env="map[HTTP_PROXY:http://u:secret@proxy:1 OLLAMA_DEBUG:INFO]"'), "http://***@proxy:1"),
        (server("completion request", 'prompt="my secret" images=0', "TRACE"), "prompt=(not shown) images=0"),
        (server("embedding request", "input=secret", "DEBUG-4"), "input=(not shown)"),
        (server("truncating input prompt", "limit=9 prompt=12", "WARN"), "limit=9 prompt=12"),
    ],
)  # fmt: skip
def test_passwords_and_prompts_are_not_shown(line: str, shown: str) -> None:
    text = parse_line(line).text
    assert shown in text
    assert "secret" not in text


@given(
    st.text(st.characters(codec=None))
    | st.sampled_from([each[1] for each in SOURCES]).flatmap(
        lambda line: st.integers(0, len(line)).map(lambda at: line[:at])
    )
)
def test_any_line_is_somebodys_words(line: str) -> None:
    assert parse_line(line).kind in LineKind


@given(
    st.sampled_from([each[1] for each in SOURCES]),
    st.text(min_size=1).filter(lambda text: not text.isspace()),
)
def test_what_stands_behind_something_else_is_not_said(line: str, before: str) -> None:
    path = f"{before}{line}".replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    found = parse_line(f'[GIN] 2026/11/23 - 08:48:00 | 404 |  4.24µs |  127.0.0.1 | GET      "/{path}"')
    assert found.said is None or isinstance(found.said, requests.Answered)
    assert parse_line(server("failed", f'error="{path}"')).said is None
