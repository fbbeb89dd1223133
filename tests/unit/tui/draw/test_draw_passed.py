"""The page of what passed proxies, from what nobody told to what many did."""

from dataclasses import replace

import frames
import pytest
import scenes
from exchanges import done, exchange, proxy

from ollama_top.columns.cell import Line
from ollama_top.columns.requests import REQUESTS
from ollama_top.model.exchange import Phase
from ollama_top.model.frame import Frame
from ollama_top.model.proxy import SilentProxy
from ollama_top.model.request import Request, RequestState
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.passed import passed_page
from ollama_top.tui.view import View


def text(found: Frame | None, width: int = 120) -> str:
    lines: list[Line] = passed_page(View(found, "a server", 2.0), width)
    return "\n".join("".join(cell.text for cell in line) for line in lines)


def test_without_a_proxy_it_says_what_one_would_tell_and_how_to_have_it() -> None:
    said = text(frames.frame())
    assert "x starts one" in " ".join(said.split())
    assert "By model" not in said
    assert text(None) == ""


def test_it_tells_the_proxies_the_models_the_clients_and_the_last_requests() -> None:
    said = text(scenes.passed(proxies=(proxy(opaque=2, holding=True),)))
    for words in ("127.0.0.1:11435", "2 of them unreadable", "holding", "length", "busy", "left", "curl"):
        assert words in said
    assert "\x1b" not in said
    assert "[b]bot" in said


def test_a_proxy_that_stops_and_one_that_is_silent_are_told_as_such() -> None:
    assert "stopping" in text(scenes.passed(proxies=(proxy(stopping=True),)))
    silent = (SilentProxy("127.0.0.1:11436", "the proxy has closed it"),)
    said = text(scenes.passed(proxies=(), silent_proxies=silent))
    assert "127.0.0.1:11436  silent: the proxy has closed it" in said
    assert "No proxy stands" not in said


@pytest.mark.parametrize("width", [1, 20, 79, 80, 200])
def test_it_fits_any_width(width: int) -> None:
    for found in (scenes.passed(), frames.frame()):
        lines = passed_page(View(found, "a server", 2.0), width)
        assert all(width_of(line) <= width for line in lines if len(line) > 2)


def test_the_newest_request_comes_first() -> None:
    lines = text(scenes.passed(done(1, later_s=1), done(2, later_s=70))).splitlines()
    rows = [line for line in lines if line.strip()[2:3] == ":"]
    assert rows[0].split()[0] > rows[1].split()[0]


@pytest.mark.parametrize(
    ("phase", "state", "word"),
    [
        (Phase.STREAMING, RequestState.RUNNING, "decode"),
        (Phase.PREFILL, RequestState.RUNNING, "prefill"),
        (Phase.LOADING, RequestState.WAITING, "loading"),
        (Phase.WAITING, RequestState.WAITING, "waiting"),
        (Phase.WAITING, RequestState.RUNNING, "running"),
    ],
)
def test_a_request_says_what_it_is_doing_as_far_as_is_known(
    phase: Phase, state: RequestState, word: str
) -> None:
    row: Request = replace(frames.request(40_001), state=state, exchange=exchange(phase=phase))
    assert REQUESTS.column("state").cell(row, frames.NOW).text == word


def test_columns_that_only_a_proxy_can_fill_are_there_only_with_one() -> None:
    with_one, without = scenes.passed().snapshot, scenes.passed(proxies=()).snapshot
    told = {each.key for each in REQUESTS.told(with_one)} - {each.key for each in REQUESTS.told(without)}
    assert told == {"ttft_s", "output_tokens", "tokens_per_s"}
