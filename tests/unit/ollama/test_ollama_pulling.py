"""What a real server says of its pulls, and of nobody's."""

import pytest
from captured import CAPTURES
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.action import Progress
from ollama_top.ollama import pulling
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.pulling import Download, PullLine, follow, full_name, parse_line

LAYER = "sha256:a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
TOTAL_BYTES = 253_113_024


def recorded(name: str) -> list[bytes]:
    """Lines of an Ollama 0.33.0 that pulled from a registry on its own machine."""
    return (CAPTURES / "ollama-0.33.0" / f"{name}.ndjson").read_bytes().splitlines()


def test_a_pull_from_its_beginning_to_its_end() -> None:
    lines = [parse_line(each) for each in recorded("pull-resumed")]
    assert lines[0] == PullLine("pulling manifest")
    assert lines[1] == PullLine(
        "pulling a5fd3b62230a", None, LAYER, TOTAL_BYTES, 9_437_184
    )  # of the pull before
    assert [each.status for each in lines[-3:]] == [
        "verifying sha256 digest",
        "writing manifest",
        pulling.SUCCESS,
    ]
    assert not [each for each in lines if each.error]


def test_a_zero_that_go_leaves_out_is_a_zero() -> None:
    line = parse_line(recorded("pull-broken")[1])
    assert (line.total_bytes, line.done_bytes) == (TOTAL_BYTES, 0)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("pull-unknown", "pull model manifest: file does not exist"),
        ("pull-broken", "http: no Location header in response"),
    ],
)
def test_an_error_is_a_line_like_the_others(name: str, error: str) -> None:
    assert parse_line(recorded(name)[-1]).error == error


def test_the_speed_is_that_of_the_layer_under_way_since_it_began() -> None:
    begun = PullLine("pulling a", None, "a", 100, 20)
    download, progress = follow(Download(), begun, 50.0)
    assert progress == Progress("pulling a", 20, 100)
    download, progress = follow(download, PullLine("pulling a", None, "a", 100, 60), 52.0)
    assert progress.bytes_per_s == 20.0
    download, progress = follow(download, PullLine("pulling b", None, "b", 10, 1), 53.0)
    assert progress == Progress("pulling b", 1, 10)
    _, progress = follow(download, PullLine("verifying sha256 digest"), 60.0)
    assert progress == Progress("verifying sha256 digest")


def test_a_layer_that_begins_anew_is_measured_anew() -> None:
    download, _ = follow(Download(), PullLine("pulling a", None, "a", 100, 80), 50.0)
    _, progress = follow(download, PullLine("pulling a", None, "a", 100, 5), 60.0)
    assert progress.bytes_per_s is None


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 1000), st.floats(0, 5)), max_size=20))
def test_no_speed_is_negative(steps: list[tuple[str, int, float]]) -> None:
    download, at_s = Download(), 0.0
    for layer, done, seconds in steps:
        at_s += seconds
        download, progress = follow(download, PullLine("pulling", None, layer, 1000, done), at_s)
        assert progress.bytes_per_s is None or progress.bytes_per_s >= 0


@given(st.binary(max_size=80))
def test_nobodys_line_is_refused_or_read(line: bytes) -> None:
    try:
        found = parse_line(line)
    except BadReplyError:
        return
    assert found.done_bytes is None or found.done_bytes >= 0


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("gemma3", "gemma3:latest"),
        ("gemma3:270m", "gemma3:270m"),
        (" Gemma3:270M ", "gemma3:270m"),
        ("library/gemma3", "gemma3:latest"),
        ("registry.ollama.ai/library/gemma3:4b", "gemma3:4b"),
        ("https://registry.ollama.ai/someone/x", "someone/x:latest"),
        ("hf.co/unsloth/gemma-3-270m-it-GGUF:Q4_K_M", "hf.co/unsloth/gemma-3-270m-it-gguf:q4_k_m"),
        ("127.0.0.1:5055/library/gemma3", "127.0.0.1:5055/library/gemma3:latest"),
    ],
)
def test_the_name_under_which_it_is_listed(typed: str, listed: str) -> None:
    assert full_name(typed) == listed
