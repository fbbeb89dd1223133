"""x puts a proxy before the server, or stops one, and asks first; t shows what has passed."""

from dataclasses import replace
from typing import Any

import exchanges
import feeds
import scenes
from monitoring import running

from ollama_top.model.action import StartProxy, StopProxy
from ollama_top.model.frame import Frame
from ollama_top.tui.screens.choice import Choice, Confirm


def behind(*listens: str) -> Frame:
    return scenes.passed(proxies=tuple(exchanges.proxy(listen=each) for each in listens))


async def acted(frame: Frame, *keys: str, **settings: Any) -> list[object]:
    """What keys lead to, of a feed that agrees."""
    feed = feeds.PlayedFeed([frame])
    async with running(feed=feed, **settings) as monitor:
        await monitor.until(lambda: monitor.app.newest is not None)
        await monitor.press(*keys)
        await monitor.settle()
    return [*feed.acted]


async def test_a_start_is_asked_and_carried_out() -> None:
    url = scenes.busy().snapshot.server.url
    assert await acted(scenes.busy(), "x", "y") == [StartProxy("127.0.0.1:11435", url)]
    assert await acted(scenes.busy(), "x", "n") == []


async def test_the_only_proxy_is_stopped_and_of_several_the_chosen_one() -> None:
    assert await acted(behind("127.0.0.1:1"), "x", "y") == [StopProxy("127.0.0.1:1")]
    several = behind("127.0.0.1:1", "127.0.0.1:2")
    assert await acted(several, "x", "down", "enter", "y") == [StopProxy("127.0.0.1:2")]
    assert await acted(several, "x", "escape") == []


async def test_the_question_says_what_it_is_about() -> None:
    async with running(behind("127.0.0.1:1")) as monitor:
        await monitor.press("x")
        assert isinstance(monitor.app.screen, Confirm)
        assert "Stop the proxy at 127.0.0.1:1?" in monitor.text
    async with running(behind("127.0.0.1:1", "127.0.0.1:2")) as monitor:
        await monitor.press("x")
        assert isinstance(monitor.app.screen, Choice)


async def test_who_may_only_look_starts_none_and_sees_what_passed() -> None:
    assert await acted(scenes.busy(), "x", "y", read_only=True) == []
    async with running(scenes.passed(), read_only=True) as monitor:
        await monitor.press("t")
        assert "Requests through proxies" in monitor.text
        assert "By client" in monitor.text


async def test_an_unreachable_server_gets_no_proxy() -> None:
    whole = scenes.busy()
    server = replace(whole.snapshot.server, reachable=False)
    lost = replace(whole, snapshot=replace(whole.snapshot, server=server))
    assert await acted(lost, "x", "y") == []
