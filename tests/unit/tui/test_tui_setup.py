"""The setup screen, as its user handles it."""

import scenes
from monitoring import Monitor, running

from ollama_top.tui.layout import Panel
from ollama_top.tui.screens.main import MainScreen
from ollama_top.tui.screens.setup import Setup


def marked(monitor: Monitor) -> str:
    """The item that is marked."""
    return next(line for line in monitor.lines if line.startswith(" >"))


def main_heads(monitor: Monitor) -> list[str]:
    """The first word of each line of the main screen."""
    return [line.split()[0] for line in monitor.lines if line.split()]


async def to_column(monitor: Monitor, title: str) -> None:
    while f"] {title} " not in marked(monitor):
        await monitor.press("down")


async def test_a_panel_is_hidden_and_shown_again() -> None:
    async with running(scenes.busy()) as monitor:
        assert "SLOT" in main_heads(monitor)
        for key in ("S", "f2"):
            await monitor.press(key)
            assert isinstance(monitor.app.screen, Setup)
            while "slots" not in marked(monitor):
                await monitor.press("down")
            await monitor.press("space", "escape")
            assert isinstance(monitor.app.screen, MainScreen)
            assert ("SLOT" in main_heads(monitor)) == (key == "f2")
            assert len(monitor.lines) == 24
            assert "F1 help" in monitor.lines[-1]


async def test_the_last_table_stays_and_says_so() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("S", "down", "down", "down", "space", "down", "space", "down", "space")
        assert "[x] requests" in marked(monitor)
        assert "one table is always shown" in marked(monitor)
        await monitor.press("escape")
        assert {"REQUEST"} == {"MODEL", "SLOT", "REQUEST"} & {*main_heads(monitor)}
        assert monitor.looks.focus is Panel.REQUESTS


async def test_a_hidden_panel_is_left_out_of_the_round() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("S", "down", "space", "down", "down", "space", "escape")
        assert monitor.looks.arrangement.hidden == {Panel.GPUS, Panel.MODELS}
        assert monitor.looks.focus is Panel.SLOTS
        seen = set()
        for _ in range(5):
            await monitor.press("tab")
            seen.add(monitor.looks.focus)
        assert seen == {Panel.SLOTS, Panel.REQUESTS, Panel.HEADER}
        await monitor.press("z", "tab", "tab", "tab")
        assert monitor.looks.focus not in {Panel.GPUS, Panel.MODELS}


async def test_a_zoomed_table_that_is_hidden_gives_the_screen_back() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("z", "S", "down", "down", "down", "space", "escape")
        assert monitor.looks.zoomed is None
        assert "REQUEST" in main_heads(monitor)


async def test_columns_are_hidden_and_moved() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("S")
        await to_column(monitor, "STATE")
        await monitor.press("space")
        assert marked(monitor).startswith(" > [ ] STATE")
        await to_column(monitor, "RUN")
        await monitor.press("left", "f7")
        assert marked(monitor).startswith(" > [x] RUN")
        await monitor.press("escape")
        head = next(line for line in monitor.lines if " WAIT " in line)
        assert "STATE" not in head
        assert head.split()[:2] == ["RUN", "MODEL"]


async def test_a_table_sorted_by_a_hidden_column_stays_sorted() -> None:
    async with running(scenes.busy()) as monitor:
        monitor.app.main.sort_by("vram_bytes")
        await monitor.press("I")
        before = monitor.row
        await monitor.press("S")
        await to_column(monitor, "VRAM")
        await monitor.press("enter", "escape")
        assert monitor.looks.stand(Panel.MODELS).sort == "vram_bytes"
        assert monitor.row == before
        assert not [line for line in monitor.lines if "VRAM" in line]


async def test_reset_brings_all_back() -> None:
    async with running(scenes.busy()) as monitor:
        before = monitor.text
        await monitor.press("S", "space", "end", "space", "R", "escape")
        assert monitor.text == before


async def test_the_mark_stays_in_view_and_within_the_list() -> None:
    async with running(scenes.busy(), size=(60, 8)) as monitor:
        await monitor.press("S")
        for key in ("end", "down", "pageup", "pagedown", "home", "up", "k", "j", "G", "g"):
            await monitor.press(key)
            assert marked(monitor)
            assert len(monitor.lines) == 8
        assert monitor.lines[1].strip() == "Panels"


async def test_a_click_marks_and_the_wheel_moves_the_mark() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("S")
        await monitor.pilot.click(offset=(8, 4))
        await monitor.settle()
        assert "history" in marked(monitor)
        await monitor.pilot.click(offset=(8, 8))
        await monitor.settle()
        assert "history" in marked(monitor)
        assert isinstance(monitor.app.screen, Setup)
        monitor.app.screen._body.on_mouse_scroll_down()
        await monitor.settle()
        assert "requests" in marked(monitor)


async def test_it_bears_any_size() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("S", "end")
        for size in ((1, 1), (20, 5), (200, 50), (3, 2)):
            await monitor.pilot.resize_terminal(*size)
            await monitor.press("up", "space")
            assert [len(line) for line in monitor.lines] == [size[0]] * size[1]
