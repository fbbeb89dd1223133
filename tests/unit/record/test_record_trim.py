"""What goes into a recording may be handed to strangers."""

import json

import frames
import log_frames
import pytest
import scenes

from ollama_top.model.log import Log
from ollama_top.model.packed import pack
from ollama_top.model.reading import Known, Source
from ollama_top.record.trim import MOST_LINES, masked, settled, trimmed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("http://me:hunter2@box:11434", "http://***@box:11434"),
        ("curl -H 'Authorization: Bearer abc.def-123'", "curl -H 'Authorization: Bearer ***'"),
        ("OPENAI_API_KEY=sk-proj-abcdefghijkl1234", "OPENAI_API_KEY=***"),
        ("uses sk-ant-abcdefghijkl1234 for it", "uses *** for it"),
        ("hf_abcdefghijklmnop", "***"),
        ("serve.py --api-key s3cr3t-value --port 80", "serve.py --api-key *** --port 80"),
        ("serve.py --hf-token=abcdefgh", "serve.py --hf-token=***"),
        ('{"password": "hunter2222"}', '{"password": "***"}'),
        ("AKIAABCDEFGHIJKLMNOP", "***"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIx.abc_def", "***"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "print_info: EOS token = 128009 '<|eot_id|>'",
        "slot release: id 0 | task 7 | stop processing: n_tokens = 5, truncated = 0",
        "/usr/local/lib/ollama/llama-server --model /m/sha256-77db -np 2",
        "its value may be a secret, and is not kept",
        "waiting 1m2s behind gemma3:270m, which is served one at a time",
        "OLLAMA_KEEP_ALIVE=5m",
        "http://127.0.0.1:11434",
        "hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M",
    ],
)
def test_other_words_are_kept(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("scene", [scenes.busy(), scenes.passing(), scenes.crowded()])
def test_a_frame_without_secrets_keeps_its_words(scene: frames.Frame) -> None:
    assert json.dumps(settled(pack(scene))).count("***") == json.dumps(pack(scene)).count("***")


def test_secrets_are_masked_wherever_they_stand_in_a_frame() -> None:
    told = "seen with OPENAI_API_KEY=sk-proj-abcdefghijkl1234"
    frame = frames.frame(
        server=frames.server(problem=told),
        processes=(frames.process(command=Known(told, Source.PROCESSES)),),
        requests=(frames.request(50001, client=Known(told, Source.PROCESSES)),),
        gpus=(frames.gpu(processes=frames.known((frames.held(7, 1.0, name=told),), Source.NVIDIA)),),
        log=Log(Known("a file", Source.LOG), (log_frames.line(1, told),)),
    )
    assert json.dumps(pack(frame)).count("abcdefghijkl1234") == 5
    assert "abcdefghijkl1234" not in json.dumps(settled(pack(frame)))


def test_fractions_have_three_digits() -> None:
    assert settled((1.23456, [2.0004, 7], {"failed": "x"}, True)) == (1.235, [2.0, 7], {"failed": "x"}, True)


def test_the_log_keeps_its_newest_lines() -> None:
    lines = tuple(log_frames.line(each) for each in range(3 * MOST_LINES))
    kept = trimmed(frames.frame(log=Log(Known("a file", Source.LOG), lines)), None).log.lines
    assert kept == lines[-MOST_LINES:]
