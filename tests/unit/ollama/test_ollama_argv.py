"""Command lines of every generation of Ollama, as its releases write them and as /proc showed them."""

import json

import pytest
from captured import NEWEST, Capture
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.ollama.argv import Generation, RunnerArgs, is_management, is_serve, parse_runner, shown

BLOB = "/usr/share/ollama/.ollama/models/blobs/sha256-a5fd"
RECORDED = "/usr/share/ollama/.ollama/models/blobs/sha256-"

GENERATIONS = {
    "0.1.33 to 0.5.1": (
        (
            f"/tmp/ollama71/runners/cuda_v12/ollama_llama_server --model {BLOB} --ctx-size 8192"
            " --embedding --n-gpu-layers 33 --parallel 4 --port 36019"
        ),
        RunnerArgs(Generation.OLLAMA_LLAMA_SERVER, BLOB, 36019, 4, 2048, None),
    ),
    "0.5.2 to 0.5.7": (
        (
            f"/usr/lib/ollama/runners/cuda_v12_avx/ollama_llama_server runner --model {BLOB} --ctx-size 8192"
            " --batch-size 512 --n-gpu-layers 33 --threads 8 --parallel 4 --multiuser-cache --port 36019"
        ),
        RunnerArgs(Generation.OLLAMA_LLAMA_SERVER, BLOB, 36019, 4, 2048, None),
    ),
    "0.5.8 to 0.11.4": (
        (
            f"/usr/local/bin/ollama runner --ollama-engine --model {BLOB} --ctx-size 8192"
            " --n-gpu-layers 33 --threads 8 --flash-attn --kv-cache-type q8_0 --parallel 2 --port 36019"
        ),
        RunnerArgs(Generation.GO, BLOB, 36019, 2, 4096, "q8_0"),
    ),
    "0.11.5 to 0.24.0": (
        f"/usr/local/bin/ollama runner --ollama-engine --model {BLOB} --port 36019",
        RunnerArgs(Generation.GO, BLOB, 36019, None, None, None),
    ),
    "0.11.5 to 0.24.0, llama engine": (
        f"/usr/local/bin/ollama runner --model {BLOB} --port 36019",
        RunnerArgs(Generation.GO, BLOB, 36019, None, None, None),
    ),
    "0.30.0 and later": (
        (
            f"/usr/local/lib/ollama/llama-server --model {BLOB} --port 36019 --host 127.0.0.1 --offline"
            " -c 16384 -np 4 --log-verbosity 4 --no-jinja --chat-template chatml --mmproj /p --no-mmap"
            " --cache-type-k q8_0 --cache-type-v q4_0 --flash-attn on -b 512 -ub 512 -ngl 33 --context-shift"
        ),
        RunnerArgs(Generation.LLAMA_SERVER, BLOB, 36019, 4, 4096, "q8_0/q4_0"),
    ),
    "MLX": (
        "/usr/local/bin/ollama runner --mlx-engine --model gemma3:mlx --port 36019",
        RunnerArgs(Generation.MLX, "gemma3:mlx", 36019, 1, None, None),
    ),
    "images": (
        "/usr/local/bin/ollama runner --imagegen-engine --model x/z-image --port 36019",
        RunnerArgs(Generation.MLX, "x/z-image", 36019, 1, None, None),
    ),
    "images, at first": (
        "/usr/local/bin/ollama runner --image-engine --model x/z-image --port 36019",
        RunnerArgs(Generation.MLX, "x/z-image", 36019, 1, None, None),
    ),
}


@pytest.mark.parametrize(("line", "args"), GENERATIONS.values(), ids=GENERATIONS)
def test_the_runner_of_every_generation(line: str, args: RunnerArgs) -> None:
    assert parse_runner(line.split()) == args


def test_the_runners_of_the_recordings(capture: Capture) -> None:
    plain, odd = (parse_runner(capture.json(name)) for name in ("runner.cmdline", "badenv.runner.cmdline"))
    assert plain is not None
    assert odd is not None
    assert plain.model_path.startswith(RECORDED)
    assert odd.model_path == plain.model_path
    if capture.server == NEWEST:
        assert plain == RunnerArgs(Generation.LLAMA_SERVER, plain.model_path, 46533, 2, 4096, None)
        assert odd == RunnerArgs(Generation.LLAMA_SERVER, plain.model_path, 45781, 1, 4096, "q8_0")
    else:
        assert plain == RunnerArgs(Generation.GO, plain.model_path, 44587, None, None, None)
        assert odd == RunnerArgs(Generation.GO, plain.model_path, 45771, None, None, None)


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
