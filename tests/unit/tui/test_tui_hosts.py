"""Several hosts: an overview, tabs and keys; each host is as its user left it."""

from collections.abc import Callable

import feeds
import pytest
import scenes
from monitoring import hosting, running
from several import BEFORE, NEXT, ComingBack, TakenFeed, come, of, saying, still, three

from ollama_top.engine.feed import Feed
from ollama_top.model.verdict import Severity
from ollama_top.tui.screens.hosts import HostsScreen


async def test_a_host_is_watched_from_the_overview_and_left_for_it() -> None:
    async with hosting(three()) as monitor:
        await come(monitor, "alpha is", "beta is", "gamma is")
        await monitor.press("down", "enter")
        assert "beta is well" in monitor.text
        assert monitor.lines[0].split() == ["✓", "1", "alpha", "✓", "2", "beta", "✓", "3", "gamma"]
        await monitor.press("q")
        assert isinstance(monitor.app.screen, HostsScreen)
        assert monitor.app.screen.cursor == 1
        await monitor.press("q")
        assert not monitor.app.is_running


async def test_keys_go_from_host_to_host_and_none_is_connected_anew() -> None:
    made: dict[str, int] = {}

    def counted(name: str) -> Callable[[], Feed]:
        def make() -> Feed:
            made[name] = made.get(name, 0) + 1
            return feeds.PlayedFeed([saying(f"{name} is well")])

        return make

    async with hosting({name: counted(name) for name in ("alpha", "beta", "gamma")}) as monitor:
        await come(monitor, "gamma is")
        await monitor.press("enter")
        for key, name in (
            (NEXT, "beta"),
            ("right", "gamma"),
            (NEXT, "alpha"),
            (BEFORE, "gamma"),
            ("left", "beta"),
            ("1", "alpha"),
            ("3", "gamma"),
        ):
            await monitor.press(key)
            assert f"{name} is well" in monitor.text, (key, monitor.text)
        await monitor.press("7")
        assert "There are 3 hosts." in monitor.text
        await monitor.press("0", "2")
        assert "beta is well" in monitor.text
        assert made == {"alpha": 1, "beta": 1, "gamma": 1}


async def test_each_host_is_as_its_user_left_it() -> None:
    async with hosting({name: still(scenes.crowded()) for name in ("alpha", "beta")}) as monitor:
        await monitor.press("enter")
        await come(monitor, "REQUEST")
        await monitor.press("tab", "down", "down", "I", "z")
        left = monitor.looks
        await monitor.press(NEXT)
        assert monitor.looks.zoomed is None
        assert monitor.looks.focus != left.focus
        await monitor.press("space", BEFORE)
        assert monitor.looks == left
        assert not monitor.app.view.is_paused
        await monitor.press(NEXT)
        assert "PAUSED" in monitor.text


async def test_the_overview_shows_the_newest_of_a_host_that_is_held() -> None:
    held = TakenFeed()
    async with hosting({"alpha": lambda: held, "beta": still(scenes.busy())}) as monitor:
        await monitor.until(lambda: held.loop)
        held.bring(saying("seen at first"))
        await come(monitor, "seen at first")
        await monitor.press("enter", "space")
        held.bring(saying("seen at last", Severity.ERROR))
        await monitor.until(lambda: monitor.app.newest and monitor.app.newest.verdict.text == "seen at last")
        assert "seen at first" in monitor.text
        assert "✗ 1 alpha" in monitor.lines[0], "its tab is of now"
        await monitor.press("0")
        await come(monitor, "seen at last")


async def test_the_user_has_one_tried_again_at_once() -> None:
    make = ComingBack()
    async with hosting({"alpha": still(scenes.busy()), "beta": make}) as monitor:
        await come(monitor, "Connection refused")
        await monitor.press("down", "r")
        await come(monitor, "it is back")


async def test_one_theme_is_for_all() -> None:
    async with hosting(three()) as monitor:
        await monitor.press("enter", "T", NEXT)
        look = monitor.app.look
        assert monitor.app.main._theme is look
        assert look.name != "terminal"


async def test_the_help_names_the_keys_of_hosts_only_where_there_are_several() -> None:
    async with hosting(three(), size=(100, 200)) as monitor:
        await monitor.press("enter", "f1")
        assert "Back to the overview of the hosts." in monitor.text
        assert "1 to 9" in monitor.text
    async with running(scenes.busy(), size=(100, 200)) as monitor:
        await monitor.press("f1")
        assert "overview of the hosts" not in monitor.text


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (40, 3), (80, 24), (300, 80)])
async def test_twenty_hosts_of_long_names_fit_any_window(size: tuple[int, int]) -> None:
    made = {f"a-host-of-a-long-name-{at}.example.com": still(saying("well")) for at in range(20)}
    async with hosting(made, size=size) as monitor:
        await monitor.press("end", "enter", NEXT, BEFORE, "0", "home", *["down"] * 12, "enter", "3")
        assert all(len(line) == size[0] for line in monitor.lines if line.isascii())
        await monitor.press("0", "end")
        if size[1] >= 5:
            await come(monitor, "✓ a-host")


async def test_a_click_on_a_tab_goes_there_and_one_on_a_line_of_the_overview() -> None:
    async with hosting(three()) as monitor:
        await come(monitor, "gamma is")
        await monitor.pilot.click(offset=(5, 3))
        await monitor.settle()
        await monitor.pilot.click(offset=(5, 3))
        await monitor.settle()
        assert "beta is well" in monitor.text
        await monitor.pilot.click(offset=(monitor.lines[0].index("gamma"), 0))
        await monitor.settle()
        assert "gamma is well" in monitor.text


async def test_who_leaves_while_the_settings_of_a_host_are_changed_is_asked_there() -> None:
    async with hosting(three()) as monitor:
        await come(monitor, "alpha is", "beta is")
        of(monitor, 1).update(changing="waiting for requests")
        await monitor.press("q")
        assert "Leave ollama-top while settings are changed?" in monitor.text
        await monitor.press("n")
        assert "CHANGING" in monitor.text
        assert "beta is well" in monitor.text
        of(monitor, 1).update(changing=None)
        await monitor.press("f10")
        assert not monitor.app.is_running
