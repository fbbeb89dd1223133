"""The log pane in the running monitor."""

from dataclasses import replace

import frames
import log_frames
from monitoring import running

from ollama_top.model.frame import Frame
from ollama_top.model.log import LineKind, Log
from ollama_top.model.reading import Known, Source
from ollama_top.model.verdict import Severity

HERE = Known("the journal of ollama.service", Source.LOG)


def logged(last: int, first: int = 1) -> Frame:
    """A log of numbered lines; every tenth is a runner's, every fifteenth warns."""
    lines = tuple(
        log_frames.line(
            at,
            f"line {at} {'x' * 100} end{at}",
            kind=LineKind.RUNNER if at % 10 == 0 else LineKind.SERVER,
            severity=Severity.WARNING if at % 15 == 0 else Severity.OK,
        )
        for at in range(first, last + 1)
    )
    return frames.frame(log=Log(HERE, lines))


async def test_it_opens_follows_and_closes() -> None:
    async with running(logged(50)) as monitor:
        await monitor.press("l")
        assert "line 50 x" in monitor.lines[-2]
        monitor.app.monitor.bridge._newest = logged(60)
        monitor.app.monitor.take_frame()
        await monitor.settle()
        assert "line 60 x" in monitor.lines[-2]
        await monitor.press("up", "up")
        assert "line 59 of 60" in monitor.lines[0]
        monitor.app.monitor.bridge._newest = logged(70)
        monitor.app.monitor.take_frame()
        await monitor.settle()
        assert "line 59 of 70" in monitor.lines[0]
        assert "line 60 x" in monitor.lines[-2], "the view is held"
        await monitor.press("f")
        assert "line 70 x" in monitor.lines[-2]
        await monitor.press("q")
        assert "ollama-top" in monitor.lines[0]


async def test_it_stands_still_while_the_monitor_is_paused() -> None:
    async with running(logged(50)) as monitor:
        await monitor.press("space", "l")
        monitor.app.monitor.bridge._newest = logged(60)
        monitor.app.monitor.take_frame()
        await monitor.settle()
        assert "line 50 x" in monitor.lines[-2]
        assert "PAUSED" in monitor.lines[0]
        await monitor.press("space")
        assert "line 60 x" in monitor.lines[-2]


async def test_lines_are_searched_filtered_and_read_in_full() -> None:
    async with running(logged(50)) as monitor:
        await monitor.press("l", "slash", *"line 7")
        assert "search: line 7" in monitor.lines[-1]
        await monitor.press("enter")
        assert "line 7 of 50" in monitor.lines[0]
        await monitor.press("enter")
        assert "Line 7" in monitor.lines[0]
        assert "end7" in monitor.text
        await monitor.press("q", "f4", *"end1", "enter")
        assert "11 " in monitor.lines[0]
        assert "filter: end1" in monitor.lines[-1]
        await monitor.press("escape")
        assert "of 50" in monitor.lines[0]


async def test_a_search_that_is_abandoned_leaves_all_as_it_was() -> None:
    async with running(logged(50)) as monitor:
        await monitor.press("l", "slash", *"line 7", "escape")
        assert "following" in monitor.lines[0]
        await monitor.press("f4", *"none", "escape")
        assert "50 lines" in monitor.lines[0]


async def test_levels_and_kinds_go_round() -> None:
    async with running(logged(60)) as monitor:
        await monitor.press("l")
        for words in ("warnings and errors  4 lines", "errors only  0 lines", " 60 lines"):
            await monitor.press("v")
            assert words in monitor.lines[0]
        await monitor.press("shift+tab", "shift+tab")
        assert "runner only  6 lines" in monitor.lines[0]
        await monitor.press("escape")
        assert "60 lines" in monitor.lines[0]
        await monitor.press("escape")
        assert "ollama-top" in monitor.lines[0]


async def test_it_is_found_as_it_was_left() -> None:
    async with running(logged(50)) as monitor:
        await monitor.press("l", "home", "l", "l")
        assert "line 1 of 50" in monitor.lines[0]
        await monitor.press("end")
        assert "following" in monitor.lines[0]


async def test_the_mouse_moves_in_it() -> None:
    async with running(logged(50)) as monitor:
        await monitor.press("l")
        await monitor.pilot._post_mouse_events([__import__("textual").events.MouseScrollUp], offset=(5, 5))
        await monitor.settle()
        assert "line 47 of 50" in monitor.lines[0]
        await monitor.pilot.click(offset=(5, 1))
        await monitor.settle()
        assert "following" not in monitor.lines[0]


async def test_an_empty_log_takes_every_key() -> None:
    async with running(replace(logged(0), log=Log(HERE))) as monitor:
        await monitor.press(
            "l", "up", "pageup", "home", "enter", "n", "f", "f", "v", "tab", "slash", "a", "enter", "down"
        )
        assert "Log:" in monitor.lines[0]
