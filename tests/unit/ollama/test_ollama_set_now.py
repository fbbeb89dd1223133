"""What a server has been given."""

from dataclasses import replace

import frames
import pytest
from frames import DENIED, setting

from ollama_top.model.setting import Setting
from ollama_top.ollama import set_now
from ollama_top.ollama.environment import HIDDEN

N, K, M = "OLLAMA_NUM_PARALLEL", "OLLAMA_KEEP_ALIVE", "OLLAMA_MODELS"


def values(*settings: Setting) -> dict[str, str]:
    return set_now.values(frames.frame(settings=settings).snapshot)


def test_the_next_start_goes_before_the_running_server() -> None:
    assert values(setting(N, "2", "4"), setting(K, "5m"), setting(M, "/m", DENIED)) == {N: "4", M: "/m"}


@pytest.mark.parametrize("name", ["OLLAMA_API_KEY", "HTTP_PROXY", "CUDA_VISIBLE_DEVICES"])
def test_secrets_and_what_is_none_of_ollamas_is_left_out(name: str) -> None:
    assert values(setting(name, "x", "x")) == {}


def test_what_is_not_shown_is_no_value() -> None:
    assert values(setting("OLLAMA_HOST", HIDDEN, DENIED)) == {}


def test_what_of_ollamas_is_left_out_is_told() -> None:
    settings = (
        setting("OLLAMA_API_KEY", HIDDEN),
        setting("OLLAMA_ORIGINS", "x" * 100_001),
        setting("PATH", "x"),
    )
    told = set_now.left_out(
        frames.frame(settings=tuple(replace(each, configured=DENIED) for each in settings)).snapshot
    )
    assert told == (
        "OLLAMA_API_KEY: it may be a secret, which ollama-top does not keep; it is left out",
        "OLLAMA_ORIGINS: 100001 bytes are more than the 100000 that are taken; it is left out",
    )


def test_what_a_file_says_and_does_not_tell_is_left_out_where_the_server_tells_it_neither() -> None:
    unsaid = replace(setting("OLLAMA_API_KEY", DENIED), configured=DENIED, configured_in="a file")
    running = replace(setting(N, "4"), configured=DENIED, configured_in="a file")
    seen = frames.frame(settings=(unsaid, running)).snapshot
    assert set_now.left_out(seen) == (f"OLLAMA_API_KEY: {DENIED.hint}; it is left out",)
    assert set_now.values(seen) == {N: "4"}
    assert set_now.names(seen) == ("OLLAMA_API_KEY", N)


def test_names_are_those_that_are_set_anywhere() -> None:
    settings = (setting(N, "2"), setting(K, DENIED, "5m"), setting(M, "", ""), setting("PATH", "x", "x"))
    assert set_now.names(frames.frame(settings=settings).snapshot) == (N, K)


def test_why_nothing_is_known() -> None:
    unseen = frames.frame(settings=(setting(N, DENIED, DENIED),)).snapshot
    assert set_now.why_unknown(unseen) == DENIED.hint
    assert set_now.why_unknown(frames.frame().snapshot) == "nothing was seen of it"
    assert set_now.why_unknown(frames.frame(settings=(setting(N, DENIED),)).snapshot) is None
