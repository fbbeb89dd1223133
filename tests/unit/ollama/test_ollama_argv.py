"""Command lines of every generation of Ollama, as its releases write them and as /proc showed them."""

import json

import pytest
from captured import Capture
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.ollama.argv import (
    Generation,
    RunnerArgs,
    is_management,
    is_serve,
    parse_runner,
    shown,
    turns_flash_attention_off,
)

RECORDED = "/usr/share/ollama/.ollama/models/blobs/sha256-"
BLOB = f"{RECORDED}a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"

GENERATIONS = {
    "0.1.33/runner.cmdline.source": RunnerArgs(Generation.CPP, BLOB, 36019, 2, 2048, None, 512),
    "0.1.33/debug.runner.cmdline.source": RunnerArgs(Generation.CPP, BLOB, 36019, 2, 2048, None, 512),
    "0.3.13/runner.cmdline.source": RunnerArgs(Generation.CPP, BLOB, 36019, 4, 2048, None, 512),
    "0.3.13/vision.runner.cmdline.source": RunnerArgs(
        Generation.CPP, BLOB, 36019, 1, 2048, None, 512, has_projector=True
    ),
    "0.4.0/runner.cmdline.source": RunnerArgs(Generation.GO, BLOB, 36019, 4, 2048, None, 512),
    "0.5.1/runner.cmdline.source": RunnerArgs(Generation.GO, BLOB, 36019, 4, 2048, "q8_0", 512),
    "0.5.7/runner.cmdline.source": RunnerArgs(Generation.GO, BLOB, 36019, 4, 2048, "q8_0", 512),
    "0.5.8/runner.cmdline.source": RunnerArgs(Generation.GO, BLOB, 36019, 4, 2048, None, 512),
    "0.11.4/runner.cmdline": RunnerArgs(Generation.GO, BLOB, 38267, 2, 4096, None, 512),
    "0.24.0/runner.cmdline": RunnerArgs(Generation.GO, BLOB, 44587, None, None, None),
    "0.24.0/badenv.runner.cmdline": RunnerArgs(Generation.GO, BLOB, 45771, None, None, None),
    "0.33.0-rc2/runner.cmdline": RunnerArgs(Generation.LLAMA_SERVER, BLOB, 46533, 2, 4096, None, 1024),
    "0.33.0-rc2/badenv.runner.cmdline": RunnerArgs(
        Generation.LLAMA_SERVER, BLOB, 45781, 1, 4096, "q8_0", 512
    ),
    "0.14.0/image.runner.cmdline.source": RunnerArgs(Generation.MLX, "x/z-image-turbo", 36019, 1, None, None),
    "0.15.0/image.runner.cmdline.source": RunnerArgs(Generation.MLX, "x/z-image-turbo", 36019, 1, None, None),
    "0.17.0/image.runner.cmdline.source": RunnerArgs(Generation.MLX, "x/z-image-turbo", 36019, 1, None, None),
    "0.17.0/mlx.runner.cmdline.source": RunnerArgs(Generation.MLX, "qwen3:mlx", 36019, 1, None, None),
    "0.33.0-rc2/mlx.runner.cmdline.source": RunnerArgs(Generation.MLX, "qwen3:mlx", 36019, 1, None, None),
}
"""Captured command lines, recorded or after the source of their release (tests/captures/README.md)."""


@pytest.mark.parametrize(("capture", "args"), GENERATIONS.items(), ids=GENERATIONS)
def test_the_runner_of_every_generation(capture: str, args: RunnerArgs) -> None:
    release, _, name = capture.partition("/")
    assert parse_runner(Capture(f"ollama-{release}").json(name)) == args


def test_a_llama_server_with_much_to_do() -> None:
    """Written as llm/llama_server.go of 0.33 puts the flags together."""
    line = (
        f"/usr/local/lib/ollama/llama-server --model {BLOB} --port 36019 --host 127.0.0.1 --offline"
        " -c 16384 -np 4 --log-verbosity 4 --no-jinja --chat-template chatml --mmproj /p --no-mmap"
        " --cache-type-k q8_0 --cache-type-v q4_0 --flash-attn on -b 512 -ub 512 -ngl 33 --context-shift"
    )
    expected = RunnerArgs(Generation.LLAMA_SERVER, BLOB, 36019, 4, 4096, "q8_0/q4_0", 512, has_projector=True)
    assert parse_runner(line.split()) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "/usr/local/lib/ollama/llama-server --list-devices",
        "/usr/local/bin/ollama runner --ollama-engine --port 43177",  # looks for GPUs
        "/usr/local/bin/ollama runner --model",
        "/usr/local/bin/ollama serve --model x",
        "/usr/local/bin/ollama run gemma3",
        "/usr/bin/python3 -m llama --model x",
        "/usr/bin/llama-server-wrapper --model x",
    ],
)
def test_what_is_no_runner_with_a_model(line: str) -> None:
    assert parse_runner(line.split()) is None


@pytest.mark.parametrize(
    ("words", "per_slot", "parallel", "port"),
    [
        ("-c 8192", None, None, None),
        ("-np 2", None, 2, None),
        ("-c 8192 -np 0", None, 0, None),
        ("-c 8192 -np -1", None, None, None),
        ("-c four -np 2 --port x", None, 2, None),
        ("-c=8192 --parallel=2 --port=80", 4096, 2, 80),
        ("-c 8193 -np 2", 4096, 2, None),
        ("-np ٤", None, None, None),
        (f"-np {'9' * 5000}", None, None, None),
        ("-np", None, None, None),
    ],
)
def test_numbers_are_taken_only_where_they_are_some(
    words: str, per_slot: int | None, parallel: int | None, port: int | None
) -> None:
    found = parse_runner(["llama-server", "--model", "x", *words.split(" ")])
    assert found is not None
    assert (found.context_tokens, found.parallel, found.port) == (per_slot, parallel, port)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("", None),
        ("--cache-type-k q8_0", "q8_0/f16"),
        ("-ctv q4_0", "f16/q4_0"),
        ("--memory-f32", "f32"),
        ("--cache-type-k bf16 --cache-type-v bf16", "bf16"),
    ],
)
def test_keys_and_values_of_the_cache_may_differ(words: str, kind: str | None) -> None:
    found = parse_runner(["llama-server", "--model", "x", *words.split()])
    assert found is not None
    assert found.kv_cache_type == kind


def test_the_servers_of_the_recordings(capture: Capture) -> None:
    assert is_serve(capture.json("server.cmdline"))


@pytest.mark.parametrize(
    ("line", "serves"),
    [
        ("ollama serve", True),
        ("ollama start", True),
        ("/Applications/Ollama.app/Contents/Resources/ollama serve", True),
        ("/bin/sh /snap/ollama/current/bin/ollama serve", True),
        ("python3.12 ./stand-in/ollama serve", True),
        ("C:/ollama.exe serve", True),
        ("ollama", False),
        ("ollama run serve", False),
        ("ollama-serve serve", False),
        ("vim ollama serve", False),
        ("sh -c ollama serve", False),
        ("ollama runner serve", False),
        ("", False),
    ],
)
def test_who_serves(line: str, serves: bool) -> None:
    assert is_serve(line.split()) is serves


@pytest.mark.parametrize(
    ("line", "manages"),
    [
        ("ollama pull gemma3", True),
        ("/usr/local/bin/ollama create mine -f Modelfile", True),
        ("ollama ls", True),
        ("ollama signout", True),
        ("ollama run gemma3", False),
        ("ollama serve", False),
        ("curl pull", False),
        ("curl -sN http://127.0.0.1:11434/api/pull -d {}", True),
        ("/usr/bin/wget -qO- localhost:11434/api/tags", True),
        ("curl localhost:11434/api/generate -d {}", False),
        ("curl localhost:11434/api/show localhost:11434/api/chat", False),
        ("curl localhost:11434/api/pullover", False),
        ("python3 localhost:11434/api/pull", False),
        ("ollama", False),
    ],
)
def test_who_manages_models_and_asks_them_nothing(line: str, manages: bool) -> None:
    assert is_management(line.split()) is manages


FLAGS = "/x/llama-server ollama runner serve --model -c -np --port --mlx-engine -ctk = 2 ../ . sh"
WORD = st.text(max_size=8) | st.sampled_from(FLAGS.split(" "))


@given(st.lists(WORD, max_size=12))
@example([""])
@example(["\0", "\ud800"])
def test_any_command_line_is_told_apart_without_an_error(argv: list[str]) -> None:
    found = parse_runner(argv)
    assert found is None or found.model_path
    assert not (is_serve(argv) and is_management(argv))
    assert not (found and (is_serve(argv) or is_management(argv)))
    json.dumps(argv)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["ollama", "serve"], "ollama serve"),
        (["llama-server", "--model", "/m/a b", "-np", "2"], "llama-server --model '/m/a b' -np 2"),
        (["x", "--api-key", "abc", "-c", "1"], "x --api-key ... -c 1"),
        (["x", "--api-key=abc", "HF_TOKEN=abc"], "x --api-key=... HF_TOKEN=..."),
        (["x", "--api-key", "--verbose"], "x --api-key --verbose"),
        (["x", "--url", "http://me:pw@host/"], "x --url ..."),
        ([], ""),
    ],
)
def test_a_command_line_is_shown_as_a_shell_would_take_it(words: list[str], text: str) -> None:
    assert shown(words) == text


@given(st.lists(WORD, max_size=6), st.sampled_from(["--api-key", "--hf-token", "--Password"]))
def test_what_follows_a_secret_s_name_is_not_shown(words: list[str], flag: str) -> None:
    assert "53cr3t" not in shown([*words, flag, "53cr3t", *words, f"{flag}=53cr3t"])


@pytest.mark.parametrize(
    ("words", "is_off"),
    [
        (["llama-server", "-m", "/m", "--flash-attn", "off"], True),
        (["llama-server", "-m", "/m", "--flash-attn=off"], True),
        (["sh", "/lib/ollama/llama-server", "-fa", "off"], True),
        (["llama-server", "-m", "/m", "--flash-attn", "auto"], False),
        (["llama-server", "-m", "/m", "--flash-attn", "on", "--kv", "off"], False),
        (["ollama_llama_server", "--flash-attn", "--parallel", "4"], False),
        (["llama-server", "-m", "/m"], False),
        ([], False),
    ],
)
def test_whether_a_runner_is_told_to_do_without_flash_attention(words: list[str], is_off: bool) -> None:
    assert turns_flash_attention_off(words) is is_off
