"""The profiles' screen, as its user handles it; the file is a real one, in the home of the test."""

import frames
import profiled
import pytest
from monitoring import Monitor, running
from planned import Planner
from profiled import K, L, N

from ollama_top.model.finding import Change
from ollama_top.tui.reach import There
from ollama_top.tui.screens.entry import Entry
from ollama_top.tui.screens.main import MainScreen
from ollama_top.tui.screens.profiles import ProfilesScreen


def marked(monitor: Monitor) -> str:
    """The profile that is marked."""
    return next((line for line in monitor.lines if line.startswith(" >")), "")


async def opened(monitor: Monitor, *awaited: str) -> None:
    """Open the screen, and wait until it tells what is awaited."""
    await monitor.press("p")
    assert isinstance(monitor.app.screen, ProfilesScreen)
    await monitor.until(lambda: all(each in monitor.text for each in (*awaited, "defaults")))


async def type_in(monitor: Monitor, text: str) -> None:
    await monitor.press(*("space" if each == " " else each for each in text), "enter")


async def test_each_is_told_with_how_it_differs() -> None:
    profiled.keep(night={N: "4"}, day={N: "8", L: "1"}, later={K: "1h"})
    async with running(feed=profiled.feed()) as monitor:
        await opened(monitor, "night", "NUM_PARALLEL 16")
        assert [line.split()[:2] for line in monitor.lines[2:5]] == [
            [">", "night"],
            ["day", "2/2"],
            ["later", "at"],
        ]
        assert "same" in monitor.lines[2]
        await monitor.press("down")
        assert marked(monitor).startswith(" > day")
        assert "m:8b: NUM_PARALLEL 4 -> 8: +2.0 GiB, free 9.9 GiB: it fits" in monitor.text
        await monitor.press("escape")
        assert isinstance(monitor.app.screen, MainScreen)


async def test_enter_explains_and_says_how_it_is_set_here() -> None:
    profiled.keep(day={N: "8"})
    async with running(feed=profiled.feed(), size=(100, 30)) as monitor:
        await opened(monitor, "day", "NUM_PARALLEL 16")
        await monitor.press("enter")
        assert monitor.lines[0].startswith(" Profile day")
        assert "Requests that each loaded model serves at once." in monitor.text
        assert "sudo systemctl restart ollama.service" in monitor.text
        await monitor.press("escape")
        assert isinstance(monitor.app.screen, ProfilesScreen)


async def test_what_the_server_has_is_saved_under_a_name_and_deleted_again() -> None:
    file = profiled.keep()
    async with running(feed=profiled.feed()) as monitor:
        await opened(monitor, "none yet: s saves what the server has")
        await monitor.press("s")
        assert isinstance(monitor.app.screen, Entry)
        await type_in(monitor, "as it is")
        await monitor.until(lambda: "Saved as it is." in monitor.text and "as it is" in marked(monitor))
        assert [(each.name, each.values) for each in file.read().saved] == [("as it is", {N: "4", K: "1h"})]
        await monitor.press("delete", "escape", "delete", "n")
        assert file.read().find("as it is") is not None
        await monitor.press("delete", "y")
        await monitor.until(lambda: "Deleted as it is." in monitor.text)
        assert file.read().saved == ()
        await monitor.until(lambda: "none yet" in monitor.text)


async def test_a_name_that_is_taken_asks_first() -> None:
    file = profiled.keep(night={N: "8"})
    async with running(feed=profiled.feed()) as monitor:
        await opened(monitor, "night")
        for answer, value in (("n", "8"), ("y", "4")):
            await monitor.press("s")
            await type_in(monitor, "night")
            assert "Replace night?" in monitor.text
            await monitor.press(answer)
            if answer == "y":
                await monitor.until(lambda: "Saved night." in monitor.text)
            saved = file.read().find("night")
            assert saved is not None
            assert saved.values[N] == value


@pytest.mark.parametrize(
    ("name", "word"), [("a/b", "is no name for a profile"), ("throughput", "throughput is built in")]
)
async def test_a_name_that_none_can_have_is_refused(name: str, word: str) -> None:
    async with running(feed=profiled.feed()) as monitor:
        await opened(monitor)
        await monitor.press("s")
        await type_in(monitor, name)
        assert word in " ".join(monitor.text.split())
        assert profiled.keep().read().saved == ()


async def test_one_that_is_built_in_cannot_be_deleted() -> None:
    async with running(feed=profiled.feed()) as monitor:
        await opened(monitor)
        await monitor.press("delete")
        assert "one-model is built in, and cannot be deleted." in monitor.text
        assert isinstance(monitor.app.screen, ProfilesScreen)


async def test_a_file_that_an_editor_changed_meanwhile_is_not_written() -> None:
    file = profiled.keep(night={N: "8"})
    async with running(feed=profiled.feed(), size=(120, 30)) as monitor:
        await opened(monitor, "night")
        text = file.path.read_text().replace('"8"', '"7"')
        file.path.write_text(text)
        await monitor.press("delete", "y")
        await monitor.until(
            lambda: "nothing is written, it was changed meanwhile" in " ".join(monitor.text.split())
        )
        assert file.path.read_text() == text
        await monitor.until(lambda: "NUM_PARALLEL 7" in marked(monitor))


async def test_a_broken_file_is_told_and_the_built_in_ones_stay() -> None:
    file = profiled.keep()
    file.path.parent.mkdir(parents=True)
    file.path.write_text("[machine]\nname =\n")
    async with running(feed=profiled.feed(), size=(120, 30)) as monitor:
        await opened(monitor, "2: near 'name': Invalid value")
        assert "NUM_PARALLEL 16" in monitor.text
        await monitor.press("s")
        await type_in(monitor, "x")
        await monitor.until(lambda: "Nothing was changed: " in monitor.text)
        assert "none yet" not in monitor.text
        assert file.path.read_text() == "[machine]\nname =\n"


async def test_a_model_that_is_not_told_of_leaves_a_reason_and_no_number() -> None:
    async with running(profiled.scene()) as monitor:
        await opened(monitor, "no model 'm:8b' is installed")
        assert "not known" in next(line for line in monitor.lines if "throughput" in line)


async def test_it_is_open_before_the_first_frame_and_on_a_server_that_tells_nothing() -> None:
    async with running() as monitor:
        await monitor.press("p", "enter", "down", "delete", "s")
        assert "is not known: it has not been looked at yet" in " ".join(monitor.text.split())
        await monitor.press("escape")
        assert isinstance(monitor.app.screen, MainScreen)
    unseen = frames.frame(settings=(frames.setting(N, frames.DENIED, frames.DENIED),))
    async with running(unseen) as monitor:
        await opened(monitor)
        await monitor.press("s")
        assert f"What the server has been given is not known: {frames.DENIED.hint}" in " ".join(
            monitor.text.split()
        )


async def test_it_follows_the_frames() -> None:
    profiled.keep(day={N: "8"})
    now_8 = profiled.scene(settings=(frames.setting(N, "8", "8"),))
    feed = profiled.feed(profiled.scene(), now_8)
    feed._interval_s = 0.3
    async with running(feed=feed) as monitor:
        await opened(monitor, "day")
        await monitor.until(lambda: "day: the server has it" in monitor.text)


async def test_a_click_marks_and_many_are_scrolled() -> None:
    profiled.keep(**{f"p{number:02}": {N: "4"} for number in range(30)})
    async with running(feed=profiled.feed()) as monitor:
        await monitor.press("p")
        await monitor.until(lambda: "p05" in monitor.text)
        await monitor.press("end")
        assert marked(monitor).startswith(" > defaults")
        await monitor.press("home")
        assert marked(monitor).startswith(" > p00")
        await monitor.pilot.click(offset=(6, 4))
        await monitor.settle()
        assert marked(monitor).startswith(" > p02")
        assert len(monitor.lines) == 24


async def test_the_demo_has_profiles_of_its_own() -> None:
    profiled.keep(night={N: "8"})
    async with running(feed=profiled.feed(profiled.scene(demo=True))) as monitor:
        await opened(monitor, "none yet")
        assert "night" not in monitor.text


async def test_a_server_over_ssh_has_profiles_of_its_own() -> None:
    profiled.keep(night={N: "8"})
    async with running(feed=profiled.feed(), reach=There("gpu-box")) as monitor:
        await opened(monitor, "none yet: s saves what the server has")
        await monitor.press("s")
        await type_in(monitor, "far")
        await monitor.until(lambda: "Saved far." in monitor.text and "far" in marked(monitor))
    async with running(feed=profiled.feed(), reach=There("gpu-box")) as monitor:
        await opened(monitor, "far")
        assert "night" not in monitor.text
    async with running(feed=profiled.feed()) as monitor:
        await opened(monitor, "night")
        assert "profile far" not in monitor.text


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (20, 6), (10, 3), (3, 1)])
async def test_it_fits_any_terminal_with_the_marked_one_in_view(size: tuple[int, int]) -> None:
    profiled.keep(**{f"p{number:02}": {N: "4"} for number in range(12)})
    async with running(feed=profiled.feed(), size=size) as monitor:
        await monitor.press("p", *["down"] * 9)
        assert isinstance(monitor.app.screen, ProfilesScreen)
        assert {len(line) for line in monitor.lines} == {size[0]}
        if size[1] > 6:
            await monitor.until(lambda: marked(monitor))


async def test_w_shows_the_plan_that_gives_it_to_the_server(planner: Planner) -> None:
    profiled.keep(night={N: "4"}, day={N: "8", L: "1"})
    async with running(feed=profiled.feed()) as monitor:
        await opened(monitor, "night", "NUM_PARALLEL 16")
        await monitor.press("w")
        assert "has it so already" in monitor.text
        await monitor.press("down", "w")
        await monitor.until(lambda: "What is done" in monitor.text)
        assert planner.asked == [(Change(N, "8"), Change(L, "1"))]
        await monitor.press("escape")
        assert isinstance(monitor.app.screen, ProfilesScreen)


async def test_who_may_only_look_sees_no_plan(planner: Planner) -> None:
    profiled.keep(day={N: "8"})
    async with running(feed=profiled.feed(), read_only=True) as monitor:
        await opened(monitor, "day")
        assert " w plan" not in monitor.lines[-1]
        await monitor.press("w")
        assert isinstance(monitor.app.screen, ProfilesScreen)
    assert planner.asked == []
