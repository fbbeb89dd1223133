"""Every kind of line that two recorded servers wrote."""

from collections import Counter
from typing import Any

from captured import NEWEST, OLDER, Capture

from ollama_top.ollama.log import config, memory, requests, starting
from ollama_top.ollama.log.memory import Part
from ollama_top.ollama.log.parse import parse_line

MIB, GIB = 1 << 20, 1 << 30
RECORDED: dict[str, dict[type, int]] = {
    NEWEST: {
        config.ServerConfig: 1, config.Listening: 1, config.Compute: 1, config.DefaultContext: 1,
        starting.Starting: 2, starting.SlotsMade: 2, starting.LoadTook: 4, memory.Buffer: 12,
        memory.Cache: 4, memory.ContextSetting: 8, memory.PromptCache: 21, requests.Answered: 72,
        requests.SlotTaken: 16, requests.SlotReleased: 16, requests.SlotTimed: 32,
    },
    OLDER: {
        config.ServerConfig: 1, config.Listening: 1, config.Compute: 1, config.DefaultContext: 1,
        starting.Starting: 3, starting.Committed: 2, starting.Offloaded: 2, starting.LoadTook: 2,
        memory.Buffer: 6, memory.TotalMemory: 2, requests.Answered: 124,
    },
}  # fmt: skip
"""How many lines of each kind there are in the log of the run with two requests at once."""


def of(text: str, kind: type) -> list[Any]:
    found = (parse_line(line).said for line in text.splitlines())
    return [said for said in found if isinstance(said, kind)]


def test_every_line_of_the_recordings_has_its_kind(capture: Capture) -> None:
    said = (parse_line(line).said for line in capture.log("parallel2").splitlines())
    assert Counter(type(each) for each in said if each is not None) == RECORDED[capture.server]


def test_the_settings_in_effect(capture: Capture) -> None:
    (found,) = of(capture.log("parallel2"), config.ServerConfig)
    settings = found.settings
    assert settings["OLLAMA_NUM_PARALLEL"] == "2"
    assert settings["OLLAMA_MAX_QUEUE"] == "512"
    assert settings["OLLAMA_HOST"] == "http://127.0.0.1:11434"
    assert settings["OLLAMA_ORIGINS"].startswith("[http://localhost https://localhost")
    assert settings["OLLAMA_ORIGINS"].endswith("]")
    assert settings["OLLAMA_KV_CACHE_TYPE"] == ""
    assert all(name.startswith(("OLLAMA_", "LLAMA_ARG_FIT")) for name in settings)


def test_the_settings_of_the_old_format() -> None:
    line = (
        '2024/08/25 08:15:47 routes.go:1125: INFO server config env="map[CUDA_VISIBLE_DEVICES:'
        " HTTP_PROXY:http://u:p@proxy OLLAMA_NUM_PARALLEL:4"
        ' OLLAMA_ORIGINS:[http://localhost https://localhost:*] OLLAMA_TMPDIR:]"'
    )
    (found,) = of(line, config.ServerConfig)
    assert found.settings == {
        "OLLAMA_NUM_PARALLEL": "4",
        "OLLAMA_ORIGINS": "[http://localhost https://localhost:*]",
        "OLLAMA_TMPDIR": "",
    }


def test_what_was_found_at_the_start(capture: Capture) -> None:
    log = capture.log("parallel2")
    version = capture.server.removeprefix("ollama-")
    assert of(log, config.Listening) == [config.Listening("127.0.0.1:11434", version)]
    (compute,) = of(log, config.Compute)
    assert (compute.library, compute.name, compute.total_bytes) == ("cpu", "cpu", round(23.5 * GIB))
    assert of(log, config.DefaultContext) == [config.DefaultContext(4096, 0)]


def test_a_variable_that_is_none(capture: Capture) -> None:
    assert {*of(capture.log("badenv"), config.InvalidVariable)} == {
        config.InvalidVariable("OLLAMA_NUM_PARALLEL", "four", "1")
    }


def test_the_memory_of_a_llama_server(newest: Capture) -> None:
    log = newest.log("badenv")
    buffers = of(log, memory.Buffer)
    assert memory.Buffer("CPU", Part.MODEL, round(222.51 * MIB)) in buffers
    assert {each.part for each in buffers} == {Part.MODEL, Part.OUTPUT, Part.KV, Part.COMPUTE}
    assert of(log, memory.Cache)[0] == memory.Cache(round(6.38 * MIB), "q8_0", "q8_0")
    settings = {each.name: each.value for each in of(log, memory.ContextSetting)}
    assert settings == {"n_seq_max": "1", "n_ctx": "4096", "n_ctx_seq": "4096", "flash_attn": "enabled"}
    limit, state = of(log, memory.PromptCache)
    assert (limit.limit_bytes, state.prompts, state.size_bytes) == (8192 * MIB, 0, 0)


def test_the_memory_of_ollamas_own_engine(older: Capture) -> None:
    log = older.log("parallel1-unset")
    assert (
        of(log, memory.Buffer)
        == [
            memory.Buffer("CPU", Part.MODEL, round(405.2 * MIB)),
            memory.Buffer("CPU", Part.KV, 27 * MIB),
            memory.Buffer("CPU", Part.COMPUTE, round(27.5 * MIB)),
        ]
        or len(of(log, memory.Buffer)) == 3
    )
    assert of(log, starting.Offloaded) == [starting.Offloaded(0, 19)]


def test_the_slots_of_a_llama_server(newest: Capture) -> None:
    log = newest.log("queue1")
    assert of(log, requests.SlotTaken) == [requests.SlotTaken(0, 0), requests.SlotTaken(0, 7)]
    assert of(log, requests.SlotReleased) == [
        requests.SlotReleased(0, 0, 28, is_truncated=False),
        requests.SlotReleased(0, 7, 5, is_truncated=False),
    ]
    prompt, answer, *_ = of(log, requests.SlotTimed)
    assert (prompt.is_prompt, prompt.tokens, round(prompt.tokens_per_s)) == (True, 25, 529)
    assert (answer.is_prompt, answer.tokens, round(answer.tokens_per_s)) == (False, 4, 116)
